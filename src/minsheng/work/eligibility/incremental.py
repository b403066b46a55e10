"""Whom the turn of a month concerns: nobody else's results can differ, by the static graph of the law. Pure."""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from minsheng.work.eligibility.population import Population
from rulebook import Law, changed_schemes, dependencies_of

IDS = ("household_id", "person_id", "area_id")


def concerned_households(
    *, before_law: Law, after_law: Law, before: Population, after: Population, before_day: date, after_day: date
) -> set[int] | None:
    """This function will return the households whose results can differ on the second day; None: everybody's.

    They are those with other facts that a rule reads (a statement that begins or ends, somebody who came or left), and
    those with a date that reaches an age or a month at which an answer turns. A changed law concerns everybody.
    """
    if changed_schemes(before_law, after_law):
        return None
    graph = dependencies_of(after_law)
    read = frozenset[str]().union(*(reads.inputs for reads in graph.reads.values()))
    found: set[int] = set()
    for old, new in ((before.persons, after.persons), (before.households, after.households)):
        found |= _differing(old, new, read)
        for name in graph.clocks:
            if name not in new.column_names:
                continue
            turning = [
                value
                for value in pc.unique(new[name]).to_pylist()
                if graph.turns_between(name, value, before_day, after_day)
            ]
            rows = new.filter(pc.is_in(new[name], value_set=pa.array(turning, new[name].type)))
            found.update(rows["household_id"].to_pylist())
    return found


def _differing(old: pa.Table, new: pa.Table, read: frozenset[str]) -> set[int]:
    columns = [name for name in new.column_names if name in IDS or name in read]
    with duckdb.connect() as memory:
        memory.register("old_rows", old.select(columns))
        memory.register("new_rows", new.select(columns))
        rows = memory.execute(
            "SELECT household_id FROM (FROM old_rows EXCEPT FROM new_rows) UNION"
            " SELECT household_id FROM (FROM new_rows EXCEPT FROM old_rows)"
        ).fetchall()
    return {int(row[0]) for row in rows}
