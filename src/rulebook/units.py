"""Units and kinds of values. Mixing fen per month with fen per year does not load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

# Words that a unit may be made of, with how they are read aloud. `household` is the natural
# reference of every household value and therefore carries no dimension.
WORDS: Mapping[str, str] = {
    "fen": "元",
    "person": "人",
    "month": "月",
    "year": "年",
    "age": "岁",
    "vehicle": "辆",
    "dwelling": "套",
    "item": "项",
    "grade": "级",
    "percent": "%",
    "score": "分",
    "time": "次",
}
SILENT = ("household", "1")
MONTHS = " 个月"
YUAN = re.compile(r"([\d,]+)(?:\.(\d{2}))? ?元")


class UnableToReadUnit(ValueError):
    """A unit is not made of the words in WORDS; write for example `fen/person/month`. `word` is the unknown one."""

    def __init__(self, word: str) -> None:
        known = "、".join(f"{one}（{said}）" for one, said in {**WORDS, "fen": "分钱"}.items())
        super().__init__(f"没有单位 {word!r}；可以用：{known}")
        self.word = word


@dataclass(frozen=True)
class Unit:
    """A product of base words with whole exponents; fen/person/month is fen¹·person⁻¹·month⁻¹."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Unit:
        """This function will read `fen/person/month`; raises UnableToReadUnit naming the unknown word."""
        powers: dict[str, int] = {}
        for place, word in enumerate(str(text).split("/")):
            if word in SILENT:
                continue
            if word not in WORDS:
                raise UnableToReadUnit(word)
            powers[word] = powers.get(word, 0) + (1 if place == 0 else -1)
        return cls._of(powers)

    @classmethod
    def _of(cls, powers: Mapping[str, int]) -> Unit:
        return cls(tuple(sorted((word, power) for word, power in powers.items() if power)))

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """This function will return the unit of a product (sign 1) or a quotient (sign −1)."""
        powers = dict(self.powers)
        for word, power in other.powers:
            powers[word] = powers.get(word, 0) + sign * power
        return self._of(powers)

    def __str__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        above = [word for word, power in self.powers for _ in range(max(0, power))]
        below = [word for word in WORDS for name, power in self.powers if name == word for _ in range(max(0, -power))]
        return "/".join(["*".join(above) or "1", *below])

    @cached_property
    def spoken(self) -> str:
        """This property will be the unit as an officer reads it, for example 元/人/月."""
        names = str(self).split("/")
        return "/".join("·".join(WORDS.get(word, word) for word in name.split("*")) for name in names if name != "1")

    @cached_property
    def ending(self) -> str | None:
        """This property will be what stands after a value: 个月, %, or the unit; None for money, said as yuan."""
        words = dict(self.powers)
        if words.get("fen") == 1:
            return None
        if words in ({"month": 1}, {"month": 1, "year": -1}):
            return MONTHS
        return "%" if words == {"percent": 1} else f" {self.spoken}".rstrip()


NONE = Unit()
PERSON = Unit.parse("person")
MONTHS_IN_YEAR = Unit.parse("month/year")
AGE = Unit.parse("age")
MONTH = Unit.parse("month")
PERCENT = Unit.parse("percent")


class Entity(StrEnum):
    """Whom a value is about."""

    PERSON = "person"
    HOUSEHOLD = "household"


ABOUT = {Entity.PERSON: "个人", Entity.HOUSEHOLD: "一户"}  # as an author of rules is told


class Period(StrEnum):
    """How often a benefit is paid. `status` carries no money of its own: entitlement is the whole answer."""

    MONTH = "month"
    ONCE = "once"
    YEAR = "year"
    STATUS = "status"

    @property
    def spoken(self) -> str:
        """This property will be the word before an amount: 每月, 一次性, 每年; nothing for a status."""
        return {"month": "每月", "once": "一次性", "year": "每年"}.get(self.value, "")

    def units(self, entity: Entity) -> tuple[Unit, ...]:
        """This function will return the units that an amount of this period may have; none for a status."""
        ending = {"month": "/month", "once": "", "year": "/year"}.get(self.value)
        heads = ("", "/person") if entity is Entity.PERSON else ("",)
        return () if ending is None else tuple(Unit.parse(f"fen{head}{ending}") for head in heads)


class Base(StrEnum):
    """The four types of the language. Money is an int whose unit holds fen."""

    BOOL = "bool"
    INT = "int"
    CODE = "code"
    DATE = "date"


@dataclass(frozen=True)
class Kind:
    """Type of a value: base, unit (None for the literals 0 and 1, which take any unit), codes."""

    base: Base
    unit: Unit | None = NONE
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.base is Base.INT and self.unit not in (None, NONE):
            return f"数（{self.unit}）"
        return {Base.BOOL: "“是或否”", Base.INT: "数", Base.CODE: "代码", Base.DATE: "日期"}[self.base]


BOOL = Kind(Base.BOOL)


def read_money(text: str) -> int | None:
    """This function will read 1,102.00元 or 1,102.00 元 as whole fen; None for a text that is not money."""
    found = YUAN.fullmatch(text)
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0) if found else None


def say_money(fen: int) -> str:
    """This function will write fen as yuan with thousands and two decimals: 180600 → 1,806.00."""
    sign = "−" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def say(value: int, unit: Unit | None) -> str:
    """This function will write a whole value with its unit as an officer reads it: 1,102.00 元, 3 人, 12 个月."""
    ending = "" if unit is None else unit.ending
    if ending is None:
        return f"{say_money(value)} 元"
    return f"{value}{ending}" if ending in (MONTHS, "%") else f"{value:,}{ending}"
