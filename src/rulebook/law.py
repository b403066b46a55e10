"""The law as it stands on a day: one version of each number, table and wording; with a digest for replay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from rulebook.book import NumberVersion, Rulebook, TableVersion
from rulebook.ranges import LIMIT

LawValue = int | bool | date
TRIAL = "试算，不是现行规定"


class UnableToResolveLaw(Exception):
    """The day lies before the rulebook begins, or a what-if names no number. Says which, and what to do."""


@dataclass(frozen=True, eq=False)
class Law:
    """A resolved rulebook. `digest` is the sha256 of its canonical content: equal digests decide alike."""

    book: Rulebook
    day: date
    numbers: Mapping[str, NumberVersion]
    tables: Mapping[str, TableVersion]
    wording: Mapping[str, int]  # variable → index of its rule version
    in_force: Mapping[str, bool]
    digest: str

    def with_number(self, name: str, value: int) -> Law:
        """This function will return the same law with one figure changed, for costing; its digest differs.

        `name` is scheme.number, `value` in the number's unit. Raises UnableToResolveLaw for an unknown name.
        """
        return self.with_values({name: value})

    def with_values(self, numbers: Mapping[str, int], tables: Mapping[str, tuple[int, ...]] | None = None) -> Law:
        """This function will return the same law with figures and rows of tables changed; this law stays as it is.

        `numbers` is scheme.number → value, `tables` scheme.table → all values of the version in force, in its order.
        Raises UnableToResolveLaw for an unknown name or another count of rows.
        """
        changed, rows = dict(self.numbers), dict(self.tables)
        for name, value in numbers.items():
            if name not in changed:
                raise UnableToResolveLaw(f"there is no number {name!r}; numbers: {', '.join(sorted(self.numbers))}")
            changed[name] = replace(changed[name], value=value, doubt=TRIAL)
        for name, values in (tables or {}).items():
            if name not in rows or len(values) != len(rows[name].values):
                known = ", ".join(f"{n} ({len(t.values)} rows)" for n, t in sorted(self.tables.items()))
                raise UnableToResolveLaw(f"there is no table {name!r} of {len(values)} rows; tables: {known}")
            rows[name] = replace(rows[name], values=values, doubt=TRIAL)
        return _sealed(self.book, self.day, changed, rows)

    def row(self, as_of: date) -> dict[str, LawValue]:
        """This function will return the one row that the SQL reads as table `law_in_force`: column → value."""
        made: dict[str, LawValue] = {"as_of": as_of}
        made.update({number_column(name): version.value for name, version in self.numbers.items()})
        for name, table in self.tables.items():
            rows = max(len(version.values) for version in self.book.tables[name].versions)
            for place in range(rows):
                inside = min(place, len(table.values) - 1)
                made[f"{table_column(name)}__v{place}"] = table.values[inside]
                if table.edges:
                    made[f"{table_column(name)}__e{place}"] = table.edges[place] if place == inside else LIMIT
        made.update({wording_column(n): i for n, i in self.wording.items() if len(self.book.variables[n].rules) > 1})
        made.update({force_column(code): value for code, value in self.in_force.items()})
        return made


def number_column(name: str) -> str:
    """This function will name the column of a number."""
    return "n__" + name.replace(".", "__")


def table_column(name: str) -> str:
    """This function will name the column stem of a table."""
    return "t__" + name.replace(".", "__")


def wording_column(name: str) -> str:
    """This function will name the column that says which wording of a variable is in force."""
    return "w__" + name.replace(".", "__")


def force_column(scheme: str) -> str:
    """This function will name the column that says whether a scheme is in force."""
    return "f__" + scheme


def resolve_law(book: Rulebook, day: date) -> Law:
    """This function will choose what is in force on `day`; raises UnableToResolveLaw before the book begins."""
    if day < book.shared.in_force_from:
        raise UnableToResolveLaw(
            f"the rulebook begins on {book.shared.in_force_from}; {day} lies before it. "
            "Add earlier versions to policies/household/scheme.yaml if such a day must be computed."
        )
    numbers = {name: number.on(day) for name, number in book.numbers.items()}
    return _sealed(book, day, numbers, {name: table.on(day) for name, table in book.tables.items()})


def _sealed(book: Rulebook, day: date, numbers: Mapping[str, NumberVersion], tables: Mapping[str, TableVersion]) -> Law:
    wording = {name: variable.on(day) for name, variable in book.variables.items()}
    in_force = {code: scheme.in_force_from <= day for code, scheme in book.schemes.items()}
    content = {
        "numbers": {
            n: [v.value, str(book.numbers[n].unit), str(v.from_date), v.basis, v.doubt]
            for n, v in numbers.items()
            if not (book.numbers[n].table and v.from_date > day)  # a later table does not change the law of today
        },
        "tables": {n: [list(v.edges), list(v.values), str(v.from_date), v.basis, v.doubt] for n, v in tables.items()},
        "rules": {n: [book.variables[n].rules[i].text, book.variables[n].rules[i].basis] for n, i in wording.items()},
        "in_force": in_force,
        "outcomes": {s.code: [s.entitled, s.amount, s.period] for s in book.schemes.values()},
        "stacking": [
            [r.kind, r.first, list(r.others), r.prefer, r.basis] for r in book.stacking if r.holds_on(day)
        ],
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Law(
        book, day, MappingProxyType(dict(numbers)), MappingProxyType(dict(tables)), MappingProxyType(wording),
        MappingProxyType(in_force), hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
