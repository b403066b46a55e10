"""Row-level security as the app role: nothing without a context, one's own areas with it (experiment E14, in part)."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from builders import (
    COMMUNITY_FURONG,
    COMMUNITY_QINGHE,
    DISTRICT,
    STREET_CAIHE,
    plant_small_tree,
    security_officer,
    staff,
)
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import UnableToScope, acting_as, enter
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.audit import operations as audit


def my_areas() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_my_areas()")
        return sorted(cursor.fetchone()[0])


@pytest.mark.django_db
def test_tests_speak_as_the_app_role() -> None:
    assert access.database_role() == ("minsheng_app", False)


@pytest.mark.django_db
def test_no_context_means_no_area(at: datetime) -> None:
    plant_small_tree()
    staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    assert my_areas() == []


@pytest.mark.django_db
def test_a_street_reaches_its_communities_and_no_other(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    with acting_as(viewer=viewer, at=at):
        assert my_areas() == [STREET_CAIHE, COMMUNITY_QINGHE, COMMUNITY_FURONG]
    assert my_areas() == []
    assert [a.id for a in areas_inside(viewer=viewer)] == [STREET_CAIHE, COMMUNITY_QINGHE, COMMUNITY_FURONG]


@pytest.mark.django_db
def test_officers_of_the_system_see_no_area(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="system_officer", area_id=DISTRICT)
    with acting_as(viewer=viewer, at=at):
        assert my_areas() == []


@pytest.mark.django_db
def test_a_grant_ends_on_its_day(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE, valid_from=(at - timedelta(days=30)).date())
    officer = security_officer(at=at, username="third")
    from minsheng.foundation.access.models import Grant

    access.end_grant(
        actor=officer, at=at, grant_id=Grant.objects.get(account_id=viewer.account_id).id, valid_to=at.date()
    )
    with acting_as(viewer=viewer, at=at - timedelta(days=1)):
        assert STREET_CAIHE in my_areas()
    with acting_as(viewer=viewer, at=at):
        assert my_areas() == []


@pytest.mark.django_db
def test_nobody_approves_what_they_proposed(at: datetime) -> None:
    plant_small_tree()
    officer = security_officer(at=at, username="one")
    other = security_officer(at=at, username="two")
    grant = access.propose_grant(
        actor=officer,
        at=at,
        account_id=other.account_id,
        role="auditor",
        area_id=DISTRICT,
        valid_from=at.date(),
        reason="年度审计",
    )
    with pytest.raises(access.UnableToGrantRole):
        access.approve_grant(actor=officer, at=at, grant_id=grant)
    with pytest.raises(access.UnableToGrantRole):
        access.approve_grant(actor=other, at=at, grant_id=grant)


@pytest.mark.django_db(transaction=True)
def test_context_needs_a_transaction(at: datetime) -> None:
    with pytest.raises(UnableToScope):
        enter(account_id=1, at=at)


@pytest.mark.django_db
def test_audit_can_be_neither_changed_nor_deleted(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    audit.record(actor=viewer, at=at, action="test.act", object_type="test", object_id="1")
    for statement in ("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
