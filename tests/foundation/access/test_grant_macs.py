"""E12, the part of rights: a role that was written into the database gives nothing, and takes away what was there."""

from datetime import datetime

import pytest

from builders import DISTRICT, STREET_CAIHE, plant_small_tree, security_officer, staff
from connecting import connected_as
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.evidence.rows import check_rows
from minsheng.foundation.sealing.macs import RowMac

pytestmark = pytest.mark.django_db(transaction=True)
WIDER = f"UPDATE access_grant SET area_id = {DISTRICT} WHERE id = %(id)s"
FOUND = {
    "a wider area": WIDER,
    "another role": "UPDATE access_grant SET role = 'auditor', sees_audit = true WHERE id = %(id)s",
    "an end that is gone": "UPDATE access_grant SET valid_to = NULL, valid_from = '2020-01-01' WHERE id = %(id)s",
    "no MAC": "UPDATE access_grant SET mac = NULL WHERE id = %(id)s",
    "a row of one's own, with the MAC of another": (
        "INSERT INTO access_grant (account_id, role, sees_records, sees_audit, area_id, valid_from, reason,"
        " granted_by_id, approved_by_id, apart, mac)"
        f" SELECT account_id, 'auditor', true, true, {DISTRICT}, valid_from, reason, granted_by_id, approved_by_id,"
        " apart, mac FROM access_grant WHERE id = %(id)s"
    ),
}


def test_a_right_written_into_the_database_is_none(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_small_tree()
    clerk = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    system = staff(at=at, role="system", area_id=DISTRICT)

    def rights() -> frozenset[str]:
        viewer = get_viewer(account_id=clerk.account_id, name=clerk.name, username=clerk.username, at=at)
        return viewer.capabilities

    whole = rights()
    assert "payments.edit_account" in whole
    with connected_as("owner") as owner:
        (number,) = owner.execute("SELECT id FROM access_grant WHERE account_id = %s", [clerk.account_id]).fetchone()  # type: ignore[misc]
        owner.execute("CREATE TEMP TABLE kept AS TABLE access_grant")
        for what, statement in FOUND.items():
            assert owner.execute(statement, {"id": number}).rowcount == 1, what  # type: ignore[call-overload]
            assert rights() == frozenset(), what
            report = check_rows(viewer=system, at=at)
            assert [one.table for one in report.broken] == ["access_grant"], what
            owner.execute("DELETE FROM access_grant WHERE account_id = %s", [clerk.account_id])
            owner.execute("INSERT INTO access_grant SELECT * FROM kept WHERE id = %s", [number])
            assert rights() == whole, "the control: repaired, the rights are back"
        owner.execute(WIDER, {"id": number})
    officer = security_officer(at=at, username="third")
    with pytest.raises(access.UnableToGrantRole, match="校验码"):
        access.end_grant(actor=officer, at=at, grant_id=number, valid_to=at.date().replace(day=28))
    # The control: without the MAC the wider area would hold.
    monkeypatch.setattr(RowMac, "holds", lambda *_, **__: True)
    wide = get_viewer(account_id=clerk.account_id, name=clerk.name, username=clerk.username, at=at)
    assert [g.area_id for g in wide.grants] == [DISTRICT]
