"""What the statements read and refuse, as SQL for any dialect: views of the facts, the law's one row, the checks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from sqlglot import exp

from rulebook.book import Input, Rulebook
from rulebook.law import Law
from rulebook.ranges import MEMBERS_MAX
from rulebook.sql_forms import E, cast, column, named
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
    values: list[E] = [column(item.name) if item.name in columns else exp.null() for item in inputs]
    read = [_typed(value, item) for value, item in zip(values, inputs, strict=True)]
    query = exp.select(*[column(key) for key in IDS[entity]], *read).from_(given(entity), copy=False)
    if entity is Entity.PERSON:
        return query.sql(dialect=dialect)
    lost = (
        exp.select("person.household_id")
        .distinct()
        .from_(f"{given(Entity.PERSON)} AS person")
        .join(f"{given(Entity.HOUSEHOLD)} AS home", on="home.household_id = person.household_id", join_type="left")
        .where("home.household_id IS NULL")
    )
    if first(lost.limit(1).sql(dialect=dialect)) is None:
        return query.sql(dialect=dialect)
    empty = exp.select("household_id", *[_typed(exp.null(), item) for item in inputs]).from_(lost.subquery("lost"))
    return exp.union(query, empty, distinct=False).sql(dialect=dialect)


def law_query(law: Law, as_of: date, dialect: str) -> str:
    """This function will select the one row of `law_in_force`."""
    return exp.select(*[named(_figure(value), name) for name, value in law.row(as_of).items()]).sql(dialect=dialect)


def _figure(value: bool | int | date) -> E:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, date):
        return cast(exp.Literal.string(value.isoformat()), "DATE")
    return cast(exp.Literal.number(value), "BIGINT")


def _typed(value: E, item: Input) -> E:
    return named(cast(value, SQL_TYPES[item.type]), item.name)
