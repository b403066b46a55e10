"""Officers' powers are timed and apart; an area opened in an emergency closes by itself and is looked at by another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from builders import COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, DISTRICT, STREET_CAIHE, plant_small_tree, staff
from minsheng.foundation.access import operations as access
from minsheng.foundation.access import queries
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.models import BreakGlass, Grant
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry

pytestmark = pytest.mark.django_db
REASON = "夜里有人来电求助，独居老人没有应门"


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    """This fixture will plant the small tree."""
    plant_small_tree()


def again(viewer: Viewer, at: datetime) -> Viewer:
    return queries.get_viewer(account_id=viewer.account_id, name=viewer.name, username=viewer.username, at=at)


def written(action: str, at: datetime) -> int:
    with acting_as(viewer=staff(at=at, role="auditor", area_id=DISTRICT), at=at):
        return Entry.objects.filter(action__startswith=action).count()


def my_areas(viewer: Viewer, at: datetime) -> set[int]:
    with acting_as(viewer=viewer, at=at), connection.cursor() as cursor:
        cursor.execute("SELECT unnest(access_my_areas())")
        return {row[0] for row in cursor.fetchall()}


def test_an_officer_has_no_standing_powers(at: datetime) -> None:
    officer = staff(at=at, role="security_officer", area_id=DISTRICT)
    assert not officer.can("access.grant")
    assert not officer.can("accounts.secure")
    access.begin_duty(actor=officer, at=at, reason="给新来的周敏授权")
    assert again(officer, at).can("access.grant")
    assert again(officer, at + timedelta(minutes=29)).can("access.grant")
    assert not again(officer, at + timedelta(minutes=30)).can("access.grant"), "it ends by itself"
    access.end_duty(actor=officer, at=at + timedelta(minutes=5))
    assert not again(officer, at + timedelta(minutes=6)).can("access.grant")
    assert written("access.duty", at) == 2


@pytest.mark.parametrize("role", ["audit_officer", "grid_worker", "district_leader"])
def test_who_has_no_powers_of_duty_gets_none(at: datetime, role: str) -> None:
    with pytest.raises(access.UnableToBeOnDuty):
        access.begin_duty(actor=staff(at=at, role=role, area_id=DISTRICT), at=at, reason="想多看一点")


@pytest.mark.parametrize("role", ["system_officer", "security_officer", "audit_officer"])
def test_no_officer_sees_an_area(at: datetime, role: str) -> None:
    officer = staff(at=at, role=role, area_id=DISTRICT)
    if role != "audit_officer":
        access.begin_duty(actor=officer, at=at, reason="日常管理")
    assert my_areas(officer, at) == set()


def propose(at: datetime, account: int, role: str, first: Viewer) -> int:
    return access.propose_grant(
        actor=first, at=at, account_id=account, role=role, area_id=DISTRICT, valid_from=at.date(), reason="任命"
    )


@pytest.fixture
def granting(at: datetime) -> tuple[Viewer, Viewer]:
    """This fixture will be two people who may grant."""
    from builders import security_officer

    return security_officer(at=at, username="first"), security_officer(at=at, username="second")


OFFICES = [
    ("system_officer", "security_officer"),
    ("security_officer", "audit_officer"),
    ("audit_officer", "district_business"),
    ("district_business", "system_officer"),
]


@pytest.mark.parametrize(("held", "wanted"), OFFICES)
@pytest.mark.parametrize("by", ["same account", "second account of the same person"])
def test_three_officers_are_three_people(
    at: datetime, granting: tuple[Viewer, Viewer], held: str, wanted: str, by: str
) -> None:
    first, second = granting
    one = accounts.open_account(username="one", display_name="周敏", at=at, holder="A1")
    other = accounts.open_account(username="other", display_name="周敏", at=at, holder="A1")
    access.approve_grant(actor=second, at=at, grant_id=propose(at, one, held, first))
    clash = propose(at, one if by == "same account" else other, wanted, first)
    with pytest.raises(access.UnableToGrantRole, match="三个人"):
        access.approve_grant(actor=second, at=at, grant_id=clash)
    with pytest.raises(DatabaseError, match="stands alone"), transaction.atomic():
        Grant.objects.filter(id=clash).update(approved_by_id=second.account_id)  # past the operation
    stranger = accounts.open_account(username="stranger", display_name="旁人", at=at, holder="A2")
    access.approve_grant(actor=second, at=at, grant_id=propose(at, stranger, wanted, first))  # the control


def test_an_office_may_follow_another(at: datetime, granting: tuple[Viewer, Viewer]) -> None:
    first, second = granting
    one = accounts.open_account(username="one", display_name="周敏", at=at, holder="A1")
    grant = propose(at, one, "system_officer", first)
    access.approve_grant(actor=second, at=at, grant_id=grant)
    later = at + timedelta(days=30)
    access.end_grant(actor=first, at=at, grant_id=grant, valid_to=later.date())
    access.approve_grant(actor=second, at=at, grant_id=propose(later, one, "audit_officer", first))


def test_proposer_approver_and_holder_are_compared_as_people(at: datetime, granting: tuple[Viewer, Viewer]) -> None:
    first, second = granting
    for name, holder in (("holder", "A1"), ("first-again", "A2")):
        accounts.open_account(username=name, display_name=name, at=at, holder=holder)
    from minsheng.foundation.accounts.models import Account

    Account.objects.filter(id=first.account_id).update(holder="A2")
    held = Account.objects.get(username="holder").pk
    again_first = Viewer(Account.objects.get(username="first-again").pk, "", "", first.grants, first.capabilities)
    grant = propose(at, held, "grid_worker", first)
    with pytest.raises(access.UnableToGrantRole, match="提出人和本人"):
        access.approve_grant(actor=again_first, at=at, grant_id=grant)
    with pytest.raises(DatabaseError, match="different people"), transaction.atomic():
        Grant.objects.filter(id=grant).update(approved_by_id=again_first.account_id)
    with pytest.raises(access.UnableToGrantRole, match="不能给自己"):
        propose(at, again_first.account_id, "grid_worker", first)
    access.approve_grant(actor=second, at=at, grant_id=grant)


def test_a_refused_proposal_is_never_approved(at: datetime, granting: tuple[Viewer, Viewer]) -> None:
    first, second = granting
    grant = propose(at, accounts.open_account(username="one", display_name="一", at=at), "grid_worker", first)
    access.refuse_grant(actor=second, at=at, grant_id=grant)
    with pytest.raises(access.UnableToGrantRole, match="退回"):
        access.approve_grant(actor=second, at=at, grant_id=grant)
    assert queries.grants_to_approve(viewer=_reader(first)) == []


def test_a_grant_is_looked_at_once_a_year(at: datetime, granting: tuple[Viewer, Viewer]) -> None:
    first, _ = granting
    worker = staff(at=at, role="grid_worker", area_id=COMMUNITY_QINGHE)
    grant, reader = Grant.objects.get(account_id=worker.account_id).id, _reader(first)
    due: Callable[[int], list[int]] = lambda days: [  # noqa: E731
        one.id for one in queries.grants_due(viewer=reader, at=at + timedelta(days=days))
    ]
    assert (due(365), due(366)) == ([], [grant])
    access.confirm_grant(actor=first, at=at + timedelta(days=366), grant_id=grant)
    assert (due(366), due(366 + 365), due(366 + 366)) == ([], [], [grant])
    own = Viewer(worker.account_id, "", "", worker.grants, frozenset({"access.grant"}))
    with pytest.raises(access.UnableToGrantRole, match="别人复核"):
        access.confirm_grant(actor=own, at=at, grant_id=grant)


def _reader(viewer: Viewer) -> Viewer:
    return Viewer(viewer.account_id, "", "", viewer.grants, frozenset({"accounts.view"}))


def test_the_glass_opens_one_area_for_two_hours(at: datetime) -> None:
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    assert my_areas(worker, at) == {COMMUNITY_QINGHE}
    access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    assert my_areas(worker, at) == {COMMUNITY_QINGHE, COMMUNITY_QINGBOMEN}
    assert [grant.area_id for grant in again(worker, at).grants] == [COMMUNITY_QINGHE, COMMUNITY_QINGBOMEN]
    assert again(worker, at).capabilities == worker.capabilities, "it brings an area, no power"
    for late in (timedelta(hours=2), timedelta(days=1)):
        assert my_areas(worker, at + late) == {COMMUNITY_QINGHE}
        assert len(again(worker, at + late).grants) == 1
    assert my_areas(worker, at - timedelta(minutes=1)) == {COMMUNITY_QINGHE}


def test_the_glass_is_closed_by_hand_and_by_a_verdict(at: datetime) -> None:
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    leader = staff(at=at, role="district_leader", area_id=DISTRICT)
    first = access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    access.close_glass(actor=worker, at=at + timedelta(minutes=3), glass_id=first)
    assert my_areas(worker, at + timedelta(minutes=4)) == {COMMUNITY_QINGHE}
    second = access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    access.review_glass(actor=leader, at=at + timedelta(minutes=5), glass_id=second, justified=False, note="不是急事")
    assert my_areas(worker, at + timedelta(minutes=6)) == {COMMUNITY_QINGHE}


@pytest.mark.parametrize("area", [COMMUNITY_QINGHE, 999])
def test_the_glass_is_not_broken_for_nothing(at: datetime, area: int) -> None:
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(access.UnableToBreakGlass):
        access.break_glass(actor=worker, at=at, area_id=area, reason=REASON)
    with pytest.raises(access.UnableToBreakGlass, match="至少 10 个字"):
        access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason="看看")
    access.put_area(area_id=77, code="330105000000", name="邻区", parent_id=None)
    with pytest.raises(access.UnableToBreakGlass, match="不在本区"):
        access.break_glass(actor=worker, at=at, area_id=77, reason=REASON)
    with pytest.raises(PermissionError):
        leader = staff(at=at, role="district_leader", area_id=DISTRICT)
        access.break_glass(actor=leader, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)


def test_a_second_person_looks_within_a_day_or_an_alarm_is_raised(at: datetime) -> None:
    worker = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    leader = staff(at=at, role="district_leader", area_id=DISTRICT)
    glass = access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    asking: Callable[[Any], list[int]] = lambda late: access.alarm_unreviewed(actor=leader, at=at + late)  # noqa: E731
    assert asking(timedelta(hours=23, minutes=59)) == []
    assert asking(timedelta(hours=24)) == [glass]
    assert asking(timedelta(hours=25)) == [], "once"
    assert written("access.glass_unreviewed", at) == 1
    myself = Viewer(worker.account_id, "", "", worker.grants, frozenset({"access.review_break_glass"}))
    with pytest.raises(access.UnableToBreakGlass, match="别人复核"):
        access.review_glass(actor=myself, at=at, glass_id=glass, justified=True, note="我自己看过")
    with pytest.raises(DatabaseError, match="second_person"), transaction.atomic():
        BreakGlass.objects.filter(id=glass).update(reviewed_by_id=worker.account_id, justified=True)
    access.review_glass(actor=leader, at=at, glass_id=glass, justified=True, note="核实过，老人已送医")
    with pytest.raises(access.UnableToBreakGlass, match="复核过了"):
        access.review_glass(actor=leader, at=at, glass_id=glass, justified=True, note="再看一次")
    other = access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    access.review_glass(actor=leader, at=at, glass_id=other, justified=True, note="核实过，有必要")
    assert asking(timedelta(days=2)) == []


def test_bounds_hold_in_the_database_too(at: datetime) -> None:
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    glass = access.break_glass(actor=worker, at=at, area_id=COMMUNITY_QINGBOMEN, reason=REASON)
    with pytest.raises(DatabaseError, match="bounded"), transaction.atomic():
        BreakGlass.objects.filter(id=glass).update(until=at + timedelta(days=30))
