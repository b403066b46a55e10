"""What the running grants will cost in the months ahead, by their dated amounts, against funds and ceilings."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.publishing.queries.publications import budgets
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import Entry
from minsheng.work.payments.rules.forecast import beyond_ceiling, left_after, months_covered
from minsheng.work.payments.rules.months import first_of, plus, span
from minsheng.work.payments.types import Ledger

MONTHS = 12
ZONE = ZoneInfo("Asia/Shanghai")
# What is due in each month by the amounts in force, less what has gone to the bank for it already.
_DUE = """
SELECT g.scheme, m.month::date, count(*), sum(a.amount_fen)
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 month') m(month)
JOIN payments_amount a ON a.valid_from <= m.month AND (a.valid_to IS NULL OR a.valid_to > m.month)
JOIN payments_grant g ON g.id = a.grant_id AND g.held_reason = '' AND (g.end_month IS NULL OR g.end_month > m.month)
WHERE NOT EXISTS (SELECT 1 FROM payments_line l WHERE l.grant_id = g.id AND l.month = m.month
                  AND l.recalculation_id IS NULL AND l.state IN ('sent', 'unknown', 'paid'))
GROUP BY g.scheme, m.month
"""


@dataclass(frozen=True)
class SchemeForecast:
    """One scheme: its fund, what each month asks of it, and how the year ends; `ceiling_fen` None: nobody set one."""

    scheme: str
    title: str
    grants: int
    fund_fen: int
    needs: tuple[int, ...]
    covered: int
    spent_year_fen: int
    coming_year_fen: int
    ceiling_fen: int | None
    beyond_fen: int | None
    warn_below: int

    @property
    def next_month_fen(self) -> int:
        """What a usual month costs: the second, because the first may be paid in part already."""
        return self.needs[1] if len(self.needs) > 1 else self.needs[0]

    @property
    def once_only(self) -> bool:
        """Whether only relief that is given once waits: no usual month follows from it."""
        return self.needs[0] > 0 and not any(self.needs[1:])

    @property
    def year_fen(self) -> int:
        """What the year costs: what is booked as paid, and what is still to come in it."""
        return self.spent_year_fen + self.coming_year_fen

    @property
    def short(self) -> bool:
        return self.covered < self.warn_below


@dataclass(frozen=True)
class Forecast:
    """All schemes over the months ahead; `left` is all funds together after each month, in fen."""

    months: tuple[date, ...]
    schemes: tuple[SchemeForecast, ...]
    totals: tuple[int, ...]
    left: tuple[int, ...]
    held: int

    @property
    def short(self) -> tuple[SchemeForecast, ...]:
        return tuple(one for one in self.schemes if one.short)

    @property
    def beyond(self) -> tuple[SchemeForecast, ...]:
        return tuple(one for one in self.schemes if one.beyond_fen)


def forecast(*, viewer: Viewer, at: datetime) -> Forecast:
    """This function will work out the months from this one on, of the viewer's areas.

    Only what is decided: grants that run and the amounts they have for each month. Who becomes entitled, turns 80 or
    dies is not guessed; grants on hold are counted apart.
    """
    require(viewer=viewer, capability="payments.view_runs")
    first = first_of(at.date())
    months = tuple(span(first, plus(first, MONTHS)))
    needs: dict[str, dict[date, int]] = {}
    grants: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"first": months[0], "last": months[-1]})
        for scheme, month, count, fen in cursor.fetchall():
            needs.setdefault(scheme, {})[month] = int(fen)
            grants[scheme] = max(grants.get(scheme, 0), int(count))
        cursor.execute("SELECT count(*) FROM payments_grant WHERE held_reason <> '' AND end_month IS NULL")
        held = int(cursor.fetchone()[0])
    funds = _sums(Ledger.FUND)
    spent = _sums(Ledger.PAID, Ledger.PAYABLE, since=datetime(first.year, 1, 1, tzinfo=ZONE))
    ceilings = {line.scheme: line.amount_fen for line in budgets(viewer=viewer, year=first.year)}
    titles, warn = scheme_titles(), figure("fund_warning_months", first)
    rows = []
    for scheme in needs:
        row = tuple(needs[scheme].get(month, 0) for month in months)
        coming = sum(fen for month, fen in zip(months, row, strict=True) if month.year == first.year)
        gone, ceiling = spent.get(scheme, 0), ceilings.get(scheme)
        rows.append(
            SchemeForecast(
                scheme,
                titles.get(scheme, scheme),
                grants[scheme],
                funds.get(scheme, 0),
                row,
                months_covered(fund_fen=funds.get(scheme, 0), needs=row),
                gone,
                coming,
                ceiling,
                beyond_ceiling(ceiling_fen=ceiling, spent_fen=gone, coming_fen=coming),
                warn,
            )
        )
    totals = tuple(sum(row.needs[place] for row in rows) for place in range(MONTHS))
    fund = sum(row.fund_fen for row in rows)
    schemes = tuple(sorted(rows, key=lambda row: -sum(row.needs)))
    return Forecast(months, schemes, totals, tuple(left_after(fund_fen=fund, needs=totals)), held)


def _sums(*ledgers: Ledger, since: datetime | None = None) -> dict[str, int]:
    entries = Entry.objects.filter(ledger__in=[one.value for one in ledgers])
    if since is not None:
        entries = entries.filter(posting__at__gte=since)
    return {
        scheme: int(fen or 0) for scheme, fen in entries.order_by().values_list("scheme").annotate(x=Sum("amount_fen"))
    }
