"""Entering years: rights, checks, history, audit and the event, as the app role of the database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

import builders
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars import operations, queries
from minsheng.foundation.calendars.operations import UnableToEnterYear
from minsheng.foundation.calendars.reference import reference_days
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, add_working_days
from minsheng.foundation.calendars.types import DayKind, SpecialDay, WorkingDays

pytestmark = pytest.mark.django_db

SOURCE = "国务院办公厅关于2027年部分节假日安排的通知（测试用）"


def _off(month: int, first: int, last: int, name: str) -> list[SpecialDay]:
    return [SpecialDay(date(2027, month, day), DayKind.HOLIDAY, name) for day in range(first, last + 1)]


# Invented for the test: 2027 was not announced when it was written.
DAYS_2027 = [
    *_off(1, 1, 3, "元旦"),
    *_off(2, 5, 11, "春节"),
    *_off(4, 3, 5, "清明节"),
    *_off(5, 1, 5, "劳动节"),
    *_off(10, 1, 7, "国庆节"),
    SpecialDay(date(2027, 1, 31), DayKind.MAKEUP_WORKDAY, "春节"),
]


@pytest.fixture
def officer(at: datetime) -> Viewer:
    builders.plant_small_tree()
    return builders.staff(at=at, role="district_business", area_id=builders.DISTRICT)


def test_the_reference_is_loaded_once_and_counts(officer: Viewer, at: datetime) -> None:
    assert operations.load_reference_years(actor=officer, at=at) == list(range(2004, 2027))
    assert operations.load_reference_years(actor=officer, at=at) == []
    calendar = queries.work_calendar()
    assert (len(calendar.holidays), len(calendar.makeup_workdays)) == (621, 150)
    assert add_working_days(calendar, date(2026, 9, 30), WorkingDays(3)) == date(2026, 10, 10)
    assert [summary.year for summary in queries.list_years()] == list(range(2026, 2003, -1))
    assert queries.days_of_year(year=2026) == sorted(reference_days()[2026])


def test_entering_2027_ends_the_error(officer: Viewer, at: datetime) -> None:
    operations.load_reference_years(actor=officer, at=at)
    with pytest.raises(UnableToCountWorkingDays):
        add_working_days(queries.work_calendar(), date(2026, 12, 30), WorkingDays(3))
    assert operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=SOURCE) == 1
    assert add_working_days(queries.work_calendar(), date(2026, 12, 30), WorkingDays(3)) == date(2027, 1, 5)


def test_only_the_right_lets_enter(at: datetime) -> None:
    builders.plant_small_tree()
    worker = builders.staff(at=at, role="community_worker", area_id=builders.COMMUNITY_QINGHE)
    with pytest.raises(UnableToAct, match=r"calendars\.edit"):
        operations.enter_year(actor=worker, at=at, year=2027, days=DAYS_2027, source=SOURCE)
    assert queries.list_years() == []


def test_every_version_is_kept_and_cannot_be_changed(officer: Viewer, at: datetime) -> None:
    operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=SOURCE)
    corrected = [day for day in DAYS_2027 if day.date != date(2027, 1, 31)]
    later = at + timedelta(days=1)
    assert operations.enter_year(actor=officer, at=later, year=2027, days=corrected, source=SOURCE + "更正") == 2
    assert queries.days_of_year(year=2027) == sorted(corrected)
    newest, first = queries.revisions_of_year(year=2027)
    assert (newest.number, newest.entered_at, newest.entered_by) == (2, later, "周敏")
    assert list(first.days) == sorted(DAYS_2027)
    for statement in ("UPDATE calendars_revision SET days = '[]'", "DELETE FROM calendars_revision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_act_leaves_an_audit_entry_and_an_event(officer: Viewer, at: datetime) -> None:
    operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=SOURCE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM events_outbox WHERE name = 'calendars.YearEntered'")
        assert cursor.fetchall() == [('{"year": 2027, "revision": 1}',)]


def test_wrong_days_are_refused_as_a_whole(officer: Viewer, at: datetime) -> None:
    operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=SOURCE)
    wrong = [*DAYS_2027[:-1], replace(DAYS_2027[-1], date=date(2027, 2, 1))]
    with pytest.raises(UnableToEnterYear, match="本来就是工作日"):
        operations.enter_year(actor=officer, at=at, year=2027, days=wrong, source=SOURCE)
    with pytest.raises(UnableToEnterYear, match="文号"):
        operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=" ")
    assert queries.days_of_year(year=2027) == sorted(DAYS_2027)
    assert len(queries.revisions_of_year(year=2027)) == 1


def test_two_notices_may_not_claim_one_day(officer: Viewer, at: datetime) -> None:
    operations.load_reference_years(actor=officer, at=at)
    in_december = SpecialDay(date(2026, 12, 26), DayKind.MAKEUP_WORKDAY, "元旦")
    operations.enter_year(actor=officer, at=at, year=2027, days=[*DAYS_2027, in_december], source=SOURCE)
    assert in_december.date in queries.work_calendar().makeup_workdays
    again = [*reference_days()[2026], in_december]
    with pytest.raises(UnableToEnterYear, match="已在 2027 年的安排里"):
        operations.enter_year(actor=officer, at=at, year=2026, days=again, source=SOURCE)


def test_the_database_itself_refuses_a_makeup_day_on_a_weekday(officer: Viewer, at: datetime) -> None:
    operations.enter_year(actor=officer, at=at, year=2027, days=DAYS_2027, source=SOURCE)
    with pytest.raises(DatabaseError, match="makeup_on_weekend"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO calendars_day (date, notice_id, kind, name) VALUES ('2027-03-01', 2027, 'makeup_workday', 'x')"
        )


def test_the_calendar_costs_two_statements(officer: Viewer, at: datetime, django_assert_num_queries: object) -> None:
    operations.load_reference_years(actor=officer, at=at)
    with django_assert_num_queries(2):  # type: ignore[operator]
        queries.work_calendar()
