"""The counter's side: a clerk who has checked the papers gives out a code, or takes it back."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.portal import operations, queries
from minsheng.portal.types import IdentityCheck
from minsheng.records.registry.operations import PurposeNeeded, UnableToUseMerged, open_person
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.records.registry.queries.households import UnableToFind


class IssueForm(forms.Form):
    """How the clerk made sure who stands there."""

    identity_check = forms.ChoiceField(
        label="怎样核对了本人身份",
        choices=[(c.value, c.label) for c in IdentityCheck],
        widget=forms.RadioSelect,
        error_messages={"required": "请先核对本人身份，再选是怎样核对的。"},
    )


@staff_page(capability="portal.issue_code", methods=("GET", "HEAD", "POST"))
def issue(request: StaffRequest, person_id: int) -> HttpResponse:
    """This function will give out a code for one person; it is shown once, on the page that is printed."""
    form = IssueForm(request.POST or None)
    try:
        card = open_person(viewer=request.viewer, person_id=person_id, at=request.at)
        if request.method == "POST" and form.is_valid():
            try:
                printed = operations.issue_code(
                    actor=request.viewer, at=request.at, person_id=card.person_id, **form.cleaned_data
                )
            except operations.UnableToIssueCode as refusal:
                form.add_error(None, str(refusal))
            else:
                address = request.build_absolute_uri(reverse("portal:sign_in"))
                return render(
                    request, "portal/printed_code.html", {"printed": printed, "address": address, "card": card}
                )
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=reverse("portal:issue_code", args=[person_id]))
    except (UnableToFind, UnableToUseMerged) as stranger:
        raise Http404(str(stranger)) from stranger
    codes = queries.codes_of_person(viewer=request.viewer, at=request.at, person_id=card.person_id)
    wrong = request.method == "POST"
    return render(
        request, "portal/issue_code.html", {"card": card, "form": form, "codes": codes}, status=422 if wrong else 200
    )


@staff_page(capability="portal.issue_code", methods=("POST",))
def revoke(request: StaffRequest, code_id: int) -> HttpResponse:
    """This function will take a code back and end what it opened."""
    try:
        person_id = operations.revoke_code(actor=request.viewer, at=request.at, code_id=code_id)
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    messages.success(request, "这个码已经收回，用它打开的页面也已经退出。")
    return redirect("portal:issue_code", person_id=person_id)
