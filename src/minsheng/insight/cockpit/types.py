"""What crosses the walls of the cockpit: indicators as defined, figures, targets with their place in a plan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Good(StrEnum):
    """Which way is better; `hold`: it must not fall below the target."""

    UP = "up"
    DOWN = "down"

    @property
    def label(self) -> str:
        return {"up": "越高越好", "down": "越低越好"}[self.value]


class Period(StrEnum):
    """What span of time one figure speaks of."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    @property
    def label(self) -> str:
        return {"day": "时点数", "month": "当月数", "year": "年度数"}[self.value]


class Reach(StrEnum):
    """The lowest level at which a figure is told."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"

    @property
    def label(self) -> str:
        return {"district": "区", "street": "街道", "community": "社区"}[self.value]

    @property
    def depth(self) -> int:
        return {"district": 0, "street": 1, "community": 2}[self.value]


class Check(StrEnum):
    """How far a figure has been checked."""

    COMPUTED = "computed"
    RECHECKED = "rechecked"
    DEVIATES = "deviates"
    ENTERED = "entered"
    CONFIRMED = "confirmed"
    PRINTED = "printed"

    @property
    def label(self) -> str:
        return {
            "computed": "系统算出，没有复算",
            "rechecked": "复算一致",
            "deviates": "复算对不上",
            "entered": "填报，还没有复核",
            "confirmed": "填报，已由另一人复核",
            "printed": "规划原文，没有另外核对",
        }[self.value]


@dataclass(frozen=True)
class Side:
    """One side of an indicator: a measure of a room, a number of the law, something entered, or a constant."""

    measure: str = ""
    law: str = ""
    entered: str = ""
    constant: int = 0
    schemes: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        return bool(self.measure or self.law or self.constant)


@dataclass(frozen=True)
class Indicator:
    """An indicator as its definition says; which names of a plan it answers to, a person says of each plan."""

    code: str
    label: str
    chapter: str
    means: str
    unit: str
    scale: int
    period: Period
    level: Reach
    good: Good
    owner: str
    as_of: str
    numerator: Side
    denominator: Side | None
    people: bool = False
    doubt: str = ""
    gap: Side | None = None
    monthly_times: int = 1
    comparable: bool = True
    beside: str = ""  # the indicator whose gap counts a part of the same: their difference may single people out

    @property
    def is_live(self) -> bool:
        return self.numerator.is_live and (self.denominator is None or self.denominator.is_live)

    @property
    def is_ratio(self) -> bool:
        """Counted against something of the same area, so that areas of different size can be compared."""
        return self.denominator is not None and not self.denominator.constant

    @property
    def is_share(self) -> bool:
        return self.is_ratio and self.unit == "%"


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it, before anything of it is believed."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Ratio:
    """A figure as kept: what is counted and what it is counted against; `denominator` None: a plain count."""

    numerator: Decimal
    denominator: Decimal | None = None

    def value(self, scale: int) -> Decimal | None:
        """This method will return the figure in the indicator's unit; None when there is nothing to count against."""
        if self.denominator is None:
            return self.numerator
        return self.numerator * scale / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Point:
    """A value on a day, with where it is from."""

    on: date
    value: Decimal
    check: Check
    source: str


@dataclass(frozen=True)
class Goal:
    """What the plan promises for an indicator: value, until when, and where it is written."""

    value: Decimal
    unit: str
    until: date | None
    bound: str
    statement_id: int
    line: int
    quote: str


class StatementKind(StrEnum):
    """What sort of thing the plan says in one place."""

    INDICATOR = "indicator"
    TARGET = "target"
    FACT = "fact"
    PROJECT = "project"
    DOCUMENT = "document"
    UNREAD = "unread"

    @property
    def label(self) -> str:
        return {
            "indicator": "表里的指标",
            "target": "正文的目标",
            "fact": "正文的现状",
            "project": "重大项目",
            "document": "参照的文件",
            "unread": "没有读懂",
        }[self.value]


# Kinds whose names an indicator may answer to.
ANSWERABLE = (StatementKind.INDICATOR, StatementKind.TARGET, StatementKind.FACT)


class ReadAs(StrEnum):
    """How a statement came to count as it does."""

    READ = "read"
    CORRECTED = "corrected"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        return {"read": "照原文读出", "corrected": "有人更正过", "set_aside": "看过，不作数"}[self.value]


class Stage(StrEnum):
    """How far a project is."""

    NOT_BEGUN = "not_begun"
    APPROVED = "approved"
    BUILDING = "building"
    FINISHED = "finished"
    OPEN = "open"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return {
            "not_begun": "未开工",
            "approved": "已立项",
            "building": "在建",
            "finished": "已完工",
            "open": "已启用",
            "stopped": "停建",
        }[self.value]

    @property
    def is_done(self) -> bool:
        return self in (Stage.FINISHED, Stage.OPEN)


class Grade(StrEnum):
    """The four grades of a self-evaluation."""

    AHEAD = "ahead"
    REACHED = "reached"
    BEHIND = "behind"
    NOT_BEGUN = "not_begun"

    @property
    def label(self) -> str:
        return {"ahead": "超过目标", "reached": "达到目标", "behind": "没有达到", "not_begun": "还没有做"}[self.value]


class OccasionKind(StrEnum):
    """What the plan has the leadership do again and again (chapter on safeguards, 一、加强组织领导)."""

    HEARING = "hearing"
    MEETING = "meeting"
    GROUP = "group"
    TERM = "term"

    @property
    def label(self) -> str:
        return {
            "hearing": "区委、区政府听取民政工作汇报",
            "meeting": "每届一次的民政会议",
            "group": "领导小组会议和决定",
            "term": "本届党委、政府的任期",
        }[self.value]
