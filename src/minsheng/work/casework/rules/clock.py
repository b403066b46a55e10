"""The legal clock of one case, from its acts: nothing about it is stored but the next due day, for the list's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, last_day, working_days_between
from minsheng.foundation.calendars.types import CalendarDays, Limit, WorkCalendar, WorkingDays
from minsheng.work.casework.types import Act, ClockLine, Done, Edition, LimitRule

_STARTS_PAUSE, _ENDS_PAUSE = frozenset({Act.SUSPEND}), frozenset({Act.RESUME})
TOTAL = "total"


@dataclass(frozen=True)
class Clock:
    """All limits of a case; `next` is the running one that ends first."""

    lines: tuple[ClockLine, ...]
    paused_since: date | None

    @property
    def next(self) -> ClockLine | None:
        running = [line for line in self.lines if line.state in ("running", "late") and line.due_date is not None]
        return min(running, key=lambda line: (line.due_date or date.max, line.code), default=None)

    @property
    def unknown(self) -> str:
        """This property will say why a running limit cannot be counted; empty when all can."""
        return next((line.unknown for line in self.lines if line.state == "running" and line.unknown), "")


def clock_of(
    *,
    edition: Edition,
    acts: Sequence[Done],
    delegated: bool,
    extended: bool,
    unsteady: bool = False,
    calendar: WorkCalendar,
    today: date,
) -> Clock:
    """This function will reckon every limit of the edition from the acts done, in their order.

    A suspension stops the clock; so do the days between the act that ended a limit and one that starts it anew.
    """
    pauses = _pauses(acts)
    open_since = next((start for start, end in pauses if end is None), None)
    lines = tuple(
        _line(
            rule,
            acts,
            pauses,
            delegated=delegated,
            extended=extended,
            unsteady=unsteady,
            calendar=calendar,
            today=today,
        )
        for rule in edition.limits
    )
    return Clock(lines, open_since)


def limit_in_force(rule: LimitRule, *, delegated: bool, extended: bool, unsteady: bool = False) -> Limit:
    """This function will return the limit that holds: extended, of unsteady income, delegated, or the ordinary one."""
    if unsteady and rule.unsteady is not None:
        return rule.unsteady
    if extended and rule.extended is not None:
        return rule.extended
    return rule.delegated if delegated and rule.delegated is not None else rule.limit


def words_of(limit: Limit) -> str:
    """This function will write a limit in words: 30 个工作日, 7 天."""
    return f"{limit.number} 个工作日" if isinstance(limit, WorkingDays) else f"{limit.number} 天"


def _pauses(acts: Sequence[Done]) -> list[tuple[date, date | None]]:
    found: list[tuple[date, date | None]] = []
    since: date | None = None
    for done in acts:
        if done.act in _STARTS_PAUSE and since is None:
            since = done.day
        elif done.act in _ENDS_PAUSE and since is not None:
            found.append((since, done.day))
            since = None
    return [*found, (since, None)] if since is not None else found


def _line(
    rule: LimitRule,
    acts: Sequence[Done],
    pauses: Sequence[tuple[date, date | None]],
    *,
    delegated: bool,
    extended: bool,
    unsteady: bool = False,
    calendar: WorkCalendar,
    today: date,
) -> ClockLine:
    limit = limit_in_force(rule, delegated=delegated, extended=extended, unsteady=unsteady)
    started = done_on = None
    for done in acts:
        if done.act in rule.after and (started is None or rule.code != TOTAL):
            started, done_on = done.day, None
        elif done.act in rule.done_by and started is not None and done_on is None:
            done_on = done.day
    due, left, unknown = None, None, ""
    if started is not None:
        try:
            due = _due(limit, started, pauses, calendar=calendar, today=today)
            left = working_days_between(calendar, today, due).number if done_on is None else None
        except UnableToCountWorkingDays as missing:
            unknown = f"{missing.year} 年的放假安排还没录入，暂时算不出"
    return ClockLine(
        rule.code,
        rule.label,
        rule.owner,
        words_of(limit),
        rule.article,
        started,
        due,
        done_on,
        left,
        unknown,
        rule.doubt,
    )


def _due(
    limit: Limit,
    started: date,
    pauses: Sequence[tuple[date, date | None]],
    *,
    calendar: WorkCalendar,
    today: date,
) -> date:
    """The last day, moved on by as many days of the limit's own kind as the clock stood still."""
    due = last_day(calendar, started, limit)
    for since, until in pauses:
        begun, ended = max(since, started), until or today
        if ended <= begun or begun > due:
            continue
        if isinstance(limit, WorkingDays):
            still = working_days_between(calendar, begun, ended).number
            due = last_day(calendar, due, WorkingDays(still)) if still else due
        else:
            due = last_day(calendar, due, CalendarDays((ended - begun).days))
    return due


def notice_last_day(*, posted: date, days: int) -> date:
    """This function will return the last whole day of a notice: the day it is posted does not count."""
    return posted + timedelta(days=days)
