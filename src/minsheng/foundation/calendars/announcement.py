"""Reads the text of the State Council's yearly announcement (国务院办公厅关于…年部分节假日安排的通知).

Two forms are understood and may be mixed, one entry a line:
    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
    2027-01-01 放假 元旦
Weekdays in the text are checked against the calendar, so that a slip of the pen is noticed.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from minsheng.foundation.calendars.types import DAY_KIND_LABELS, DayKind, SpecialDay

_LISTED = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，]+(放假|上班|休|班)[\s,，]*(\S*)$")
_FESTIVAL = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]+[、.．)）]\s*)?([^：:\d]{2,12})[：:](.+)$")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(]([^（）()]*)[）)])?"
_SPAN = re.compile(_DAY + rf"(?:\s*(?:至|到|-|—|–|~|～)\s*{_DAY})?")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_LONGEST_HOLIDAY = timedelta(days=15)
_KINDS = {"放假": DayKind.HOLIDAY, "休": DayKind.HOLIDAY, "上班": DayKind.MAKEUP_WORKDAY, "班": DayKind.MAKEUP_WORKDAY}


class UnableToReadAnnouncement(ValueError):
    """A line of the pasted text cannot be read; the message names the line."""


def days_of_announcement(*, year: int, text: str) -> list[SpecialDay]:
    """This function will return the days that a pasted announcement changes, in order of date.

    Lines without any day (title, greetings) are passed over. Raises UnableToReadAnnouncement for a line with a day
    that makes no sense, rather than leave it out.
    """
    days: list[SpecialDay] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        try:
            days.extend(_days_of_line(year, line))
        except ValueError as error:
            raise UnableToReadAnnouncement(f"第 {number} 行看不懂：{error}\n“{line[:60]}”。请改正后再预览。") from error
    return sorted(days)


def text_of_days(days: list[SpecialDay]) -> str:
    """This function will write days in the plain form that `days_of_announcement` reads, one a line."""
    return "\n".join(f"{day.date.isoformat()} {DAY_KIND_LABELS[day.kind]} {day.name}" for day in sorted(days))


def _days_of_line(year: int, line: str) -> Iterator[SpecialDay]:
    if listed := _LISTED.match(line):
        y, month, day, word, name = listed.groups()
        yield SpecialDay(date(int(y), int(month), int(day)), _KINDS[word], name)
        return
    festival = _FESTIVAL.match(line)
    if festival is None:
        if re.search(r"\d{1,2}日.*(放假|上班)", line):
            raise ValueError("有日期，但没有“节日：”开头")
        return
    name, rest = festival.group(1).strip(), festival.group(2)
    found = False
    for sentence in re.split(r"[。；;]", rest):
        kind = (
            DayKind.MAKEUP_WORKDAY
            if re.search(r"上班\s*$", sentence)
            else DayKind.HOLIDAY
            if "放假" in sentence or "休息" in sentence
            else None
        )
        if kind is None:
            continue
        # Only what stands before the verb: “共3天” and “不调休” carry no dates, but later clauses might.
        verb = re.search(r"放假|休息|上班", sentence)
        assert verb is not None
        for day in _days_of_clause(year, sentence[: verb.start()]):
            found = True
            yield SpecialDay(day, kind, name)
    if not found:
        raise ValueError("没有读到放假或上班的日期")


def _days_of_clause(year: int, clause: str) -> Iterator[date]:
    month_before = 0
    for match in _SPAN.finditer(clause):
        first_year, first_month, first_day, first_note, last_year, last_month, last_day, last_note = match.groups()
        month = int(first_month or month_before)
        if not month:
            raise ValueError(f"“{match.group(0)}”没有写月份")
        first = date(int(first_year or year), month, int(first_day))
        _check_weekday(first, first_note)
        month_before = month
        if last_day is None:
            yield first
            continue
        last = date(int(last_year or first_year or year), int(last_month or month), int(last_day))
        month_before = last.month
        _check_weekday(last, last_note)
        if not first <= last <= first + _LONGEST_HOLIDAY:
            raise ValueError(f"“{match.group(0)}”的起止日期不对")
        yield from (first + timedelta(days=step) for step in range((last - first).days + 1))


def _check_weekday(day: date, note: str | None) -> None:
    said = _WEEKDAY.search(note or "")
    if said and "一二三四五六日".index(said.group(1).replace("天", "日")) != day.weekday():
        raise ValueError(f"{day:%Y-%m-%d} 是周{'一二三四五六日'[day.weekday()]}，文中写的是{said.group(0)}")
