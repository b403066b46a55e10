"""Small cells: a count of 1 to 4 people is hidden from who may not open a record, and cannot be worked out either."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from minsheng.insight.cockpit.types import Indicator, Ratio, Side

SMALL = 5


def is_small(ratio: Ratio) -> bool:
    """This function will say whether a figure of people singles somebody out: few in it, or few outside of it."""
    counts = [ratio.numerator]
    if ratio.denominator is not None:
        counts += [ratio.denominator, ratio.denominator - ratio.numerator]
    return any(Decimal(0) < abs(count) < SMALL for count in counts)


def hidden_among(siblings: Mapping[int, Ratio]) -> frozenset[int]:
    """This function will name the figures of sibling areas that are not shown.

    The sum of the siblings stands on the page of the area above, so a single hidden one could be worked out: then the
    smallest of the others is hidden with it, and so on until the hidden ones together are not small either.
    """
    hidden = {area for area, ratio in siblings.items() if is_small(ratio)}
    if not hidden:
        return frozenset()
    filled = sorted(
        (ratio.numerator, area)
        for area, ratio in siblings.items()
        if area not in hidden and (ratio.numerator or ratio.denominator)
    )
    for _, area in filled:
        if len(hidden) > 1 and not is_small(_together(siblings[one] for one in hidden)):
            break
        hidden.add(area)
    return frozenset(hidden)


def hidden_in_tree(figures: Mapping[int, Ratio], parents: Mapping[int, int | None]) -> frozenset[int]:
    """This function will name all hidden figures of a tree of areas: what lies inside of a hidden area is hidden too.

    `parents`: the area above of each area; an area whose parent has no figure is a top, and a whole district singles
    nobody out.
    """
    below: dict[int | None, list[int]] = defaultdict(list)
    for area in figures:
        parent = parents.get(area)
        below[parent if parent in figures else None].append(area)
    hidden: set[int] = set()
    waiting = list(below[None])
    while waiting:
        area = waiting.pop()
        children = below[area]
        waiting += children
        if area in hidden:
            hidden.update(children)
        else:
            hidden |= hidden_among({child: figures[child] for child in children})
    return frozenset(hidden)


def hidden_together(
    indicators: Mapping[str, Indicator], hidden: Mapping[str, frozenset[int]]
) -> dict[str, frozenset[int]]:
    """This function will hide of each indicator also what its relatives hide: those that count the same measure.

    Who reads the share of those reached and the whole knows how many are missed. One that stands `beside` another
    counts more of the same people.
    """
    measures: dict[str, set[Side]] = {
        code: {side for side in (one.numerator, one.denominator, one.gap) if side is not None and side.measure}
        for code, one in indicators.items()
        if code in hidden
    }
    return {
        code: frozenset[int]().union(
            *(
                hidden[other]
                for other, theirs in measures.items()
                if theirs & own or other == indicators[code].beside or code == indicators[other].beside
            ),
            hidden[code],
        )
        for code, own in measures.items()
    }


def between(whole: Mapping[int, Ratio], part: Mapping[int, Ratio]) -> dict[int, Ratio]:
    """This function will set the gap of one indicator against the count that holds it, so that both can be hidden."""
    found = {}
    for area, ratio in whole.items():
        if area in part:
            gap = (part[area].denominator or Decimal(0)) - part[area].numerator
            found[area] = Ratio(min(gap, ratio.numerator), max(gap, ratio.numerator))
    return found


def _together(ratios: Iterable[Ratio]) -> Ratio:
    numerator, denominator = Decimal(0), None
    for ratio in ratios:
        numerator += ratio.numerator
        if ratio.denominator is not None:
            denominator = (denominator or Decimal(0)) + ratio.denominator
    return Ratio(numerator, denominator)
