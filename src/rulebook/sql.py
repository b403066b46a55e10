"""Writes the rules as SQL, one statement per stage (person → household → person …), through SQLGlot nodes.

Every number and condition becomes two columns, its lower and upper bound; settled means equal. No bound is ever
NULL. Money stays whole fen in 64-bit integers. Numbers of the law are read from the one-row table `law_in_force`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from rulebook.book import Rulebook
from rulebook.sql_bounds import Writer, case, column, rounded
from rulebook.sql_plan import Item, Plan, make_plan
from rulebook.units import Entity

LAW = "law_in_force"
AGGREGATES: dict[str, type[exp.Func]] = {
    "sum": exp.Sum,
    "count": exp.Sum,
    "any": exp.LogicalOr,
    "all": exp.LogicalAnd,
}


@dataclass(frozen=True)
class Stage:
    """One statement. `name` is the table that it creates, `entity` what a row of it is."""

    name: str
    entity: Entity
    sql: str


def build_stages(book: Rulebook, *, dialect: str = "duckdb", schemes: Iterable[str] | None = None) -> list[Stage]:
    """This function will write all statements, in the order in which they must run.

    Reads person_facts, household_facts (each person's household must be there) and law_in_force (see Law.row);
    creates stage_<n> and outcome_<scheme>. An outcome table holds the entitled and the unknown rows only:
    household_id, person_id, status, amount_fen, and for stacking share_fen and counted.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(book.schemes)
    plan = make_plan(book, Writer(book, dialect), chosen)
    places = range(max((item.stage for item in plan.items.values()), default=0) + 1)
    stages = [_stage(plan, place, dialect) for place in places]
    return stages + [_outcome(book, plan, code, dialect) for code in chosen]


def _stage(plan: Plan, place: int, dialect: str) -> Stage:
    entity = Entity.HOUSEHOLD if place % 2 else Entity.PERSON
    keys = ["household_id"] if place % 2 else ["household_id", "person_id"]
    own = [item for item in plan.items.values() if item.stage == place]
    ctes = [("level_0", _source(plan, place, entity, keys, own))]
    for level in range(1, max((item.level for item in own), default=0) + 1):
        columns: list[exp.Expr] = [exp.Column(this=exp.Star(), table=exp.to_identifier("own"))]
        for item in own:
            if item.level == level:
                columns += _written(plan, item)
        body = exp.select(*columns).from_(_table(ctes[-1][0], "own")).join(_table(LAW, "law"), join_type="cross")
        ctes.append((f"level_{level}", body))
    kept = [*keys, *(name for item in plan.kept(place, entity) for name in plan.columns(item))]
    query = exp.select(*[column(name) for name in kept]).from_(ctes[-1][0])
    materialized = True if dialect == "postgres" else None  # else its planner multiplies nested expressions
    for name, body in ctes:
        query = query.with_(name, as_=body, materialized=materialized, copy=False)
    return _create(f"stage_{place}", entity, query, dialect)


def _written(plan: Plan, item: Item) -> list[exp.Expr]:
    names = plan.columns(item.name)
    return [exp.alias_(part, name) for part, name in zip(item.bounds.both(), names, strict=True)]


def _source(plan: Plan, place: int, entity: Entity, keys: list[str], own: list[Item]) -> exp.Select:
    """Where a stage begins: facts or the columns carried so far, and what the other entity has computed."""
    first = place < 2
    made = exp.select(*[column(key, "own") for key in keys])
    made = made.from_(_table(f"{entity.value}_facts" if first else f"stage_{place - 2}", "own"))
    if first:
        made = made.join(_table(LAW, "law"), join_type="cross")
    else:
        carried = [name for item in plan.kept(place - 2, entity) for name in plan.columns(item)]
        made = made.select(*[column(name, "own") for name in carried])
    for item in own:
        if item.how == "input":
            made = made.select(*_written(plan, item))
    if entity is Entity.PERSON and not first:
        read = {name for item in own for name in item.reads}
        across = [
            name for item in plan.kept(place - 1, Entity.HOUSEHOLD) if item in read for name in plan.columns(item)
        ]
        made = made.select(*[column(name, "home") for name in across])
        return made.join(_table(f"stage_{place - 1}", "home"), on="own.household_id = home.household_id")
    aggregates = [item for item in own if item.how == "aggregate"]
    if not aggregates:
        return made
    for item in aggregates:
        none = exp.Boolean(this=item.op == "all") if item.op in ("any", "all") else exp.Literal.number(0)
        for part, name in zip(item.bounds.both(), plan.columns(item.name), strict=True):
            made = made.select(exp.alias_(exp.Coalesce(this=part, expressions=[none.copy()]), name))
    grouped = _grouped(plan, place, aggregates)
    return made.join(grouped, on="own.household_id = agg.household_id", join_type="left")


def _grouped(plan: Plan, place: int, aggregates: list[Item]) -> exp.Subquery:
    query = exp.select("household_id").from_(f"stage_{place - 1}").group_by("household_id")
    for item in aggregates:
        for name in plan.columns(f"{item.name}.term"):
            value: exp.Expr = AGGREGATES[item.op](this=column(name))
            query = query.select(exp.alias_(exp.cast(value, "BIGINT") if item.op in ("sum", "count") else value, name))
    return query.subquery("agg")


def _outcome(book: Rulebook, plan: Plan, code: str, dialect: str) -> Stage:
    entity = book.schemes[code].beneficiary
    entitled, amount, extra = plan.outputs[code]
    low, high = (column(name) for name in plan.columns(entitled))
    least, most = (column(name) for name in plan.columns(amount))
    one, other = (column(name) for name in plan.columns(extra))
    settled = exp.and_(low.copy(), exp.EQ(this=least.copy(), expression=most.copy()))
    known = exp.EQ(this=one.copy(), expression=other.copy())
    fen = case(settled, least, None)
    if entity is Entity.PERSON:
        person: exp.Expr = column("person_id")
        share, counted = fen.copy(), case(known, one, None)
    else:
        person, counted = exp.cast(exp.null(), "TEXT"), exp.cast(exp.null(), "BOOLEAN")
        share = case(exp.and_(settled.copy(), known), rounded(least, one, signed=False), None)
    status = case(low, exp.Literal.string("entitled"), exp.Literal.string("unknown"))
    query = exp.select("household_id").select(
        exp.alias_(person, "person_id"), exp.alias_(status, "status"), exp.alias_(fen, "amount_fen"),
        exp.alias_(share, "share_fen"), exp.alias_(counted, "counted"),
    ).from_(f"stage_{plan.last(code)}").where(high)  # fmt: skip
    return _create(f"outcome_{code}", entity, query, dialect)


def _table(name: str, alias: str) -> exp.Expr:
    return exp.alias_(exp.to_table(name), alias, table=True)


def _create(name: str, entity: Entity, query: exp.Select, dialect: str) -> Stage:
    made = exp.Create(this=exp.to_table(name), kind="TABLE", expression=query)
    return Stage(name, entity, made.sql(dialect=dialect, pretty=True))
