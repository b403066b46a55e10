"""Moving money in the ledger: one posting, entries that sum to zero, never a change of what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.payments.models import Entry, Posting
from minsheng.work.payments.types import Ledger

FUND = "social_assistance"  # the one fund source of the demo; others are other words in the same column


class UnableToBook(ValueError):
    """The money cannot be booked: says why and what to do."""


@dataclass(frozen=True)
class Move:
    """Fen that go from one place of the ledger to another, for one area and scheme."""

    source: Ledger
    target: Ledger
    fen: int
    area_id: int
    scheme: str
    fund: str = FUND
    line_id: int | None = None
    subject: str = ""


def post(
    *,
    actor: Viewer,
    at: datetime,
    kind: str,
    reference: str,
    moves: Sequence[Move],
    run_id: int | None = None,
    corrects_id: int | None = None,
    note: str = "",
) -> int:
    """This function will write one posting with two entries for each move; `reference` happens once, or it fails.

    Call it inside the act's own transaction and scope.
    """
    posting = open_posting(
        actor=actor, at=at, kind=kind, reference=reference, run_id=run_id, corrects_id=corrects_id, note=note
    )
    Entry.objects.bulk_create(
        [
            Entry(
                posting_id=posting,
                ledger=place.value,
                fund=move.fund,
                scheme=move.scheme,
                area_id=move.area_id,
                line_id=move.line_id,
                subject=move.subject,
                amount_fen=fen,
            )
            for move in moves
            for place, fen in ((move.source, -move.fen), (move.target, move.fen))
        ]
    )
    return posting


def open_posting(
    *,
    actor: Viewer,
    at: datetime,
    kind: str,
    reference: str,
    run_id: int | None = None,
    corrects_id: int | None = None,
    note: str = "",
) -> int:
    """This function will write the head of a posting; whoever calls it writes the entries in the same transaction."""
    posting = Posting.objects.create(
        kind=kind,
        reference=reference,
        run_id=run_id,
        corrects_id=corrects_id,
        at=at,
        account_id=actor.account_id,
        note=note,
    )
    return int(posting.pk)


def book_budget(
    *, actor: Viewer, at: datetime, area_id: int, scheme: str, fen: int, reference: str, fund: str = FUND
) -> int:
    """This function will book money that finance has provided for a scheme; `reference` is the voucher's number."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.book_budget")
        if isinstance(fen, bool) or not isinstance(fen, int) or fen <= 0:
            raise UnableToBook("拨款金额要是大于零的整数分。")
        if not reference.strip():
            raise UnableToBook("请填拨款凭证号，一张凭证只登记一次。")
        key = f"budget:{reference.strip()}"[:80]
        if Posting.objects.filter(reference=key).exists():
            raise UnableToBook(f"凭证 {reference} 已经登记过，不能重复登记。")
        posting = post(
            actor=actor,
            at=at,
            kind="budget",
            reference=key,
            moves=[Move(Ledger.BUDGET, Ledger.FUND, fen, area_id, scheme, fund)],
        )
        audit.record(
            actor=actor,
            at=at,
            action="payments.budget_booked",
            object_type="payments.posting",
            object_id=str(posting),
            area_id=area_id,
            detail={"scheme": scheme, "fen": fen, "fund": fund},
        )
    return posting


def reverse_posting(*, actor: Viewer, at: datetime, posting_id: int, note: str) -> int:
    """This function will undo a posting by a new one with opposite entries that names it; the old one stays."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.book_budget")
        found = Posting.objects.filter(pk=posting_id, run_id__isnull=True).first()
        if found is None:
            raise UnableToBook("只能冲销手工登记的分录；发放产生的分录由发放的后续步骤更正。")
        if Posting.objects.filter(corrects_id=posting_id).exists():
            raise UnableToBook("这一笔已经冲销过。")
        posting = open_posting(
            actor=actor,
            at=at,
            kind="reversal",
            reference=f"reverse:{posting_id}",
            corrects_id=posting_id,
            note=note.strip()[:100],
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO payments_entry (posting_id, ledger, fund, scheme, area_id, line_id, subject, amount_fen)"
                " SELECT %s, ledger, fund, scheme, area_id, line_id, subject, -amount_fen FROM payments_entry"
                " WHERE posting_id = %s",
                [posting, posting_id],
            )
        audit.record(
            actor=actor,
            at=at,
            action="payments.posting_reversed",
            object_type="payments.posting",
            object_id=str(posting_id),
        )
    return posting
