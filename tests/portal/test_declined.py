"""A resident's no reaches the office: marked at the finding, counted in the report, and nobody rings about it again."""

import pytest
from django.test import Client

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.events.operations import deliver_pending
from minsheng.portal import operations
from minsheng.work.eligibility.missed.models import Reason
from minsheng.work.eligibility.missed.queries import MissedFilter, findings_to_ask, missed_page, report
from minsheng.work.eligibility.queries.findings import FindingFilter, largest_findings
from portal.conftest import Door

pytestmark = pytest.mark.xdist_group("district")
SCHEME = "minimum_living_allowance"


def delivered(door: Door) -> None:
    """This function will do what the worker does."""
    system, at = door.office("system"), door.office.at
    while deliver_pending(actor=system, at=at, limit=100, scope=lambda: acting_as(viewer=system, at=at)).delivered:
        pass


def test_a_no_marks_the_finding_and_stops_the_calls(door: Door, token: str) -> None:
    office = door.office
    clerk, at = office("street_intake"), office.at
    delivered(door)
    with door.sitting(token) as resident:
        household = resident.household_id

    def asked() -> set[str]:
        with acting_as(viewer=clerk, at=at):
            return {f.scheme for f in findings_to_ask(viewer=clerk, on_date=at.date()) if f.household_id == household}

    def refused() -> int:
        with acting_as(viewer=clerk, at=at):
            return report(viewer=clerk, chosen=MissedFilter(scheme=SCHEME), on_date=at.date()).total.reasons.get(
                "refused", 0
            )

    assert SCHEME in asked()
    before = refused()
    with door.sitting(token) as resident:
        operations.reply(resident=resident, at=at, scheme=SCHEME, person_id=None, fen=180_600, accepted=False)
        # Only a yes needs a scheme that is given without an application.
        with pytest.raises(operations.UnableToHandIn, match="要申请"):
            operations.reply(resident=resident, at=at, scheme=SCHEME, person_id=None, fen=180_600, accepted=True)
    assert SCHEME in asked(), "the control: nothing is marked before the news is delivered"
    delivered(door)
    assert SCHEME not in asked()
    assert refused() == before + 1
    with acting_as(viewer=clerk, at=at):
        rows = missed_page(viewer=clerk, chosen=MissedFilter(scheme=SCHEME, why="refused")).rows
        line = next(row for row in rows if row.household_id == household)
        listed = largest_findings(viewer=clerk, chosen=FindingFilter(scheme=SCHEME), limit=50)
        shown = next(row for row in listed if row.household_id == household)
        assert Reason.objects.filter(household_id=household, scheme=SCHEME).count() == 1, "once, however often told"
    assert "先不用" in line.note
    assert shown.noted == "本人不愿申请（11月3日）"
    browser = Client()
    browser.force_login(Account.objects.get(username="jingban"), "django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/findings/?scheme={SCHEME}").content.decode()
    assert "本人不愿申请（11月3日）" in page
