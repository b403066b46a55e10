"""Codes and values of the registry that cross its walls."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

Value = bool | int | str | date | None


class SubjectKind(StrEnum):
    """What a statement is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    THING = "thing"


class Sex(StrEnum):
    """Sex as registered (GB/T 2261.1)."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        return {"male": "男", "female": "女"}[self.value]


class IdKind(StrEnum):
    """By which certificate a person is identified; somebody without one is registered all the same."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    FOREIGN_PERMANENT = "foreign_permanent"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "resident_id": "居民身份证",
            "passport": "护照",
            "foreign_permanent": "外国人永久居留身份证",
            "none": "没有证件",
            "unknown": "证件不详",
        }[self.value]


class HouseholdKind(StrEnum):
    """A family, or people who live together for another reason (dormitory, institution: 集体户)."""

    FAMILY = "family"
    COLLECTIVE = "collective"

    @property
    def label(self) -> str:
        return {"family": "家庭户", "collective": "集体户"}[self.value]


class MembershipKind(StrEnum):
    """A person lives in a household, or is only registered there (人户分离)."""

    RESIDENCE = "residence"
    HUKOU = "hukou"

    @property
    def label(self) -> str:
        return {"residence": "居住", "hukou": "户籍"}[self.value]


class HouseholdPurpose(StrEnum):
    """For which question a household is looked at; who counts differs, the graph of relations is one."""

    RESIDENCE = "residence"
    HUKOU = "hukou"
    ASSISTANCE = "assistance"

    @property
    def label(self) -> str:
        return {"residence": "居住在一起的人", "hukou": "户口簿上的人", "assistance": "共同生活家庭成员（救助）"}[
            self.value
        ]


class RelationKind(StrEnum):
    """What the relative is to the person; the mirrored relation is derived, never stored twice."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    GUARDIAN = "guardian"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "spouse": "配偶",
            "child": "子女",
            "parent": "父母",
            "grandchild": "孙子女",
            "grandparent": "祖父母",
            "sibling": "兄弟姐妹",
            "guardian": "监护人",
            "other": "其他亲属",
        }[self.value]

    @property
    def mirrored(self) -> "RelationKind":
        pairs = {"child": "parent", "parent": "child", "grandchild": "grandparent", "grandparent": "grandchild"}
        return RelationKind(pairs.get(self.value, self.value if self.value != "guardian" else "other"))


class OrganisationKind(StrEnum):
    """What sort of organisation works in the district."""

    NURSING_HOME = "nursing_home"
    DAY_CARE_CENTRE = "day_care_centre"
    CANTEEN = "canteen"
    HOME_CARE_PROVIDER = "home_care_provider"
    ASSOCIATION = "association"
    SOCIAL_SERVICE = "social_service"
    FOUNDATION = "foundation"
    PRIMARY_SCHOOL = "primary_school"
    MIDDLE_SCHOOL = "middle_school"
    HEALTH_CENTRE = "health_centre"
    CHILD_WELFARE_HOME = "child_welfare_home"
    COMPANY = "company"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "nursing_home": "养老机构",
            "day_care_centre": "日间照料中心",
            "canteen": "助餐点",
            "home_care_provider": "居家养老服务机构",
            "association": "社会团体",
            "social_service": "社会服务机构",
            "foundation": "基金会",
            "primary_school": "小学",
            "middle_school": "中学",
            "health_centre": "社区卫生服务中心",
            "child_welfare_home": "儿童福利机构",
            "company": "企业",
            "other": "其他",
        }[self.value]


class ThingKind(StrEnum):
    """Things and happenings that facts are stated about (人房物事组织)."""

    FACILITY = "facility"
    EQUIPMENT = "equipment"
    HAPPENING = "happening"

    @property
    def label(self) -> str:
        return {"facility": "设施", "equipment": "设备", "happening": "事件"}[self.value]


class LookPurpose(StrEnum):
    """Why somebody opens a person's page; asked once per person and day."""

    CASE = "case"
    VISIT = "visit"
    ENQUIRY = "enquiry"
    CORRECTION = "correction"
    SUPERVISION = "supervision"

    @property
    def label(self) -> str:
        return {
            "case": "办理申请或复核",
            "visit": "走访、探访",
            "enquiry": "本人或家属来问",
            "correction": "核对、更正资料",
            "supervision": "监督、审计",
        }[self.value]


@dataclass(frozen=True)
class Statement:
    """What one source said about one subject: {attribute: value}; periods half-open."""

    id: int
    subject_kind: SubjectKind
    subject_id: int
    source: str
    values: dict[str, Any]
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    confidence: int
    retracted_at: datetime | None = None


@dataclass(frozen=True)
class Cover:
    """From `complete_as_of` a register says all there is to say of an attribute; who is not in it has the default."""

    source: str
    attribute: str
    complete_as_of: date
    absent_value: Value
    good_for_days: int
    recorded_at: datetime


@dataclass(frozen=True)
class Claim:
    """One value from one source, as a candidate for the truth."""

    value: Value
    source: str
    confidence: int
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    statement_id: int | None = None
    by_silence: bool = False


@dataclass(frozen=True)
class Fact:
    """The value that counts, and every other claim that speaks against it. `value` None is unknown, never zero."""

    attribute: str
    value: Value
    winner: Claim | None
    conflicts: tuple[Claim, ...] = ()

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def by_register(self) -> bool:
        """This property will say that nobody stated the value: a complete register does not list the subject."""
        return self.winner is not None and self.winner.by_silence


@dataclass(frozen=True)
class DwellingRef:
    """Where a household lives."""

    id: int
    area_id: int
    address: str
    estate: str
    building: str
    unit: str
    room: str
    lon: float | None = None
    lat: float | None = None
    grid_no: str = ""


@dataclass(frozen=True)
class Found:
    """One row of a list of people; numbers are already masked."""

    person_id: int
    name: str
    sex: str
    age: str
    id_masked: str
    phone_masked: str
    area_id: int
    area_name: str
    household_id: int | None
    matched_by: str


@dataclass(frozen=True)
class FoundPage:
    """One page of search results, and what of the text was understood how."""

    people: tuple[Found, ...]
    next_token: str | None
    understood: str
    hint: str = ""


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same person; `person` is None when they live outside the viewer's areas."""

    reason: str
    person: Found | None
    certain: bool = False


@dataclass(frozen=True)
class Member:
    """One person in a household, for one purpose; `counted` false carries the reason and its article."""

    person_id: int
    name: str
    sex: str
    birth_date: date | None
    relation: str
    counted: bool = True
    reason: str = ""
    valid_from: date | None = None


@dataclass(frozen=True)
class HouseholdView:
    """Who belongs to a household for one purpose."""

    household_id: int
    purpose: HouseholdPurpose
    members: tuple[Member, ...]

    @property
    def counted(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.counted)


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    source: str = ""
    reference: int | None = None


@dataclass(frozen=True)
class Kin:
    """One relative of a person; `person_id` None is somebody outside the registry."""

    relation: RelationKind
    name: str
    person_id: int | None


@dataclass(frozen=True)
class PersonCard:
    """Everything of one person that the viewer may see, masked numbers included."""

    person_id: int
    asked_for_id: int
    area_id: int
    area_name: str
    name: str
    name_pinyin: str
    sex: str
    birth_date: date | None
    id_kind: IdKind
    id_number: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    dead_on: date | None
    facts: tuple[Fact, ...]
    household_id: int | None
    members: tuple[Member, ...]
    dwelling: DwellingRef | None
    kin: tuple[Kin, ...]
    timeline: tuple[Event, ...]
    merged: tuple[int, ...]
    purpose: str


@dataclass(frozen=True)
class FactSource:
    """Where the value that counts comes from, for whoever asks "who says so?"."""

    source: str
    label: str
    recorded_at: datetime
    confidence: int
    valid_from: date | None
    disputed: bool


@dataclass(frozen=True)
class HouseholdFacts:
    """One household as the rulebook reads it, with where each fact comes from.

    `household` holds the known facts of the household; `members` one row for each member with household_id, person_id,
    area_id and the known facts. `sources` and `facts` are keyed (person id, or None for the household; attribute).
    """

    household_id: int
    area_id: int
    household: dict[str, Value]
    members: tuple[dict[str, Value], ...]
    names: dict[int, str]
    sources: dict[tuple[int | None, str], FactSource]
    facts: dict[tuple[int | None, str], Fact]

    def about(self, person_id: int, *, on: date) -> str:
        """This function will describe a member in a few words: sex and age on a day."""
        words = []
        sex = self.facts[(person_id, "sex")].value
        if sex:
            words.append(Sex(str(sex)).label)
        born = self.facts[(person_id, "birth_date")].value
        if isinstance(born, date):
            words.append(f"{on.year - born.year - ((on.month, on.day) < (born.month, born.day))}岁")
        return "，".join(words)
