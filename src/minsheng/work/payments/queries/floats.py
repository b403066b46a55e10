"""The floats of the viewer's areas: what is in them, what they may hold, what waits, and their counts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Sum

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments.models import Entry, Float, FloatDraw, FloatReconciliation
from minsheng.work.payments.queries.accounts import KINDS
from minsheng.work.payments.queries.balances import balances_of, limits_of
from minsheng.work.payments.rules.floats import needs_filling, room_left
from minsheng.work.payments.rules.months import first_of
from minsheng.work.payments.types import FloatUse, Ledger

MOVEMENTS, DRAWS, COUNTS = 20, 20, 12


@dataclass(frozen=True)
class FloatRow:
    """One float, in fen. `counted` is whether this month's count is confirmed."""

    float_id: int
    name: str
    level: str
    book_fen: int
    ceiling_fen: int
    case_fen: int
    waiting: int
    waiting_fen: int
    counted: bool

    @property
    def low(self) -> bool:
        return needs_filling(ceiling_fen=self.ceiling_fen, book_fen=self.book_fen)

    @property
    def room_fen(self) -> int:
        return room_left(ceiling_fen=self.ceiling_fen, book_fen=self.book_fen)


@dataclass(frozen=True)
class DrawRow:
    """Relief out of a float; `own` where the viewer decided it, so that somebody else pays."""

    draw_id: int
    household_id: int
    use: FloatUse
    fen: int
    asked_at: datetime
    paid_at: datetime | None
    receipt: str
    own: bool


@dataclass(frozen=True)
class CountRow:
    """One count: book against what was counted."""

    count_id: int
    month: date
    book_fen: int
    counted_fen: int
    note: str
    confirmed_at: datetime | None
    own: bool

    @property
    def gap_fen(self) -> int:
        return self.counted_fen - self.book_fen


@dataclass(frozen=True)
class FloatView:
    """One float as its page shows it."""

    row: FloatRow
    waiting: tuple[DrawRow, ...]
    paid: tuple[DrawRow, ...]
    counts: tuple[CountRow, ...]
    movements: tuple[tuple[datetime, str, str, int], ...]

    @property
    def to_confirm(self) -> CountRow | None:
        return next((one for one in self.counts if one.confirmed_at is None), None)


def floats(*, viewer: Viewer, on: date) -> list[FloatRow]:
    """This function will return the floats of the viewer's areas, the district's first."""
    require(viewer=viewer, capability="payments.work")
    return _rows(list(Float.objects.order_by("level", "id")), on)


def float_view(*, viewer: Viewer, float_id: int, on: date) -> FloatView | None:
    """This function will return one float with its draws, counts and movements, or None where there is none."""
    require(viewer=viewer, capability="payments.work")
    kept = Float.objects.filter(pk=float_id).first()
    if kept is None:
        return None
    draws = FloatDraw.objects.filter(float=kept, withdrawn_at__isnull=True)
    entries = Entry.objects.filter(ledger=Ledger.FLOAT.value, area_id=kept.area_id).select_related("posting")
    own = holder_of(account_id=viewer.account_id)
    return FloatView(
        row=_rows([kept], on)[0],
        waiting=tuple(_draw(one, own) for one in draws.filter(paid_at__isnull=True).order_by("id")[:DRAWS]),
        paid=tuple(_draw(one, own) for one in draws.filter(paid_at__isnull=False).order_by("-paid_at", "-id")[:DRAWS]),
        counts=tuple(
            CountRow(
                one.pk,
                one.month,
                one.book_fen,
                one.counted_fen,
                one.note,
                one.confirmed_at,
                holder_of(account_id=one.account_id) == own,
            )
            for one in FloatReconciliation.objects.filter(float=kept).order_by("-month")[:COUNTS]
        ),
        movements=tuple(
            (one.posting.at, KINDS.get(one.posting.kind, one.posting.kind), one.posting.note, one.amount_fen)
            for one in entries.order_by("-id")[:MOVEMENTS]
        ),
    )


def _rows(kept: list[Float], on: date) -> list[FloatRow]:
    """Four statements, however many floats there are."""
    numbers = [one.pk for one in kept]
    limits, books = limits_of(kept, on=on), balances_of(kept)
    open_draws = FloatDraw.objects.filter(float_id__in=numbers, paid_at__isnull=True, withdrawn_at__isnull=True)
    waiting = {
        number: (count, int(fen or 0))
        for number, count, fen in open_draws.order_by()
        .values_list("float_id")
        .annotate(n=Count("id"), fen=Sum("amount_fen"))
    }
    confirmed = FloatReconciliation.objects.filter(month=first_of(on), confirmed_at__isnull=False)
    counted = set(confirmed.filter(float_id__in=numbers).values_list("float_id", flat=True))
    return [
        FloatRow(
            one.pk, one.name, one.level, books[one.pk], *limits[one.pk], *waiting.get(one.pk, (0, 0)), one.pk in counted
        )
        for one in kept
    ]


def _draw(one: FloatDraw, own: str) -> DrawRow:
    return DrawRow(
        one.pk,
        one.household_id,
        FloatUse(one.use),
        one.amount_fen,
        one.asked_at,
        one.paid_at,
        one.receipt,
        holder_of(account_id=one.asked_by) == own,
    )
