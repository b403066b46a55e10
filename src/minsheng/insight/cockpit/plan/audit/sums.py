"""Sums, rates of change and announced counts in sentences; totals in tables."""

from collections.abc import Iterator
from decimal import Decimal

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.statements import Place, Plan, Sum, Table
from minsheng.insight.cockpit.plan.wording import bare, decimal_of, plain


def check(plan: Plan) -> Iterator[Finding]:
    """This function will yield findings about sums and identities."""
    yield from _parts(plan)
    yield from _changes(plan)
    yield from _listings(plan)
    for table in plan.tables:
        yield from _totals(table)


def _parts(plan: Plan) -> Iterator[Finding]:
    for item in plan.sums:
        together = sum((part.value for part in item.parts), Decimal(0))
        if together == item.total.value:
            continue
        shown = " + ".join(plain(part.value) for part in item.parts)
        yield Finding(
            "sums.parts",
            f"分项相加不等于总数 {plain(item.total.value)}{item.total.unit}。",
            _lines_of(item),
            f"{shown} = {plain(together)}，与总数差 {plain(together - item.total.value)}。",
            Severity.ERROR if together > item.total.value or len(item.parts) > 2 else Severity.DOUBT,
            "请核对总数和各分项；如果分项没有列全，请写明“等”或补上其余。",
        )


def _lines_of(item: Sum) -> tuple[Place, ...]:
    """The whole sum, and each part that stands on another line (after a page break)."""
    others = {part.place.line: part.place for part in item.parts if part.place.line != item.place.line}
    return (item.place, *others.values())


def _changes(plan: Plan) -> Iterator[Finding]:
    for change in plan.changes:
        if change.printed_rate is None or not change.start.value:
            continue
        rate = (change.end.value / change.start.value - 1) * 100
        decimals = max(-int(change.printed_rate.as_tuple().exponent), 0)
        if abs(abs(rate) - change.printed_rate) <= Decimal(10) ** -decimals * Decimal("0.5"):
            continue
        yield Finding(
            "sums.change",
            f"“{change.label}”的变化幅度与前后数值对不上。",
            (change.place,),
            f"{plain(change.start.value)} → {plain(change.end.value)} 是 {rate:.1f}%，"
            f"印的是 {plain(change.printed_rate)}%。",
            Severity.ERROR,
            "请核对前后数值和幅度。",
        )


def _listings(plan: Plan) -> Iterator[Finding]:
    for listing in plan.listings:
        if listing.announced in listing.counts:
            continue
        yield Finding(
            "sums.announced_count",
            f"说有 {listing.announced} 项，数出来不是 {listing.announced} 项。",
            (listing.place,),
            f"列出的有 {' 或 '.join(str(n) for n in dict.fromkeys(listing.counts))} 项。",
            Severity.DOUBT,
            "请核对项数，或补全列举。",
        )


def _totals(table: Table) -> Iterator[Finding]:
    """A row named 合计 must be the sum of the rows above, column by column."""
    for at, (cells, place) in enumerate(table.rows):
        if not any(bare(cell) in ("合计", "总计", "共计") for cell in cells[:3]):
            continue
        for column, cell in enumerate(cells):
            total = decimal_of(cell)
            if total is None or (column < len(table.header) and "序号" in table.header[column]):
                continue
            above = [decimal_of(row[column]) if column < len(row) else None for row, _ in table.rows[:at]]
            known = [value for value in above if value is not None]
            if len(known) < 2 or sum(known) == total:
                continue
            head = table.header[column] if column < len(table.header) else f"第{column + 1}列"
            yield Finding(
                "sums.table_total",
                f"“{bare(head)}”的合计不等于各行之和。",
                (place, *(row_place for _, row_place in table.rows[:at])),
                f"各行之和 {plain(sum(known, Decimal(0)))}，合计印的是 {plain(total)}"
                + ("（有的行没有数字）。" if len(known) < len(above) else "。"),
                Severity.ERROR,
                "请核对各行和合计。",
            )
