"""The accounts of the demo: one for each role, with passwords made anew at each start. None exist outside of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from minsheng.foundation.access import operations as access
from minsheng.foundation.access import queries as access_queries
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts import queries as account_queries
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import HeldGrant, Viewer

DISTRICT = "330102000000"
STREET = "330102012000"  # 采荷街道
OFFICERS = ("demo-officer-1", "demo-officer-2")
SYSTEM = "system"
SEALER = "sealer"
REFERENCE = "reference"

# role -> (sign-in name, invented name, area code or the first community of the street)
STAFF: dict[str, tuple[str, str, str]] = {
    "grid_worker": ("wangge", "童小满（演示）", "first community"),
    "community_worker": ("shequ", "何敏（演示）", "first community"),
    "child_director": ("ertong", "梅雨（演示）", "first community"),
    "street_intake": ("jingban", "沈佳（演示）", STREET),
    "street_review": ("shenhe", "俞立（演示）", STREET),
    "street_confirm": ("queren", "方远（演示）", STREET),
    "district_business": ("yewu", "罗宁（演示）", DISTRICT),
    "district_review": ("fuhe", "龚平（演示）", DISTRICT),
    "district_accountant": ("kuaiji", "钱清（演示）", DISTRICT),
    "district_cashier": ("chuna", "季稳（演示）", DISTRICT),
    "district_leader": ("lingdao", "秦川（演示）", DISTRICT),
    "auditor": ("shenji", "邵明（演示）", DISTRICT),
    "system_officer": ("xitong", "施工（演示）", DISTRICT),
    "security_officer": ("anquan", "安宁（演示）", DISTRICT),
    "audit_officer": ("rizhi", "严谨（演示）", DISTRICT),
}


@dataclass(frozen=True)
class DemoAccount:
    """One line of the table that the demo prints."""

    username: str
    password: str
    role: str
    area: str


class UnableToMakeDemoAccounts(RuntimeError):
    """Demo accounts are refused outside of demo mode."""


def system_viewer(*, at: datetime) -> Viewer:
    """This function will return the system account that builds and evaluates, over the whole district."""
    number = account_queries.account_id(username=SYSTEM)
    assert number is not None, "the system account is made by `ensure_staff`"
    return access_queries.get_viewer(account_id=number, name="系统", username=SYSTEM, at=at)


def sealer_viewer(*, at: datetime) -> Viewer:
    """This function will return the account that seals the audit trail, opening it in a demo of an older version."""
    employ(SEALER, "系统（审计封存）", "audit_officer", DISTRICT, at, [officer(name, at) for name in OFFICERS],
           kind=AccountKind.SYSTEM)  # fmt: skip
    number = account_queries.account_id(username=SEALER)
    assert number is not None, "it was just opened"
    return access_queries.get_viewer(account_id=number, name="系统（审计封存）", username=SEALER, at=at)


def reference_viewer(*, at: datetime) -> Viewer:
    """This function will return the actor that loads reference data, before there is an area to hold a role over."""
    number = account_queries.account_id(username=REFERENCE)
    if number is None:
        number = accounts.open_account(
            username=REFERENCE, display_name="系统（装入基础数据）", at=at, kind=AccountKind.SYSTEM
        )
    held = (HeldGrant("system", "系统账号", 0, DISTRICT, ""),)
    return Viewer(number, "系统（装入基础数据）", REFERENCE, held, frozenset({"places.edit", "calendars.edit"}))


@transaction.atomic
def ensure_staff(*, at: datetime, first_community: str) -> None:
    """This function will open the system account and one account for each role, if they are missing."""
    if not settings.DEMO:
        raise UnableToMakeDemoAccounts("演示账号只能在演示模式下建立（MINSHENG_DEMO=1）。")
    officers = [officer(name, at) for name in OFFICERS]
    employ(SYSTEM, "系统", "system", DISTRICT, at, officers, kind=AccountKind.SYSTEM)
    employ(SEALER, "系统（审计封存）", "audit_officer", DISTRICT, at, officers, kind=AccountKind.SYSTEM)
    for role, (username, name, area) in STAFF.items():
        employ(username, name, role, first_community if area == "first community" else area, at, officers)


def issue_passwords(*, first_community: str) -> list[DemoAccount]:
    """This function will give each demo account a new password and return the table to print."""
    if not settings.DEMO:
        raise UnableToMakeDemoAccounts("演示账号只能在演示模式下使用（MINSHENG_DEMO=1）。")
    roles = access_queries.role_definitions()
    shown = []
    for role, (username, _, area) in STAFF.items():
        held = access_queries.area_by_code(code=first_community if area == "first community" else area)
        assert held is not None, "the areas are planted before accounts are made"
        shown.append(DemoAccount(username, accounts.issue_password(username=username), roles[role].label, held.name))
    return shown


def officer(username: str, at: datetime) -> Viewer:
    """This function will return one of the two who grant roles in the demo."""
    # The two who grant the first roles hold no role themselves; they cannot sign in.
    number = account_queries.account_id(username=username)
    if number is None:
        number = accounts.open_account(
            username=username, display_name="演示授权", at=at, kind=AccountKind.SYSTEM, demo=True
        )
    held = (HeldGrant("security_officer", "安全管理员", 0, DISTRICT, ""),)
    return Viewer(number, "演示授权", username, held, frozenset({"access.grant"}))


def employ(
    username: str,
    name: str,
    role: str,
    area_code: str,
    at: datetime,
    officers: list[Viewer],
    kind: AccountKind = AccountKind.PERSON,
) -> None:
    """This function will open an account with one role over one area, unless it is there."""
    if account_queries.account_id(username=username) is not None:
        return
    number = accounts.open_account(username=username, display_name=name, at=at, kind=kind, demo=True)
    area = access_queries.area_by_code(code=area_code)
    assert area is not None, f"{area_code} is missing: reference data are loaded before accounts"
    grant = access.propose_grant(
        actor=officers[0],
        at=at,
        account_id=number,
        role=role,
        area_id=area.id,
        # In office since last month began, so that the demo has a month of work behind it.
        valid_from=(at.date().replace(day=1) - timedelta(days=1)).replace(day=1),
        reason="演示岗位",
        clearance=access_queries.role_definitions()[role].clearance,
    )
    access.approve_grant(actor=officers[1], at=at, grant_id=grant)
