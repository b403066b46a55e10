"""Experiment E14, labels: a person labelled above one's clearance is in no table of the app role, by raw SQL.

One row for each table and each column that names a person, a home or a row of one, about somebody 重点保护,
敏感 and 普通 each, in one transaction that is taken back. Controls: whoever has the clearance sees all; without the
policies everybody does; a table that nobody shielded is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from minsheng.config.database import Address
from minsheng.config.roles import ROLES
from minsheng.foundation.accounts.types import APP_ROLE

pytestmark = pytest.mark.experiment

AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ORDINARY, SENSITIVE, PROTECTED = 7001, 7002, 7003  # people
HOMES = {ORDINARY: 8001, SENSITIVE: 8002, PROTECTED: 8003}
AREA, ELSEWHERE = 4, 6
PERSON = {
    *("person_id", "payee_person_id", "applicant_id", "relative_id", "kept_id", "merged_id", "given_by_person_id"),
    *("said_by", "subject_id"),
}
HOME = {"household_id"}
# A column that leads to a row of another table; the row's id is the person's number.
THROUGH = {"case_id", "joint_id", "notice_id", "grant_id", "line_id", "visit_id"}
OWN = {
    *("registry_person", "casework_case", "casework_joint", "casework_notice", "payments_grant", "payments_line"),
    "visits_visit",
}
NOT_SHIELDED = {
    ("payments_entry", "line_id"): "the ledger stands whole or does not balance; numbers of lines, no names",
    ("casework_case", "joint_id"): "shielded by its own applicant and home",
    ("casework_case", "grant_id"): "shielded by its own applicant and home",
    ("casework_authorisation", "joint_id"): "shielded by the case in whose file it stands, of the same home",
    ("casework_check", "joint_id"): "shielded by the case in whose file it stands, of the same home",
    ("visits_visit", "case_id"): "shielded by its own person and home",
    ("casework_check", "subject_id"): "shielded by its case",
    ("calendars_day", "notice_id"): "a notice of the State Council",
    ("calendars_revision", "notice_id"): "a notice of the State Council",
}


@dataclass
class Table:
    """One table with columns of persons: what is needed to write a row, and which rows were written."""

    name: str
    columns: dict[str, tuple[str, bool, bool]]  # type, may be null, has a default
    rows: dict[int, list[Any]] = field(default_factory=lambda: {ORDINARY: [], SENSITIVE: [], PROTECTED: []})

    @property
    def naming(self) -> list[str]:
        wanted = (PERSON | HOME | THROUGH) & set(self.columns)
        return sorted(c for c in wanted if (self.name, c) not in NOT_SHIELDED) or (["id"] if self.name in OWN else [])


def tables_of_persons(server: psycopg.Connection) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table, column, kind, nullable, default in server.execute(
        "SELECT c.table_name, c.column_name, c.udt_name, c.is_nullable = 'YES',"
        " c.column_default IS NOT NULL OR c.is_identity = 'YES'"
        " FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
    ):
        found.setdefault(table, Table(table, {})).columns[column] = (kind, nullable, default)
    found["registry_household"].columns["household_id"] = ("int8", False, True)  # its own number: see `written`
    del found["registry_household"].columns["household_id"]
    return {name: table for name, table in found.items() if table.naming or name == "registry_household"}


def without_a_shield(server: psycopg.Connection) -> set[str]:
    shielded = {
        row[0]
        for row in server.execute(
            "SELECT tablename FROM pg_policies WHERE permissive = 'RESTRICTIVE' AND policyname = tablename || '_shield'"
            " AND cmd = 'ALL' AND roles = %s::name[] AND qual = with_check",
            [[APP_ROLE]],
        )
    }
    return set(tables_of_persons(server)) - shielded


@pytest.fixture(scope="module")
def everybody(administrator: Address) -> Iterator[tuple[psycopg.Connection, dict[str, Table]]]:
    """One transaction of the administrator with a row for each table and column; nothing of it stays."""
    with psycopg.connect(administrator.url()) as server:
        server.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
        tables = tables_of_persons(server)
        for table, constraint in server.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x') AND"
            " connamespace = 'public'::regnamespace AND conrelid <> 0"
        ).fetchall():
            server.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}" CASCADE')
        for (index,) in server.execute(
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indrelid"
            " WHERE indisunique AND NOT indisprimary AND c.relnamespace = 'public'::regnamespace"
        ).fetchall():
            server.execute(f"DROP INDEX {index}")
        for area in (AREA, ELSEWHERE):
            server.execute(
                "INSERT INTO access_area (id, code, name, path, depth) VALUES (%s, %s, 'x', %s, 1)",
                [area, str(area), f"/{area}/"],
            )
        for level, person in enumerate((ORDINARY, SENSITIVE, PROTECTED)):
            write(server, tables, person, level)
        yield server, tables
        server.rollback()


number = count(100_000)


def write(server: psycopg.Connection, tables: dict[str, Table], person: int, level: int) -> None:
    """For each naming column one row that names the person there and ordinary people elsewhere."""
    own = {"protection_level": level}
    for table in (tables["registry_person"], tables["registry_household"]):
        key = person if table.name == "registry_person" else HOMES[person]
        insert(server, table, own | {"id": key} if "protection_level" in table.columns else {"id": key})
        table.rows[person].append(key)
    membership = {"id": person, "person_id": person, "household_id": HOMES[person], "valid_from": date(2020, 1, 1)}
    insert(server, tables["registry_membership"], membership | {"valid_to": None, "kind": str(level)})
    for name in ("casework_case", "casework_joint", "payments_grant", "visits_visit"):
        subject = "payee_person_id" if name == "payments_grant" else "applicant_id"
        if name == "visits_visit":
            subject = "person_id"
        insert(server, tables[name], plain(tables[name]) | {"id": person, subject: person})
        tables[name].rows[person].append(person)
    for name, through in (("casework_notice", "case_id"), ("payments_line", "grant_id")):
        insert(server, tables[name], plain(tables[name]) | {"id": person, through: person})
        tables[name].rows[person].append(person)
    for table in tables.values():
        for column in table.naming:
            if column == "id":
                continue
            value = HOMES[person] if column in HOME else person
            row: dict[str, Any] = plain(table) | {column: value}
            if column == "subject_id":
                row["subject_kind"] = "person"
            if table.name == "registry_membership" and column == "person_id":
                row["valid_to"] = date(2021, 1, 1)  # a home that was left is everybody's, who lived there is not
            key = insert(server, table, row)
            table.rows[person].append(key)
    statement = tables["registry_statement"]
    home = {"subject_kind": "household", "subject_id": HOMES[person]}
    statement.rows[person].append(insert(server, statement, home))


def plain(table: Table) -> dict[str, Any]:
    """Ordinary people, in their ordinary home, wherever the table must name somebody; nobody where it need not."""
    wanted = dict.fromkeys((PERSON | THROUGH) & set(table.columns), ORDINARY)
    wanted |= dict.fromkeys(HOME & set(table.columns), HOMES[ORDINARY])
    return {c: None if table.columns[c][1] else value for c, value in wanted.items()}


def insert(server: psycopg.Connection, table: Table, given: dict[str, Any]) -> Any:
    row = dict(given)
    for column, (kind, nullable, default) in table.columns.items():
        if column not in row and (column == "area_id" or (not nullable and not default)):
            row[column] = AREA if column == "area_id" else made_up(kind)
    if "id" in table.columns and "id" not in row:
        row["id"] = made_up(table.columns["id"][0])
    columns = ", ".join(f'"{c}"' for c in row)
    marks = ", ".join(["%s"] * len(row))
    server.execute(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", list(row.values()))
    return row.get("id")


def made_up(kind: str) -> Any:
    n = next(number)
    if kind in ("int2", "bool"):
        return n % 30_000 if kind == "int2" else False
    if kind in ("int4", "int8", "numeric"):
        return n
    if kind in ("varchar", "text"):
        return f"{n % 2_000_000:x}"[-4:]
    if kind == "date":
        return date(2000, 1, 1) + timedelta(days=n % 9_000)
    if kind == "timestamptz":
        return AT
    if kind == "jsonb":
        return "{}"
    if kind == "bytea":
        return str(n).encode()
    if kind == "uuid":
        return f"00000000-0000-0000-0000-{n:012d}"
    assert kind.startswith("_"), kind
    return []


def seen_by(
    server: psycopg.Connection, tables: dict[str, Table], *, role: str, clearance: int, area: int = AREA
) -> dict[tuple[str, int], int]:
    """How many of the rows about each person an account with this one grant sees, in every table at once."""
    definition = next(r for r in ROLES if r.code == role)
    account = next(number)
    server.execute(
        "INSERT INTO access_grant (account_id, role, sees_records, sees_audit, area_id, valid_from, reason,"
        " granted_by_id, approved_by_id, apart, clearance) VALUES (%s, %s, %s, %s, %s, %s, '', 1, 2, false, %s)",
        [account, role, definition.sees_records, "audit.view" in definition.capabilities, area, AT.date(), clearance],
    )
    return seen(server, tables, account)


def seen(server: psycopg.Connection, tables: dict[str, Table], account: int) -> dict[tuple[str, int], int]:
    server.execute(
        "SELECT set_config('minsheng.account', %s, true), set_config('minsheng.day', %s, true),"
        " set_config('minsheng.at', %s, true)",
        [str(account), AT.date().isoformat(), AT.isoformat()],
    )
    parts, ids = [], []
    for table in tables.values():
        for person, keys in table.rows.items():
            parts.append(f"SELECT '{table.name}', {person}, count(*) FROM {table.name} WHERE id = ANY(%s)")
            ids.append(keys)
    server.execute(f"SET LOCAL ROLE {APP_ROLE}")
    found = {(name, person): n for name, person, n in server.execute(" UNION ALL ".join(parts), ids)}
    server.execute("RESET ROLE")
    return found


def test_every_table_of_persons_has_its_shield(everybody: tuple[psycopg.Connection, dict[str, Table]]) -> None:
    server, tables = everybody
    assert without_a_shield(server) == set()
    assert len(tables) >= 45, sorted(tables)


def test_control_a_new_table_without_a_shield_is_found(everybody: tuple[psycopg.Connection, dict[str, Table]]) -> None:
    server, _ = everybody
    with server.transaction(force_rollback=True):
        server.execute("CREATE TABLE services_newcomer (id bigint, area_id int, applicant_id bigint)")
        assert "services_newcomer" in without_a_shield(server)
    with server.transaction(force_rollback=True):
        server.execute("DROP POLICY visits_signal_shield ON visits_signal")
        assert "visits_signal" in without_a_shield(server)


ROLES_AND_LEVELS = [
    (role.code, level)
    for role in ROLES
    if role.sees_records
    for level in range(2 if role.whole else 0, role.clearance + 1)
]


@pytest.mark.parametrize(("role", "clearance"), ROLES_AND_LEVELS)
def test_whoever_is_above_the_clearance_is_in_no_table(
    everybody: tuple[psycopg.Connection, dict[str, Table]], role: str, clearance: int
) -> None:
    server, tables = everybody
    with server.transaction(force_rollback=True):
        found = seen_by(server, tables, role=role, clearance=clearance)
    for (table, person), rows in found.items():
        label = (ORDINARY, SENSITIVE, PROTECTED).index(person)
        wanted = len(tables[table].rows[person]) if label <= clearance else 0
        assert rows == wanted, f"{table}: {rows} of {len(tables[table].rows[person])} rows of label {label}"


def test_a_clearance_holds_in_its_own_area_only(everybody: tuple[psycopg.Connection, dict[str, Table]]) -> None:
    server, tables = everybody
    with server.transaction(force_rollback=True):
        found = seen_by(server, tables, role="street_intake", clearance=2, area=ELSEWHERE)
    assert set(found.values()) == {0}


def test_control_without_the_policies_the_rows_show(everybody: tuple[psycopg.Connection, dict[str, Table]]) -> None:
    server, tables = everybody
    with server.transaction(force_rollback=True):
        for table in tables:
            server.execute(f"DROP POLICY {table}_shield ON {table}")
        found = seen_by(server, tables, role="grid_worker", clearance=0)
    assert found == {(t.name, p): len(rows) for t in tables.values() for p, rows in t.rows.items()}
    assert min(found.values()) > 0, "each table has a row about each of the three"
