"""The years that ship with the product; where they come from stands in `data/SOURCES.md`."""

import csv
from datetime import date
from importlib.resources import files

from minsheng.foundation.calendars.types import DayKind, SpecialDay

REFERENCE_SOURCE = "国务院办公厅历年放假通知（chinesecalendar 1.11.0 整理）"


def reference_days() -> dict[int, list[SpecialDay]]:
    """This function will return the special days of 2004–2026 by year."""
    text = files(__package__).joinpath("data/cn_holidays_2004_2026.csv").read_text("utf-8")
    by_year: dict[int, list[SpecialDay]] = {}
    for row in csv.DictReader(text.splitlines()):
        day = SpecialDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row["name"])
        by_year.setdefault(day.date.year, []).append(day)
    return by_year
