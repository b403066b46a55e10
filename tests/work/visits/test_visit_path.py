"""From something that happened to a closed visit, by the people who do it, in the demo district."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.audit.models import Entry
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.eligibility.models import Finding, Result
from minsheng.work.visits import operations, queries
from minsheng.work.visits.models import Attempt, HouseholdWarning, Refusal, Signal, Visit
from minsheng.work.visits.operations import UnableToFindVisit, UnableToNoteSignal, UnableToVisit
from minsheng.work.visits.types import NewSignal, SignalKind, VisitAct, VisitStatus, Way
from work.visits.conftest import FAMILY, Street

pytestmark = pytest.mark.xdist_group("district")


def record(street: Street, result: VisitAct, *, role: str = "grid_worker", note: str = "") -> VisitStatus:
    return operations.record_result(
        actor=street(role), at=street.at, visit_id=street.visit().pk, result=result, way=Way.HOME, note=note
    )


def trouble(street: Street) -> None:
    """The family is in trouble and a visit is planned."""
    street.happened(SignalKind.UTILITY_UNPAID, 3)
    street.happened(SignalKind.EMERGENCY)
    street.plan()


def test_what_happens_becomes_a_score_and_a_visit(street: Street) -> None:
    before = street.warning()
    trouble(street)
    now = street.warning()
    assert now is not None
    assert now.points > (before.points if before else 0) + 40
    assert now.star == 5
    assert {"utility_unpaid", "emergency"} <= {reason["code"] for reason in now.reasons}
    visit = street.visit()
    assert (visit.status, visit.star, visit.origin) == ("planned", 5, "warning")
    assert visit.due_date == street.at.date() + timedelta(days=1)
    assert any("水电气欠费" in reason["label"] for reason in visit.reasons)


def test_a_warning_never_touches_a_benefit(street: Street) -> None:
    """民发〔2021〕57号 Art 28: it decides who is visited, and nothing else."""

    def benefits() -> list[object]:
        with acting_as(viewer=street("system"), at=street.at):
            return [
                list(Finding.objects.order_by("id").values_list()),
                list(Result.objects.order_by("id").values_list()),
            ]

    before = benefits()
    trouble(street)
    record(street, VisitAct.NEEDS_HELP, note="断水断电，要先接济")
    street.deliver()
    assert benefits() == before


def test_the_same_news_twice_changes_nothing(street: Street) -> None:
    street.happened(SignalKind.UTILITY_UNPAID, 3)
    first = street.warning()
    street.happened(SignalKind.UTILITY_UNPAID, 3)
    again = street.warning()
    assert first is not None
    assert again is not None
    assert (again.pk, again.points) == (first.pk, first.points)
    street.plan()
    street.plan()
    assert street.visits() == 1


def test_planning_again_moves_no_day_into_the_past(street: Street) -> None:
    """The day by which it should have been planned has passed; whoever goes is told today's, and it stays."""
    street.happened(SignalKind.EMERGENCY)
    street.days(10)
    for _ in range(2):
        operations.plan_visits(actor=street("system"), at=street.at)
        assert street.visit().due_date == street.at.date()


def test_only_whom_it_concerns_is_scored_again(street: Street) -> None:
    operations.rescore_district(actor=street("system"), at=street.at)
    street.happened(SignalKind.JOB_LOST)
    before = street.warning()
    for days in (1, 118):  # it happened a day before: 120 days it counts in full
        street.days(days)
        done = operations.rescore_due(actor=street("system"), at=street.at)
        assert done.households < 200, "those whom the calendar concerns, of more than a thousand"
        assert street.warning() == before
    street.days(1)
    assert operations.rescore_due(actor=street("system"), at=street.at).changed
    after = street.warning()
    assert before is not None
    assert after is not None
    assert after.points < before.points
    with acting_as(viewer=street("system"), at=street.at):
        kept = HouseholdWarning.objects.get(pk=before.pk)
        assert kept.valid_to == street.at.date(), "what was is kept with its days"


def test_scoring_the_district_again_changes_nothing(street: Street) -> None:
    first = operations.rescore_district(actor=street("system"), at=street.at)
    again = operations.rescore_district(actor=street("system"), at=street.at)
    assert first.households == again.households > 500
    assert (again.begun, again.changed, again.ended) == (0, 0, 0)


def test_few_and_many_households_are_scored_alike(street: Street) -> None:
    """One household is read by its facts, many by one query; both must see the same."""
    operations.rescore_district(actor=street("system"), at=street.at)
    with acting_as(viewer=street("system"), at=street.at):
        ids = list(HouseholdWarning.objects.filter(valid_to__isnull=True).values_list("household_id", flat=True)[:20])
    assert len(ids) == 20
    done = operations.rescore_households(actor=street("system"), at=street.at, household_ids=ids)
    assert (done.households, done.begun, done.changed, done.ended) == (20, 0, 0, 0)


def test_a_fact_of_the_registry_is_news(street: Street) -> None:
    with acting_as(viewer=street("system"), at=street.at):
        registry.record_statement(
            actor=street("system"),
            at=street.at,
            subject_kind=SubjectKind.HOUSEHOLD,
            subject_id=FAMILY,
            source="medical_insurance",
            values={"medical_spending": 4_500_000},
            valid_from=street.at.date(),
        )
    street.deliver()
    street.deliver()
    with acting_as(viewer=street("system"), at=street.at):
        signal = Signal.objects.get(household_id=FAMILY, kind="medical_bill")
        assert (signal.value, signal.source) == (4_500_000, "medical_insurance")
    assert "medical_bill" in {reason["code"] for reason in street.warning().reasons}  # type: ignore[union-attr]


def test_a_death_is_news_for_who_is_left(street: Street) -> None:
    from minsheng.records.registry.queries.households import household_facts

    with acting_as(viewer=street("system"), at=street.at):
        found = household_facts(
            viewer=street("system"), household_id=FAMILY, as_of=street.at.date(), known_at=street.at
        )
        assert found is not None
        person = max(found.names)
        registry.register_death(
            actor=street("system"), at=street.at, person_id=person, death_date=street.at.date(), source="police"
        )
    street.deliver()
    assert "member_died" in {reason["code"] for reason in street.warning().reasons}  # type: ignore[union-attr]


def test_well_means_closed_and_what_was_before_counts_in_part(street: Street) -> None:
    trouble(street)
    before = street.warning()
    assert record(street, VisitAct.FINE, note="水费已补交") is VisitStatus.CLOSED
    after = street.warning()
    assert before is not None
    assert after is not None
    assert after.points < before.points
    street.plan()
    assert street.visits() == 1, "no second visit the same night"
    street.days(400)
    street.plan()
    assert street.visits() == 2, "the star keeps its rhythm"


def test_twice_not_met_goes_to_the_street(street: Street) -> None:
    trouble(street)
    assert record(street, VisitAct.NOT_MET) is VisitStatus.RETRY
    assert street.visit().due_date == street.at.date() + timedelta(days=3)
    street.days(3)
    assert record(street, VisitAct.NOT_MET) is VisitStatus.ESCALATED
    assert street.visit().due_date == street.at.date() + timedelta(days=2)
    assert "visit_missed" in {reason["code"] for reason in street.warning().reasons}  # type: ignore[union-attr]
    with pytest.raises(UnableToAct):
        record(street, VisitAct.FINE)
    assert record(street, VisitAct.NOT_MET, role="street_intake") is VisitStatus.ESCALATED, "the street does not let go"
    assert record(street, VisitAct.FINE, role="street_intake", note="住院，已联系上") is VisitStatus.CLOSED


def test_needs_help_is_closed_by_who_takes_it_up_only(street: Street) -> None:
    trouble(street)
    with pytest.raises(UnableToVisit, match="要帮什么"):
        record(street, VisitAct.NEEDS_HELP)
    assert record(street, VisitAct.NEEDS_HELP, note="断药") is VisitStatus.REFERRED
    with pytest.raises(UnableToVisit):
        record(street, VisitAct.FINE)
    with acting_as(viewer=street("system"), at=street.at), pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=street.visit().pk).update(status="closed", closed_at=street.at)
    operations.take_up(
        actor=street("community_worker"), at=street.at, visit_id=street.visit().pk, outcome="已送药，转社区卫生服务中心"
    )
    assert street.visit().status == "closed"


def test_a_refusal_is_respected_until_its_end(street: Street) -> None:
    trouble(street)
    assert record(street, VisitAct.REFUSED) is VisitStatus.CLOSED
    street.happened(SignalKind.JOB_LOST)
    street.plan()
    assert street.visits() == 1
    until = street.at.date() + timedelta(days=10)
    operations.set_refusal_end(actor=street("grid_worker"), at=street.at, visit_id=street.visit().pk, until_date=until)
    street.days(9)
    street.plan()
    assert street.visits() == 1
    street.days(1)
    street.plan()
    assert street.visits() == 2
    with pytest.raises(UnableToVisit):
        operations.set_refusal_end(
            actor=street("grid_worker"),
            at=street.at,
            visit_id=street.visit().pk,
            until_date=street.at.date() + timedelta(days=900),
        )
    with acting_as(viewer=street("system"), at=street.at):
        assert Refusal.objects.filter(household_id=street.visit().household_id).count() == 1


def test_a_finding_becomes_a_call_and_never_a_second_visit(street: Street) -> None:
    street.plan()
    with acting_as(viewer=street("system"), at=street.at):
        rows = list(Visit.objects.exclude(status="closed").values_list("household_id", flat=True))
        assert len(rows) == len(set(rows))
        calls = [v for v in Visit.objects.filter(origin="finding").exclude(status="closed") if v.way == "phone"]
        assert calls
        assert all(reason["question"] for visit in calls for reason in visit.reasons)
        visit = calls[0]
        assert Finding.objects.filter(
            pk__in=[r["finding_id"] for r in visit.reasons], closed_at__isnull=True
        ).count() == len(visit.reasons)
        Finding.objects.filter(household_id=visit.household_id).update(closed_at=street.at)
    street.plan()
    settled = street.visit(visit.household_id)
    assert (settled.status, settled.result) == ("closed", "settle")
    assert settled.outcome


def test_the_note_is_sealed_and_the_attempt_is_never_changed(street: Street) -> None:
    trouble(street)
    record(street, VisitAct.FINE, note="血压偏高，女儿每周来")
    with acting_as(viewer=street("system"), at=street.at):
        row = Attempt.objects.get(visit=street.visit())
        assert "血压".encode() not in bytes(row.note_sealed or b"")
        with pytest.raises(Exception, match=r"permission denied|append-only"), transaction.atomic():
            Attempt.objects.filter(pk=row.pk).update(result="fine")
    worker = street("grid_worker")
    with acting_as(viewer=worker, at=street.at):
        assert (
            queries.visit_file(viewer=worker, at=street.at, visit_id=row.visit_id).attempts[0].note.startswith("血压")
        )
        said = Entry.objects.filter(action="visits.fine").values_list("detail", flat=True)
        assert all("血压" not in str(detail) for detail in said)


def test_an_open_visit_is_its_own_purpose_a_closed_one_is_not(street: Street) -> None:
    trouble(street)
    visit = street.visit().pk
    assert operations.open_visit(viewer=street("grid_worker"), at=street.at, visit_id=visit) == "visit"
    with pytest.raises(registry.PurposeNeeded):
        operations.open_visit(viewer=street("auditor"), at=street.at, visit_id=visit)
    record(street, VisitAct.FINE)
    street.days(1)
    with pytest.raises(registry.PurposeNeeded):
        operations.open_visit(viewer=street("grid_worker"), at=street.at, visit_id=visit)


def test_a_stranger_finds_nothing(street: Street) -> None:
    other = street.elsewhere()
    signal = NewSignal(other, SignalKind.LEAD, street.at.date(), "grid")
    with pytest.raises(UnableToNoteSignal):
        operations.record_signals(actor=street("grid_worker"), at=street.at, signals=[signal])
    operations.record_signals(actor=street("system"), at=street.at, signals=[signal, signal])
    operations.record_signals(
        actor=street("system"), at=street.at, signals=[NewSignal(other, SignalKind.EMERGENCY, street.at.date(), "grid")]
    )
    street.plan()
    visit = street.visit(other)
    worker = street("grid_worker")
    with pytest.raises(UnableToFindVisit):
        operations.open_visit(viewer=worker, at=street.at, visit_id=visit.pk)
    with pytest.raises(UnableToFindVisit):
        operations.record_result(actor=worker, at=street.at, visit_id=visit.pk, result=VisitAct.FINE, way=Way.HOME)
    with pytest.raises(UnableToFindVisit), acting_as(viewer=worker, at=street.at):
        queries.visit_file(viewer=worker, at=street.at, visit_id=visit.pk)
    with acting_as(viewer=worker, at=street.at):
        listed = queries.visits_page(viewer=worker, at=street.at, chosen=queries.VisitFilter(), size=200)
        assert visit.pk not in {row.id for row in listed.rows}


def test_a_visit_is_handed_over_to_who_works_there_only(street: Street) -> None:
    trouble(street)
    chief = street("community_worker")
    operations.hand_over(actor=chief, at=street.at, visit_ids=[street.visit().pk], username="wangge", note="我休假")
    assert street.visit().assigned_to == street("grid_worker").account_id
    for nobody in ("yewu", "no-such-account", "shenji"):
        with pytest.raises(UnableToVisit):
            operations.hand_over(actor=chief, at=street.at, visit_ids=[street.visit().pk], username=nobody)
    with pytest.raises(UnableToAct):
        operations.hand_over(actor=street("grid_worker"), at=street.at, visit_ids=[street.visit().pk], username="shequ")
