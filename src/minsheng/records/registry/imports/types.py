"""What crosses the walls of imports: kinds, outcomes, batches and rows ready to show."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ImportKind(StrEnum):
    """What the rows of a table are."""

    PERSONS = "persons"
    FACTS = "facts"

    @property
    def label(self) -> str:
        return {"persons": "人员", "facts": "情况"}[self.value]


class ImportStatus(StrEnum):
    """Where a table stands."""

    STAGED = "staged"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return {"staged": "待确认", "applied": "已导入", "undone": "已撤回", "discarded": "已放弃"}[self.value]


class RowOutcome(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    NOTED = "noted"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    ERROR = "error"

    @property
    def label(self) -> str:
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS = {
    RowOutcome.NEW: "新登记",
    RowOutcome.CHANGED: "有变化",
    RowOutcome.NOTED: "记下，结论不变",
    RowOutcome.UNCHANGED: "没有变化",
    RowOutcome.DUPLICATE: "可能重复，要您决定",
    RowOutcome.ERROR: "有错，不导入",
}


class RowDecision(StrEnum):
    """What a person decided about a possible duplicate."""

    OPEN = "open"
    SKIP = "skip"
    REGISTER = "register"

    @property
    def label(self) -> str:
        return {"open": "还没有决定", "skip": "不导入", "register": "是另一个人，照样登记"}[self.value]


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell, and what to do."""

    column: str
    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"“{self.column}”：{self.what}{self.remedy}" if self.column else f"{self.what}{self.remedy}"


@dataclass(frozen=True)
class Change:
    """One fact as it is and as it would be, in words; `overruled_by` names a source that is believed more."""

    attribute: str
    label: str
    before: str
    after: str
    overruled_by: str = ""


@dataclass(frozen=True)
class RowView:
    """One row ready to show; the name is masked for whoever does not handle this person."""

    id: str
    number: int
    outcome: RowOutcome
    decision: RowDecision
    name: str
    id_masked: str
    person_id: int | None
    changes: tuple[Change, ...]
    errors: tuple[CellError, ...]
    duplicates: tuple[str, ...]


@dataclass(frozen=True)
class BatchView:
    """One table ready to show, with how many rows would do what."""

    id: int
    kind: ImportKind
    status: ImportStatus
    filename: str
    source_label: str
    purpose: str
    valid_from: date
    uploaded_by: str
    uploaded_at: datetime
    decided_by: str
    decided_at: datetime | None
    counts: dict[RowOutcome, int]
    open_decisions: int
    warnings: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows of the table."""
        return sum(self.counts.values())

    @property
    def effective(self) -> int:
        """Rows that change something when the table is applied as it stands."""
        return sum(self.counts.get(o, 0) for o in (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.NOTED))
