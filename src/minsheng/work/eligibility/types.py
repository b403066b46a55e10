"""Codes and values of eligibility that cross its walls."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """What the rules say of one beneficiary under one scheme."""

    ENTITLED = "entitled"
    UNKNOWN = "unknown"
    NOT_ENTITLED = "not_entitled"


class FindingKind(StrEnum):
    """What a comparison of the rules with what is received brings up (主动发现)."""

    ENTITLED_NOT_RECEIVING = "entitled_not_receiving"
    RECEIVING_NOT_ENTITLED = "receiving_not_entitled"
    ONE_DATUM_MISSING = "one_datum_missing"

    @property
    def label(self) -> str:
        return {
            "entitled_not_receiving": "应享未享",
            "receiving_not_entitled": "享而不符",
            "one_datum_missing": "只差一项",
        }[self.value]


class AgeBand(StrEnum):
    """Ages as the pages count them; half-open in full years."""

    CHILD = "0-17"
    ADULT = "18-59"
    OLDER = "60-79"
    OLD = "80+"

    @property
    def label(self) -> str:
        """This property will be the band as one says it: `18—59 岁`, `80 岁以上`."""
        return f"{self.value.removesuffix('+')} 岁以上" if self is AgeBand.OLD else f"{self.value.replace('-', '—')} 岁"

    @classmethod
    def of(cls, years: int) -> "AgeBand":
        """This function will return the band of an age in full years."""
        if years < 18:
            return cls.CHILD
        if years < 60:
            return cls.ADULT
        return cls.OLDER if years < 80 else cls.OLD


@dataclass(frozen=True)
class Missing:
    """One datum that settles an outcome: whose, which, and the question to ask."""

    person_id: int | None
    input: str
    question: str


@dataclass(frozen=True)
class RunSummary:
    """What one evaluation of the whole district did."""

    run_id: int
    as_of: date
    persons: int
    households: int
    schemes: int
    entitled: int
    unknown: int
    findings: dict[str, int]
    law_digest: str


# Whose result: scheme, household, and the person where the scheme is a person's.
Key = tuple[str, int, int | None]


@dataclass(frozen=True)
class Outcome:
    """What the rules said of one key in one run; amounts in fen per period of the scheme, before and after stacking."""

    key: Key
    area_id: int
    status: Status
    amount_fen: int | None
    payable_fen: int | None
    facts_digest: str
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Received:
    """What one key receives now, summed over its receipts, in fen per period of the scheme."""

    key: Key
    area_id: int
    amount_fen: int


@dataclass(frozen=True)
class Stored:
    """One open row of results as the database holds it."""

    id: int
    key: Key
    status: Status
    amount_fen: int | None
    payable_fen: int | None
    valid_from: date
    scheme_digest: str


@dataclass(frozen=True)
class IntervalChange:
    """What storing a run has to do: rows to end on the month, to remove (they began in it), and to add."""

    end: tuple[int, ...]
    remove: tuple[int, ...]
    add: tuple[Outcome, ...]


@dataclass(frozen=True)
class Found:
    """A finding before it has a row."""

    kind: FindingKind
    key: Key
    area_id: int
    amount_fen: int | None
    receiving_fen: int | None
    reason: str = ""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class FindingLine:
    """One open finding as lists, exports and first pages use it; amounts in fen per period of the scheme."""

    id: int
    kind: FindingKind
    scheme: str
    household_id: int
    person_id: int | None
    subject_name: str
    place: str
    age_band: str
    amount_fen: int | None
    receiving_fen: int | None
    reason: str
    questions: tuple[str, ...]
    noted: str = ""  # why somebody entitled does not receive, as it was found out last
