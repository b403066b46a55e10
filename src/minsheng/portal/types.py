"""Codes and values of the residents' pages that cross its walls."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from minsheng.foundation.accounts.types import Viewer


class IdentityCheck(StrEnum):
    """How the clerk at the counter made sure who stands there."""

    ID_CARD = "id_card"
    KNOWN = "known"
    HOME_VISIT = "home_visit"

    @property
    def label(self) -> str:
        return {
            "id_card": "核对了本人身份证",
            "known": "核对了户口簿或社保卡",
            "home_visit": "上门核对了本人和证件",
        }[self.value]


class Channel(StrEnum):
    """Through which door a resident came in."""

    COUNTER_CODE = "counter_code"
    IDENTITY_PROVIDER = "identity_provider"


class ConcernKind(StrEnum):
    """What a resident wants of the office."""

    CORRECTION = "correction"
    COMPLAINT = "complaint"
    WITHDRAWAL = "withdrawal"

    @property
    def label(self) -> str:
        return {
            "correction": "登记的情况不对，要更正",
            "complaint": "对办理不满意，要投诉",
            "withdrawal": "申请不办了，要撤回",
        }[self.value]


@dataclass(frozen=True)
class Resident:
    """Who reads their own pages: one person of one household, for the length of one session.

    `viewer` is what queries and operations of lower floors take; it holds no role over any area, so the database shows
    it nothing but what the session's household may see.
    """

    session_id: int
    household_id: int
    person_id: int
    area_id: int
    expires_at: datetime
    viewer: Viewer


@dataclass(frozen=True)
class PrintedCode:
    """A code as it is handed over: only here is it whole, in the database is its hash."""

    code_id: int
    code: str
    expires_at: datetime
    name: str


@dataclass(frozen=True)
class IssuedCode:
    """One code that was given out, without the code itself."""

    id: int
    issued_at: datetime
    expires_at: datetime
    issued_by_name: str
    used: int
    state: str

    @property
    def usable(self) -> bool:
        return self.state == "可以使用"


@dataclass(frozen=True)
class Look:
    """One day on which somebody of an office looked at the household's data, and for what."""

    day: date
    office: str
    purpose: str
    times: int
