"""Each act: allowed, refused, repeated; what it leaves in the audit trail and which event it tells."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connections

from builders import COMMUNITY_FURONG, COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, DISTRICT, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.events.models import OutboxEvent
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.operations import looking
from minsheng.records.registry.queries import household_facts
from minsheng.records.registry.types import MembershipKind, OrganisationKind, RelationKind, SubjectKind
from records.registry.people import LONG_AGO, clerk, household, id_number, purpose, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(at: datetime, keys: Keyring) -> Viewer:
    return clerk(at=at)


def told(name: str) -> int:
    return OutboxEvent.objects.filter(name=f"registry.{name}").count()


def audited(action: str, person_id: int | None = None) -> int:
    """The trail itself is read with the auditor's eyes: whoever acts may not see it."""
    entries = Entry.objects.filter(action=f"registry.{action}")
    return (entries if person_id is None else entries.filter(object_id=str(person_id))).count()


def test_a_person_is_registered_with_defaults_from_the_number_and_told(officer: Viewer, at: datetime) -> None:
    number = id_number(born=date(1958, 3, 4), sequence=12)
    given = registry.Particulars(name=" 林 阿珍 ", id_kind=registry.IdKind.RESIDENT_ID, id_number=number)
    person_id = registry.create_person(actor=officer, at=at, area_id=COMMUNITY_QINGHE, particulars=given)
    purpose(officer, at, person_id)
    card = registry.open_person(viewer=officer, person_id=person_id, at=at)
    assert (card.name, card.sex, card.birth_date, card.id_number) == ("林阿珍", "女", date(1958, 3, 4), number)
    assert told("PersonRegistered") == 1
    assert number not in repr(card)


def test_nobody_needs_a_certificate(officer: Viewer, at: datetime) -> None:
    person_id = register(officer, at, "无名氏")
    purpose(officer, at, person_id)
    assert registry.open_person(viewer=officer, person_id=person_id, at=at).id_number is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (registry.Particulars(name=""), "姓名不能空着"),
        (registry.Particulars(name="张3"), "数字"),
        (registry.Particulars(name="张三", id_kind=registry.IdKind.RESIDENT_ID, id_number="123"), "18位"),
        (registry.Particulars(name="张三", id_kind=registry.IdKind.NONE, id_number="E12345678"), "不填证件号"),
        (registry.Particulars(name="张三", id_kind=registry.IdKind.RESIDENT_ID), "请填写号码"),
        (registry.Particulars(name="张三", phone="123"), "电话号码太短"),
        (registry.Particulars(name="张三", birth_date=date(2027, 1, 1)), "今天以后"),
    ],
)
def test_what_cannot_be_registered_says_why(
    officer: Viewer, at: datetime, given: registry.Particulars, words: str
) -> None:
    with pytest.raises(registry.UnableToCreatePerson, match=words):
        registry.create_person(actor=officer, at=at, area_id=COMMUNITY_QINGHE, particulars=given)
    assert told("PersonRegistered") == 0


def test_without_the_capability_or_outside_the_area_nothing_is_registered(officer: Viewer, at: datetime) -> None:
    reader = staff(at=at, role="grid_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(UnableToAct):
        register(reader, at, "张三")
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    register(worker, at, "张三")
    with pytest.raises(Exception, match="row-level security"):
        register(worker, at, "李四", area_id=COMMUNITY_FURONG)


def test_the_same_number_again_leads_to_the_person_and_elsewhere_to_the_street(officer: Viewer, at: datetime) -> None:
    born = date(1960, 5, 6)
    first = register(officer, at, "王芳", born=born, sequence=3, area_id=COMMUNITY_QINGBOMEN)
    with pytest.raises(registry.UnableToCreatePerson) as refusal:
        register(officer, at, "黄芳", born=born, sequence=3)
    assert [d.person.person_id for d in refusal.value.duplicates if d.person] == [first]
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(registry.UnableToCreatePerson, match="请与街道联系") as hidden:
        register(worker, at, "黄芳", born=born, sequence=3)
    assert hidden.value.duplicates == ()
    assert "王芳" not in str(hidden.value)
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        assert audited("hidden_duplicate_hit") == 1


def test_the_same_sound_and_birthday_must_be_looked_at_first(officer: Viewer, at: datetime) -> None:
    first = register(officer, at, "王芳", born=date(1960, 5, 6))
    with pytest.raises(registry.UnableToCreatePerson, match="可能就是同一位") as refusal:
        register(officer, at, "汪方", born=date(1960, 5, 6))
    assert [d.reason for d in refusal.value.duplicates] == ["同音，生日相同"]
    given = registry.Particulars(name="汪方", birth_date=date(1960, 5, 6))
    registry.create_person(
        actor=officer, at=at, area_id=COMMUNITY_QINGHE, particulars=given, dismissed=frozenset({first})
    )
    register(officer, at, "王芳", born=date(1980, 5, 6))  # a namesake of another age is nobody's double


def test_a_look_needs_a_purpose_and_leaves_a_record(officer: Viewer, at: datetime) -> None:
    person_id = register(officer, at, "王芳")
    with pytest.raises(registry.PurposeNeeded):
        registry.open_person(viewer=officer, person_id=person_id, at=at)
    with pytest.raises(registry.UnableToStatePurpose):
        registry.state_purpose(actor=officer, at=at, person_id=person_id, code="curiosity")
    purpose(officer, at, person_id)
    registry.open_person(viewer=officer, person_id=person_id, at=at)
    with pytest.raises(registry.PurposeNeeded):
        registry.open_person(viewer=officer, person_id=person_id, at=at + timedelta(days=1))
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        assert audited("person_opened", person_id) == 1
    stranger = staff(at=at, role="community_worker", area_id=COMMUNITY_FURONG)
    with pytest.raises(registry.UnableToFind):
        registry.open_person(viewer=stranger, person_id=person_id, at=at)


def test_a_whole_number_is_shown_for_a_reason_only(officer: Viewer, at: datetime) -> None:
    person_id = register(officer, at, "王芳", born=date(1960, 5, 6), sequence=8, phone="100 9308 4076")
    with pytest.raises(registry.PurposeNeeded):
        registry.reveal_number(actor=officer, at=at, person_id=person_id, which="phone", reason="回访")
    purpose(officer, at, person_id)
    with pytest.raises(registry.UnableToReveal):
        registry.reveal_number(actor=officer, at=at, person_id=person_id, which="phone", reason=" ")
    assert registry.reveal_number(actor=officer, at=at, person_id=person_id, which="phone", reason="回访")
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        assert audited("phone_revealed", person_id) == 1


def test_whole_numbers_are_limited_by_the_hour_and_the_person(
    officer: Viewer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = register(officer, at, "王芳", born=date(1960, 5, 6), sequence=8, phone="100 9308 4076")
    colleague = staff(at=at, role="district_business", area_id=DISTRICT, username="colleague")
    for who in (officer, colleague):
        purpose(who, at, person_id)

    def reveal(who: Viewer, when: datetime, which: str = "phone") -> str:
        return registry.reveal_number(actor=who, at=when, person_id=person_id, which=which, reason="回访")

    for n in range(looking.REVEALS_AN_HOUR):
        assert reveal(officer, at + timedelta(minutes=n), "id_number" if n % 2 else "phone")
    last = at + timedelta(minutes=looking.REVEALS_AN_HOUR)
    with pytest.raises(registry.UnableToReveal, match="到了上限"):
        reveal(officer, last)
    assert reveal(colleague, last), "one's own count, not the house's"
    assert reveal(officer, at + timedelta(minutes=61)), "an hour after the first one there is room for one"
    with pytest.raises(registry.UnableToReveal):
        reveal(officer, at + timedelta(minutes=61))
    monkeypatch.setattr(looking, "REVEALS_AN_HOUR", 1_000)
    assert reveal(officer, last), "the control: with another limit the same act goes through"


def test_facts_stand_beside_each_other_and_the_surer_one_counts(officer: Viewer, at: datetime) -> None:
    person_id = register(officer, at, "王芳")
    home = household(officer, at, (person_id, "head"))

    def say(source: str, fen: int | None, when: datetime = at) -> int:
        return registry.record_statement(
            actor=officer,
            at=when,
            subject_kind=SubjectKind.PERSON,
            subject_id=person_id,
            source=source,
            values={"wage_income": fen},
            valid_from=date(2026, 1, 1),
        )

    def counts(when: datetime) -> tuple[object, list[object]]:
        with acting_as(viewer=officer, at=when):
            found = household_facts(viewer=officer, household_id=home, as_of=date(2026, 11, 1), known_at=when)
        assert found is not None
        fact = found.facts[(person_id, "wage_income")]
        return fact.value, [claim.value for claim in fact.conflicts]

    assert counts(at) == (None, [])
    said = say("self_report", 100)
    assert counts(at) == (100, [])
    official = say("hrss", 300)
    assert counts(at) == (300, [100])
    with pytest.raises(registry.UnableToRecordStatement, match="已经记过"):
        say("hrss", 300)
    later = at + timedelta(hours=1)
    registry.retract_statement(actor=officer, at=later, statement_id=official, reason="查错了人")
    assert counts(at + timedelta(minutes=30)) == (300, [100])
    assert counts(later) == (100, [])
    with pytest.raises(registry.UnableToRetractStatement, match="已经撤回"):
        registry.retract_statement(actor=officer, at=later, statement_id=official, reason="再撤")
    registry.correct_statement(
        actor=officer, at=later, statement_id=said, values={"wage_income": 120}, reason="多写一个零"
    )
    assert counts(later) == (120, [])
    assert told("FactsRecorded") == 5


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"wage_income": 1.5}, "不合要求"),
        ({"wage_income": -1}, "负数"),
        ({"marital_status": "happy"}, "不合要求"),
        ({"no_such_fact": 1}, "没有"),
        ({"dead": True}, "登记死亡"),
        ({"vehicles": 1}, "不是这类对象"),
        ({}, "至少填一项"),
    ],
)
def test_a_wrong_fact_is_refused(officer: Viewer, at: datetime, values: dict[str, object], words: str) -> None:
    person_id = register(officer, at, "王芳")
    with pytest.raises(registry.UnableToRecordStatement, match=words):
        registry.record_statement(
            actor=officer,
            at=at,
            subject_kind=SubjectKind.PERSON,
            subject_id=person_id,
            source="visit",
            values=values,
            valid_from=date(2026, 1, 1),
        )


def test_a_death_is_registered_once_and_told_with_its_day(officer: Viewer, at: datetime) -> None:
    person_id = register(officer, at, "王芳", born=date(1940, 1, 1))
    for day, words in ((date(2027, 1, 1), "今天以后"), (date(1939, 1, 1), "早于出生")):
        with pytest.raises(registry.UnableToRegisterDeath, match=words):
            registry.register_death(actor=officer, at=at, person_id=person_id, death_date=day)
    registry.register_death(actor=officer, at=at, person_id=person_id, death_date=date(2026, 10, 5))
    with pytest.raises(registry.UnableToRegisterDeath, match="已经登记"):
        registry.register_death(actor=officer, at=at, person_id=person_id, death_date=date(2026, 10, 6))
    assert OutboxEvent.objects.get(name="registry.PersonDied").payload["death_date"] == "2026-10-05"
    purpose(officer, at, person_id)
    assert registry.open_person(viewer=officer, person_id=person_id, at=at).dead_on == date(2026, 10, 5)


def test_a_move_takes_the_facts_along_and_the_old_community_stops_seeing(officer: Viewer, at: datetime) -> None:
    person_id, other = register(officer, at, "王芳"), register(officer, at, "赵六", area_id=COMMUNITY_FURONG)
    household(officer, at, (person_id, "head"))
    target = household(officer, at, (other, "head"), area_id=COMMUNITY_FURONG)
    registry.record_statement(
        actor=officer,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=person_id,
        source="visit",
        values={"severe_illness": True},
        valid_from=date(2026, 1, 1),
    )
    old = staff(at=at, role="community_worker", area_id=COMMUNITY_QINGHE)
    new = staff(at=at, role="community_worker", area_id=COMMUNITY_FURONG)
    with pytest.raises(registry.UnableToMovePerson, match="区民政局"):
        registry.move_person(actor=old, at=at, person_id=person_id, household_id=target, moved_date=date(2026, 11, 1))
    registry.move_person(
        actor=officer,
        at=at,
        person_id=person_id,
        household_id=target,
        moved_date=date(2026, 11, 1),
        relation="other",
    )
    with pytest.raises(registry.UnableToMovePerson, match="已经住在"):
        registry.move_person(
            actor=officer, at=at, person_id=person_id, household_id=target, moved_date=date(2026, 11, 2)
        )
    with pytest.raises(registry.UnableToFind):
        purpose(old, at, person_id)
    purpose(new, at, person_id)
    card = registry.open_person(viewer=new, person_id=person_id, at=at)
    assert (card.household_id, card.area_id) == (target, COMMUNITY_FURONG)
    assert next(f.value for f in card.facts if f.attribute == "severe_illness") is True
    assert told("PersonMoved") == 1


def test_households_refuse_two_heads_two_homes_and_backward_days(officer: Viewer, at: datetime) -> None:
    first, second = register(officer, at, "王芳"), register(officer, at, "李四")
    home = household(officer, at, (first, "head"))

    def add(person_id: int, relation: str, kind: MembershipKind = MembershipKind.RESIDENCE) -> None:
        registry.add_member(
            actor=officer,
            at=at,
            household_id=home,
            person_id=person_id,
            kind=kind,
            valid_from=LONG_AGO,
            relation=relation,
        )

    with pytest.raises(registry.UnableToChangeHousehold, match="已经有户主"):
        add(second, "head")
    with pytest.raises(registry.UnableToChangeHousehold, match="与户主关系"):
        add(second, "friend")
    add(second, "other")
    with pytest.raises(registry.UnableToChangeHousehold, match="已经是这一户"):
        add(second, "other")
    leave = {"actor": officer, "at": at, "household_id": home, "person_id": second, "kind": MembershipKind.RESIDENCE}
    with pytest.raises(registry.UnableToChangeHousehold, match="必须晚于"):
        registry.remove_member(**leave, valid_to=LONG_AGO)
    registry.remove_member(**leave, valid_to=date(2026, 1, 1))
    with pytest.raises(registry.UnableToChangeHousehold, match="现在不是"):
        registry.remove_member(**leave, valid_to=date(2026, 2, 1))


def test_relations_and_organisations(officer: Viewer, at: datetime) -> None:
    first, second = register(officer, at, "王芳"), register(officer, at, "李四")
    registry.add_relation(actor=officer, at=at, person_id=first, kind=RelationKind.CHILD, relative_id=second)
    with pytest.raises(registry.UnableToRelate, match="已经记过"):
        registry.add_relation(actor=officer, at=at, person_id=second, kind=RelationKind.PARENT, relative_id=first)
    with pytest.raises(registry.UnableToRelate, match="二者选一"):
        registry.add_relation(actor=officer, at=at, person_id=first, kind=RelationKind.CHILD)
    purpose(officer, at, second)
    kin = registry.open_person(viewer=officer, person_id=second, at=at).kin
    assert [(k.relation, k.person_id) for k in kin] == [(RelationKind.PARENT, first)]
    made = {"actor": officer, "at": at, "area_id": COMMUNITY_QINGHE, "name": "某社会服务中心"}
    kind = OrganisationKind.SOCIAL_SERVICE
    registry.register_organisation(**made, credit_code="91350100M000100Y43", kind=kind)
    for code, words in (("91350100M000100Y43", "已经登记"), ("91310115MA1H8R7C6D", "校验位")):
        with pytest.raises(registry.UnableToRegisterOrganisation, match=words):
            registry.register_organisation(**made, credit_code=code, kind=kind)


def test_the_tests_run_as_a_role_that_row_level_security_binds() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
