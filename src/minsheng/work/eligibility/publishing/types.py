"""Codes and values of publishing that cross its walls."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a publication stands; `rules.TRANSITIONS` says what may follow."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    TRYING = "trying"
    TRIED = "tried"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            "drafted": "起草中",
            "checked": "样例已通过",
            "trying": "正在全区测算",
            "tried": "已测算，待提交",
            "submitted": "等待签发",
            "published": "已签发",
            "returned": "已退回",
            "withdrawn": "已作废",
        }[self.value]


class Act(StrEnum):
    """What can be done with a publication."""

    REVISE = "revise"
    CHECK = "check"
    START_TRIAL = "start_trial"
    RECORD_TRIAL = "record_trial"
    FAIL_TRIAL = "fail_trial"
    SUBMIT = "submit"
    SIGN = "sign"
    RETURN = "return"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        return {
            "revise": "修改",
            "check": "核对样例",
            "start_trial": "开始测算",
            "record_trial": "记下测算结果",
            "fail_trial": "记下测算没有办成",
            "submit": "提交签发",
            "sign": "签发",
            "return": "退回",
            "withdraw": "作废",
        }[self.value]


class Effect(StrEnum):
    """What a publication does to one beneficiary under one scheme."""

    GAINS = "gains"
    LOSES = "loses"
    MORE = "more"
    LESS = "less"
    UNSETTLED = "unsettled"

    @property
    def label(self) -> str:
        return {
            "gains": "新增享受",
            "loses": "不再享受",
            "more": "金额增加",
            "less": "金额减少",
            "unsettled": "缺信息，说不准",
        }[self.value]


@dataclass(frozen=True)
class GivenVersion:
    """One figure or table as an officer gave it; money in fen. `edges` is empty for a figure and for coded rows."""

    name: str
    basis: str
    value: int | None = None
    edges: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class Header:
    """What a publication is, from which day it holds, why, and on what grounds it may reach back."""

    title: str
    in_force_date: date
    reason: str
    backdating_basis: str = ""


@dataclass(frozen=True)
class SchemeCost:
    """One scheme before and after: beneficiaries who are entitled, and fen per month if all of them receive."""

    scheme: str
    before_entitled: int
    after_entitled: int
    before_fen: int
    after_fen: int
    effects: dict[str, int]


@dataclass(frozen=True)
class Outlook:
    """The year of one scheme in fen: `left_fen` is None while the budget or what was spent of it is unknown."""

    year: int
    amount_fen: int | None
    spent_fen: int | None
    forecast_fen: int | None
    left_fen: int | None
    why_unknown: str = ""
