"""What somebody stated and by what it is proved, as lists show it; papers open for who states or checks."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import Entry, SelfCheck


@dataclass(frozen=True)
class Proof:
    """What proves a statement. `opens`: whether the viewer's post may open the paper."""

    document_number: str
    file_id: uuid.UUID | None
    file_name: str
    opens: bool


@dataclass(frozen=True)
class EntryLine:
    """One entry with who stated and who confirmed it."""

    id: int
    on: date
    numbers: str
    evidence: str
    proof: Proof
    entered_by: str
    entered_at: datetime
    state: str
    waits: bool
    is_own: bool


def with_papers(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """This function will join the papers without their content."""
    return rows.select_related("file").defer("file__content_sealed")


def proof_of(row: Entry | SelfCheck, viewer: Viewer) -> Proof:
    """This function will say what proves a row that was read with its paper."""
    name = row.file.name if row.file else ""
    return Proof(row.document_number, row.file_id, name, viewer.can("cockpit.open_paper"))


def entry_line(row: Entry, names: Mapping[int, str], viewer: Viewer) -> EntryLine:
    """This function will write one entry for a list."""
    numbers = f"{row.numerator:,.0f}" if row.denominator is None else f"{row.numerator:,.0f} / {row.denominator:,.0f}"
    waits = row.confirmed_at is None and row.sent_back_at is None
    if waits:
        state = "等另一人复核"
    elif row.confirmed_at is not None:
        state = f"{names.get(row.confirmed_by or 0, '')}已复核"
    else:
        state = f"退回：{row.sent_back_reason}"
    return EntryLine(
        row.pk,
        row.as_of,
        numbers,
        row.evidence,
        proof_of(row, viewer),
        names.get(row.entered_by, ""),
        row.entered_at,
        state,
        waits,
        row.entered_by == viewer.account_id,
    )
