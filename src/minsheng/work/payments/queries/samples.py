"""The samples: what was drawn of which run, who is still to be asked, and what the answers prove."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Line, Run, Sample, SampleLine
from minsheng.work.payments.types import LineState, RunState, SampleResult

ROWS = 20


@dataclass(frozen=True)
class SampleRow:
    """One sample of a run; `most_wrong` is None until it is closed."""

    sample_id: int
    run_id: int
    month: date
    number: int
    population: int
    size: int
    open: int
    confidence_percent: int
    margin_permille: int
    seed: str
    closed_at: datetime | None
    wrong: int | None
    most_wrong: int | None

    @property
    def margin(self) -> str:
        """The margin in words: 3%."""
        whole, rest = divmod(self.margin_permille, 10)
        return f"{whole}.{rest}%" if rest else f"{whole}%"


@dataclass(frozen=True)
class AskedRow:
    """One recipient to be asked: by household number, the amount and month that were paid."""

    sample_line_id: int
    household_id: int
    scheme: str
    month: date
    fen: int
    result: SampleResult | None
    note: str
    closed: bool


@dataclass(frozen=True)
class AskedPage:
    """Who is to be asked in the viewer's areas, those that wait first."""

    rows: tuple[AskedRow, ...]
    open: int
    total: int
    next_token: str | None
    previous_token: str | None


def samples(*, viewer: Viewer) -> tuple[list[SampleRow], list[tuple[int, date, int]]]:
    """This function will return the samples, newest first, and the settled runs that have none: (id, month, number)."""
    require(viewer=viewer, capability="payments.work")
    rows = [_row(one) for one in _counted().order_by("-id")[:24]]
    undrawn = Run.objects.filter(state=RunState.SETTLED.value, sample__isnull=True).order_by("-month", "-number")[:12]
    return rows, [(run.pk, run.month, run.number) for run in undrawn]


def sample_row(*, viewer: Viewer, sample_id: int) -> SampleRow | None:
    """This function will return one sample, or None where the viewer's areas hold none of this number."""
    require(viewer=viewer, capability="payments.work")
    one = _counted().filter(pk=sample_id).first()
    return None if one is None else _row(one)


def asked(*, viewer: Viewer, only_open: bool, token: str | None = None) -> AskedPage:
    """This function will return whom to ask in the viewer's areas, of samples that are not closed or of all."""
    require(viewer=viewer, capability="payments.work")
    counts = SampleLine.objects.aggregate(total=Count("id"), open=Count("id", filter=Q(result="")))
    rows = SampleLine.objects.filter(result="") if only_open else SampleLine.objects.all()
    page = keyset_page(rows, order=("id",), token=token, size=ROWS)
    lines = Line.objects.in_bulk([one.line_id for one in page.rows])
    titles = scheme_titles()
    return AskedPage(
        tuple(
            AskedRow(
                one.pk,
                line.household_id,
                titles.get(line.scheme, line.scheme),
                line.month,
                line.amount_fen - line.deducted_fen,
                SampleResult(one.result) if one.result else None,
                one.note,
                one.closed_at is not None,
            )
            for one in page.rows
            if (line := lines.get(one.line_id)) is not None and line.state == LineState.PAID
        ),
        counts["open"],
        counts["total"],
        page.next_token,
        page.previous_token,
    )


def was_drawn(*, viewer: Viewer, sample_line_id: int) -> bool:
    """This function will say whether the viewer's areas hold a drawn line of this number."""
    require(viewer=viewer, capability="payments.work")
    return SampleLine.objects.filter(pk=sample_line_id).exists()


def _counted() -> QuerySet[Any]:
    return Sample.objects.select_related("run").annotate(waiting=Count("lines", filter=Q(lines__result="")))


def _row(one: Any) -> SampleRow:
    return SampleRow(
        one.pk,
        one.run_id,
        one.run.month,
        one.run.number,
        one.population,
        one.size,
        one.waiting,
        one.confidence_percent,
        one.margin_permille,
        one.seed,
        one.closed_at,
        one.wrong,
        one.most_wrong,
    )
