"""What the statements read and refuse, as SQL for any dialect: views of the facts, the law's one row, the checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from sqlglot import exp

from rulebook.book import Input, Rulebook
from rulebook.law import Law
from rulebook.ranges import MEMBERS_MAX
from rulebook.sql_forms import E, column
from rulebook.units import Entity

SQL_TYPES = {"bool": "BOOLEAN", "int": "BIGINT", "money": "BIGINT", "date": "DATE", "code": "TEXT"}
IDS = {Entity.PERSON: ("household_id", "person_id"), Entity.HOUSEHOLD: ("household_id",)}
First = Callable[[str], tuple[object, ...] | None]  # runs a query, returns its first row


class UnableToRunPopulation(Exception):
    """The tables of facts cannot be evaluated. Says what is wrong with them and what to do."""


def given(entity: Entity) -> str:
    """This function will name the table or view in which a runner puts the facts as they were given."""
    return f"given_{entity.value}_facts"


def check_columns(entity: Entity, columns: Collection[str]) -> None:
    """This function will raise UnableToRunPopulation when a table of facts has no ids."""
    for key in IDS[entity]:
        if key not in columns:
            raise UnableToRunPopulation(f"{entity.value}_facts has no column {key}; add it: results are joined by it")


def check_facts(first: First) -> None:
    """This function will raise UnableToRunPopulation for a repeated household or one that is too large."""
    repeated = "SELECT household_id FROM {} GROUP BY household_id HAVING COUNT(*) > {} LIMIT 1"
    twice = first(repeated.format(given(Entity.HOUSEHOLD), 1))
    if twice:
        raise UnableToRunPopulation(f"household {twice[0]} stands twice in household_facts; give each household once")
    large = first(repeated.format(given(Entity.PERSON), MEMBERS_MAX))
    if large:
        raise UnableToRunPopulation(
            f"household {large[0]} has more than {MEMBERS_MAX} members; is it an institution? Split it by family."
        )


def facts_query(book: Rulebook, entity: Entity, columns: Collection[str], dialect: str, first: First) -> str:
    """This function will select every declared input, unknown where its column is missing; each home has a row.

    `columns` are those that were given. `first` is asked whether a person's household has no facts of its own.
    """
    inputs = [item for item in book.inputs.values() if item.entity is entity]
    values = [column(item.name) if item.name in columns else exp.null() for item in inputs]
    query = exp.select(*map(column, IDS[entity]), *_typed(inputs, values)).from_(given(entity))
    if entity is Entity.PERSON:
        return query.sql(dialect=dialect)
    lost = (
        exp.select("person.household_id")
        .distinct()
        .from_(f"{given(Entity.PERSON)} AS person")
        .join(f"{given(Entity.HOUSEHOLD)} AS home", on="home.household_id = person.household_id", join_type="left")
        .where("home.household_id IS NULL")
    )
    if first(lost.copy().limit(1).sql(dialect=dialect)) is None:
        return query.sql(dialect=dialect)
    unknown = _typed(inputs, [exp.null() for _ in inputs])
    empty = exp.select("household_id", *unknown).from_(lost.subquery("lost"))
    return exp.union(query, empty, distinct=False).sql(dialect=dialect)


def _typed(inputs: Sequence[Input], values: Sequence[E]) -> list[E]:
    return [
        exp.alias_(exp.cast(value, SQL_TYPES[item.type]), item.name) for item, value in zip(inputs, values, strict=True)
    ]


def law_query(law: Law, as_of: date, dialect: str) -> str:
    """This function will select the one row of `law_in_force`."""
    columns: list[E] = []  # selected at once: each call of select copies the whole query
    for name, value in law.row(as_of).items():
        if isinstance(value, bool):
            made: E = exp.Boolean(this=value)
        elif isinstance(value, date):
            made = exp.cast(exp.Literal.string(value.isoformat()), "DATE")
        else:
            made = exp.cast(exp.Literal.number(value), "BIGINT")
        columns.append(exp.alias_(made, name))
    return exp.select(*columns).sql(dialect=dialect)
