"""Registering people, correcting their row, their death, their move."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.registry.days import business_day
from minsheng.records.registry.events import FactsRecorded, HouseholdChanged, PersonDied, PersonMoved, PersonRegistered
from minsheng.records.registry.identifiers import Identity, UnableToReadIdentifier, read_identifier
from minsheng.records.registry.models import Household, Membership, Merge, Person, Relation, Statement
from minsheng.records.registry.names import name_keys, normal_name
from minsheng.records.registry.operations.locking import lock_people
from minsheng.records.registry.queries.duplicates import Typed, find_duplicates
from minsheng.records.registry.queries.search import records_with_number
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE, tail_number
from minsheng.records.registry.types import Duplicate, IdKind, MembershipKind, Sex, SubjectKind
from minsheng.records.registry.vocabulary import SOURCES

ASK_THE_STREET = "这个证件号已经登记过，不能重复登记。请与街道联系核实。"


class UnableToCreatePerson(ValueError):
    """The person cannot be registered; `duplicates` are those who may be the same and were not dismissed."""

    def __init__(self, message: str, *, duplicates: tuple[Duplicate, ...] = (), hidden: bool = False) -> None:
        self.duplicates, self.hidden = duplicates, hidden
        super().__init__(message)


class UnableToCorrectPerson(ValueError):
    """The row of the person cannot be changed so: says why and what to do."""


class UnableToRegisterDeath(ValueError):
    """The death cannot be registered: says why and what to do."""


class UnableToMovePerson(ValueError):
    """The move cannot be recorded: says why and what to do."""


@dataclass(frozen=True)
class Particulars:
    """What is known of a person at the counter; a certificate is not a condition."""

    name: str
    id_kind: IdKind = IdKind.UNKNOWN
    id_number: str = ""
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str = ""


def create_person(
    *,
    actor: Viewer,
    at: datetime,
    area_id: int,
    particulars: Particulars,
    source: str = "self_report",
    dismissed: frozenset[int] = frozenset(),
) -> int:
    """This function will register a person and return the id; sex and birth date default to those of the id number.

    People who may be the same must be named in `dismissed`, or UnableToCreatePerson lists them. A number that belongs
    to somebody outside the actor's areas is refused in neutral words, and the attempt is audited.
    """
    try:
        with acting_as(viewer=actor, at=at):
            return _create(actor, at, area_id, particulars, source, dismissed)
    except UnableToCreatePerson as refusal:
        if refusal.hidden:
            with acting_as(viewer=actor, at=at):
                audit.record(
                    actor=actor,
                    at=at,
                    action="registry.hidden_duplicate_hit",
                    object_type="access.area",
                    object_id=str(area_id),
                    area_id=area_id,
                )
        raise


def _create(
    actor: Viewer, at: datetime, area_id: int, given: Particulars, source: str, dismissed: frozenset[int]
) -> int:
    require(viewer=actor, capability="registry.edit")
    name = _checked_name(given.name, UnableToCreatePerson)
    if source not in SOURCES:
        raise UnableToCreatePerson(f"没有“{source}”这个来源。请从来源表中选择。")
    identity = _identity(given, at, UnableToCreatePerson)
    sex, birth_date = given.sex or identity.sex, given.birth_date or identity.birth_date
    if birth_date is not None and birth_date > business_day(at):
        raise UnableToCreatePerson("出生日期在今天以后。请核对。")
    typed = Typed(name=name, birth_date=birth_date, id_number=identity.number, phone=given.phone)
    found = find_duplicates(viewer=actor, typed=typed, on=business_day(at))
    if any(d.certain and d.person is None for d in found):
        raise UnableToCreatePerson(ASK_THE_STREET, hidden=True)
    if certain := tuple(d for d in found if d.certain):
        raise UnableToCreatePerson("这个证件号已经登记过，请直接打开那一位，不要重复登记。", duplicates=certain)
    open_ones = tuple(d for d in found if d.person is not None and d.person.person_id not in dismissed)
    if open_ones:
        raise UnableToCreatePerson(
            f"有 {len(open_ones)} 个人可能就是同一位。请逐一看过：是同一位就打开，不是就勾选“不是同一人”。",
            duplicates=open_ones,
        )
    person = Person(id=_next_id(), area_id=area_id, source=source, created_at=at, sex=sex, birth_date=birth_date)
    _put_name(person, name)
    person.id_kind = given.id_kind.value
    _put_number(person, identity)
    _put_phone(person, given.phone, UnableToCreatePerson)
    _save_once(person, UnableToCreatePerson)
    audit.record(
        actor=actor,
        at=at,
        action="registry.person_created",
        object_type="registry.person",
        object_id=str(person.pk),
        area_id=area_id,
        detail={"id_kind": person.id_kind, "source": source, "dismissed": sorted(dismissed)},
    )
    publish(PersonRegistered(person.pk, area_id, at), at=at, area_id=area_id)
    return int(person.pk)


def correct_person(
    *,
    actor: Viewer,
    at: datetime,
    person_id: int,
    name: str | None = None,
    id_kind: IdKind | None = None,
    id_number: str | None = None,
    sex: Sex | None = None,
    birth_date: date | None = None,
    phone: str | None = None,
    source: str = "visit",
) -> None:
    """This function will correct what stands on a person's row; what is None stays as it is, "" empties a phone."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        person = lock_people(person_ids=[person_id])[person_id]
        changed = []
        if name is not None:
            _put_name(person, _checked_name(name, UnableToCorrectPerson))
            changed.append("name")
        if id_number is not None or id_kind is not None:
            kind = id_kind or IdKind(person.id_kind)
            given = Particulars(name=person.name, id_kind=kind, id_number=id_number or "")
            identity = _identity(given, at, UnableToCorrectPerson)
            if identity.number and _number_elsewhere(identity.number, person.pk):
                raise UnableToCorrectPerson(ASK_THE_STREET)
            person.id_kind = kind.value
            _put_number(person, identity)
            changed.append("id_number")
        if sex is not None:
            person.sex = sex.value
            changed.append("sex")
        if birth_date is not None:
            if birth_date > business_day(at):
                raise UnableToCorrectPerson("出生日期在今天以后。请核对。")
            person.birth_date = birth_date
            changed.append("birth_date")
        if phone is not None:
            _put_phone(person, phone, UnableToCorrectPerson)
            changed.append("phone")
        if not changed:
            raise UnableToCorrectPerson("没有要更正的内容。请至少改一项。")
        person.source = source if {"sex", "birth_date"} & set(changed) else person.source
        _save_once(person, UnableToCorrectPerson)
        audit.record(
            actor=actor,
            at=at,
            action="registry.person_corrected",
            object_type="registry.person",
            object_id=str(person.pk),
            area_id=person.area_id,
            detail={"fields": changed, "source": source},
        )
        happened = FactsRecorded(SubjectKind.PERSON, person.pk, tuple(changed), business_day(at), at)
        publish(happened, at=at, area_id=person.area_id)


def register_death(*, actor: Viewer, at: datetime, person_id: int, death_date: date, source: str = "police") -> int:
    """This function will state that a person died on a day and return the statement's id; once per person."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        person = lock_people(person_ids=[person_id])[person_id]
        if death_date > business_day(at):
            raise UnableToRegisterDeath("死亡日期在今天以后。请核对死亡证明。")
        if person.birth_date is not None and death_date < person.birth_date:
            raise UnableToRegisterDeath("死亡日期早于出生日期。请核对两个日期。")
        if source not in SOURCES:
            raise UnableToRegisterDeath(f"没有“{source}”这个来源。请从来源表中选择。")
        stated = Statement.objects.filter(
            subject_kind=SubjectKind.PERSON, subject_id=person.pk, retracted_at__isnull=True, values__dead=True
        ).first()
        if stated is not None:
            raise UnableToRegisterDeath(f"已经登记在 {stated.valid_from} 去世。日期有误请先撤回那一条，再登记。")
        statement = Statement.objects.create(
            area_id=person.area_id,
            subject_kind=SubjectKind.PERSON,
            subject_id=person.pk,
            source=source,
            values={"dead": True, "death_date": death_date.isoformat()},
            valid_from=death_date,
            recorded_at=at,
            confidence=SOURCES[source].confidence,
        )
        audit.record(
            actor=actor,
            at=at,
            action="registry.death_registered",
            object_type="registry.person",
            object_id=str(person.pk),
            area_id=person.area_id,
            detail={"death_date": death_date.isoformat()},
        )
        publish(PersonDied(person.pk, death_date, at), at=at, area_id=person.area_id)
        return int(statement.pk)


def move_person(
    *, actor: Viewer, at: datetime, person_id: int, household_id: int, moved_date: date, relation: str | None = None
) -> None:
    """This function will move a person (and every record merged into them) to a household, from a day on.

    With the household the area changes, so the old community stops seeing the person and the new one begins to. Both
    areas must be the actor's.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        people = lock_people(person_ids=[person_id], with_merged=True)
        person = people[person_id]
        household = Household.objects.filter(pk=household_id).first()
        if household is None:
            raise UnableToMovePerson("没有找到迁入的户，或者不在您的辖区内。跨街道迁移请由区民政局办理。")
        homes = list(
            Membership.objects.filter(
                person_id__in=people, kind=MembershipKind.RESIDENCE, valid_to__isnull=True
            ).order_by("id")
        )
        if any(m.household_id == household_id for m in homes):
            raise UnableToMovePerson("这个人已经住在这一户了，不需要迁移。")
        if any(m.valid_from >= moved_date for m in homes):
            raise UnableToMovePerson("迁移日期不晚于迁入原住处的日期。请核对日期。")
        old_area = person.area_id
        for membership in homes:
            membership.valid_to = moved_date
            membership.save(update_fields=["valid_to"])
        try:
            with transaction.atomic():
                Membership.objects.create(
                    area_id=household.area_id,
                    household_id=household_id,
                    person_id=person.pk,
                    kind=MembershipKind.RESIDENCE,
                    relation=relation,
                    valid_from=moved_date,
                )
        except IntegrityError as problem:
            raise UnableToMovePerson("这个人现在的住处不在您的查看范围内。请与街道联系，由街道办理。") from problem
        if household.area_id != old_area:
            _change_area(list(people), household.area_id)
        audit.record(
            actor=actor,
            at=at,
            action="registry.person_moved",
            object_type="registry.person",
            object_id=str(person.pk),
            area_id=household.area_id,
            detail={"from_area": old_area, "household": household_id, "date": moved_date.isoformat()},
        )
        happened = PersonMoved(person.pk, old_area, household.area_id, moved_date, at)
        publish(happened, at=at, area_id=household.area_id)
        for changed in {household_id, *(m.household_id for m in homes)}:
            publish(HouseholdChanged(changed, at), at=at, area_id=household.area_id)


def _change_area(person_ids: list[int], area_id: int) -> None:
    Person.objects.filter(pk__in=person_ids).update(area_id=area_id)
    about = Statement.objects.filter(subject_kind=SubjectKind.PERSON, subject_id__in=person_ids)
    about.update(area_id=area_id)
    Relation.objects.filter(person_id__in=person_ids).update(area_id=area_id)
    Merge.objects.filter(kept_id__in=person_ids).update(area_id=area_id)


Refusal = type[UnableToCreatePerson] | type[UnableToCorrectPerson]


def _checked_name(text: str, refusal: Refusal) -> str:
    name = normal_name(text)
    if not name:
        raise refusal("姓名不能空着。不知道姓名时写“无名氏”并说明情况。")
    if len(name) > 60 or any(c.isdigit() for c in name):
        raise refusal("姓名里不应有数字，也不超过60个字。请对照证件核对。")
    return name


def _identity(given: Particulars, at: datetime, refusal: Refusal) -> Identity:
    if not given.id_number.strip():
        if given.id_kind in (IdKind.NONE, IdKind.UNKNOWN):
            return Identity(given.id_kind, "")
        raise refusal(f"选了“{given.id_kind.label}”，请填写号码；没有带证件请选“证件不详”。")
    try:
        return read_identifier(given.id_number, kind=given.id_kind, today=business_day(at))
    except UnableToReadIdentifier as problem:
        raise refusal(str(problem)) from problem


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_person', 'id'))")
        return int(cursor.fetchone()[0])


def _put_name(person: Person, name: str) -> None:
    keys = name_keys(name)
    person.name, person.given_name = name, keys.given_name
    person.name_pinyin, person.name_initials = keys.pinyin[:120], keys.initials[:30]


def _put_number(person: Person, identity: Identity) -> None:
    person.id_sealed = person.id_index = None
    if identity.number:
        person.id_sealed = sealing.seal(context=ID_NUMBER, row_id=person.pk, value=identity.number)
        person.id_index = sealing.blind_index(context=ID_NUMBER, value=identity.number)


def _put_phone(person: Person, phone: str, refusal: Refusal) -> None:
    person.phone_sealed = person.phone_index = person.phone_tail = None
    if phone.strip():
        try:
            person.phone_index = sealing.blind_index(context=PHONE, value=phone)
            person.phone_tail = tail_number(sealing.last_four_index(context=PHONE, value=phone))
        except sealing.UnableToIndex as problem:
            raise refusal("电话号码太短。请填完整的手机号，或带区号的座机号。") from problem
        person.phone_sealed = sealing.seal(context=PHONE, row_id=person.pk, value=phone)


def _number_elsewhere(number: str, person_id: int) -> bool:
    index = sealing.blind_index(context=ID_NUMBER, value=number)
    if person_id in records_with_number(index):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_id_is_registered(%s)", [index])
        return bool(cursor.fetchone()[0])


def _save_once(person: Person, refusal: Any) -> None:
    try:
        with transaction.atomic():
            person.save(force_insert=person._state.adding)
    except IntegrityError as problem:
        if "registry_person_id_once" in str(problem):  # somebody was faster, or stands where the actor may not look
            raise refusal(ASK_THE_STREET, **({"hidden": True} if refusal is UnableToCreatePerson else {})) from problem
        raise
