"""Relief that was given becomes a fact with its source: the rules that look at past relief see it."""

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.events.operations import deliver_pending
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries.households import household_facts
from minsheng.records.registry.types import Fact, SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Decision
from minsheng.work.casework.operations.urgent import note_relief
from minsheng.work.eligibility import queries as eligibility
from work.casework.conftest import FAMILY, Office
from work.casework.test_relief import accepted

pytestmark = pytest.mark.xdist_group("district")
GIVEN = 66_120


def delivered(office: Office) -> None:
    """This function will do what the worker does."""
    system, at = office("system"), office.at
    while deliver_pending(actor=system, at=at, limit=100, scope=lambda: acting_as(viewer=system, at=at)).delivered:
        pass


def received(office: Office, person: int) -> Fact:
    """This function will read what the registry says of relief this year."""
    system = office("system")
    with acting_as(viewer=system, at=office.at):
        found = household_facts(viewer=system, household_id=FAMILY, as_of=office.at.date(), known_at=office.at)
    assert found is not None
    return found.facts[(person, "temporary_aid_received")]


def room_left(office: Office, person: int) -> int:
    """This function will read from the working how much the year's ceiling still allows."""
    system = office("system")
    with acting_as(viewer=system, at=office.at):
        frozen = eligibility.freeze(
            viewer=system, at=office.at, code="emergency_assistance", household_id=FAMILY, person_id=person,
            as_of=office.at.date(),
        )  # fmt: skip
    assert frozen is not None
    member = next(one for one in frozen["facts"]["members"] if one["person_id"] == person)
    return int(member["temporary_aid_received"])


def test_relief_stands_in_the_registry_with_its_source_and_adds_up(office: Office) -> None:
    case_id, person = accepted(office)
    registry.record_statement(
        actor=office("street_intake"), at=office.at, subject_kind=SubjectKind.PERSON, subject_id=person,
        source="welfare", values={"temporary_aid_received": 30_000}, valid_from=office.at.date().replace(month=3),
    )  # fmt: skip
    office.days(1)
    casework.aid_first(actor=office("street_confirm"), at=office.at, case_id=case_id, amount_fen=GIVEN, reason="失火")
    assert received(office, person).value == 30_000, "the control: before the news is delivered nobody knows"
    delivered(office)
    fact = received(office, person)
    assert fact.value == 30_000 + GIVEN
    assert fact.winner is not None
    assert (fact.winner.source, fact.winner.valid_from) == ("welfare", office.at.date())
    assert (fact.winner.valid_to.month, fact.winner.valid_to.day) == (1, 1), "this year's relief ends with the year"
    assert room_left(office, person) == 30_000 + GIVEN, "the rule of the yearly ceiling reads it"
    with acting_as(viewer=office("system"), at=office.at):
        decision = Decision.objects.get(case_id=case_id)
    note_relief(actor=office("system"), at=office.at, decision_id=decision.pk)
    assert received(office, person).value == 30_000 + GIVEN, "told twice, written once"
