"""Pure decisions of the report: which question is the cheapest, what is too small to show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from minsheng.work.eligibility.missed.types import Take, Way, WhyNot
from minsheng.work.eligibility.rules import masked_count

NOTE_LENGTH = 300
LEFT_IN_PEACE = timedelta(days=180)  # 演示参数: for how long nobody is asked again who said no
Cell = tuple[str, int]  # scheme, area


def cheapest(
    inputs: Iterable[str], *, ways: Mapping[str, Way], way_of: Mapping[str, str], dearest: str
) -> tuple[str, Way]:
    """This function will return the datum that costs least to ask for among those that each settle the answer.

    A datum without a way is asked for in the dearest one. Of equal costs the first name of the alphabet is chosen.
    """
    priced = [(ways[way_of.get(name, dearest)], name) for name in sorted(set(inputs))]
    way, name = min(priced, key=lambda pair: (pair[0].cost_fen, pair[1]))
    return name, way


def without_small_cells(line: Take) -> Take:
    """This function will hide the counts of a line that could single a person out, with all that tells them again."""
    missed, one_datum = masked_count(line.missed or 0), masked_count(line.one_datum or 0)
    receiving = masked_count(line.receiving or 0)
    if missed is None or receiving is None:
        # Two of entitled, receiving and missed give the third.
        return replace(
            line, entitled=None, receiving=None, missed=None, one_datum=one_datum, missed_fen=None, reasons={}
        )
    small = any(masked_count(count) is None for count in line.reasons.values())
    return replace(line, one_datum=one_datum, reasons={} if small else line.reasons)


def suppressed(counts: Mapping[Cell, Sequence[int]]) -> frozenset[Cell]:
    """This function will name the cells of a table of schemes and communities that are not shown.

    Cells with a count of 1 to 4, and in each row and column where that is only one, the next smallest with it: sums are
    known from elsewhere, so a single hidden cell could be worked out. `counts` are the numbers that stand in a cell.
    """
    hidden = {cell for cell, numbers in counts.items() if any(masked_count(number) is None for number in numbers)}
    filled = {cell: sum(numbers) for cell, numbers in counts.items() if any(numbers)}
    lines: dict[tuple[int, object], list[Cell]] = defaultdict(list)
    for cell in filled:
        for side in (0, 1):
            lines[side, cell[side]].append(cell)
    while True:
        alone = [cells for cells in lines.values() if len(cells) > 1 and len(hidden.intersection(cells)) == 1]
        if not alone:
            return frozenset(hidden)
        for cells in alone:
            if len(hidden.intersection(cells)) == 1:
                hidden.add(min((filled[cell], cell) for cell in cells if cell not in hidden)[1])


def note_refusal(*, why: str, note: str, noted_date: date, today: date) -> str:
    """This function will say why a reason cannot be recorded like this; empty when it can."""
    if why not in set(WhyNot):
        return "请选择是哪一种原因。"
    if why == WhyNot.OTHER and not note.strip():
        return "选了“其他原因”，请写明是什么。"
    if len(note) > NOTE_LENGTH:
        return f"说明请写在 {NOTE_LENGTH} 字以内。"
    if noted_date > today:
        return "了解情况的日期不能晚于今天。"
    return ""
