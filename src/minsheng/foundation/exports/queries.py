"""Reads of exports: one's own and those that wait for one's word, one of them, and where a leaked file came from."""

import io
from collections.abc import Iterable
from datetime import datetime
from zipfile import BadZipFile

from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import accounts_of_same_person
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.exports import rules
from minsheng.foundation.exports.marks import in_pieces, marks_of
from minsheng.foundation.exports.models import Export
from minsheng.foundation.exports.operations import APPROVE, VIEW
from minsheng.foundation.exports.types import ExportLine, ExportState, Order, Taking, Trace
from minsheng.foundation.files.workbooks import Row, marked_with, read_table

MOST = 100
TRACE = "audit.view"


def exports(*, viewer: Viewer, at: datetime) -> list[ExportLine]:
    """This function will list what waits for the viewer's word, then what they have prepared, the newest first."""
    require(viewer=viewer, capability=VIEW)
    with acting_as(viewer=viewer, at=at):
        mine = accounts_of_same_person(account_id=viewer.account_id)
        wanted = Q(account_id=viewer.account_id)
        if viewer.can(APPROVE):
            wanted |= Q(state=ExportState.WAITING.value, until__gt=at)
        rows = Export.objects.filter(wanted).order_by("-made_at")[:MOST]
        lines = [_line(row, viewer, at, mine) for row in rows]
    return sorted(lines, key=lambda line: not line.may_decide)


def export(*, viewer: Viewer, at: datetime, code: str) -> ExportLine | None:
    """This function will return one export that is the viewer's own or that they may decide, or None."""
    require(viewer=viewer, capability=VIEW)
    with acting_as(viewer=viewer, at=at):
        row = Export.objects.filter(code=code).first()
        if row is None or not (row.account_id == viewer.account_id or viewer.can(APPROVE)):
            return None
        return _line(row, viewer, at, accounts_of_same_person(account_id=viewer.account_id))


def trace(
    *, viewer: Viewer, at: datetime, code: str = "", content: bytes = b"", filename: str = ""
) -> tuple[list[Trace], int]:
    """This function will tell from a leaked table, or a code read off paper, which export it was; the likeliest first.

    Looked at are the code (first line, page header, the file's properties), then whose rows these are, then their
    order, which no other copy of the list shares. Returns the exports and the number of rows that were compared.
    Raises UnableToReadTable where the file is none. Nothing of it is kept; that somebody traced is recorded.
    """
    require(viewer=viewer, capability=TRACE)
    codes = set(rules.CODE.findall(code.lower()))
    rows: list[Row] = []
    if content:
        rows = [row.cells for row in read_table(io.BytesIO(content), filename)]  # first: it refuses what is hostile
        codes |= _codes_in(rows) | _code_of_file(content)
    with acting_as(viewer=viewer, at=at):
        found = _compared(rows, codes)
        audit.record(
            actor=viewer, at=at, action="exports.list_traced", object_type="exports.export",
            object_id=found[0][0].code if found else "none", detail={"rows": len(rows)},
        )  # fmt: skip
        traces = [
            Trace(
                _line(row, viewer, at, frozenset()), row.code in codes, count, order, tuple(_takings(row.code)),
                _alone(place, found, codes=codes, any_rows=bool(rows)),
            )
            for place, (row, count, order) in enumerate(found)
        ]  # fmt: skip
    return traces, len(rows)


def _alone(place: int, found: list[tuple[Export, int, Order]], *, codes: set[str], any_rows: bool) -> bool:
    """Whether one export is meant and no other: by its code (and a row of it), or by rows or an order of it alone."""
    row, count, order = found[place]
    if row.code in codes:
        return count > 0 or not any_rows
    rest = [one for one in found if one[0] is not row]
    if not rest:
        return True
    return order.whole and not any(other.whole or known.code in codes for known, _, other in rest)


def _compared(rows: list[Row], codes: set[str]) -> list[tuple[Export, int, Order]]:
    """Every export that has the code or some of the rows; a row counts once, by the run of cells that is known."""
    runs = [rules.windows(cells) for cells in rows]
    flat = iter(marks_of(run for row in runs for run in row))
    leaked = [[next(flat) for _ in row] for row in runs]
    asked = {mark for row in leaked for mark in row}
    found = []
    for row in Export.objects.order_by("-made_at").iterator():
        written = in_pieces(bytes(row.marks))
        known = asked & set(written)
        if known or row.code in codes:
            once = [next(mark for mark in one if mark in known) for one in leaked if known & set(one)]
            found.append((row, *rules.compare_order(once, written)))
    found.sort(key=lambda one: (one[0].code not in codes, -one[1], -one[2].agree))
    return found[:20]


def _codes_in(rows: Iterable[Row]) -> set[str]:
    return {code for cells in rows for cell in cells if isinstance(cell, str) for code in rules.CODE.findall(cell)}


def _code_of_file(content: bytes) -> set[str]:
    if not content.startswith(b"PK"):
        return set()
    try:
        return {marked_with(content).get("export_id", "")} - {""}
    except (BadZipFile, KeyError, ValueError):  # properties that some program wrote otherwise say nothing
        return set()


def _takings(code: str) -> list[Taking]:
    rows = Entry.objects.filter(action="exports.list_taken", object_type="exports.export", object_id=code)
    return [Taking(row.at, row.account_name, row.request_id) for row in rows.order_by("at")]


def _line(row: Export, viewer: Viewer, at: datetime, mine: frozenset[int]) -> ExportLine:
    state, over = ExportState(row.state), row.until <= at
    return ExportLine(
        code=row.code,
        sheet=row.sheet,
        about=row.about,
        purpose=row.purpose,
        rows=row.row_count,
        names_people=row.names_people,
        account_id=row.account_id,
        taken_by=row.account_name,
        made_at=row.made_at,
        until=row.until,
        state=state,
        over=over,
        decided_by=row.decided_by_name,
        decided_at=row.decided_at,
        note=row.note,
        is_mine=row.account_id == viewer.account_id,
        may_decide=state is ExportState.WAITING and not over and viewer.can(APPROVE) and row.account_id not in mine,
    )
