"""Codes and values of the missed-people report."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class WhyNot(StrEnum):
    """Why somebody who is entitled does not receive, as a worker found out."""

    REFUSED = "refused"
    NOT_REACHED = "not_reached"
    OBJECTED = "objected"
    IN_PROGRESS = "in_progress"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "refused": "本人不愿申请",
            "not_reached": "联系不上",
            "objected": "对核对结果有异议",
            "in_progress": "正在办理",
            "other": "其他原因",
        }[self.value]


@dataclass(frozen=True)
class Take:
    """One line of the report: of those entitled how many receive; fen per month, None for benefits of another period.

    A count that is None is too small to be shown to this viewer.
    """

    key: str
    label: str
    entitled: int | None
    receiving: int | None
    missed: int | None
    one_datum: int | None
    missed_fen: int | None
    reasons: dict[str, int]

    @property
    def rate_permille(self) -> int | None:
        """This property will be the take-up rate in thousandths, rounded down; None where it cannot be said."""
        if self.entitled is None or self.receiving is None or not self.entitled:
            return None
        return self.receiving * 1000 // self.entitled

    @property
    def rate(self) -> str:
        """This property will be the take-up rate as one reads it: 83.3%."""
        permille = self.rate_permille
        return "—" if permille is None else f"{permille // 10}.{permille % 10}%"


@dataclass(frozen=True)
class CellLine:
    """One scheme in one community, for a table that is taken away; None: too small, or would tell what is too small."""

    scheme: str
    street: str
    community: str
    entitled: int | None
    receiving: int | None
    missed: int | None
    missed_fen: int | None
    one_datum: int | None


@dataclass(frozen=True)
class Question:
    """One datum that settles some people by itself: how to ask, what one answer costs, how many it settles."""

    input: str
    label: str
    question: str
    way: str
    way_label: str
    cost_fen: int
    people: int
    doubt: str | None

    @property
    def total_fen(self) -> int:
        return self.cost_fen * self.people


@dataclass(frozen=True)
class Way:
    """One way to ask, with what an answer costs on a day."""

    code: str
    label: str
    cost_fen: int
    basis: str
    doubt: str | None


@dataclass(frozen=True)
class ReasonLine:
    """One thing that a worker found out about why somebody does not receive."""

    why: WhyNot
    note: str
    noted_date: date
    noted_by: str
    noted_at: datetime
