"""Words of the catalogue: datasets, their fields, how good they are, and what owners do about it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Dimension(StrEnum):
    """The five sides of quality that are measured."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    TIMELINESS = "timeliness"
    CONSISTENCY = "consistency"

    @property
    def label(self) -> str:
        return {
            "completeness": "完整",
            "validity": "有效",
            "uniqueness": "不重复",
            "timeliness": "及时",
            "consistency": "一致",
        }[self.value]


class Secrecy(StrEnum):
    """How much harm a leak does (个人信息保护法 Art 4, 28)."""

    OPEN = "open"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SEALED = "sealed"

    @property
    def label(self) -> str:
        return {
            "open": "可公开",
            "internal": "内部",
            "personal": "个人信息",
            "sensitive": "敏感个人信息",
            "sealed": "加密封存",
        }[self.value]


class Sharing(StrEnum):
    """With whom it may be shared (浙江省公共数据条例)."""

    OPEN = "open"
    LIMITED = "limited"
    NONE = "none"

    @property
    def label(self) -> str:
        return {"open": "无条件共享", "limited": "受限共享", "none": "不予共享"}[self.value]


class DatasetKind(StrEnum):
    """Where a dataset comes from in the code."""

    TABLE = "table"
    FACTS = "facts"
    LAW = "law"

    @property
    def label(self) -> str:
        return {"table": "表", "facts": "情况", "law": "政策"}[self.value]


class IssueState(StrEnum):
    """Where a data issue stands; `rules.TRANSITIONS` says what may follow."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "等人接办", "taken": "在办", "answered": "已答复，等复测", "closed": "复测合格，已了结"}[
            self.value
        ]


class IssueAct(StrEnum):
    """What may be done to an issue; the last is done by the measuring itself."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    ANSWER = "answer"
    REOPEN = "reopen"
    MEASURED_GOOD = "measured_good"

    @property
    def label(self) -> str:
        return {
            "take": "我来办",
            "give_back": "退回，请别人办",
            "answer": "答复",
            "reopen": "没有解决，重新办",
            "measured_good": "复测合格",
        }[self.value]


@dataclass(frozen=True)
class Field:
    """One field as the code describes it."""

    name: str
    meaning: str
    type: str
    unit: str
    required: bool
    secrecy: Secrecy
    sharing: Sharing
    source: str
    basis: str
    codes: tuple[tuple[str, str], ...] = ()
    refers_to: str = ""


@dataclass(frozen=True)
class Dataset:
    """One dataset: a table, the facts of one kind of subject, or what one scheme defines."""

    code: str
    title: str
    kind: DatasetKind
    room: str
    room_label: str
    owner: str
    basis: str
    sharing: Sharing
    fresh_days: int | None
    holds_persons: bool
    kept: str
    fields: tuple[Field, ...]

    @property
    def unexplained(self) -> tuple[str, ...]:
        """This property will name the fields that nobody has said the meaning of."""
        return tuple(field.name for field in self.fields if not field.meaning)


@dataclass(frozen=True)
class Expectation:
    """How good something is expected to be, in permille, and why."""

    dataset: str
    field: str
    dimension: Dimension
    least_permille: int
    why: str


@dataclass(frozen=True)
class Measured:
    """One count: how many were looked at, how many of them were not as they should be."""

    dataset: str
    field: str
    dimension: Dimension
    looked_at: int
    failing: int

    @property
    def permille(self) -> int | None:
        """This property will return the good share, rounded down; None where there was nothing to look at."""
        return (self.looked_at - self.failing) * 1000 // self.looked_at if self.looked_at else None


@dataclass(frozen=True)
class QualityLine:
    """The latest measurement of something with its trend: (day, permille), the oldest first."""

    field: str
    meaning: str
    dimension: Dimension
    looked_at: int
    failing: int
    permille: int | None
    least_permille: int | None
    day: date
    trend: tuple[tuple[date, int | None], ...]

    @property
    def percent(self) -> str:
        return percent(self.permille)

    @property
    def wanted(self) -> str:
        return percent(self.least_permille) if self.least_permille is not None else ""

    @property
    def good(self) -> bool:
        return self.least_permille is None or self.permille is None or self.permille >= self.least_permille

    @property
    def change(self) -> str:
        """This property will say in words how it moved since the first day of the trend."""
        known = [value for _, value in self.trend if value is not None]
        if len(known) < 2:
            return "还没有对比"
        moved = known[-1] - known[0]
        if moved == 0:
            return f"{len(known)} 次都一样"
        return f"{'升' if moved > 0 else '降'} {abs(moved) / 10:g} 个百分点（{len(known)} 次）"


@dataclass(frozen=True)
class IssueRow:
    """One issue for the list."""

    issue_id: int
    dataset: str
    dataset_title: str
    field: str
    meaning: str
    dimension: Dimension
    owner: str
    state: IssueState
    opened_day: date
    permille: int | None
    least_permille: int
    why: str
    answer: str
    handler: str
    acts: tuple[IssueAct, ...]
    changed_at: datetime

    @property
    def percent(self) -> str:
        return percent(self.permille)

    @property
    def wanted(self) -> str:
        return percent(self.least_permille)


def percent(permille: int | None) -> str:
    """This function will write a permille as per cent: 98.7%."""
    return "没有数据" if permille is None else f"{permille // 10}.{permille % 10}%"
