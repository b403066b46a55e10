"""What happened in the registry, in the past tense and with ids only."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.events.types import event


@event("registry.PersonRegistered")
@dataclass(frozen=True)
class PersonRegistered:
    """A person came into the registry."""

    person_id: int
    area_id: int
    at: datetime


@event("registry.FactsRecorded")
@dataclass(frozen=True)
class FactsRecorded:
    """Facts about a subject were stated, corrected or withdrawn, with effect from a day."""

    subject_kind: str
    subject_id: int
    attributes: tuple[str, ...]
    valid_from: date
    at: datetime


@event("registry.PersonDied")
@dataclass(frozen=True)
class PersonDied:
    """A death was registered; whoever pays must look back to the day."""

    person_id: int
    death_date: date
    at: datetime


@event("registry.PersonMoved")
@dataclass(frozen=True)
class PersonMoved:
    """A person went to another household or community from a day on."""

    person_id: int
    from_area_id: int
    to_area_id: int
    moved_date: date
    at: datetime


@event("registry.PersonsMerged")
@dataclass(frozen=True)
class PersonsMerged:
    """Two records turned out to be one person; both ids keep resolving."""

    kept_id: int
    merged_id: int
    at: datetime


@event("registry.PersonsUnmerged")
@dataclass(frozen=True)
class PersonsUnmerged:
    """A merge was taken back; both records are as they were."""

    kept_id: int
    merged_id: int
    at: datetime


@event("registry.HouseholdChanged")
@dataclass(frozen=True)
class HouseholdChanged:
    """Somebody came, left, or the household itself was made."""

    household_id: int
    at: datetime
