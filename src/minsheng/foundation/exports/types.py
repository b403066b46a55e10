"""What crosses the walls of exports: a list that was prepared to be taken away, and where a leaked one came from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExportState(StrEnum):
    """Where a prepared list stands; when its time has run out it is gone, whatever it was."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"waiting": "等第二个人批准", "ready": "可以取", "refused": "没有批准"}[self.value]


@dataclass(frozen=True)
class ExportLine:
    """One prepared list as its owner, whoever approves it, or an auditor sees it; never its content."""

    code: str
    sheet: str
    about: str
    purpose: str
    rows: int
    names_people: bool
    account_id: int
    taken_by: str
    made_at: datetime
    until: datetime
    state: ExportState
    over: bool
    decided_by: str
    decided_at: datetime | None
    note: str
    is_mine: bool
    may_decide: bool


@dataclass(frozen=True)
class Taking:
    """One time that the file was handed over."""

    at: datetime
    by: str
    request_id: str


@dataclass(frozen=True)
class Order:
    """How far rows that leaked stand in the order in which one export had them: neighbours, and how many agree."""

    pairs: int
    agree: int

    @property
    def whole(self) -> bool:
        """This property will say that every pair agrees."""
        return self.pairs > 0 and self.agree == self.pairs


@dataclass(frozen=True)
class Trace:
    """One export from which a file may come: what of the file says so, and who took it."""

    export: ExportLine
    by_code: bool
    rows_found: int
    order: Order
    takings: tuple[Taking, ...]
    alone: bool
    """Its code stands in the file, or it alone has these rows in just this order."""
