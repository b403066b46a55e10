"""Experiment E14: as the app role, raw SQL on every table shows nothing without a context and nothing of other areas.

Control: the forbidden way, a session-level setting, must leak into the next request in this same test; otherwise the
test would prove nothing.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, connections, transaction

from builders import COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, STREET_CAIHE, STREET_QINGBO, plant_small_tree, staff
from minsheng.foundation.access.context import acting_as, enter

pytestmark = [pytest.mark.experiment, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

# Tables that hold an area or a person and are open to all staff on purpose, each with the reason.
OPEN_ON_PURPOSE = {
    "access_break_glass": "who looked beyond their area, and why; officers and reviewers read it; holds no resident",
    "access_grant": "the policy's own source; holds no resident",
    "access_purpose": "holds a reason and a number, no fact of a resident",
    "casework_alliance_member": "who may take a referral; organisations with an office telephone; no resident",
    "events_outbox": "ids only; delivered by the system account",
    "jobs_run": "progress of long work; labels hold no resident",
    "places_division": "public divisions",
    "registry_organisation": "organisations are public by law (社会组织登记); no resident",
    "registry_coverage": "which registers are complete; no resident",
    "visits_rhythm": "how often a street visits; no resident",
}


def columns_of_tables() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


def protected_tables() -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class JOIN pg_namespace n"
            " ON n.oid = relnamespace WHERE n.nspname = 'public' AND relkind IN ('r', 'p')"
        )
        return dict(cursor.fetchall())


def holds_persons(columns: set[str]) -> bool:
    return bool(columns & {"area_id", "person_id", "household_id", "subject_id"})


def test_every_table_with_persons_is_protected() -> None:
    protected = protected_tables()
    open_tables = {
        table for table, columns in columns_of_tables().items() if holds_persons(columns) and not protected[table]
    }
    assert open_tables <= set(OPEN_ON_PURPOSE), f"not protected, and no reason given: {open_tables}"


@pytest.fixture
def two_areas(at: datetime) -> Iterator[dict[int, int]]:
    """A finding in each of two streets, written by the owner; returns area -> number of rows."""
    plant_small_tree()
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO eligibility_run (as_of, started_at, law_digest, persons, households, schemes, counts, whole)"
            " VALUES ('2026-11-01', now(), '', 0, 0, '[]', '{}', true) RETURNING id"
        )
        run = cursor.fetchone()[0]
        for area, number in ((COMMUNITY_QINGHE, 3), (COMMUNITY_QINGBOMEN, 5)):
            cursor.execute(
                "INSERT INTO eligibility_finding (kind, scheme, area_id, household_id, person_id, subject_name,"
                " age_band, amount_fen, reason, missing, found_at, as_of, run_id)"
                " SELECT 'entitled_not_receiving', 'old_age_allowance', %s, n + %s, NULL, '试', '80+', 1, '', '[]',"
                " now(), '2026-11-01', %s FROM generate_series(1, %s) n",
                [area, area * 1000, run, number],
            )
    yield {COMMUNITY_QINGHE: 3, COMMUNITY_QINGBOMEN: 5}
    owner.close()


def seen() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT area_id, count(*) FROM eligibility_finding GROUP BY area_id")
        return dict(cursor.fetchall())


def test_no_context_sees_nothing_in_any_protected_table(two_areas: dict[int, int]) -> None:
    with connection.cursor() as cursor:
        for table, is_protected in protected_tables().items():
            if is_protected:
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone()[0] == 0, table


def test_each_street_sees_its_own_and_cannot_write_elsewhere(two_areas: dict[int, int], at: datetime) -> None:
    caihe = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    qingbo = staff(at=at, role="street_intake", area_id=STREET_QINGBO)
    with acting_as(viewer=caihe, at=at):
        assert seen() == {COMMUNITY_QINGHE: 3}
    with acting_as(viewer=qingbo, at=at):
        assert seen() == {COMMUNITY_QINGBOMEN: 5}
        with connection.cursor() as cursor:
            cursor.execute("UPDATE eligibility_finding SET reason = 'x' WHERE area_id = %s", [COMMUNITY_QINGHE])
            assert cursor.rowcount == 0
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE eligibility_finding SET area_id = %s", [COMMUNITY_QINGHE])


def test_context_ends_with_its_transaction_also_after_an_error(two_areas: dict[int, int], at: datetime) -> None:
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), acting_as(viewer=viewer, at=at):
            assert seen()
            raise ZeroDivisionError
        assert seen() == {}


def test_control_a_session_setting_leaks(two_areas: dict[int, int], at: datetime) -> None:
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('minsheng.account', %s, false), set_config('minsheng.day', %s, false)",
            [str(viewer.account_id), at.date().isoformat()],
        )
    assert seen() == {COMMUNITY_QINGHE: 3}, "the control must leak: the next statement on this connection sees rows"
    connection.close()
    assert seen() == {}
    with transaction.atomic():
        enter(account_id=viewer.account_id, at=at)
        assert seen() == {COMMUNITY_QINGHE: 3}
    assert seen() == {}, "the local setting must not leak"


def test_the_app_role_cannot_free_itself() -> None:
    for statement in (
        "ALTER TABLE eligibility_finding DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE minsheng_app BYPASSRLS",
        "SET ROLE minsheng_owner",
        "CREATE TABLE elsewhere (id int)",
    ):
        refused = pytest.raises(DatabaseError, match=r"denied|must be owner|must be superuser|permission")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_the_policy_reads_is_not_writable_around_it() -> None:
    """The control of the control: the tests really connect as the app role, not as the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "minsheng_app"
