"""Who has died, left or been taken away: what those who pay ask for many people at once."""

from datetime import date, datetime, timedelta

import pytest

from builders import COMMUNITY_QINGHE
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries.whereabouts import Whereabouts, whereabouts
from minsheng.records.registry.types import SubjectKind
from records.registry.people import clerk, register

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


@pytest.fixture
def officer(at: datetime, keys: Keyring) -> Viewer:
    return clerk(at=at)


def say(officer: Viewer, at: datetime, person: int, since: date, **values: bool) -> None:
    registry.record_statement(
        actor=officer,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=person,
        source="police",
        values=values,
        valid_from=since,
    )


def told(officer: Viewer, at: datetime, *people: int) -> dict[int, Whereabouts]:
    with acting_as(viewer=officer, at=at):
        return whereabouts(person_ids=people, on=DAY, known_at=at)


def test_only_those_of_whom_something_is_to_be_said(officer: Viewer, at: datetime) -> None:
    here, dead, caught, gone, half = (register(officer, at, f"王阿{name}") for name in "甲乙丙丁戊")
    say(officer, at, here, date(2020, 1, 1), in_custody=False, resident=True)
    registry.register_death(actor=officer, at=at, person_id=dead, death_date=date(2026, 10, 3))
    say(officer, at, caught, date(2026, 5, 1), in_custody=True)
    say(officer, at, gone, date(2026, 6, 1), resident=False, hukou_local=False)
    say(officer, at, half, date(2026, 6, 1), resident=False)
    assert told(officer, at, here, dead, caught, gone, half) == {
        dead: Whereabouts(dead, died_on=date(2026, 10, 3)),
        caught: Whereabouts(caught, in_custody=True),
        gone: Whereabouts(gone, moved_away=True),
    }
    assert told(officer, at) == {}


def test_the_newest_word_counts(officer: Viewer, at: datetime) -> None:
    freed, early = (register(officer, at, f"王阿{name}") for name in "甲乙")
    say(officer, at, freed, date(2026, 5, 1), in_custody=True)
    say(officer, at, freed, date(2026, 9, 1), in_custody=False)
    say(officer, at, early, DAY + timedelta(days=1), in_custody=True)
    assert told(officer, at, freed, early) == {}


def test_a_merged_record_and_the_one_that_stands_are_the_same_person(officer: Viewer, at: datetime) -> None:
    kept, merged = register(officer, at, "王芳", area_id=COMMUNITY_QINGHE), register(officer, at, "王方")
    registry.register_death(actor=officer, at=at, person_id=merged, death_date=date(2026, 10, 3))
    registry.merge_persons(actor=officer, at=at, kept_id=kept, merged_id=merged, reason="户口簿")
    for asked in ((kept,), (merged,), (kept, merged)):
        assert told(officer, at, *asked) == {p: Whereabouts(p, died_on=date(2026, 10, 3)) for p in asked}


def test_of_all_records_of_a_person_the_newest_word_counts(officer: Viewer, at: datetime) -> None:
    for first, second in ((True, False), (False, True)):
        kept, merged = register(officer, at, f"王{first}"), register(officer, at, f"王{first}")
        say(officer, at, kept, date(2026, 5, 1), in_custody=first)
        say(officer, at, merged, date(2026, 9, 1), in_custody=second)
        registry.merge_persons(actor=officer, at=at, kept_id=kept, merged_id=merged, reason="户口簿")
        assert bool(told(officer, at, kept)) is second
