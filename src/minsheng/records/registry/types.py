"""Codes and values of the registry that cross its walls."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.types import ProtectionLevel as ProtectionLevel
from minsheng.records.registry.codes import (
    HouseholdKind as HouseholdKind,
)
from minsheng.records.registry.codes import (
    HouseholdPurpose as HouseholdPurpose,
)
from minsheng.records.registry.codes import (
    IdKind as IdKind,
)
from minsheng.records.registry.codes import (
    LabellingState as LabellingState,
)
from minsheng.records.registry.codes import (
    LabelReason as LabelReason,
)
from minsheng.records.registry.codes import (
    LookPurpose as LookPurpose,
)
from minsheng.records.registry.codes import (
    MembershipKind as MembershipKind,
)
from minsheng.records.registry.codes import (
    OrganisationKind as OrganisationKind,
)
from minsheng.records.registry.codes import (
    RelationKind as RelationKind,
)
from minsheng.records.registry.codes import (
    Sex as Sex,
)
from minsheng.records.registry.codes import (
    SubjectKind as SubjectKind,
)
from minsheng.records.registry.codes import (
    ThingKind as ThingKind,
)

Value = bool | int | str | date | None


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
class FactInWords:
    """One registered fact as its person reads it: what it is called, what is said, by whom, since when."""

    attribute: str
    label: str
    words: str
    value: Value
    source: str
    since: date | None


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
class LabellingLine:
    """One change of a person's label, as those read it who may see the person."""

    id: int
    level_before: ProtectionLevel
    level_after: ProtectionLevel
    reason: LabelReason
    note: str
    state: LabellingState
    labelled_at: datetime
    labelled_by_name: str
    decided_at: datetime | None
    decided_by_name: str
    answer: str
    is_mine: bool


@dataclass(frozen=True)
class PersonLabel:
    """A person's label, up to where the viewer may set it, its changes newest first, and the one that waits."""

    person_id: int
    name: str
    level: ProtectionLevel
    reach: ProtectionLevel
    changes: tuple[LabellingLine, ...]
    waiting: LabellingLine | None


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
    level: ProtectionLevel = ProtectionLevel.ORDINARY


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
