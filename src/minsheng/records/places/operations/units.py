from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events import operations as events
from minsheng.records.places.events import UnitsAdded
from minsheng.records.places.finding import search_text
from minsheng.records.places.models import Division
from minsheng.records.places.rules import unit_code
from minsheng.records.places.types import DivisionKind, NewUnit

_FIGURES = "零一二三四五六七八九"


class UnableToAddUnits(ValueError):
    """The units do not fit below the divisions named: says which and what to do. Nothing was added."""


def add_units(
    *, actor: Viewer, at: datetime, units: Sequence[NewUnit], valid_from: date, source: str = "街道上报"
) -> list[str]:
    """This function will add self-governance units (seven kinds) below communities or other units; returns their codes.

    All or none. Capability: places.edit.
    """
    require(viewer=actor, capability="places.edit")
    if not units:
        return []
    if wrong := next((u for u in units if not u.kind.is_unit), None):
        raise UnableToAddUnits(f"“{wrong.name}”是{wrong.kind.label}，要由区划调整设立，不能在这里添加。")
    with transaction.atomic():
        wanted = {unit.parent_code for unit in units}
        parents = {
            row.code: row
            for row in Division.objects.select_for_update(no_key=True)
            .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), code__in=wanted)
            .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=valid_from))
            .order_by("id")
        }
        if missing := sorted(wanted - set(parents)):
            raise UnableToAddUnits(
                f"上级 {missing[0]} 在 {valid_from:%Y-%m-%d} 不存在，一个也没有添加。请核对代码和日期。"
            )
        for row in parents.values():
            kind = DivisionKind(row.kind)
            if kind is not DivisionKind.COMMUNITY and not kind.is_unit:
                raise UnableToAddUnits(f"“{row.name}”是{kind.label}，自治单元要放在社区之下。")
        names = {(u.parent_code, u.name.strip()) for u in units}
        if len(names) < len(units):
            raise UnableToAddUnits("同一个上级下面有两个同名的单元，一个也没有添加。请改名。")
        taken = Division.objects.filter(parent_code__in=wanted, valid_to__isnull=True).values_list(
            "parent_code", "name"
        )
        if clash := next((pair for pair in taken if pair in names), None):
            raise UnableToAddUnits(f"“{clash[1]}”已经有了，一个也没有添加。请核对名单。")
        used = Counter[str]()
        for code in Division.objects.filter(kind__in=[k.value for k in {u.kind for u in units}]).values_list(
            "code", flat=True
        ):
            used[code[:13]] = max(used[code[:13]], int(code[13:]))
        fresh = []
        for unit in units:
            community, start = (
                unit.parent_code[:12],
                unit_code(community_code=unit.parent_code[:12], kind=unit.kind, number=1)[:13],
            )
            used[start] += 1
            fresh.append(
                Division(
                    code=unit_code(community_code=community, kind=unit.kind, number=used[start]),
                    name=unit.name.strip(),
                    kind=unit.kind.value,
                    parent_code=unit.parent_code,
                    valid_from=valid_from,
                    area_id=parents[unit.parent_code].area_id,
                    search_text=search_text(unit.name),
                    source=source,
                )
            )
        Division.objects.bulk_create(fresh, batch_size=1000)
        audit.record(
            actor=actor,
            at=at,
            action="places.units_added",
            object_type="places.division",
            object_id=fresh[0].code,
            detail={"units": len(fresh), "valid_from": valid_from.isoformat()},
        )
        events.publish(UnitsAdded(units=len(fresh)), at=at)
    return [row.code for row in fresh]


def add_grids(
    *,
    actor: Viewer,
    at: datetime,
    valid_from: date,
    per_community: Mapping[str, int] | None = None,
    source: str = "示例",
) -> int:
    """This function will lay out numbered grids in each community of the district that has none; returns how many.

    `per_community`: community code → number of grids (e.g. from its population); without it three or four, by the last
    digit of the code, which is a layout for demonstrations only. Capability: places.edit.
    """
    require(viewer=actor, capability="places.edit")
    with transaction.atomic():
        communities = Division.objects.filter(kind="community", area__isnull=False, valid_to__isnull=True)
        held = set(Division.objects.filter(kind="grid", valid_to__isnull=True).values_list("parent_code", flat=True))
        units = [
            NewUnit(row.code, DivisionKind.GRID, f"{row.name}第{_figure(number)}网格")
            for row in communities.order_by("code")
            if row.code not in held
            for number in range(1, (per_community or {}).get(row.code, 3 + int(row.code[-1]) % 2) + 1)
        ]
        return len(add_units(actor=actor, at=at, units=units, valid_from=valid_from, source=source))


def _figure(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        _FIGURES[number] if number < 10 else f"{_FIGURES[tens] if tens > 1 else ''}十{_FIGURES[ones] if ones else ''}"
    )
