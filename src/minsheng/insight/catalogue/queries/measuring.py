"""Counting how good the data are. Only numbers come out; what is counted is what the viewer may see."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, models
from psycopg import sql

from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.catalogue.queries.describing import dataset, our_models
from minsheng.insight.catalogue.types import Dimension, Measured
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.quality import fact_quality, possible_twins
from minsheng.records.registry.vocabulary import ATTRIBUTES

_TEXT = ("CharField", "TextField", "URLField", "SlugField")


def measure_all(*, viewer: Viewer, at: datetime) -> Iterator[Measured]:
    """This function will measure every table and every fact; one pass over each table."""
    for model in our_models():
        yield from measure_table(model, at=at)
    standing, twins = possible_twins(viewer=viewer)
    yield Measured("registry_person", "", Dimension.UNIQUENESS, standing, twins)
    for one in fact_quality(viewer=viewer, on=business_day(at), known_at=at):
        code = f"facts_{ATTRIBUTES[one.attribute].subject.value}"
        yield Measured(code, one.attribute, Dimension.COMPLETENESS, one.subjects, one.subjects - one.known)
        yield Measured(code, one.attribute, Dimension.VALIDITY, one.said, one.invalid)
        yield Measured(code, one.attribute, Dimension.CONSISTENCY, one.said, one.contradicted)
        if one.age_days is not None and one.good_for_days is not None:
            late = one.subjects if one.age_days > one.good_for_days else 0
            yield Measured(code, one.attribute, Dimension.TIMELINESS, one.subjects, late)


def measure_table(model: type[models.Model], *, at: datetime) -> Iterator[Measured]:
    """This function will count the empty values of every column that may be empty, and how old the newest row is."""
    meta = model._meta
    optional = [f for f in meta.concrete_fields if f.null or (f.blank and f.get_internal_type() in _TEXT)]
    instants = [f for f in meta.concrete_fields if isinstance(f, models.DateTimeField)]
    parts: list[sql.Composable] = [sql.SQL("count(*)")]
    for field in optional:
        column = sql.Identifier(str(field.column))
        empty = sql.SQL(" OR {} = ''").format(column) if field.get_internal_type() in _TEXT else sql.SQL("")
        parts.append(sql.SQL("count(*) FILTER (WHERE {} IS NULL{})").format(column, empty))
    for field in instants:
        column = sql.Identifier(str(field.column))
        parts.append(sql.SQL("max({}) FILTER (WHERE {} <= %s)").format(column, column))
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(parts), sql.Identifier(meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(query, [at] * len(instants))
        row: tuple[Any, ...] = cursor.fetchone()
    rows = int(row[0])
    for field, missing in zip(optional, row[1 : 1 + len(optional)], strict=True):
        yield Measured(meta.db_table, field.name, Dimension.COMPLETENESS, rows, int(missing))
    described = dataset(code=meta.db_table)
    newest = max((when for when in row[1 + len(optional) :] if when is not None), default=None)
    if described is not None and described.fresh_days is not None and newest is not None:
        late = (at - newest).days > described.fresh_days
        yield Measured(meta.db_table, "", Dimension.TIMELINESS, rows, rows if late else 0)
