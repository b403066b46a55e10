from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.models import Area, Grant, Purpose
from minsheng.foundation.access.types import AreaRef, RoleDefinition
from minsheng.foundation.accounts.types import HeldGrant, Viewer


def role_definitions() -> dict[str, RoleDefinition]:
    """This function will return the roles that this installation declares, by code."""
    return {role.code: role for role in settings.ROLE_CATALOGUE}


def get_viewer(*, account_id: int, name: str, username: str, at: datetime, request_id: str = "") -> Viewer:
    """This function will build the viewer from the approved grants in force on the business day of `at`."""
    day = at.astimezone(BUSINESS_ZONE).date()
    roles = role_definitions()
    held = (
        Grant.objects.filter(account_id=account_id, approved_by__isnull=False, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("area")
        .order_by("id")
    )
    grants = tuple(
        HeldGrant(g.role, roles[g.role].label, g.area_id, g.area.code, g.area.name) for g in held if g.role in roles
    )
    capabilities = frozenset[str]().union(*(roles[g.role].capabilities for g in grants))
    return Viewer(account_id, name, username, grants, capabilities, request_id)


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


def areas_of_grants(*, grant_ids: Iterable[int]) -> dict[int, str]:
    """This function will return the name of the area of each of these grants."""
    return dict(Grant.objects.filter(id__in=set(grant_ids)).values_list("id", "area__name"))


def areas_down_to(*, depth: int) -> list[AreaRef]:
    """This function will return the areas of the upper levels of the tree, in order of their codes."""
    rows = Area.objects.filter(depth__lte=depth).order_by("code")
    return [AreaRef(a.id, a.code, a.name, a.parent_id, a.depth) for a in rows]
