"""How far a grant reaches: no further than its role carries, vouched for by its MAC, and the old MACs still hold."""

from datetime import datetime

import pytest
from django.db import connection

from builders import DISTRICT, STREET_CAIHE, plant_small_tree, security_officer, staff
from minsheng.config.roles import ROLES
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.models import Grant
from minsheng.foundation.access.queries import get_viewer, grants_of
from minsheng.foundation.access.sealed_columns import GRANT_ROW
from minsheng.foundation.access.types import ProtectionLevel
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.macs import RowMac

pytestmark = pytest.mark.django_db


def again(viewer: Viewer, at: datetime) -> Viewer:
    return get_viewer(account_id=viewer.account_id, name="x", username="x", at=at)


def test_a_grant_reaches_what_was_chosen_and_never_beyond_its_role(at: datetime) -> None:
    plant_small_tree()
    with pytest.raises(access.UnableToGrantRole, match="最多"):
        staff(at=at, role="community_worker", area_id=STREET_CAIHE, clearance=ProtectionLevel.PROTECTED)
    chosen = staff(at=at, role="street_review", area_id=STREET_CAIHE, clearance=ProtectionLevel.SENSITIVE)
    assert Grant.objects.get(account_id=chosen.account_id).clearance == ProtectionLevel.SENSITIVE
    whole = staff(at=at, role="district_review", area_id=DISTRICT)
    assert Grant.objects.get(account_id=whole.account_id).clearance == ProtectionLevel.PROTECTED, (
        "sums leave nobody out"
    )
    officer = staff(at=at, role="audit_officer", area_id=DISTRICT)
    shown = grants_of(viewer=officer, account_id=chosen.account_id)
    assert [line.clearance for line in shown] == [ProtectionLevel.SENSITIVE]


def test_the_mac_covers_the_clearance_and_old_ones_hold(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    grant = Grant.objects.get(account_id=viewer.account_id)
    # As written before there was a clearance: the same columns without it.
    before = RowMac("access_grant", GRANT_ROW.columns, "岗位授权")
    assert bytes(grant.mac or b"") == before.of(grant)
    assert again(viewer, at).capabilities
    for reach in (1, 2):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE access_grant SET clearance = %s WHERE id = %s", [reach, grant.pk])
        assert not again(viewer, at).capabilities, "raised past the program, the account may do nothing"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_grant SET clearance = 0 WHERE id = %s", [grant.pk])
    assert again(viewer, at).capabilities, "control: as it was, it holds"


def test_lowering_a_clearance_past_the_program_is_seen_too(at: datetime) -> None:
    plant_small_tree()
    viewer = staff(at=at, role="street_intake", area_id=STREET_CAIHE, clearance=ProtectionLevel.PROTECTED)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_grant SET clearance = 0 WHERE account_id = %s", [viewer.account_id])
    assert not again(viewer, at).capabilities


def test_officers_see_nobody_and_the_system_leaves_nobody_out(at: datetime) -> None:
    roles = {role.code: role for role in ROLES}
    assert {r.code for r in ROLES if r.clearance and not r.sees_records} == set()
    assert roles["exchange_partner"].clearance is ProtectionLevel.ORDINARY
    assert roles["system"].whole
    compile_or_sign = {"payments.compile", "payments.sign", "payments.release", "payments.settle", "payments.grant"}
    for role in ROLES:
        if role.capabilities & (compile_or_sign - {"payments.grant"}):
            assert role.whole, role.code
    security = security_officer(at=at, username="one")
    assert security.grants[0].role == "security_officer"
