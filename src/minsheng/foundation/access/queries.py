import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.models import Area, BreakGlass, Duty, Grant, Purpose
from minsheng.foundation.access.rules import GRANT_REVIEW_DAYS, REVIEW_HOURS
from minsheng.foundation.access.sealed_columns import GRANT_ROW
from minsheng.foundation.access.types import (
    AreaRef,
    DutyLine,
    GlassLine,
    GrantLine,
    ProtectionLevel,
    RoleDefinition,
    UnableToAct,
    require,
)
from minsheng.foundation.accounts.types import HeldGrant, Viewer

logger = logging.getLogger(__name__)


def role_definitions() -> dict[str, RoleDefinition]:
    """This function will return the roles that this installation declares, by code."""
    return {role.code: role for role in settings.ROLE_CATALOGUE}


# Asked by every request, so as text: a queryset would be built and compiled anew each time, which took longer than the
# answer. Duty and glass are in the same statement, because nearly nobody is on duty or has broken one.
_HELD = """
SELECT g.*, a.code AS area_code, a.name AS area_name,
       EXISTS (SELECT FROM access_duty d WHERE d.account_id = g.account_id
               AND d.began_at <= %(at)s AND d.until > %(at)s AND d.ended_at IS NULL) AS on_duty,
       EXISTS (SELECT FROM access_break_glass b WHERE b.account_id = g.account_id
               AND b.opened_at <= %(at)s AND b.until > %(at)s AND b.ended_at IS NULL) AS glass
FROM access_grant g JOIN access_area a ON a.id = g.area_id
WHERE g.account_id = %(account)s AND g.approved_by_id IS NOT NULL
  AND g.valid_from <= %(day)s AND (g.valid_to IS NULL OR g.valid_to > %(day)s)
ORDER BY g.id
"""


def get_viewer(*, account_id: int, name: str, username: str, at: datetime, request_id: str = "") -> Viewer:
    """This function will build the viewer from the approved grants in force on the business day of `at`.

    A grant that was written into the database past the program leaves the account without any right.
    """
    roles = role_definitions()
    day = at.astimezone(BUSINESS_ZONE).date()
    held: list[Any] = list(Grant.objects.raw(_HELD, {"account": account_id, "day": day, "at": at}))
    if broken := [g.pk for g in held if not GRANT_ROW.holds(g)]:
        # Row-level security reads the same table in the database, so one false row takes all rights away here.
        logger.error("grants %s of account %s do not bear their MAC; the account may do nothing", broken, account_id)
        return Viewer(account_id, name, username, (), frozenset(), request_id)
    mine = [g for g in held if g.role in roles]
    grants = tuple(HeldGrant(g.role, roles[g.role].label, g.area_id, g.area_code, g.area_name) for g in mine)
    capabilities = frozenset[str]().union(*(roles[g.role].capabilities for g in grants))
    if any(g.on_duty for g in mine):
        capabilities = capabilities.union(*(roles[g.role].on_duty for g in grants))
    if any(g.glass for g in mine):
        grants += _through_glass(grants, account_id=account_id, at=at)
    return Viewer(account_id, name, username, grants, capabilities, request_id)


def _glasses(*, account_id: int, at: datetime) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(account_id=account_id, opened_at__lte=at, until__gt=at, ended_at__isnull=True)


def _through_glass(grants: tuple[HeldGrant, ...], *, account_id: int, at: datetime) -> tuple[HeldGrant, ...]:
    """The areas opened in an emergency, seen with the first role that sees records; it brings no new capability."""
    roles = role_definitions()
    own = next((g for g in grants if roles[g.role].sees_records), None)
    if own is None:
        return ()
    rows = _glasses(account_id=account_id, at=at).select_related("area").order_by("id")
    return tuple(HeldGrant(own.role, own.role_label, g.area_id, g.area.code, g.area.name) for g in rows)


def areas_inside(*, viewer: Viewer) -> list[AreaRef]:
    """This function will return every area the viewer's grants reach, in tree order; empty without such grants."""
    roles = role_definitions()
    roots = [g.area_id for g in viewer.grants if roles[g.role].sees_records]
    if not roots:
        return []
    inside = Q()
    for path in Area.objects.filter(id__in=roots).values_list("path", flat=True):
        inside |= Q(path__startswith=path)
    return [AreaRef(a.id, a.code, a.name, a.parent_id, a.depth) for a in Area.objects.filter(inside).order_by("code")]


def area_by_code(*, code: str) -> AreaRef | None:
    """This function will return the area with this code, or None."""
    area = Area.objects.filter(code=code).first()
    return AreaRef(area.id, area.code, area.name, area.parent_id, area.depth) if area else None


def clearance_in(*, area_id: int) -> ProtectionLevel:
    """This function will return up to which label the account that the transaction names may see persons of an area."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(held.clearance), 0) FROM access_my_clearances() held JOIN access_area here"
            " ON here.path LIKE held.path || '%%' WHERE here.id = %s",
            [area_id],
        )
        return ProtectionLevel(cursor.fetchone()[0])


def purpose_today(*, viewer: Viewer, subject: str, at: datetime) -> str | None:
    """This function will return the purpose code the viewer stated for the subject on this day, or None."""
    return (
        Purpose.objects.filter(
            account_id=viewer.account_id, subject=subject, day_date=at.astimezone(BUSINESS_ZONE).date()
        )
        .values_list("code", flat=True)
        .first()
    )


def areas_above(*, area_ids: Iterable[int]) -> dict[int, tuple[AreaRef, ...]]:
    """This function will return the way from the root down to each of these areas, itself last."""
    paths = {
        number: tuple(int(part) for part in path.split("/") if part)
        for number, path in Area.objects.filter(id__in=set(area_ids)).values_list("id", "path")
    }
    known = {
        a.id: AreaRef(a.id, a.code, a.name, a.parent_id, a.depth)
        for a in Area.objects.filter(id__in={part for path in paths.values() for part in path})
    }
    return {number: tuple(known[part] for part in path) for number, path in paths.items()}


def area_ids_above(*, area_id: int) -> tuple[int, ...]:
    """This function will return the ids from the root down to an area, itself last, by one statement."""
    path = Area.objects.filter(id=area_id).values_list("path", flat=True).first() or ""
    return tuple(int(part) for part in path.split("/") if part)


def areas_of_grants(*, grant_ids: Iterable[int]) -> dict[int, str]:
    """This function will return the name of the area of each of these grants."""
    return dict(Grant.objects.filter(id__in=set(grant_ids)).values_list("id", "area__name"))


def areas_down_to(*, depth: int) -> list[AreaRef]:
    """This function will return the areas of the upper levels of the tree, in order of their codes."""
    rows = Area.objects.filter(depth__lte=depth).order_by("code")
    return [AreaRef(a.id, a.code, a.name, a.parent_id, a.depth) for a in rows]


def duty_now(*, viewer: Viewer, at: datetime) -> DutyLine | None:
    """This function will return the viewer's duty that runs now, or None."""
    now = Duty.objects.filter(account_id=viewer.account_id, began_at__lte=at, until__gt=at, ended_at__isnull=True)
    row = now.order_by("-began_at").first()
    return DutyLine(row.pk, row.reason, row.began_at, row.until) if row else None


def has_duty_powers(*, viewer: Viewer) -> bool:
    """This function will say whether the viewer's role has powers that need duty."""
    roles = role_definitions()
    return any(grant.role in roles and roles[grant.role].on_duty for grant in viewer.grants)


def grants_to_approve(*, viewer: Viewer) -> list[GrantLine]:
    """This function will list what is proposed and neither approved nor refused, the oldest first."""
    require(viewer=viewer, capability="accounts.view")
    return _lines(Grant.objects.filter(approved_by__isnull=True, refused_at__isnull=True), viewer=viewer)


def grants_due(*, viewer: Viewer, at: datetime) -> list[GrantLine]:
    """This function will list grants in force at which nobody has looked for a year."""
    require(viewer=viewer, capability="accounts.view")
    day = at.astimezone(BUSINESS_ZONE).date()
    before = at - timedelta(days=GRANT_REVIEW_DAYS)
    late = Q(reviewed_at__lt=before) | Q(
        reviewed_at__isnull=True, valid_from__lt=before.astimezone(BUSINESS_ZONE).date()
    )
    return _lines(_in_force(day).filter(late), viewer=viewer)


def grants_of(*, viewer: Viewer, account_id: int) -> list[GrantLine]:
    """This function will list every grant of an account, ended ones too."""
    require(viewer=viewer, capability="accounts.view")
    return _lines(Grant.objects.filter(account_id=account_id), viewer=viewer)


def roles_in_force(*, account_ids: Iterable[int], at: datetime) -> dict[int, tuple[str, ...]]:
    """This function will name the roles that accounts hold on the business day of `at`, with their areas."""
    roles, found = role_definitions(), dict[int, tuple[str, ...]]()
    day = at.astimezone(BUSINESS_ZONE).date()
    for grant in _in_force(day).filter(account_id__in=set(account_ids)).select_related("area").order_by("id"):
        label = roles[grant.role].label if grant.role in roles else grant.role
        found[grant.account_id] = (*found.get(grant.account_id, ()), f"{grant.area.name}{label}")
    return found


def areas_to_choose() -> list[AreaRef]:
    """This function will list all areas down to the communities, in tree order, for forms of officers."""
    return [AreaRef(a.id, a.code, a.name, a.parent_id, a.depth) for a in Area.objects.order_by("code")]


def glasses(*, viewer: Viewer, at: datetime, only_mine: bool) -> list[GlassLine]:
    """This function will list openings beyond one's area, the newest first: one's own, or all for a reviewer."""
    rows = BreakGlass.objects.select_related("area", "account", "reviewed_by").order_by("-opened_at")
    if only_mine:
        rows = rows.filter(account_id=viewer.account_id)
    elif not (viewer.can("access.review_break_glass") or viewer.can("accounts.view")):
        raise UnableToAct(viewer=viewer, capability="access.review_break_glass")
    return [_glass(row) for row in rows[:200]]


def glass(*, viewer: Viewer, glass_id: int) -> GlassLine | None:
    """This function will return one opening for a reviewer, an officer, or the person who opened it."""
    row = BreakGlass.objects.select_related("area", "account", "reviewed_by").filter(id=glass_id).first()
    may = viewer.can("access.review_break_glass") or viewer.can("accounts.view")
    if row is None or not (may or row.account_id == viewer.account_id):
        return None
    return _glass(row)


def _in_force(day: date) -> QuerySet[Grant]:
    return Grant.objects.filter(approved_by__isnull=False, valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )


def _lines(rows: QuerySet[Grant], *, viewer: Viewer) -> list[GrantLine]:
    roles = role_definitions()
    return [
        GrantLine(
            g.id,
            g.account_id,
            g.account.display_name,
            roles[g.role].label if g.role in roles else g.role,
            g.area.name,
            g.valid_from,
            g.valid_to,
            g.reason,
            g.granted_by.display_name,
            g.approved_by.display_name if g.approved_by else "",
            g.reviewed_at,
            viewer.account_id in (g.granted_by_id, g.account_id),
            ProtectionLevel(g.clearance),
        )
        for g in rows.select_related("account", "area", "granted_by", "approved_by").order_by("id")[:500]
    ]


def _glass(row: BreakGlass) -> GlassLine:
    return GlassLine(
        row.pk,
        row.account_id,
        row.account.display_name,
        row.area.name,
        row.reason,
        row.opened_at,
        row.until,
        row.ended_at,
        row.reviewed_by.display_name if row.reviewed_by else "",
        row.reviewed_at,
        row.justified,
        row.note,
        row.opened_at + timedelta(hours=REVIEW_HOURS),
        row.alarmed_at,
    )


def has_officers() -> bool:
    """This function will say whether an officer was ever appointed here."""
    return Grant.objects.filter(apart=True, approved_by__isnull=False).exists()


def grant_exists(*, grant_id: int) -> bool:
    """This function will say whether there is such a grant."""
    return Grant.objects.filter(id=grant_id).exists()
