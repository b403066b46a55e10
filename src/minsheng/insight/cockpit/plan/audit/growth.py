"""Printed growth against the values beside it, for each plausible number of periods."""

from collections.abc import Iterator
from decimal import Decimal

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.statements import Indicator, Plan
from minsheng.insight.cockpit.plan.wording import joined, plain


def growth_rate(start: Decimal, end: Decimal, periods: int) -> Decimal:
    """This function will return the yearly growth in percent: ((end/start)^(1/periods) - 1) × 100."""
    ratio = end / start
    return ((ratio.ln() / periods).exp() - 1) * 100 if ratio > 0 else Decimal(-100)


def _tolerance(printed: str) -> Decimal:
    """Half a unit of the last printed digit; who rounds twice (8.447 → 8.45 → 8.5) is found."""
    decimals = len(printed.rstrip("%％").partition(".")[2])
    return Decimal(10) ** -decimals * Decimal("0.5")


def _computable(row: Indicator) -> tuple[Decimal, Decimal, int] | None:
    if row.start is None or row.end is None or row.start.value is None or row.end.value is None or not row.span:
        return None
    if row.start.value <= 0 or row.end.value <= 0 or row.start.value == row.end.value:
        return None
    return row.start.value, row.end.value, row.span


def periods_of(row: Indicator) -> tuple[int, ...] | None:
    """This function will return the numbers of periods (span-1, span, span+1) that give the printed growth.

    None when nothing can be computed; an empty tuple when no plausible number fits.
    """
    known = _computable(row)
    if known is None or row.growth is None:
        return None
    start, end, span = known
    tolerance = _tolerance(row.growth_printed or "")
    return tuple(
        n for n in (span, span - 1, span + 1) if n > 0 and abs(growth_rate(start, end, n) - row.growth) <= tolerance
    )


def check(plan: Plan) -> Iterator[Finding]:
    """This function will yield findings about growth rates, table by table."""
    for table in dict.fromkeys(row.table for row in plan.indicators):
        rows = [row for row in plan.indicators if row.table == table]
        fits = [(row, periods_of(row)) for row in rows]
        yield from _unfitting(fits)
        yield from _mixed(table, fits)
        yield from _missing(rows)


def _unfitting(fits: list[tuple[Indicator, tuple[int, ...] | None]]) -> Iterator[Finding]:
    for row, periods in fits:
        known = _computable(row)
        if periods != () or known is None or row.growth is None:
            continue
        start, end, span = known
        shown = joined(f"{n} 期 {growth_rate(start, end, n):.2f}%" for n in (span - 1, span, span + 1) if n > 0)
        yield Finding(
            "growth.no_period_fits",
            f"“{row.name}”的年均增速与前后数值对不上。",
            (row.place,),
            f"{plain(start)} → {plain(end)}：{shown}；印的是 {row.growth_printed}%。",
            Severity.ERROR,
            f"按 {span} 年应为 {growth_rate(start, end, span):.1f}%。请核对前后数值和增速。",
        )


def _mixed(table: str, fits: list[tuple[Indicator, tuple[int, ...] | None]]) -> Iterator[Finding]:
    settled = [(row, periods) for row, periods in fits if periods]
    odd = [(row, periods) for row, periods in settled if row.span not in periods]
    if not odd:
        return
    regular = [row for row, periods in settled if row.span in periods]
    span = odd[0][0].span or 0
    lines = []
    for row, periods in odd:
        known = _computable(row)
        if known is not None:
            lines.append(
                f"“{row.name}”{row.growth_printed}% 是按 {periods[0]} 期算的，"
                f"按 {known[2]} 期应为 {growth_rate(*known):.1f}%"
            )
    decimals = {len((row.growth_printed or "").partition(".")[2]) for row, _ in settled}
    note = "；小数位数也不一致" if len(decimals) > 1 else ""
    if regular:
        what = f"“{table}”里年均增速的期数不一致：{len(odd)} 行与 {span} 年的跨度不符，{len(regular)} 行相符。"
    else:
        what = f"“{table}”的年均增速都不是按 {span} 年的跨度计算的。"
    yield Finding(
        "growth.mixed_periods",
        what,
        tuple(row.place for row, _ in odd),
        "；".join(lines) + note + "。",
        Severity.ERROR if regular else Severity.DOUBT,
        "请统一期数后重算；百分比指标建议改用“每年提高几个百分点”。",
    )


def _missing(rows: list[Indicator]) -> Iterator[Finding]:
    """A table that prints growth owes one to every row whose values differ and allow it."""
    if not any(row.growth is not None for row in rows):
        return
    for row in rows:
        known = _computable(row)
        if known is not None and row.growth is None and row.growth_printed is not None:
            yield Finding(
                "growth.missing",
                f"“{row.name}”前后数值不同，却没有年均增速。",
                (row.place,),
                f"{plain(known[0])} → {plain(known[1])}，{known[2]} 年，年均 {growth_rate(*known):.1f}%。",
                Severity.DOUBT,
                "请补上增速，或说明为什么不算。",
            )
