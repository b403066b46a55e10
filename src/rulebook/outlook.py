"""The months ahead: the same facts, each month's law and ages. Whom no birthday turns keeps the last answer.

A fact that changes later is not foreseen; births, deaths and new incomes are not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.compute as pc

from rulebook.dependencies import dependencies_of
from rulebook.law import Law
from rulebook.snapshot import Engine, Flags, Outcomes, Snapshot, outcomes_of


def months_from(first: date, count: int) -> tuple[date, ...]:
    """This function will return the first day of `count` months, beginning with the month of `first`."""
    start = first.year * 12 + first.month - 1
    return tuple(date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count))


def outlook(
    law_on: Callable[[date], Law],
    days: Sequence[date],
    snapshot: Snapshot,
    engine: Engine,
    columns: Any,
    first: Outcomes | None = None,
    threads: int = 2,
) -> Iterator[Outcomes]:
    """This function will yield what the law makes of the population on each day (ascending).

    Only households where an age or a law changes between two days are worked out anew. `first` may give the outcomes
    of the first day.
    """
    law = law_on(days[0])
    made = first or outcomes_of(law, days[0], snapshot, engine, columns, threads)
    yield made
    for before, day in pairwise(days):
        was, law = law, law_on(day)
        if was.digest != law.digest:
            made = outcomes_of(law, day, snapshot, engine, columns, threads)
        else:
            moved = aged(law, snapshot, before, day)
            kept, homes = made.only(~moved[made.home]), np.flatnonzero(moved)
            fresh = outcomes_of(law, day, snapshot, engine, columns, threads, homes) if len(homes) else None
            made = kept.joined(fresh) if fresh else kept
        yield made


def aged(law: Law, snapshot: Snapshot, before: date, day: date) -> Flags:
    """This function will flag the households where a date can answer differently on `day` than on `before`."""
    flags = np.zeros(len(snapshot.household_ids), dtype=np.bool_)
    graph = dependencies_of(law)
    for name in sorted(graph.clocks):
        at_home = name in snapshot.households.column_names
        table = snapshot.households if at_home else snapshot.persons
        if name not in table.column_names or not table.num_rows:
            continue
        column = table[name].combine_chunks()
        days = pc.unique(column)
        turned = np.array([graph.turns_between(name, born, before, day) for born in days.to_pylist()], dtype=np.bool_)
        rows = turned[pc.index_in(column, value_set=days).to_numpy(zero_copy_only=False).astype(np.int64)]
        flags |= rows if at_home else np.bincount(snapshot.home_of[rows], minlength=len(flags)).astype(np.bool_)
    return flags
