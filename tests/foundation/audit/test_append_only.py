"""Nobody changes, deletes or cuts the trail: not the app, by missing rights; not the owner, by a trigger."""

from datetime import datetime

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from builders import plant_small_tree, staff
from connecting import connected_as
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit

TABLES = ("audit_entry", "evidence_leaf", "evidence_root", "evidence_check")
COLUMN = {"audit_entry": "id", "evidence_leaf": "position", "evidence_root": "number", "evidence_check": "id"}


def statements(table: str) -> list[str]:
    column = COLUMN[table]
    return [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_app_has_no_right_to_change_it(table: str) -> None:
    for statement in statements(table):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_refused_too(at: datetime) -> None:
    plant_small_tree()
    clerk = staff(at=at, role="street_intake", area_id=2)
    with acting_as(viewer=clerk, at=at):
        audit.record(actor=clerk, at=at, action="test.act", object_type="test", object_id="1")
    with connected_as("owner") as owner, owner.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_leaf VALUES (0, gen_random_uuid(), '\\x00')")
        cursor.execute("INSERT INTO evidence_root VALUES (1, now(), 0, 0, '\\x00', '', 0)")
        cursor.execute(
            "INSERT INTO evidence_check (kind, at, account_name, holds, summary, detail)"
            " VALUES ('trail', now(), '', true, '', '{}')"
        )
        for table in TABLES:
            for statement in statements(table):
                with (
                    pytest.raises(psycopg.errors.RaiseException, match="is append-only"),
                    cursor.connection.transaction(),
                ):
                    cursor.execute(statement)
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] >= 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_trigger_the_owner_could(at: datetime) -> None:
    with connected_as("owner") as owner, owner.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_leaf VALUES (0, gen_random_uuid(), '\\x00')")
        cursor.execute("ALTER TABLE evidence_leaf DISABLE TRIGGER USER")
        try:
            cursor.execute("DELETE FROM evidence_leaf")
            assert cursor.rowcount == 1
        finally:
            cursor.execute("ALTER TABLE evidence_leaf ENABLE TRIGGER USER")


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_of_a_transaction_cannot_be_recorded(at: datetime) -> None:
    with pytest.raises(audit.UnableToRecord):
        audit.record(actor=Viewer(1, "周敏", "zhoumin"), at=at, action="test.act", object_type="test", object_id="1")


@pytest.mark.django_db
def test_an_act_whose_record_fails_has_not_happened(at: datetime) -> None:
    plant_small_tree()
    clerk = staff(at=at, role="street_intake", area_id=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        audit.record(actor=clerk, at=at, action="x" * 61, object_type="test", object_id="1")
