"""The definition language of indicators: YAML, checked when it is read, so that a wrong definition fails on load."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from minsheng.insight.cockpit.types import Good, Indicator, Period, Reach, Side

_SIDES = ("measure", "law", "entered", "constant")
_NEEDED = frozenset(
    {"code", "label", "chapter", "means", "numerator", "unit", "scale", "period", "level", "good", "owner", "as_of"}
)
_MAY = frozenset({"denominator", "gap", "people", "doubt", "monthly_times", "comparable", "beside"})


class UnableToReadIndicators(ValueError):
    """A definition is wrong: which one, what is wrong with it, and what it may say instead."""


@dataclass(frozen=True)
class Chapter:
    """A group of indicators, named after a heading of the plan's tasks."""

    code: str
    label: str
    heading: str


@dataclass(frozen=True)
class Book:
    """All indicators by code, in the order of the file."""

    chapters: Mapping[str, Chapter]
    indicators: Mapping[str, Indicator]


@cache
def book() -> Book:
    """This function will read the definitions that the platform carries (data/indicators.yaml)."""
    from minsheng.insight.cockpit.indicators.sources import LAW, MEASURES

    file = resources.files("minsheng.insight.cockpit") / "data" / "indicators.yaml"
    return read_book(file.read_text(encoding="utf-8"), measures=frozenset(MEASURES), laws=frozenset(LAW))


def read_book(text: str, *, measures: frozenset[str], laws: frozenset[str]) -> Book:
    """This function will read definitions; raises UnableToReadIndicators with the code and the remedy."""
    raw = yaml.safe_load(text)
    chapters = {code: Chapter(code, row["label"], row["heading"]) for code, row in raw["chapters"].items()}
    found: dict[str, Indicator] = {}
    for row in raw["indicators"]:
        one = _indicator(row, chapters=chapters, measures=measures, laws=laws)
        if one.code in found:
            raise UnableToReadIndicators(f"{one.code}：定义了两次，请改一个代码。")
        found[one.code] = one
    for one in found.values():
        if one.beside and (one.beside not in found or found[one.beside].gap is None):
            raise UnableToReadIndicators(f"{one.code}：beside 要写另一个有 gap 的指标，没有“{one.beside}”。")
    return Book(chapters, found)


def _indicator(
    row: Mapping[str, Any], *, chapters: Mapping[str, Chapter], measures: frozenset[str], laws: frozenset[str]
) -> Indicator:
    code = str(row.get("code", "？"))
    if lacking := sorted(_NEEDED - row.keys()):
        raise UnableToReadIndicators(f"{code}：缺少 {'、'.join(lacking)}。")
    if strange := sorted(row.keys() - _NEEDED - _MAY):
        raise UnableToReadIndicators(f"{code}：不认识 {'、'.join(strange)}，请核对写法。")
    if row["chapter"] not in chapters:
        raise UnableToReadIndicators(f"{code}：没有“{row['chapter']}”这一章，可以用 {'、'.join(chapters)}。")
    scale = row["scale"]
    if not isinstance(scale, int) or scale < 1:
        raise UnableToReadIndicators(f"{code}：scale 要写正整数，例如 100。")
    denominator = row.get("denominator")
    if row["unit"] in ("%", "‰") and denominator is None:
        raise UnableToReadIndicators(f"{code}：单位是{row['unit']}，要写分母。")
    if (row["unit"] == "%" and scale != 100) or (row["unit"] == "‰" and scale != 1000):
        raise UnableToReadIndicators(f"{code}：单位是{row['unit']}，scale 要写 {100 if row['unit'] == '%' else 1000}。")
    try:
        period, level, good = Period(row["period"]), Reach(row["level"]), Good(row["good"])
    except ValueError as problem:
        raise UnableToReadIndicators(f"{code}：period、level、good 里有不认识的词（{problem}）。") from problem
    return Indicator(
        code,
        row["label"],
        row["chapter"],
        row["means"],
        row["unit"],
        scale,
        period,
        level,
        good,
        row["owner"],
        row["as_of"],
        _side(code, row["numerator"], measures, laws),
        None if denominator is None else _side(code, denominator, measures, laws),
        bool(row.get("people", False)),
        row.get("doubt", ""),
        _side(code, row["gap"], measures, laws) if "gap" in row else None,
        int(row.get("monthly_times", 1)),
        bool(row.get("comparable", True)),
        row.get("beside", ""),
    )


def _side(code: str, row: Mapping[str, Any], measures: frozenset[str], laws: frozenset[str]) -> Side:
    kinds = [kind for kind in _SIDES if kind in row]
    if len(kinds) != 1 or row.keys() - {*_SIDES, "schemes"}:
        raise UnableToReadIndicators(f"{code}：分子、分母各要写 {'、'.join(_SIDES)} 里的一样。")
    side = Side(**{kinds[0]: row[kinds[0]]}, schemes=tuple(row.get("schemes", ())))
    if side.measure and side.measure not in measures:
        raise UnableToReadIndicators(
            f"{code}：没有“{side.measure}”这个取数口径，可以用 {'、'.join(sorted(measures))}。"
        )
    if side.law and side.law not in laws:
        raise UnableToReadIndicators(f"{code}：没有“{side.law}”这个规定里的数，可以用 {'、'.join(sorted(laws))}。")
    return side
