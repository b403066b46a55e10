"""One household and no other: whatever a page forgets, the database shows a sitting nothing else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import RESIDENT_ROLE
from minsheng.portal import operations, queries
from minsheng.portal.models import Code, Session
from minsheng.portal.scope import UnableToKnowResident
from minsheng.records.registry.models import Membership, Person, Statement
from minsheng.records.registry.operations import record_statement
from minsheng.records.registry.types import SubjectKind
from portal.conftest import Door
from work.casework.conftest import FAMILY, Office

pytestmark = pytest.mark.xdist_group("district")


def rows(sql: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def test_a_sitting_sees_its_household_and_nobody_else(door: Door, token: str, family: list[int]) -> None:
    with door.sitting(token) as resident:
        assert resident.household_id == FAMILY
        assert set(Person.objects.values_list("id", flat=True)) == set(family)
        assert {m.person_id for m in Membership.objects.all()} == set(family)
        assert {row[0] for row in rows("SELECT DISTINCT household_id FROM eligibility_result")} == {FAMILY}
        people = Statement.objects.filter(subject_kind="person").values_list("subject_id", flat=True)
        assert set(people) <= set(family)
    # The control: outside of the sitting the same questions of a member of staff have more answers.
    with acting_as(viewer=door.office("district_business"), at=door.office.at):
        assert Person.objects.count() > 1_000


def test_every_table_with_a_household_shows_a_sitting_its_own_or_nothing(door: Door, token: str) -> None:
    """Each table of the database, without trusting a list: rights are there for few, and those show one household."""
    tables = [row[0] for row in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    columns: dict[str, set[str]] = {str(table): set() for table in tables}
    for table, column in rows("SELECT table_name, column_name FROM information_schema.columns"):
        if table in columns:
            columns[str(table)].add(str(column))
    refused = 0
    with door.sitting(token) as resident:
        for table, held in columns.items():
            key = next((name for name in ("household_id", "person_id") if name in held), None)
            with transaction.atomic():
                try:
                    found = {row[0] for row in rows(f"SELECT {key} FROM {table}")} if key else set()
                    rows(f"SELECT 1 FROM {table} LIMIT 1")
                except DatabaseError:
                    refused += 1
                    transaction.set_rollback(True)
                    continue
            if key == "household_id":
                assert found <= {resident.household_id}, table
            elif key:
                assert found <= set(Person.objects.values_list("id", flat=True)), table
    assert refused > 30, "the resident role has rights on few tables"


@pytest.mark.parametrize(
    "table",
    ["accounts_account", "django_session", "portal_code", "portal_session", "imports_batch", "registry_relation"],
)
def test_tables_of_the_house_are_closed(door: Door, token: str, table: str) -> None:
    with door.sitting(token), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(f"SELECT 1 FROM {table} LIMIT 1")


def test_a_sitting_changes_no_register_and_speaks_only_for_itself(door: Door, token: str, family: list[int]) -> None:
    with door.sitting(token):
        with pytest.raises(DatabaseError), transaction.atomic():
            Person.objects.filter(pk=family[0]).update(source="import")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows("DELETE FROM registry_statement RETURNING id")
        area = Person.objects.get(pk=family[0]).area_id
        for change in ({"source": "police"}, {"subject_id": max(family) + 1}):
            said = {"subject_kind": "person", "subject_id": family[0], "source": "self_report", "confidence": 50}
            said |= {"values": {"wage_income": 0}, "valid_from": "2026-11-01", "recorded_at": door.office.at}
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Statement.objects.create(area_id=area, **(said | change))


def test_an_own_statement_is_recorded_with_its_source(door: Door, token: str, family: list[int]) -> None:
    with door.sitting(token) as resident:
        number = record_statement(
            actor=resident.viewer, at=door.office.at, subject_kind=SubjectKind.PERSON, subject_id=family[0],
            source="self_report", values={"wage_income": 120_000}, valid_from=door.office.at.date(),
        )  # fmt: skip
        assert Statement.objects.get(pk=number).confidence == 50


def test_rights_of_staff_are_put_aside_and_come_back(door: Door, token: str) -> None:
    bureau = door.office("district_business")
    with acting_as(viewer=bureau, at=door.office.at):
        before = Person.objects.count()
        with door.sitting(token):
            assert Person.objects.count() < 20
        assert Person.objects.count() == before
        assert rows("SELECT current_user")[0][0] != RESIDENT_ROLE


def test_what_residents_may_see_does_not_widen_what_staff_see(office: Office) -> None:
    """The app role may become the resident role, but does not inherit its policies."""
    assert rows("SELECT pg_has_role(current_user, %s, 'USAGE')", RESIDENT_ROLE) == [(False,)]
    assert Person.objects.count() == 0


def test_a_sitting_ends_by_time_by_leaving_and_by_taking_the_code_back(door: Door, family: list[int]) -> None:
    code = door.print_code(family[0])
    first, second, third = (door.sign_in(code) for _ in range(3))
    operations.sign_out(token=first, at=door.office.at)
    with pytest.raises(UnableToKnowResident), door.sitting(first):
        pass
    with pytest.raises(UnableToKnowResident), operations_at(door, second, hours=2):
        pass
    operations.revoke_code(actor=door.office("community_worker"), at=door.office.at, code_id=code.code_id)
    with pytest.raises(UnableToKnowResident), door.sitting(third):
        pass
    with pytest.raises(UnableToKnowResident), door.sitting("no such token"):
        pass
    with pytest.raises(operations.UnableToSignIn):
        door.sign_in(code)


def operations_at(door: Door, token: str, *, hours: int):  # type: ignore[no-untyped-def]
    from minsheng.portal.scope import as_resident

    return as_resident(token=token, at=door.office.at + timedelta(hours=hours))


def test_five_wrong_tries_void_a_code_and_it_is_stored_as_a_hash(door: Door, family: list[int]) -> None:
    code = door.print_code(family[0])
    digits = code.code.replace(" ", "")
    wrong = digits[:4] + f"{(int(digits[4:]) + 1) % 10**8:08d}"
    with acting_as(viewer=door.office("community_worker"), at=door.office.at):
        assert digits[4:] not in Code.objects.get(pk=code.code_id).secret_hash
    for _ in range(5):
        with pytest.raises(operations.UnableToSignIn):
            operations.sign_in_by_code(typed=wrong, at=door.office.at)
    with pytest.raises(operations.UnableToSignIn):
        door.sign_in(code)
    with acting_as(viewer=door.office("community_worker"), at=door.office.at):
        assert Session.objects.filter(code_id=code.code_id).count() == 0
        listed = queries.codes_of_person(viewer=door.office("community_worker"), at=door.office.at, person_id=family[0])
    assert listed[0].state == "输错太多，已作废"


def test_a_code_is_given_for_papers_and_a_purpose_and_replaces_the_one_before(door: Door, family: list[int]) -> None:
    with pytest.raises(operations.UnableToIssueCode):
        operations.issue_code(
            actor=door.office("community_worker"), at=door.office.at, person_id=family[0], identity_check=""
        )
    with pytest.raises(PermissionError):
        door.print_code(family[0], by="district_leader")
    first = door.print_code(family[0])
    second = door.print_code(family[0])
    with pytest.raises(operations.UnableToSignIn):
        door.sign_in(first)
    assert door.sign_in(second)
    door.office.days(3)
    with pytest.raises(operations.UnableToSignIn):
        door.sign_in(second)


def test_the_policies_name_every_table_that_they_should(office: Office) -> None:
    """What a room adds later is closed to residents until somebody opens it; what is open has a policy of its own."""
    granting = "SELECT table_name FROM information_schema.role_table_grants"
    granted = {row[0] for row in rows(f"{granting} WHERE grantee = %s AND privilege_type = 'SELECT'", RESIDENT_ROLE)}
    known = {model._meta.db_table for model in apps.get_models()}
    assert granted <= known | {"events_outbox"}
