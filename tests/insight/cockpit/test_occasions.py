"""What the plan has the leadership do again and again: reminded of in time, kept with its number and its decisions."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.models import Occasion
from minsheng.insight.cockpit.operations import UnableToRecordOccasion
from minsheng.insight.cockpit.queries.occasions import occasions
from minsheng.insight.cockpit.rules.occasions import group_due, hearing_due, meeting_due
from minsheng.insight.cockpit.types import OccasionKind

ViewerOf = Callable[[str], Viewer]
TERM = (date(2022, 1, 1), date(2027, 1, 1))


def test_a_hearing_is_reminded_of_in_the_last_two_months_of_a_year_without_one() -> None:
    assert not hearing_due([date(2025, 12, 20)], today=date(2026, 3, 1)).open, "there is time"
    assert hearing_due([date(2025, 12, 20)], today=date(2026, 11, 3)).open, "last year's does not count"
    assert hearing_due([date(2026, 12, 20)], today=date(2026, 11, 3)).open, "one that is still to come does not count"
    assert hearing_due([date(2026, 2, 2)], today=date(2026, 11, 3)).words == "今年已经听取，2月2日"


def test_a_meeting_is_once_in_a_term_and_nothing_is_said_of_an_unknown_term() -> None:
    today = date(2026, 11, 3)
    assert "说不准" in meeting_due([], term=None, today=today).words
    assert not meeting_due([], term=None, today=today).open
    assert meeting_due([date(2021, 5, 1)], term=TERM, today=today).open, "one of the term before"
    assert "最晚 2026年12月31日" in meeting_due([], term=TERM, today=today).words
    assert not meeting_due([date(2023, 5, 1)], term=TERM, today=today).open
    assert not meeting_due([], term=TERM, today=date(2023, 1, 1)).open, "there is time"
    assert not group_due([], today=today).open, "the plan gives it no rhythm"


@pytest.mark.slow
@pytest.mark.xdist_group("district")
def test_what_was_held_is_kept_with_its_number_and_ends_the_reminder(
    open_as: Callable[[str], Client], viewer_of: ViewerOf, at: datetime
) -> None:
    bureau, leader = open_as("district_business"), open_as("district_leader")
    assert "区委、区政府听取民政工作汇报" in leader.get("/cockpit/").content.decode()
    sent = {
        "kind": "hearing", "held_on": at.date().isoformat(), "until": "", "document_number": "区委纪要〔2026〕12号",
        "words": "加快三个邻里中心，住建局负责，12月底",
    }  # fmt: skip
    assert bureau.post("/cockpit/occasions/record/", sent | {"document_number": ""}).status_code == 422
    assert bureau.post("/cockpit/occasions/record/", sent | {"held_on": "2027-01-01"}).status_code == 422
    assert open_as("street_intake").post("/cockpit/occasions/record/", sent).status_code == 403
    assert bureau.post("/cockpit/occasions/record/", sent).status_code == 302
    page = leader.get("/cockpit/occasions/").content.decode()
    assert "今年已经听取" in page
    assert "加快三个邻里中心" in page
    assert 'ask-name">区委、区政府听取民政工作汇报' not in leader.get("/cockpit/").content.decode()
    given = {"actor": viewer_of("district_business"), "at": at, "document_number": "x", "words": "任期"}
    with pytest.raises(UnableToRecordOccasion, match="到哪天为止"):
        operations.record_occasion(**given, kind=OccasionKind.TERM, held_on=TERM[0])
    operations.record_occasion(**given, kind=OccasionKind.TERM, held_on=TERM[0], until=TERM[1])
    with pytest.raises(UnableToAct):
        operations.record_occasion(
            **given | {"actor": viewer_of("street_intake")}, kind=OccasionKind.GROUP, held_on=at.date()
        )
    with acting_as(viewer=viewer_of("district_leader"), at=at):
        view = occasions(viewer=viewer_of("district_leader"), at=at)
        assert [kind for kind, _ in view.open] == [OccasionKind.MEETING]
        with pytest.raises(DatabaseError), transaction.atomic():
            Occasion.objects.update(words="改了")
