"""The question for what a person is looked at, and the way on from it."""

from urllib.parse import parse_qs, urlsplit

from minsheng.records.registry.operations import PurposeNeeded
from minsheng.records.registry.pages.purposes import ask_purpose


def test_the_way_on_is_kept_whole() -> None:
    back = "/explanations/old_age_allowance/7/?month=2026-11&person=9"
    address = urlsplit(ask_purpose(PurposeNeeded(person_id=5), back=back).url)
    assert address.path == "/people/5/purpose/"
    assert parse_qs(address.query) == {"next": [back]}
