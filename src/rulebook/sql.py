"""Writes the rules as SQL, one statement per stage (person → household → person …), through SQLGlot nodes.

Two ways, with the same answers. `build_stages` gives every number and condition two columns, its bounds; settled
means equal, no bound is ever NULL. `build_passes` first computes single values, NULL where something may be unknown,
and then only the households with a NULL that matters by bounds: with few gaps it costs less than half.
Money stays whole fen in 64-bit integers. Numbers of the law are read from the one-row table `law_in_force`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from rulebook.book import Rulebook
from rulebook.sql_bounds import Bounds, Writer
from rulebook.sql_forms import E, cast, column, either, named
from rulebook.sql_plan import Item, Plan, make_plan
from rulebook.sql_settled import SettledWriter
from rulebook.units import Entity

LAW = "law_in_force"
OPEN = "open_households"


@dataclass(frozen=True)
class Stage:
    """One statement. `name` is the table that it creates, `entity` what a row of it is.

    `when_open` says whether it is for a population in which a household was left open, or in which none was; None: any.
    """

    name: str
    entity: Entity
    sql: str
    when_open: bool | None = None


def build_stages(book: Rulebook, *, dialect: str = "duckdb", schemes: Iterable[str] | None = None) -> list[Stage]:
    """This function will write all statements by bounds, in the order in which they must run.

    Reads person_facts, household_facts (each person's household must be there) and law_in_force (see Law.row);
    creates stage_<n> and outcome_<scheme>. An outcome table holds the entitled and the unknown rows only:
    household_id, person_id, status, amount_fen, and for stacking share_fen and counted.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(book.schemes)
    bounds = _Pass(make_plan(book, Writer(book, dialect), chosen), dialect, "stage")
    return [*bounds.stages(), *(_outcome(book, code, bounds.rows(code), dialect) for code in chosen)]


def build_passes(book: Rulebook, *, dialect: str = "duckdb", schemes: Iterable[str] | None = None) -> list[Stage]:
    """This function will write the statements of two passes; the same tables and answers as `build_stages`.

    Creates settled_<n>, open_households (those that need the second pass), stage_<n> and outcome_<scheme>. Run what
    `needed` yields of them: without an open household there is no second pass.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(book.schemes)
    settled = _Pass(make_plan(book, SettledWriter(book, dialect), chosen), dialect, "settled")
    bounds = _Pass(make_plan(book, Writer(book, dialect), chosen), dialect, "stage", among=OPEN)
    made = [*settled.stages(), _create(OPEN, Entity.HOUSEHOLD, settled.open(), dialect)]
    made += [replace(stage, when_open=True) for stage in bounds.stages()]
    for code in chosen:
        made.append(replace(_outcome(book, code, settled.rows(code), dialect), when_open=False))
        sure = settled.rows(code).where(f"household_id NOT IN (SELECT household_id FROM {OPEN})")
        both = exp.union(sure, bounds.rows(code), distinct=False)
        made.append(replace(_outcome(book, code, both, dialect), when_open=True))
    return made


def needed(stages: Iterable[Stage], first: Callable[[str], object]) -> Iterator[Stage]:
    """This function will yield the statements that a population needs; run each before asking for the next.

    `first` answers a query with its first row, or None.
    """
    is_open: bool | None = None
    for stage in stages:
        if stage.when_open is not None and is_open is None:
            is_open = first(f"SELECT 1 FROM {OPEN} LIMIT 1") is not None
        if stage.when_open in (None, is_open):
            yield stage


@dataclass(frozen=True)
class _Pass:
    """One plan's statements. `stem` names its tables, `among` a table of the households to which it is confined."""

    plan: Plan
    dialect: str
    stem: str
    among: str | None = None

    def stages(self) -> list[Stage]:
        places = range(max((item.stage for item in self.plan.items.values()), default=0) + 1)
        return [self._stage(place) for place in places]

    def rows(self, code: str) -> exp.Select:
        """Selects the rows of an outcome."""
        personal = self.plan.writer.book.schemes[code].beneficiary is Entity.PERSON
        person: E = column("person_id") if personal else cast(exp.null(), "TEXT")
        parts = self._outputs(code)
        made = self.plan.writer.outcome(*parts, personal)
        query = exp.select("household_id", named(person, "person_id"))
        query = query.select(*[named(part, name) for name, part in made.items()])
        return query.from_(f"{self.stem}_{self.plan.last(code)}").where(self.plan.writer.appears(parts[0]))

    def open(self) -> exp.Expr:
        """Selects the households that a first pass leaves open, each once."""
        assert isinstance(self.plan.writer, SettledWriter)
        tests: dict[int, list[E]] = {}
        for code in self.plan.outputs:
            tests.setdefault(self.plan.last(code), []).append(self.plan.writer.open(*self._outputs(code)))
        queries = [
            exp.select("household_id").distinct().from_(f"{self.stem}_{place}").where(either(*found))
            for place, found in tests.items()
        ]
        return queries[0] if len(queries) == 1 else exp.union(*queries)

    def _outputs(self, code: str) -> tuple[Bounds, Bounds, Bounds]:
        writer, items = self.plan.writer, self.plan.items
        entitled, amount, extra = (writer.reference(name, items[name].base) for name in self.plan.outputs[code])
        return entitled, amount, extra

    def _stage(self, place: int) -> Stage:
        plan = self.plan
        entity = Entity.HOUSEHOLD if place % 2 else Entity.PERSON
        keys = ["household_id"] if place % 2 else ["household_id", "person_id"]
        own = [item for item in plan.items.values() if item.stage == place]
        ctes = [("level_0", self._source(place, entity, keys, own))]
        for level in range(1, max((item.level for item in own), default=0) + 1):
            columns: list[E] = [exp.Column(this=exp.Star(), table=exp.to_identifier("own"))]
            for item in own:
                if item.level == level:
                    columns += self._written(item)
            body = exp.select(*columns).from_(_table(ctes[-1][0], "own"), copy=False)
            body.join(_table(LAW, "law"), join_type="cross", copy=False)
            ctes.append((f"level_{level}", body))
        kept = [*keys, *(name for item in plan.kept(place, entity) for name in plan.columns(item))]
        query = exp.select(*[column(name) for name in kept]).from_(ctes[-1][0], copy=False)
        materialized = True if self.dialect == "postgres" else None  # else its planner multiplies nested expressions
        for name, body in ctes:
            query = query.with_(name, as_=body, materialized=materialized, copy=False)
        return _create(f"{self.stem}_{place}", entity, query, self.dialect)

    def _written(self, item: Item) -> list[E]:
        names = self.plan.columns(item.name)
        return [named(part, name) for part, name in zip(item.bounds.both(), names, strict=True)]

    def _source(self, place: int, entity: Entity, keys: list[str], own: list[Item]) -> exp.Select:
        """Where a stage begins: facts or the columns carried so far, and what the other entity has computed."""
        plan, first = self.plan, place < 2
        columns: list[E] = [column(key, "own") for key in keys]
        if not first:
            columns += [column(name, "own") for item in plan.kept(place - 2, entity) for name in plan.columns(item)]
        for item in own:
            if item.how == "input":
                columns += self._written(item)
        made = exp.select(*columns)
        made.from_(_table(f"{entity.value}_facts" if first else f"{self.stem}_{place - 2}", "own"), copy=False)
        if first:
            made.join(_table(LAW, "law"), join_type="cross", copy=False)
            if self.among is not None:
                among = "own.household_id = among.household_id"
                made.join(_table(self.among, "among"), on=among, copy=False)
        if entity is Entity.PERSON and not first:
            read = {name for item in own for name in item.reads}
            across = [
                name for item in plan.kept(place - 1, Entity.HOUSEHOLD) if item in read for name in plan.columns(item)
            ]
            made.select(*[column(name, "home") for name in across], copy=False)
            home = "own.household_id = home.household_id"
            return made.join(_table(f"{self.stem}_{place - 1}", "home"), on=home, copy=False)
        aggregates = [item for item in own if item.how == "aggregate"]
        if not aggregates:
            return made
        for item in aggregates:
            for part, name in zip(item.bounds.both(), plan.columns(item.name), strict=True):
                assert isinstance(part, exp.Column)
                made.select(named(plan.writer.without_members(item.op, part), name), copy=False)
        grouped = self._grouped(place, aggregates)
        return made.join(grouped, on="own.household_id = agg.household_id", join_type="left", copy=False)

    def _grouped(self, place: int, aggregates: list[Item]) -> exp.Subquery:
        gathered = [
            named(self.plan.writer.gathered(item.op, column(name)), name)
            for item in aggregates
            for name in self.plan.columns(f"{item.name}.term")
        ]
        query = exp.select("household_id", *gathered).from_(f"{self.stem}_{place - 1}", copy=False)
        return query.group_by("household_id", copy=False).subquery("agg", copy=False)


def _outcome(book: Rulebook, code: str, rows: E, dialect: str) -> Stage:
    return _create(f"outcome_{code}", book.schemes[code].beneficiary, rows, dialect)


def _table(name: str, alias: str) -> E:
    return exp.alias_(exp.to_table(name), alias, table=True)


def _create(name: str, entity: Entity, query: E, dialect: str) -> Stage:
    made = exp.Create(this=exp.to_table(name), kind="TABLE", expression=query)
    return Stage(name, entity, made.sql(dialect=dialect, pretty=True))
