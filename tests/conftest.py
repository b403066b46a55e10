"""One database for the whole run, made by the owner role and used as the app role, so that row-level security is real.

`DATABASE_URL` may name the administrator of any PostgreSQL >= 15; without it the embedded server is started.
"""

import hashlib
import inspect
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from _pytest.nodeid import NodeId
from django.test import RequestFactory
from hypothesis import settings
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from minsheng.foundation.once.rules import ACTING, HEADER

if TYPE_CHECKING:
    from minsheng.config.database import Address

# In CI the same examples every time: a submission is judged by what it changes; new examples are for one's own runs.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """This hook will keep the tests of one `xdist_group` on one worker.

    pytest-xdist 3.8 writes the group where pytest 9.2 no longer reads it, and then each worker builds the district and
    starts Spark for itself. Without effect once both agree again.
    """
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        for mark in item.iter_markers("xdist_group"):
            if "@" not in item.nodeid.rpartition("]")[2]:
                item._id = NodeId.parse(f"{item.nodeid}@{mark.args[0]}")


def send_a_key_with_each_act() -> None:
    """This function will let test clients do what every form does: send a fresh key with what they post.

    A test of the keys themselves sends its own, or an empty one.
    """
    plain = RequestFactory.generic

    def generic(self: RequestFactory, method: str, *args: Any, **extra: Any) -> Any:
        if method in ACTING and HEADER not in (extra.get("headers") or {}):
            extra.setdefault("HTTP_IDEMPOTENCY_KEY", uuid4().hex)
        return plain(self, method, *args, **extra)

    RequestFactory.generic = generic  # type: ignore[method-assign]


send_a_key_with_each_act()
AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, worker_id: str) -> Iterator[None]:
    """This fixture will provision a migrated database and hand over the connection of the app role."""
    from django.db import connections
    from django.test import TransactionTestCase

    from minsheng.config.database import Address, provision, start_embedded

    given = os.environ.get("DATABASE_URL")
    admin = Address.parse(given) if given else start_embedded(home=server_home())
    database = f"minsheng_test_{worker_id}"
    drop(admin, database)
    drop(admin, f"{database}_district")
    with django_db_blocker.unblock():
        copy_of_migrated(admin, database)
    owner, app = provision(admin=admin, database=database)
    point_at(owner=owner, app=app)
    for alias, address in (("default", app), ("owner", owner)):
        connections.databases[alias].update(address.django())
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty_all_tables(owner.url()))
            yield
        connections["default"].close()
    drop(admin, f"{database}_district")
    drop(admin, database)


def copy_of_migrated(admin: "Address", database: str) -> None:
    """This function will make a database with all tables, none of them filled, by copying one of this very source.

    To migrate takes a quarter of a minute, so the workers and the next run share one, until any line of it changes.
    """
    from django.core.management import call_command
    from django.db import connections

    from minsheng.config.database import provision
    from minsheng.foundation.accounts.types import OWNER_ROLE

    source = hashlib.sha256()
    for path in sorted(Path(inspect.getfile(provision)).parents[1].rglob("*.py")):
        source.update(path.read_bytes())
    migrated = f"minsheng_migrated_{source.hexdigest()[:16]}"
    with psycopg.connect(admin.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(330103)")
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        if migrated not in names:
            for name in names:
                if name.startswith("minsheng_migrated_"):
                    drop(admin, name)
            owner, app = provision(admin=admin, database=f"{migrated}_unfinished")
            point_at(owner=owner, app=app)
            call_command("migrate", database="owner", verbosity=0, skip_checks=True)
            connections["owner"].close()
            connection.execute(f"ALTER DATABASE {migrated}_unfinished RENAME TO {migrated}")
        connection.execute(f"CREATE DATABASE {database} OWNER {OWNER_ROLE} TEMPLATE {migrated}")


def drop(admin: "Address", database: str) -> None:
    """This function will drop a test database, also while a left-over connection holds it."""
    with psycopg.connect(admin.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def empty_all_tables(owner_url: str) -> None:
    """This function will empty the database after a test that committed; only the owner can, the app role cannot."""
    with psycopg.connect(owner_url) as connection:
        every = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type')"
        )
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for (name,) in every)
        filled = [row[0] for row in connection.execute(asked)]
        if not filled:
            return
        # Whatever refers to a filled table is emptied with it, and its triggers must not refuse that either.
        tables = [
            row[0]
            for row in connection.execute(
                "WITH RECURSIVE hanging(name) AS ("
                " SELECT unnest(%s::text[]) UNION SELECT conrelid::regclass::text FROM pg_constraint"
                " JOIN hanging ON confrelid::regclass::text = name WHERE contype = 'f') SELECT name FROM hanging",
                [filled],
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


@pytest.fixture(scope="session")
def district_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, "Address"]]:
    """This fixture will build a district of 2,000 people by the stages of `minsheng demo`, in a database of its own."""
    from django.db import connections

    from minsheng.config.database import Address
    from minsheng.config.demo import stages
    from minsheng.config.demo.plan import Plan
    from minsheng.config.demo.progress import Stopwatch
    from minsheng.foundation.accounts.types import APP_ROLE, OWNER_ROLE

    plain = {alias: connections[alias].settings_dict.copy() for alias in ("default", "owner")}
    name = f"{plain['default']['NAME']}_district"
    where = plain["owner"]
    with django_db_blocker.unblock():
        for alias in ("default", "owner"):
            connections[alias].close()
        owner = Address(where["HOST"], where["PORT"], OWNER_ROLE, where["PASSWORD"], name)
        app = Address(where["HOST"], where["PORT"], APP_ROLE, plain["default"]["PASSWORD"], name)
        provision_beside(name)
        point_at(owner=owner, app=app)
        plan = Plan(home=tmp_path_factory.mktemp("district"), people=2_000, at=AT)
        stages.build(plan=plan, watch=Stopwatch(), memory={})
        set_aside_news_of_cases(owner.url())
        for alias, settings in plain.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
    yield {"owner": owner, "app": app}


def set_aside_news_of_cases(owner_url: str) -> None:
    """This function will mark the news of the demo's cases as delivered: a test that delivers has news of its own."""
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "UPDATE events_outbox SET delivered_at = occurred_at"
            " WHERE delivered_at IS NULL AND (name LIKE 'casework.%' OR name = 'registry.FactsRecorded')"
        )


@pytest.fixture
def district(district_database: dict[str, "Address"], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This fixture will let one test work on the district of 2,000 people; what it writes is rolled back."""
    from django.db import connections, transaction

    plain = {alias: connections[alias].settings_dict.copy() for alias in ("default", "owner")}
    with django_db_blocker.unblock():
        point_at(owner=district_database["owner"], app=district_database["app"])
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        for alias, settings in plain.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)


def point_at(*, owner: "Address", app: "Address") -> None:
    """This function will point both connections at another database of the same server."""
    from django.db import connections

    for alias, address in (("default", app), ("owner", owner)):
        connections[alias].close()
        connections[alias].settings_dict.update(address.django())


def provision_beside(name: str) -> None:
    """This function will make another migrated database on the test server; the stages of the demo fill it."""
    from minsheng.config.database import Address, provision, start_embedded

    given = os.environ.get("DATABASE_URL")
    admin = Address.parse(given) if given else start_embedded(home=server_home())
    copy_of_migrated(admin, name)
    provision(admin=admin, database=name)


@pytest.fixture(scope="session")
def administrator(django_db_setup: None) -> "Address":
    """This fixture will say where the server's administrator finds the database of the tests."""
    from django.db import connections

    from minsheng.config.database import Address, start_embedded

    given = os.environ.get("DATABASE_URL")
    admin: Address = Address.parse(given) if given else start_embedded(home=server_home())
    name = connections["default"].settings_dict["NAME"]
    return replace(admin, name=name)


def server_home() -> Path:
    """This function will return the folder of the embedded server that tests share."""
    return Path(tempfile.gettempdir()) / f"minsheng-tests-{os.getuid()}"


@pytest.fixture
def at() -> datetime:
    """This fixture will be the one instant that tests work at: a Tuesday morning."""
    return AT
