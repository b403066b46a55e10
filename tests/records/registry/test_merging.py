"""A merge and its return: nothing is lost, nothing is left behind, and both ids keep resolving."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import COMMUNITY_FURONG, COMMUNITY_QINGHE, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries import household_facts, household_view
from minsheng.records.registry.types import HouseholdPurpose, MembershipKind, RelationKind, SubjectKind
from records.registry.people import clerk, household, purpose, register

pytestmark = pytest.mark.django_db
TABLES = (
    "registry_person",
    "registry_statement",
    "registry_membership",
    "registry_relation",
    "registry_household",
    "registry_dwelling",
)


@pytest.fixture
def officer(at: datetime, keys: Keyring) -> Viewer:
    return clerk(at=at)


def everything(viewer: Viewer, at: datetime) -> dict[str, list[Any]]:
    """This function will return every row of the tables that a merge must leave as they were."""
    found = {}
    with acting_as(viewer=viewer, at=at), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def cards(viewer: Viewer, at: datetime, *people: int) -> list[Any]:
    """This function will open these people and return what of the cards a merge may not change in the end."""
    opened = [registry.open_person(viewer=viewer, person_id=p, at=at) for p in people]
    return [(c.person_id, c.name, c.facts, c.household_id, c.members, c.kin, c.merged) for c in opened]


def test_both_ids_resolve_and_the_facts_of_both_count(officer: Viewer, at: datetime) -> None:
    kept, merged = register(officer, at, "王芳", born=date(1950, 1, 1), sequence=1), register(officer, at, "王方")
    household(officer, at, (merged, "head"))
    registry.record_statement(
        actor=officer,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=merged,
        source="medical_insurance",
        values={"severe_illness": True},
        valid_from=date(2026, 1, 1),
    )
    registry.merge_persons(actor=officer, at=at, kept_id=kept, merged_id=merged, reason="户口簿")
    purpose(officer, at, merged)
    for asked in (kept, merged):
        card = registry.open_person(viewer=officer, person_id=asked, at=at)
        assert (card.person_id, card.merged) == (kept, (merged,))
        assert next(f.value for f in card.facts if f.attribute == "severe_illness") is True
        assert [m.person_id for m in card.members] == [kept]
    for text in ("王方", "wangfang"):
        assert {p.person_id for p in registry.search_people(viewer=officer, at=at, text=text).people} == {kept}
    with pytest.raises(registry.UnableToUseMerged):
        registry.register_death(actor=officer, at=at, person_id=merged, death_date=date(2026, 1, 1))


def test_what_cannot_be_merged_says_why(officer: Viewer, at: datetime) -> None:
    first = register(officer, at, "王芳", born=date(1950, 1, 1), sequence=1)
    other = register(officer, at, "李芳", born=date(1951, 1, 1), sequence=2)
    away = register(officer, at, "赵芳", area_id=COMMUNITY_FURONG)
    for kept, merged, reason, words in (
        (first, first, "同", "同一条"),
        (first, other, "同", "证件号不同"),
        (first, away, "同", "不同社区"),
        (first, other, " ", "写明"),
    ):
        with pytest.raises(registry.UnableToMerge, match=words):
            registry.merge_persons(actor=officer, at=at, kept_id=kept, merged_id=merged, reason=reason)
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(UnableToAct):
        registry.merge_persons(actor=worker, at=at, kept_id=first, merged_id=other, reason="同")
    with pytest.raises(registry.UnableToUnmerge, match="没有并入"):
        registry.unmerge_persons(actor=officer, at=at, merged_id=first)


def test_a_number_given_away_meanwhile_stops_the_return(officer: Viewer, at: datetime) -> None:
    kept, merged = register(officer, at, "王芳"), register(officer, at, "王方", born=date(1950, 1, 1), sequence=1)
    purpose(officer, at, merged)
    number = registry.open_person(viewer=officer, person_id=merged, at=at).id_number
    registry.merge_persons(actor=officer, at=at, kept_id=kept, merged_id=merged, reason="户口簿")
    with pytest.raises(registry.UnableToCreatePerson, match="已经登记过"):
        register(officer, at, "王方", born=date(1950, 1, 1), sequence=1)
    with pytest.raises(registry.UnableToCorrectPerson):
        registry.correct_person(
            actor=officer, at=at, person_id=kept, id_kind=registry.IdKind.RESIDENT_ID, id_number=number
        )


Story = list[tuple[str, int, int]]


class _Undone(Exception):
    """Rolls one generated story back."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(
        st.tuples(st.sampled_from(["say", "live", "kin"]), st.integers(0, 2), st.integers(0, 3)), max_size=8
    ),
    merges=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4),
)
def test_merging_and_taking_back_is_the_identity(
    officer: Viewer, at: datetime, before: Story, merges: list[tuple[int, int]]
) -> None:
    """Whatever stood on the records, and in whatever order they were merged: returned in reverse, all is as it was."""
    try:
        with transaction.atomic():
            people = [register(officer, at, name) for name in ("王芳", "汪方", "李四")]
            homes = [household(officer, at, (register(officer, at, f"赵{w}"), "head")) for w in "甲乙丙丁"]
            for act, who, what in before:
                _tell(officer, at, act, people[who], people, homes[what], what)
            for person_id in people:
                purpose(officer, at, person_id)
            rows, opened = everything(officer, at), cards(officer, at, *people)
            done = []
            for kept, merged in merges:
                try:
                    registry.merge_persons(
                        actor=officer, at=at, kept_id=people[kept], merged_id=people[merged], reason="比对"
                    )
                except (registry.UnableToMerge, registry.UnableToUseMerged):
                    continue
                done.append(people[merged])
                assert everything(officer, at) != rows
            for merged_id in reversed(done):
                registry.unmerge_persons(actor=officer, at=at + timedelta(minutes=1), merged_id=merged_id)
            assert everything(officer, at) == rows
            assert cards(officer, at, *people) == opened
            raise _Undone
    except _Undone:
        pass


def _tell(officer: Viewer, at: datetime, act: str, person: int, people: list[int], home: int, what: int) -> None:
    try:
        if act == "say":
            registry.record_statement(
                actor=officer,
                at=at,
                subject_kind=SubjectKind.PERSON,
                subject_id=person,
                source=("visit", "hrss", "self_report", "health")[what],
                values={"wage_income": what * 100},
                valid_from=date(2026, 1, 1),
            )
        elif act == "live":
            registry.add_member(
                actor=officer,
                at=at,
                household_id=home,
                person_id=person,
                kind=MembershipKind.RESIDENCE,
                valid_from=date(2025, 1, 1),
                relation="other",
            )
        else:
            other = people[what % 3]
            registry.add_relation(actor=officer, at=at, person_id=person, kind=RelationKind.SIBLING, relative_id=other)
    except (registry.UnableToRecordStatement, registry.UnableToChangeHousehold, registry.UnableToRelate):
        pass


def test_the_three_views_of_one_household(officer: Viewer, at: datetime) -> None:
    head, wife = register(officer, at, "林建国", born=date(1960, 1, 1)), register(officer, at, "王芳")
    lodger, student = register(officer, at, "赵六"), register(officer, at, "林小", born=date(2006, 1, 1))
    grown = register(officer, at, "林大", born=date(1985, 1, 1))
    inmate = register(officer, at, "林二", born=date(1990, 1, 1))
    home = household(officer, at, (head, "head"), (wife, "spouse"), (lodger, "other"), (inmate, "child"))
    elsewhere = household(officer, at, (student, "head"))
    household(officer, at, (grown, "head"))
    registry.add_member(
        actor=officer,
        at=at,
        household_id=home,
        person_id=student,
        kind=MembershipKind.HUKOU,
        valid_from=date(2006, 1, 1),
        relation="child",
    )
    for child in (student, grown):
        registry.add_relation(actor=officer, at=at, person_id=head, kind=RelationKind.CHILD, relative_id=child)

    def say(person: int, values: dict[str, object]) -> None:
        registry.record_statement(
            actor=officer,
            at=at,
            subject_kind=SubjectKind.PERSON,
            subject_id=person,
            source="visit",
            values=values,
            valid_from=date(2026, 1, 1),
        )

    say(student, {"full_time_student": True})
    say(inmate, {"in_custody": True})
    say(head, {"hukou_division": "330102012051"})

    def names(purpose_of: HouseholdPurpose) -> set[str]:
        with acting_as(viewer=officer, at=at):
            view = household_view(
                viewer=officer, household_id=home, purpose=purpose_of, on=date(2026, 11, 1), known_at=at
            )
        return {member.name for member in view.counted}

    assert names(HouseholdPurpose.RESIDENCE) == {"林建国", "王芳", "赵六", "林二"}
    assert names(HouseholdPurpose.HUKOU) == {"林建国", "林小"}
    assert names(HouseholdPurpose.ASSISTANCE) == {"林建国", "王芳", "林小"}
    with acting_as(viewer=officer, at=at):
        facts = household_facts(viewer=officer, household_id=elsewhere, as_of=date(2026, 11, 1), known_at=at)
    assert facts is not None
    assert facts.names == {student: "林小"}
