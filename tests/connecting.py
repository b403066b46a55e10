"""Connections beside the one of the test: as the app, or as the owner of the tables, who can do what the app cannot."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections


@contextmanager
def connected_as(alias: str) -> Iterator[psycopg.Connection]:
    """This function will open another connection, as the app ("default") or the owner of the tables ("owner")."""
    where = connections[alias].settings_dict
    with psycopg.connect(
        host=where["HOST"], port=where["PORT"] or None, user=where["USER"], dbname=where["NAME"],
        password=where["PASSWORD"], autocommit=True,
    ) as other:  # fmt: skip
        yield other


@contextmanager
def without_triggers(*tables: str) -> Iterator[psycopg.Connection]:
    """This function will let the owner write into append-only tables, as an administrator of the database could."""
    with connected_as("owner") as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[call-overload]
        try:
            yield owner
        finally:
            for table in tables:
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")  # type: ignore[call-overload]
