"""The ledger: what is where by account and scheme, and the entries that make a balance, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Entry
from minsheng.work.payments.types import Ledger

ROWS = 50
KINDS = {
    "budget": "登记拨款",
    "reversal": "冲销",
    "release": "出银行文件",
    "receipt": "银行回盘",
    "returned_to_fund": "退回的钱转回专项资金",
    "overpaid": "多发转应收",
    "repayment": "本人退回",
    "float_filled": "补充备用金",
    "float_paid": "备用金付出",
    "float_gap": "备用金盘点差额",
}


@dataclass(frozen=True)
class AccountRow:
    """One account of the ledger; `by_scheme` are (code, title, fen), the largest first."""

    ledger: Ledger
    fen: int
    entries: int
    by_scheme: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class EntryRow:
    """One side of a posting, signed fen."""

    entry_id: int
    at: datetime
    kind: str
    scheme: str
    run_id: int | None
    note: str
    fen: int


@dataclass(frozen=True)
class EntryPage:
    """Entries of one account, newest first, with its balance and how many there are."""

    ledger: Ledger
    title: str
    fen: int
    entries: int
    rows: tuple[EntryRow, ...]
    next_token: str | None
    previous_token: str | None


def accounts(*, viewer: Viewer) -> tuple[AccountRow, ...]:
    """This function will return every account that has entries; their balances sum to zero."""
    require(viewer=viewer, capability="payments.view_runs")
    titles = scheme_titles()
    found: dict[Ledger, list[tuple[str, str, int, int]]] = {}
    grouped = Entry.objects.order_by().values_list("ledger", "scheme").annotate(fen=Sum("amount_fen"), n=Count("id"))
    for ledger, scheme, fen, entries in grouped:
        found.setdefault(Ledger(ledger), []).append((scheme, titles.get(scheme, scheme), int(fen), entries))
    return tuple(
        AccountRow(
            ledger,
            sum(row[2] for row in found[ledger]),
            sum(row[3] for row in found[ledger]),
            tuple(row[:3] for row in sorted(found[ledger], key=lambda one: -abs(one[2]))),
        )
        for ledger in Ledger
        if ledger in found
    )


def entries(*, viewer: Viewer, ledger: Ledger, scheme: str = "", token: str | None = None) -> EntryPage:
    """This function will return the entries of one account, of one scheme or of all."""
    require(viewer=viewer, capability="payments.view_runs")
    rows = Entry.objects.filter(ledger=ledger.value)
    if scheme:
        rows = rows.filter(scheme=scheme)
    sums = rows.aggregate(fen=Sum("amount_fen"), n=Count("id"))
    page = keyset_page(rows.select_related("posting"), order=("-id",), token=token, size=ROWS)
    titles = scheme_titles()
    return EntryPage(
        ledger,
        titles.get(scheme, ""),
        int(sums["fen"] or 0),
        int(sums["n"]),
        tuple(
            EntryRow(
                one.pk,
                one.posting.at,
                KINDS.get(one.posting.kind, one.posting.kind),
                titles.get(one.scheme, one.scheme),
                one.posting.run_id,
                one.posting.note,
                one.amount_fen,
            )
            for one in page.rows
        ),
        page.next_token,
        page.previous_token,
    )
