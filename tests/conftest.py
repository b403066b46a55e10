"""One database for the whole run, made by the owner role and used as the app role, so that row-level security is real.

`DATABASE_URL` may name the administrator of any PostgreSQL >= 15; without it the embedded server is started.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

ROOT = Path(__file__).parents[1]
os.environ.setdefault("MINSHENG_HOME", str(ROOT / ".demo" / "tests"))
os.environ.setdefault("MINSHENG_DEMO", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")

AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_id: str) -> Iterator[None]:
    """This fixture will provision, migrate as owner and hand over the connection of the app role."""
    from django.core.management import call_command
    from django.db import connections
    from django.test import TransactionTestCase

    from minsheng.config.database import Address, provision, start_embedded

    given = os.environ.get("DATABASE_URL")
    home = Path(tempfile.gettempdir()) / f"minsheng-tests-{os.getuid()}"
    admin = Address.parse(given) if given else start_embedded(home=home)
    database = f"minsheng_test_{worker_id}"
    with psycopg.connect(admin.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
    owner, app = provision(admin=admin, database=database)
    for alias, address in (("default", app), ("owner", owner)):
        connections[alias].close()
        connections[alias].settings_dict.update(address.django())
        connections.databases[alias].update(address.django())
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0, skip_checks=True)
        connections["owner"].close()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty_all_tables(owner.url()))
            yield
        connections["default"].close()
    with psycopg.connect(admin.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def empty_all_tables(owner_url: str) -> None:
    """This function will empty the database after a test that committed; only the owner can, the app role cannot."""
    with psycopg.connect(owner_url) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND tablename NOT IN ('django_migrations', 'django_content_type')"
            )
        ]
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        for table in tables:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """This fixture will name the parallel worker, also when there is only one."""
    return getattr(request.config, "workerinput", {"workerid": "single"})["workerid"]


@pytest.fixture
def at() -> datetime:
    """This fixture will be the one instant that tests work at: a Tuesday morning."""
    return AT
