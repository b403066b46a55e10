"""The legal clock: working days with make-up workdays, delegation, extension, suspension, and days nobody can count."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from minsheng.foundation.calendars.rules import is_working_day, working_days_between
from minsheng.foundation.calendars.types import CalendarDays, WorkCalendar, WorkingDays
from minsheng.work.casework.procedures import FOLDER, UnableToReadProcedure, edition_on, procedures, read_procedures
from minsheng.work.casework.rules.clock import Clock, clock_of, notice_last_day
from minsheng.work.casework.types import Act, Done, Edition

# National Day 2026 as announced: off 1-7 October, at work on Sunday 20 September and Saturday 10 October.
CALENDAR = WorkCalendar(
    frozenset({2026}),
    frozenset(date(2026, 10, day) for day in range(1, 8)),
    frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
LOW = "minimum_living_allowance"


def edition(day: date = date(2026, 9, 1), code: str = LOW) -> Edition:
    found = edition_on(code, day)
    assert found is not None
    return found


def clock(*acts: tuple[Act, date], today: date, delegated: bool = False, extended: bool = False) -> Clock:
    return clock_of(
        edition=edition(),
        acts=[Done(act, 1, day) for act, day in acts],
        delegated=delegated,
        extended=extended,
        calendar=CALENDAR,
        today=today,
    )


def test_three_working_days_over_a_make_up_sunday() -> None:
    """Accepted on Friday 18 September: Sunday the 20th is a workday, so the third day is Tuesday the 22nd."""
    found = clock((Act.ACCEPT, date(2026, 9, 18)), today=date(2026, 9, 18))
    start = next(one for one in found.lines if one.code == "start_investigation")
    assert (start.due_date, start.left) == (date(2026, 9, 22), 3)


@pytest.mark.parametrize(
    ("delegated", "extended", "days"), [(False, False, 30), (True, False, 20), (False, True, 45), (True, True, 45)]
)
def test_the_whole_limit_by_who_confirms_and_whether_it_was_extended(
    delegated: bool, extended: bool, days: int
) -> None:
    accepted = date(2026, 9, 1)
    found = clock((Act.ACCEPT, accepted), today=accepted, delegated=delegated, extended=extended)
    total = next(one for one in found.lines if one.code == "total")
    assert total.due_date is not None
    assert working_days_between(CALENDAR, accepted, total.due_date) == WorkingDays(days)
    assert is_working_day(CALENDAR, total.due_date)


@given(start=st.integers(1, 40), length=st.integers(0, 20))
def test_a_suspension_moves_the_limit_by_its_own_working_days(start: int, length: int) -> None:
    accepted = date(2026, 3, 2)
    stop = accepted + timedelta(days=start)
    go = stop + timedelta(days=length)
    plain = clock((Act.ACCEPT, accepted), today=go)
    paused = clock((Act.ACCEPT, accepted), (Act.SUSPEND, stop), (Act.RESUME, go), today=go)
    before = next(one.due_date for one in plain.lines if one.code == "total")
    after = next(one.due_date for one in paused.lines if one.code == "total")
    assert before is not None
    assert after is not None
    still = working_days_between(CALENDAR, stop, go).number if stop <= before else 0
    assert working_days_between(CALENDAR, before, after) == WorkingDays(still)


def test_an_overdue_case_says_by_how_much_and_one_done_late_stays_late() -> None:
    accepted = date(2026, 9, 1)
    late = next(
        one for one in clock((Act.ACCEPT, accepted), today=date(2026, 9, 10)).lines if one.code == "start_investigation"
    )
    assert (late.state, late.state_words) == ("late", "已超 3 个工作日".replace("3", str(-(late.left or 0))))
    assert late.left == -4
    done = clock((Act.ACCEPT, accepted), (Act.START_INVESTIGATION, date(2026, 9, 10)), today=date(2026, 9, 11))
    assert next(one for one in done.lines if one.code == "start_investigation").state == "done_late"


def test_days_that_nobody_has_entered_are_not_guessed() -> None:
    found = clock((Act.ACCEPT, date(2026, 12, 1)), today=date(2026, 12, 1))
    total = next(one for one in found.lines if one.code == "total")
    assert total.due_date is None
    assert "2027" in total.unknown
    assert found.next is not None
    assert found.next.code in ("start_investigation", "request_check")


def test_the_day_a_notice_is_posted_does_not_count() -> None:
    assert notice_last_day(posted=date(2026, 11, 3), days=7) == date(2026, 11, 10)


def test_the_law_of_each_time() -> None:
    old, new = edition(date(2026, 6, 30)), edition(date(2026, 7, 1))
    assert (old.code, old.hearing, "payment_institutions" in old.sources) == ("law-2021", False, False)
    assert (new.code, new.hearing, "payment_institutions" in new.sources) == ("law-2026-07", True, True)
    assert edition_on(LOW, date(2021, 6, 30)) is None


@pytest.mark.parametrize("code", sorted(procedures()))
def test_no_procedure_grants_without_application_and_opinion(code: str) -> None:
    for one in procedures()[code]:
        assert {Act.SUBMIT, Act.ACCEPT, Act.GIVE_OPINION} <= set(one.required)
        for limit in one.limits:
            assert isinstance(limit.limit, WorkingDays | CalendarDays)
            assert limit.article


def test_children_are_never_put_on_a_public_notice() -> None:
    for one in procedures()["child_basic_living_allowance"]:
        assert not one.needs(Act.PUBLISH_NOTICE)
        assert [limit.limit for limit in one.limits[:2]] == [WorkingDays(15), WorkingDays(15)]


def test_quick_relief_has_neither_check_nor_notice_and_three_days() -> None:
    quick = procedures()["temporary_relief_quick"][0]
    assert not {Act.REQUEST_CHECK, Act.PUBLISH_NOTICE} & set(quick.required)
    assert quick.limits[0].limit == CalendarDays(3)
    assert Act.AID_FIRST in quick.limits[0].done_by, "money in hand ends the three days, not the papers after it"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw["required"].remove("give_opinion"), "57号 Art 28"),
        (lambda raw: raw["required"].remove("sign_investigation"), "signed by another investigator"),
        (lambda raw: raw["required"].remove("authorise"), "no economic check without an authorisation"),
        (lambda raw: raw.pop("notice"), "a notice has days"),
        (lambda raw: raw["limits"][0].update(calendar_days=3), "either in working_days or in calendar_days"),
        (lambda raw: raw.update(surprise=1), "unknown key surprise"),
    ],
)
def test_a_contradicting_procedure_does_not_load(change: object, said: str, tmp_path: Path) -> None:
    raw = yaml.safe_load((FOLDER / f"{LOW}.yaml").read_text(encoding="utf-8"))
    change(raw)  # type: ignore[operator]
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(UnableToReadProcedure, match=said):
        read_procedures(tmp_path)
