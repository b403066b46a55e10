"""Pure decisions of exports: when a second person is asked, how long a file lives, in which order its rows stand."""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from minsheng.foundation.exports.types import Order

ALONE_ROWS = 200  # 演示参数: more rows about people than this are taken away only with a second person's word
LIFE = timedelta(hours=24)
WAIT = timedelta(hours=72)
MARKED_CELLS = 3  # the first cells of a row say whom it is about; what stands right of them is often cut away
MARK_BYTES = 8
CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")


def needs_second(*, rows: int, names_people: bool) -> bool:
    """This function will say whether a second person must approve (GB/T 35273-2020 7.1 b: bulk download)."""
    return names_people and rows > ALONE_ROWS


def in_own_order(
    rows: Iterable[Sequence[object]], *, together: int, shuffle: Callable[[list[Sequence[object]]], None]
) -> list[Sequence[object]]:
    """This function will keep rows of one value in column `together` together, and mix them there by chance.

    The order is the mark that nobody sees: no other copy of the same list has it, and no row is invented for it.
    """
    groups: dict[Hashable, list[Sequence[object]]] = {}
    for row in rows:
        groups.setdefault(str(row[together]), []).append(row)
    for group in groups.values():
        shuffle(group)
    return [row for group in groups.values() for row in group]


def plain(cell: object) -> str:
    """This function will write a cell as it is compared: without blanks, invisible signs and a sheet's apostrophe."""
    text = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]", "", str(cell))
    return text[1:] if text.startswith("'") else text


def windows(cells: Sequence[object]) -> list[tuple[str, ...]]:
    """This function will return every run of `MARKED_CELLS` texts of a row: a copy may have columns before them."""
    texts = [plain(cell) if isinstance(cell, str) else "" for cell in cells]
    runs = [tuple(texts[i : i + MARKED_CELLS]) for i in range(len(texts) - MARKED_CELLS + 1)]
    return [run for run in runs if all(run)]


def compare_order(leaked: Sequence[bytes], written: Sequence[bytes]) -> tuple[int, Order]:
    """This function will say how many leaked rows an export had, and how many neighbours stand in its order.

    A row that stands twice is taken once for each time that it was written. Rows out of turn break two pairs at most,
    so a few moved or missing rows do not hide the order of the rest.
    """
    places: dict[bytes, list[int]] = {}
    for place, mark in reversed(list(enumerate(written))):
        places.setdefault(mark, []).append(place)
    found = [places[mark].pop() for mark in leaked if places.get(mark)]
    agree = sum(later > earlier for earlier, later in pairwise(found))
    return len(found), Order(max(0, len(found) - 1), agree)
