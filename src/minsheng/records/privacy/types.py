"""Codes of the rights of a person over their data, with the articles of the 个人信息保护法 (PIPL) that they rest on."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RequestKind(StrEnum):
    """What a person may ask for."""

    ACCESS = "access"
    COPY = "copy"
    CORRECTION = "correction"
    DELETION = "deletion"
    EXPLANATION = "explanation"

    @property
    def label(self) -> str:
        return {
            "access": "查阅自己的资料",
            "copy": "复制自己的资料",
            "correction": "更正、补充资料",
            "deletion": "删除资料",
            "explanation": "解释处理规则",
        }[self.value]

    @property
    def basis(self) -> str:
        return {
            "access": "个人信息保护法第四十五条",
            "copy": "个人信息保护法第四十五条",
            "correction": "个人信息保护法第四十六条",
            "deletion": "个人信息保护法第四十七条",
            "explanation": "个人信息保护法第四十八条",
        }[self.value]


class RequestState(StrEnum):
    """Where a request stands; an answer is final, a new request may follow."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"open": "待答复", "done": "已办", "refused": "未予办理", "withdrawn": "本人撤回"}[self.value]


class AskedBy(StrEnum):
    """Who asks; who they are was checked before the request is taken."""

    SELF = "self"
    GUARDIAN = "guardian"
    NEAR_RELATIVE = "near_relative"

    @property
    def label(self) -> str:
        return {"self": "本人", "guardian": "监护人", "near_relative": "死者的近亲属（第四十九条）"}[self.value]


class ConsentCategory(StrEnum):
    """How a consent must be given: plain, separate for sensitive data (Art 29), by a guardian under 14 (Art 31)."""

    PLAIN = "plain"
    SEPARATE = "separate"
    GUARDIAN = "guardian"

    @property
    def label(self) -> str:
        return {"plain": "同意", "separate": "单独同意", "guardian": "监护人同意"}[self.value]


@dataclass(frozen=True)
class Activity:
    """One way in which data are used: on which basis, whether they are sensitive, what a person is told."""

    code: str
    label: str
    basis: str
    needs_consent: bool
    sensitive: bool
    text: str
    version: str


@dataclass(frozen=True)
class Ground:
    """A ground on which a request may be refused, the requests that it fits, its article."""

    code: str
    label: str
    basis: str
    kinds: frozenset[RequestKind]


@dataclass(frozen=True)
class Retention:
    """How long the rows of a model are kept, why, and who clears them away.

    `days` after `column` they may go; None: kept. `cleared_by` names the job: "privacy.purge" is ours; the words of
    another room's job where that room does it; "" where nothing is cleared away and `why` says why not.
    """

    label: str
    why: str
    days: int | None = None
    column: str = ""
    person: str = ""
    """The column that names the person, so that a hold of that person keeps the row."""
    cleared_by: str = ""


@dataclass(frozen=True)
class RequestLine:
    """One request for lists and its page."""

    id: int
    person_id: int
    name: str
    kind: RequestKind
    asked_by: AskedBy
    words: str
    state: RequestState
    received_at: datetime
    due_date: date
    days_left: int
    answer: str
    ground: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True)
class OwnConsent:
    """One activity as a resident sees it: how it is consented to, and since when where it is (`consent_id`)."""

    person_id: int
    activity: Activity
    category: ConsentCategory
    consent_id: int | None
    given_at: datetime | None


@dataclass(frozen=True)
class HoldLine:
    """One legal hold, standing or lifted; the reader may confirm its end where somebody else has asked for it."""

    id: int
    person_id: int
    name: str
    basis: str
    set_at: datetime
    set_by: str
    end_asked_at: datetime | None
    end_asked_by: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    may_confirm: bool


@dataclass(frozen=True)
class ConsentLine:
    """One consent of a person, running or withdrawn."""

    id: int
    activity: Activity
    category: ConsentCategory
    given_by: str
    given_at: datetime
    withdrawn_at: datetime | None
