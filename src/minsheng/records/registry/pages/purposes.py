"""Before somebody's data: the page that asks for what, and the way back to where one was going."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from minsheng.records.registry.operations import PurposeNeeded


def ask_purpose(needed: PurposeNeeded, *, back: str) -> HttpResponseRedirect:
    """This function will lead to the question for what a person is looked at; the answer leads on to `back`."""
    asked = urlencode({"next": back}, safe="/")
    return HttpResponseRedirect(f"{reverse('registry:purpose', args=[needed.person_id])}?{asked}")
