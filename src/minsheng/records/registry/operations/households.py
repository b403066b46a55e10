"""Homes, households, who belongs to them, who is related to whom; organisations and things."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.events import HouseholdChanged
from minsheng.records.registry.identifiers import UnableToReadIdentifier, read_credit_code
from minsheng.records.registry.models import Dwelling, Household, Membership, Organisation, Relation, Thing
from minsheng.records.registry.operations.locking import lock_household, lock_people
from minsheng.records.registry.types import HouseholdKind, MembershipKind, OrganisationKind, RelationKind, ThingKind
from minsheng.records.registry.vocabulary import ATTRIBUTES


class UnableToChangeHousehold(ValueError):
    """The household cannot be changed so: says why and what to do."""


class UnableToRelate(ValueError):
    """The relation cannot be recorded: says why and what to do."""


class UnableToRegisterOrganisation(ValueError):
    """The organisation cannot be registered: says why and what to do."""


def create_dwelling(
    *,
    actor: Viewer,
    at: datetime,
    area_id: int,
    estate: str,
    building: str,
    unit: str = "",
    room: str = "",
    address: str = "",
    lon: float | None = None,
    lat: float | None = None,
    grid_no: str = "",
) -> int:
    """This function will record a home and return its id."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        if Dwelling.objects.filter(area_id=area_id, estate=estate, building=building, unit=unit, room=room).exists():
            raise UnableToChangeHousehold("这套住房已经登记过了。请查出来直接使用。")
        written = address or f"{estate}{building}幢{f'{unit}单元' if unit else ''}{f'{room}室' if room else ''}"
        home = Dwelling.objects.create(
            area_id=area_id,
            estate=estate,
            building=building,
            unit=unit,
            room=room,
            address=written,
            lon=lon,
            lat=lat,
            grid_no=grid_no,
        )
        _audit(actor, at, "registry.dwelling_created", "dwelling", home.pk, area_id)
        return int(home.pk)


def create_household(
    *,
    actor: Viewer,
    at: datetime,
    area_id: int,
    dwelling_id: int | None = None,
    kind: HouseholdKind = HouseholdKind.FAMILY,
) -> int:
    """This function will make an empty household and return its id."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        if dwelling_id is not None and not Dwelling.objects.filter(pk=dwelling_id, area_id=area_id).exists():
            raise UnableToChangeHousehold("没有找到这套住房，或者它不在这个社区。请先登记住房。")
        household = Household.objects.create(area_id=area_id, dwelling_id=dwelling_id, kind=kind)
        _audit(actor, at, "registry.household_created", "household", household.pk, area_id)
        publish(HouseholdChanged(household.pk, at), at=at, area_id=area_id)
        return int(household.pk)


def add_member(
    *,
    actor: Viewer,
    at: datetime,
    household_id: int,
    person_id: int,
    kind: MembershipKind,
    valid_from: date,
    relation: str | None = None,
) -> int:
    """This function will put a person into a household from a day on; one home and one hukou at a time."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        lock_people(person_ids=[person_id])
        household = lock_household(household_id=household_id)
        if relation is not None and relation not in ATTRIBUTES["relation"].codes:
            raise UnableToChangeHousehold(f"没有“{relation}”这种与户主关系。请从列表中选择。")
        standing = Membership.objects.filter(person_id=person_id, kind=kind).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
        )
        if (old := standing.first()) is not None:
            where = "这一户" if old.household_id == household_id else "另一户"
            raise UnableToChangeHousehold(f"这个人在那一天已经是{where}的{kind.label}成员。请先办迁出，或用“迁移”。")
        if relation == "head" and _has_head(household_id, kind, valid_from):
            raise UnableToChangeHousehold("这一户已经有户主。请先更换户主。")
        try:
            with transaction.atomic():
                membership = Membership.objects.create(
                    area_id=household.area_id,
                    household_id=household_id,
                    person_id=person_id,
                    kind=kind,
                    relation=relation,
                    valid_from=valid_from,
                )
        except IntegrityError as problem:
            # In a home that is not there for the actor: in another area, or with somebody beyond their clearance.
            raise UnableToChangeHousehold(
                "这个人已经登记在别的一户，不在您的查看范围内。请与街道联系核实。"
            ) from problem
        detail: dict[str, object] = {"person": person_id, "kind": str(kind), "from": valid_from.isoformat()}
        _audit(actor, at, "registry.member_added", "household", household_id, household.area_id, detail)
        publish(HouseholdChanged(household_id, at), at=at, area_id=household.area_id)
        return int(membership.pk)


def _has_head(household_id: int, kind: MembershipKind, on: date) -> bool:
    heads = Membership.objects.filter(household_id=household_id, kind=kind, relation="head")
    return heads.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).exists()


def remove_member(
    *, actor: Viewer, at: datetime, household_id: int, person_id: int, kind: MembershipKind, valid_to: date
) -> None:
    """This function will end a person's membership on a day (that day no longer counts)."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        lock_people(person_ids=[person_id])
        household = lock_household(household_id=household_id)
        membership = Membership.objects.filter(
            household_id=household_id, person_id=person_id, kind=kind, valid_to__isnull=True
        ).first()
        if membership is None:
            raise UnableToChangeHousehold("这个人现在不是这一户的成员，或者已经办过迁出。")
        if valid_to <= membership.valid_from:
            raise UnableToChangeHousehold("迁出日期必须晚于迁入日期。请核对日期。")
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
        detail: dict[str, object] = {"person": person_id, "kind": str(kind), "to": valid_to.isoformat()}
        _audit(actor, at, "registry.member_removed", "household", household_id, household.area_id, detail)
        publish(HouseholdChanged(household_id, at), at=at, area_id=household.area_id)


def add_relation(
    *,
    actor: Viewer,
    at: datetime,
    person_id: int,
    kind: RelationKind,
    relative_id: int | None = None,
    name: str = "",
) -> int:
    """This function will record what somebody is to a person: a registered relative, or an outsider by name."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        if (relative_id is None) == (not name.strip()):
            raise UnableToRelate("请选一位已登记的亲属，或者写下没有登记的亲属的姓名，二者选一。")
        if relative_id == person_id:
            raise UnableToRelate("本人不能是自己的亲属。请核对。")
        people = lock_people(person_ids=[p for p in (person_id, relative_id) if p is not None])
        known = Relation.objects.filter(person_id=person_id, relative_id=relative_id, kind=kind, name=name.strip())
        mirrored = relative_id is not None and Relation.objects.filter(
            person_id=relative_id, relative_id=person_id, kind=kind.mirrored
        )
        if known.exists() or (mirrored and mirrored.exists()):
            raise UnableToRelate("这层关系已经记过了。")
        area_id = people[person_id].area_id
        relation = Relation.objects.create(
            area_id=area_id, person_id=person_id, relative_id=relative_id, kind=kind, name=name.strip()
        )
        detail: dict[str, object] = {"relative": relative_id, "kind": str(kind)}
        _audit(actor, at, "registry.relation_added", "person", person_id, area_id, detail)
        return int(relation.pk)


def register_organisation(
    *, actor: Viewer, at: datetime, area_id: int, credit_code: str, name: str, kind: OrganisationKind
) -> int:
    """This function will register an organisation by its unified social credit code (GB 32100-2015)."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        try:
            code = read_credit_code(credit_code)
        except UnableToReadIdentifier as problem:
            raise UnableToRegisterOrganisation(str(problem)) from problem
        if Organisation.objects.filter(credit_code=code).exists():
            raise UnableToRegisterOrganisation("这个统一社会信用代码已经登记过了。请查出来直接使用。")
        organisation = Organisation.objects.create(area_id=area_id, credit_code=code, name=name.strip(), kind=kind)
        _audit(actor, at, "registry.organisation_registered", "organisation", organisation.pk, area_id)
        return int(organisation.pk)


def create_thing(
    *,
    actor: Viewer,
    at: datetime,
    area_id: int,
    kind: ThingKind,
    name: str,
    lon: float | None = None,
    lat: float | None = None,
    happened_at: datetime | None = None,
) -> int:
    """This function will record a facility, a piece of equipment or a happening; its facts are statements."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        thing = Thing.objects.create(
            area_id=area_id, kind=kind, name=name.strip(), lon=lon, lat=lat, happened_at=happened_at, created_at=at
        )
        _audit(actor, at, "registry.thing_created", "thing", thing.pk, area_id, {"kind": str(kind)})
        return int(thing.pk)


def _audit(
    actor: Viewer,
    at: datetime,
    action: str,
    object_type: str,
    object_id: int,
    area_id: int,
    detail: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type=f"registry.{object_type}",
        object_id=str(object_id),
        area_id=area_id,
        detail=detail,
    )
