"""Codes and values of casework that cross its walls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.calendars.types import Limit
from minsheng.work.casework.codes import ENDED as ENDED
from minsheng.work.casework.codes import REDUCING as REDUCING
from minsheng.work.casework.codes import UNDECIDED as UNDECIDED
from minsheng.work.casework.codes import Act as Act
from minsheng.work.casework.codes import CheckState as CheckState
from minsheng.work.casework.codes import Origin as Origin
from minsheng.work.casework.codes import Outcome as Outcome
from minsheng.work.casework.codes import ProxyBasis as ProxyBasis
from minsheng.work.casework.codes import ProxyScope as ProxyScope
from minsheng.work.casework.codes import Status as Status


@dataclass(frozen=True)
class LimitRule:
    """One limit of the law: within `limit` after one of `after` was done, `done_by` must be done; under an article."""

    code: str
    label: str
    owner: str
    after: tuple[Act, ...]
    done_by: tuple[Act, ...]
    limit: Limit
    article: str
    delegated: Limit | None = None
    extended: Limit | None = None
    unsteady: Limit | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Edition:
    """One procedure as it stands from a day on: what must happen, in which time, by whom."""

    procedure: str
    title: str
    code: str
    from_date: date
    basis: str
    schemes: tuple[str, ...]
    required: tuple[Act, ...]
    limits: tuple[LimitRule, ...]
    notice_days: int
    notice_article: str
    hearing: bool
    hearing_article: str
    delegable: bool
    extension_grounds: Mapping[str, str]
    extension_article: str
    sources: tuple[str, ...]
    review_months: int
    valid_months: int | None
    advance: bool
    transition: str

    def needs(self, act: Act) -> bool:
        """This function will say whether an approval under this edition must have this act behind it."""
        return act in self.required


@dataclass(frozen=True)
class Done:
    """One act as the rules see it: what, by whom, on which day, in which round of investigation."""

    act: Act
    account_id: int
    day: date
    round: int = 1


@dataclass(frozen=True)
class CaseFacts:
    """What the rules may know of a case to say whether an act is allowed; nothing of it is personal."""

    status: Status
    round: int
    delegated: bool
    relative_flag: bool
    complaint: bool
    acts: tuple[Done, ...]
    investigations_signed: int
    investigations_open: int
    checks_asked: int
    checks_unsettled: int
    authorised: bool
    favourable: bool | None
    notice_last_day: date | None
    objections_open: int
    hearing_done: bool
    adjustment: Outcome | None
    valid_until: date | None
    appeals_open: int = 0
    referrals_open: int = 0
    acts_as_proxy: bool = False

    def by(self, *acts: Act) -> frozenset[int]:
        """This function will return the accounts that did any of these acts, in every round."""
        return frozenset(done.account_id for done in self.acts if done.act in acts)

    def done(self, act: Act) -> bool:
        """This function will say whether the act was done in this round, or, before rounds began, at all."""
        return any(d.act is act and (d.round == self.round or act in ONCE) for d in self.acts)


# Acts that hold for every round of investigation once they are done.
ONCE = frozenset({Act.SUBMIT, Act.AUTHORISE, Act.ACCEPT, Act.START_INVESTIGATION, Act.REQUEST_CHECK}) | {
    Act.AID_FIRST,
    Act.EXTEND,
}


@dataclass(frozen=True)
class ClockLine:
    """One limit of one case: since when, until when, how many working days are left (negative: overdue)."""

    code: str
    label: str
    owner: str
    limit_words: str
    article: str
    started_date: date | None
    due_date: date | None
    done_date: date | None
    left: int | None
    unknown: str = ""
    doubt: str = ""

    @property
    def state(self) -> str:
        """This property will be waiting, running, late, done or done_late."""
        if self.started_date is None:
            return "waiting"
        if self.done_date is not None:
            return "done_late" if self.due_date is not None and self.done_date > self.due_date else "done"
        return "late" if self.left is not None and self.left < 0 else "running"

    @property
    def state_words(self) -> str:
        """This property will say the state as one reads it beside the date."""
        if self.state == "running":
            return self.unknown or ("今天到期" if self.left == 0 else f"还剩 {self.left} 个工作日")
        return {
            "waiting": "还没到这一步",
            "late": f"已超 {-(self.left or 0)} 个工作日",
            "done": "按期办结",
            "done_late": "超期办结",
        }[self.state]


@dataclass(frozen=True)
class PublicNotice:
    """What anyone may read of a public notice: name, household size, amount (57号 Art 24), and how to object."""

    token: str
    title: str
    name: str
    household_size: int
    amount_fen: int
    monthly: bool
    starts_date: date
    last_date: date
    office: str
    running: bool


@dataclass(frozen=True)
class Receipt:
    """What the applicant is told after submitting: number, office, and the day by which there is an answer."""

    number: str
    submitted_at: datetime
    office: str
