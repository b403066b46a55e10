"""Everything of one person, for whoever may look; the look itself is recorded by `operations.open_person`."""

from collections.abc import Iterable
from datetime import date, datetime, time

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.models import Household, Membership, Merge, Person, Relation
from minsheng.records.registry.queries.households import UnableToFind, home_of, members_on, seats_of
from minsheng.records.registry.queries.listing import id_number_of, phone_of
from minsheng.records.registry.queries.resolving import cluster, facts_of_people
from minsheng.records.registry.types import (
    DwellingRef,
    Event,
    FactInWords,
    IdKind,
    Kin,
    Member,
    MembershipKind,
    PersonCard,
    ProtectionLevel,
    RelationKind,
    Sex,
    Statement,
)
from minsheng.records.registry.vocabulary import ATTRIBUTES, SOURCES, read_value, spoken_value


def standing_id(*, person_id: int) -> int:
    """This function will return the id that stands for a record, merged or not; UnableToFind for a stranger's."""
    tops = cluster([person_id])
    if person_id not in tops:
        raise UnableToFind("没有找到这个人，或者不在您的辖区内。请核对后再查。")
    return tops[person_id]


def person_card(*, viewer: Viewer, person_id: int, on: date, known_at: datetime, purpose: str) -> PersonCard:
    """This function will return the card of a person: facts with sources, household, home, relatives, timeline."""
    tops = cluster([person_id])
    if person_id not in tops:
        raise UnableToFind("没有找到这个人，或者不在您的辖区内。请核对后再查。")
    top = tops[person_id]
    person = Person.objects.select_related("area").get(pk=top)
    home = home_of(seats=seats_of(person_ids=tops, on=on), standing=top)
    relation = {top: home.relation if home else None}
    facts, statements = facts_of_people(
        people={top: person}, tops=tops, relations=relation, as_of=on, known_at=known_at
    )
    said = facts[top]
    sex, born = said["sex"].value, said["birth_date"].value
    dead = said["dead"]
    members, dwelling = _household(home.household_id, on) if home else ((), None)
    return PersonCard(
        person_id=top,
        asked_for_id=person_id,
        area_id=person.area_id,
        area_name=person.area.name,
        name=person.name,
        name_pinyin=person.name_pinyin,
        sex=Sex(str(sex)).label if sex else "",
        birth_date=born if isinstance(born, date) else None,
        id_kind=IdKind(person.id_kind),
        id_number=id_number_of(person),
        phone=phone_of(person),
        dead_on=dead.winner.valid_from if dead.value is True and dead.winner else None,
        facts=tuple(said.values()),
        household_id=home.household_id if home else None,
        members=members,
        dwelling=dwelling,
        kin=_kin(tops),
        timeline=_timeline(tops, person, statements, viewer),
        merged=tuple(sorted(record for record in tops if record != top)),
        purpose=purpose,
        level=ProtectionLevel(person.protection_level),
    )


def facts_in_words(*, person_id: int, on: date, known_at: datetime) -> list[FactInWords]:
    """This function will return what is registered of a person, with who said it and since when, for the person."""
    tops = cluster([person_id])
    top = tops.get(person_id)
    if top is None:
        raise UnableToFind("没有找到这个人。")
    facts, _ = facts_of_people(
        people={top: Person.objects.get(pk=top)}, tops=tops, relations={top: None}, as_of=on, known_at=known_at
    )
    return [
        FactInWords(
            fact.attribute,
            ATTRIBUTES[fact.attribute].label,
            spoken_value(fact.attribute, fact.value),
            fact.value,
            _source(fact.winner.source) if fact.winner else "",
            fact.winner.valid_from if fact.winner else None,
        )
        for fact in facts[top].values()
        if fact.known and fact.attribute in ATTRIBUTES
    ]


def _household(household_id: int, on: date) -> tuple[tuple[Member, ...], DwellingRef | None]:
    homes, _ = members_on(household_id=household_id, on=on)
    people = Person.objects.in_bulk(homes)
    members = tuple(
        Member(
            p,
            people[p].name,
            people[p].sex or "",
            people[p].birth_date,
            seat.relation or "",
            valid_from=seat.valid_from,
        )
        for p, seat in sorted(homes.items(), key=lambda item: (item[1].relation != "head", item[0]))
        if p in people
    )
    household = Household.objects.select_related("dwelling").filter(pk=household_id).first()
    dwelling = household.dwelling if household else None
    if dwelling is None:
        return members, None
    return members, DwellingRef(
        dwelling.pk,
        dwelling.area_id,
        dwelling.address,
        dwelling.estate,
        dwelling.building,
        dwelling.unit,
        dwelling.room,
        dwelling.lon,
        dwelling.lat,
        dwelling.grid_no,
    )


def _kin(tops: dict[int, int]) -> tuple[Kin, ...]:
    own = Relation.objects.filter(person_id__in=tops).select_related("relative").order_by("id")
    others = Relation.objects.filter(relative_id__in=tops).select_related("person").order_by("id")
    found: dict[tuple[str, int | str], Kin] = {}
    for row in own:
        kind = RelationKind(row.kind)
        if row.relative_id is None:
            found[(kind, row.name)] = Kin(kind, row.name, None)
        elif row.relative is not None:
            found[(kind, row.relative_id)] = Kin(kind, row.relative.name, row.relative_id)
    for row in others:
        kind = RelationKind(row.kind).mirrored
        found.setdefault((kind, row.person_id), Kin(kind, row.person.name, row.person_id))
    return tuple(found.values())


def _timeline(
    tops: dict[int, int], person: Person, statements: Iterable[Statement], viewer: Viewer
) -> tuple[Event, ...]:
    events = [Event(person.created_at, "registered", "登记入库", source=_source(person.source))]
    for said in statements:
        values = "；".join(
            f"{ATTRIBUTES[name].label}：{spoken_value(name, read_value(name, value))}"
            for name, value in said.values.items()
            if name in ATTRIBUTES
        )
        span = f"自 {said.valid_from.isoformat()} 起" + (f"至 {said.valid_to.isoformat()}" if said.valid_to else "")
        kind = "death" if said.values.get("dead") is True else "fact"
        title = "登记去世" if kind == "death" else f"{_source(said.source)}的记录"
        events.append(Event(said.recorded_at, kind, title, f"{values}（{span}）", _source(said.source), said.id))
        if said.retracted_at is not None:
            events.append(Event(said.retracted_at, "fact", "撤回一条记录", values, _source(said.source), said.id))
    for seat in Membership.objects.filter(person_id__in=tops).order_by("id"):
        kind_word = MembershipKind(seat.kind).label
        start = datetime.combine(seat.valid_from, time(), BUSINESS_ZONE)
        events.append(Event(start, "household", f"{kind_word}在第 {seat.household_id} 户", reference=seat.household_id))
        if seat.valid_to is not None:
            end = datetime.combine(seat.valid_to, time(), BUSINESS_ZONE)
            events.append(Event(end, "household", f"迁出第 {seat.household_id} 户", reference=seat.household_id))
    for merge in Merge.objects.filter(kept_id__in=tops) | Merge.objects.filter(merged_id__in=tops):
        title = f"编号 {merge.merged_id} 并入编号 {merge.kept_id}"
        events.append(Event(merge.merged_at, "merge", title, merge.reason, reference=merge.merged_id))
        if merge.unmerged_at is not None:
            events.append(Event(merge.unmerged_at, "merge", f"拆开编号 {merge.merged_id} 与 {merge.kept_id}"))
    return tuple(sorted(events, key=lambda e: e.at, reverse=True))


def _source(code: str) -> str:
    known = SOURCES.get(code)
    return known.label if known else code


def areas_to_register_in(*, viewer: Viewer) -> list[tuple[int, str]]:
    """This function will return the communities in which the viewer may register somebody."""
    areas = areas_inside(viewer=viewer)
    parents = {area.parent_id for area in areas}
    return [(area.id, area.name) for area in areas if area.id not in parents]
