"""Builders for tests: they call operations, so that no test stands on a state that the product cannot reach."""

from datetime import date, datetime

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.access.types import ProtectionLevel
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.types import HeldGrant, Viewer

DISTRICT, STREET_CAIHE, STREET_QINGBO = 1, 2, 3
COMMUNITY_QINGHE, COMMUNITY_FURONG, COMMUNITY_QINGBOMEN = 4, 5, 6
# area id: (code, name, parent). The real tree comes from `places`; tests of the foundation need only a small one.
SMALL_TREE = {
    DISTRICT: ("330102000000", "上城区", None),
    STREET_CAIHE: ("330102012000", "采荷街道", DISTRICT),
    STREET_QINGBO: ("330102001000", "清波街道", DISTRICT),
    COMMUNITY_QINGHE: ("330102012051", "青荷社区", STREET_CAIHE),
    COMMUNITY_FURONG: ("330102012052", "芙蓉社区", STREET_CAIHE),
    COMMUNITY_QINGBOMEN: ("330102001051", "清波门社区", STREET_QINGBO),
}


def plant_small_tree() -> None:
    """This function will make one district with two streets and three communities."""
    for area_id, (code, name, parent_id) in SMALL_TREE.items():
        access.put_area(area_id=area_id, code=code, name=name, parent_id=parent_id)


def security_officer(*, at: datetime, username: str) -> Viewer:
    """This function will open the account of a security officer, the only grant made outside of the proposal act."""
    account_id = accounts.open_account(username=username, display_name="安全管理员", at=at)
    return Viewer(
        account_id,
        "安全管理员",
        username,
        (HeldGrant("security_officer", "安全管理员", 1, "", ""),),
        frozenset({"access.grant"}),
    )


def staff(
    *,
    at: datetime,
    role: str,
    area_id: int,
    name: str = "周敏",
    valid_from: date | None = None,
    username: str = "",
    holder: str = "",
    clearance: ProtectionLevel = ProtectionLevel.ORDINARY,
) -> Viewer:
    """This function will open an account with one role over one area, proposed and approved by two officers."""
    username = username or f"{role}-{area_id}"
    number = accounts.open_account(username=username, display_name=name, at=at, holder=holder)
    day = valid_from or at.date()
    first = security_officer(at=at, username=f"officer-a-{number}")
    second = security_officer(at=at, username=f"officer-b-{number}")
    grant = access.propose_grant(
        actor=first,
        at=at,
        account_id=number,
        role=role,
        area_id=area_id,
        valid_from=day,
        reason="岗位任命",
        clearance=clearance,
    )
    access.approve_grant(actor=second, at=at, grant_id=grant)
    return get_viewer(account_id=number, name=name, username=username, at=at)
