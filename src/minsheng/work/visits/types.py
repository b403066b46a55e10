"""Codes and values of visits that cross its walls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class SignalKind(StrEnum):
    """What happened to a household that may mean trouble; labels and points stand in policies/early_warning.yaml."""

    MEDICAL_BILL = "medical_bill"
    EDUCATION_BILL = "education_bill"
    INCOME_FELL = "income_fell"
    JOB_LOST = "job_lost"
    SEVERE_ILLNESS = "severe_illness"
    DISABILITY_CERTIFIED = "disability_certified"
    CARE_NEEDED = "care_needed"
    HOUSING_LOST = "housing_lost"
    MEMBER_DIED = "member_died"
    WIDOWED = "widowed"
    UTILITY_UNPAID = "utility_unpaid"
    RENT_UNPAID = "rent_unpaid"
    EMERGENCY = "emergency"
    VISIT_MISSED = "visit_missed"
    LEAD = "lead"


# Who may say that something happened, besides the sources of the registry.
SIGNAL_SOURCES: Mapping[str, str] = {
    "utilities": "供水、供电、供气企业",
    "housing": "住房保障部门",
    "hospital": "医院",
    "school": "学校",
    "grid": "网格",
    "visit": "社区走访",
    "police": "公安户籍",
    "hrss": "人社",
    "medical_insurance": "医保",
    "federation": "残联",
    "health": "卫健",
    "education": "教育",
    "welfare": "民政业务系统",
    "economic_check": "民政核对",
    "assessment": "能力评估机构",
    "self_report": "本人自报",
    "import": "表格导入",
}


@dataclass(frozen=True)
class Signal:
    """One happening: what, when, who says so, how much (fen, months, times; None: not known)."""

    kind: SignalKind
    happened_date: date
    source: str
    value: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class HouseholdState:
    """What is known of a household today; a fact that is not in a mapping is unknown."""

    household_id: int
    area_id: int
    facts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    assisted: bool = False


@dataclass(frozen=True)
class SignalWeight:
    """How one kind of happening counts."""

    kind: SignalKind
    dimension: str
    label: str
    unit: str
    steps: tuple[tuple[int, int], ...]
    tiers: tuple[tuple[int, int], ...]
    question: str
    basis: str


@dataclass(frozen=True)
class CircumstanceWeight:
    """How one lasting circumstance counts."""

    code: str
    dimension: str
    label: str
    points: int
    question: str
    basis: str
    limit_fen: int | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class Star:
    """One star level: from how many points, how soon the first visit, how often then (days)."""

    star: int
    from_points: int
    first_days: int
    every_days: int


@dataclass(frozen=True)
class Group:
    """People who are visited at least as often as this star says, whatever the points."""

    code: str
    label: str
    star: int
    basis: str


@dataclass(frozen=True)
class Weights:
    """One dated edition of policies/early_warning.yaml."""

    valid_from: date
    basis: str
    doubt: str
    digest: str
    settled_permille: int
    across_from: int
    across_bonus: int
    dimensions: Mapping[str, tuple[str, int]]  # code: (label, cap)
    signals: Mapping[SignalKind, SignalWeight]
    circumstances: Mapping[str, CircumstanceWeight]
    stars: tuple[Star, ...]  # the highest first
    stars_basis: str
    groups: Mapping[str, Group]
    monthly_groups: tuple[str, ...]
    retry_days: int
    escalation_days: int
    refer_days: int
    refusal_days: int
    lead_days: int
    finding_days: int
    ask_again_days: int


@dataclass(frozen=True)
class Contribution:
    """One reason of a score: what, how many points, since when, who says so, until when it counts like this."""

    code: str
    dimension: str
    label: str
    points: int
    source: str = ""
    since: date | None = None
    until: date | None = None
    value: int | None = None
    settled: bool = False


@dataclass(frozen=True)
class Unknown:
    """Something that is not known and could raise the score: what to ask, and by how many points at most."""

    code: str
    label: str
    question: str
    most: int


@dataclass(frozen=True)
class Score:
    """What is known speaks for `points`; if all that is not known were bad it would be `could_be`."""

    points: int
    could_be: int
    across: int
    contributions: tuple[Contribution, ...]
    unknown: tuple[Unknown, ...]
    groups: tuple[str, ...]
    next_change: date | None


class VisitStatus(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    RETRY = "retry"
    ESCALATED = "escalated"
    REFERRED = "referred"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "planned": "待走访",
            "retry": "没见到，待再访",
            "escalated": "两次没见到，已报街道",
            "referred": "要帮，待接办",
            "closed": "已办结",
        }[self.value]


class VisitAct(StrEnum):
    """What may be done to a visit."""

    FINE = "fine"
    NEEDS_HELP = "needs_help"
    NOT_MET = "not_met"
    MOVED = "moved"
    REFUSED = "refused"
    TAKE_UP = "take_up"
    SETTLE = "settle"
    HAND_OVER = "hand_over"

    @property
    def label(self) -> str:
        return {
            "fine": "见到了，都好",
            "needs_help": "见到了，要帮",
            "not_met": "没见到人",
            "moved": "搬走了",
            "refused": "不愿意见",
            "take_up": "接办",
            "settle": "不用去了",
            "hand_over": "移交",
        }[self.value]


RESULTS = (VisitAct.FINE, VisitAct.NEEDS_HELP, VisitAct.NOT_MET, VisitAct.MOVED, VisitAct.REFUSED)
MET = (VisitAct.FINE, VisitAct.NEEDS_HELP, VisitAct.REFUSED)


class Way(StrEnum):
    """How somebody was looked up."""

    HOME = "home"
    PHONE = "phone"

    @property
    def label(self) -> str:
        return {"home": "上门", "phone": "打电话"}[self.value]


class Origin(StrEnum):
    """Why a visit was planned first."""

    WARNING = "warning"
    ROUTINE = "routine"
    FINDING = "finding"

    @property
    def label(self) -> str:
        return {"warning": "预警", "routine": "定期走访", "finding": "主动发现"}[self.value]


@dataclass(frozen=True)
class Reason:
    """One reason to go, in a few plain words without figures of health or money; `question` is what to ask."""

    code: str
    label: str
    question: str = ""
    finding_id: int | None = None
    scheme: str = ""
    person_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """This function will return the reason as it is stored."""
        return {name: value for name, value in self.__dict__.items() if value not in ("", None)}


@dataclass(frozen=True)
class NewSignal:
    """A happening as a source hands it in."""

    household_id: int
    kind: SignalKind
    happened_date: date
    source: str
    value: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Rhythm:
    """How often a star is visited in one area from a day on."""

    area_id: int
    star: int
    first_days: int
    every_days: int
    valid_from: date


@dataclass(frozen=True)
class Due:
    """A visit that a household is due for."""

    household_id: int
    area_id: int
    star: int
    due_date: date
    origin: Origin
    reasons: tuple[Reason, ...] = field(default=())
