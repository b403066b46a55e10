"""Pure decisions of trials: which cells are too small to show."""

from collections.abc import Sequence

from minsheng.work.eligibility.rules import SMALL_CELL


def hidden_cells(counts: Sequence[int]) -> frozenset[int]:
    """This function will return the places of counts that are not shown: 1 to 4, and one more where that is only one.

    A single hidden cell could be worked out from the total, so the next smallest that is not zero is hidden with it.
    """
    small = {place for place, count in enumerate(counts) if 0 < count < SMALL_CELL}
    if len(small) == 1:
        others = [(count, place) for place, count in enumerate(counts) if count >= SMALL_CELL]
        if others:
            small.add(min(others)[1])
    return frozenset(small)
