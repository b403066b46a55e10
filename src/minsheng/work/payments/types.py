"""Codes and values of payments that cross its walls. Money is integer fen; a month is the first day of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RunState(StrEnum):
    """Where a monthly run stands; `rules.runs.TRANSITIONS` says what may follow."""

    COMPILED = "compiled"
    LOCKED = "locked"
    SIGNED = "signed"
    RELEASED = "released"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        return {
            "compiled": "已编制，等待锁定",
            "locked": "已锁定，等待签字",
            "signed": "签字齐全，等待出银行文件",
            "released": "已交银行，等待回盘",
            "settled": "已对账",
        }[self.value]


class RunAct(StrEnum):
    """What can be done to a run."""

    COMPILE = "compile"
    LOCK = "lock"
    SIGN = "sign"
    RETURN = "return"
    RELEASE = "release"
    RECEIVE = "receive"
    SETTLE = "settle"


class LineState(StrEnum):
    """Where one amount for one beneficiary and month stands; `unknown` waits for the bank's word and is not resent."""

    PLANNED = "planned"
    HELD = "held"
    SENT = "sent"
    UNKNOWN = "unknown"
    PAID = "paid"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return {
            "planned": "待发",
            "held": "暂扣",
            "sent": "已交银行",
            "unknown": "结果不明",
            "paid": "已发放",
            "returned": "银行退回",
        }[self.value]


class LineKind(StrEnum):
    """Why an amount is paid."""

    REGULAR = "regular"
    ARREARS = "arrears"
    ONCE = "once"

    @property
    def label(self) -> str:
        return {"regular": "当月", "arrears": "补发", "once": "一次性"}[self.value]


class FileState(StrEnum):
    """Where the bank file stands: `sending` is written before the bank is called, so a crash leaves a trace."""

    MADE = "made"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"

    @property
    def label(self) -> str:
        return {"made": "已生成", "sending": "正在送出", "unknown": "是否送达不明", "sent": "银行已收"}[self.value]


class Outcome(StrEnum):
    """What the bank says of one line."""

    PAID = "paid"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """What a check does: `block` holds the line, `review` waits for an officer's word, `note` only tells."""

    BLOCK = "block"
    REVIEW = "review"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {"block": "不能发", "review": "要人工看", "note": "提示"}[self.value]


class Ledger(StrEnum):
    """Where money is. Every transaction moves it between these and sums to zero; budget is minus all that came in."""

    BUDGET = "budget"
    FUND = "fund"
    PAYABLE = "payable"
    PAID = "paid"
    RETURNED = "returned"
    RECEIVABLE = "receivable"
    WRITTEN_OFF = "written_off"
    FLOAT = "float"
    FLOAT_GAP = "float_gap"

    @property
    def label(self) -> str:
        return {
            "budget": "财政拨入（负数）",
            "fund": "专项资金余额",
            "payable": "已交银行待确认",
            "paid": "已发放",
            "returned": "退回待重发",
            "receivable": "多发待追回",
            "written_off": "核准不再追回",
            "float": "备用金在手",
            "float_gap": "备用金盘点差额待查",
        }[self.value]


class FollowUpKind(StrEnum):
    """Why a line left work behind, and what its next step is."""

    UNKNOWN = "unknown"
    RETURNED = "returned"
    HELD = "held"
    SAMPLED = "sampled"
    PAYEE = "payee"

    @property
    def label(self) -> str:
        return {
            "unknown": "结果不明",
            "returned": "银行退回",
            "held": "暂扣",
            "sampled": "抽查有出入",
            "payee": "要换领款人",
        }[self.value]

    @property
    def next_step(self) -> str:
        return {
            "unknown": "向银行查询。收到答复前不会重发，答复到了自动办结。",
            "returned": "向本人核对户名账号，改好并经另一人审核后办结，下一批补发。",
            "held": "按下面写的原因处理好，再办结，下一批补发。",
            "sampled": "与本人和银行核对，写明结果。",
            "payee": "和家人商定由谁领，录入新的领款人和账户。另一人审核后自动办结，停发的月份下一批补上。",
        }[self.value]


class PayeeRole(StrEnum):
    """In what capacity somebody takes the money: the paper that shows it is written down as the basis."""

    MEMBER = "member"
    GUARDIAN = "guardian"
    AGENT = "agent"

    @property
    def label(self) -> str:
        return {"member": "家庭成员", "guardian": "监护人", "agent": "受委托代领"}[self.value]


class FloatUse(StrEnum):
    """What a float may be spent on: relief that is paid once."""

    URGENT = "urgent"
    SMALL_QUICK = "small_quick"
    AID_FIRST = "aid_first"

    @property
    def label(self) -> str:
        return {"urgent": "急难型临时救助", "small_quick": "小额快救", "aid_first": "先行救助"}[self.value]


class Cause(StrEnum):
    """Why an amount is worked out anew."""

    DIED = "died"
    MOVED = "moved"
    CUSTODY = "custody"
    INCOME = "income"
    MARRIAGE = "marriage"
    FACTS = "facts"

    @property
    def label(self) -> str:
        return {
            "died": "去世",
            "moved": "迁出",
            "custody": "服刑或强制隔离戒毒",
            "income": "收入变化",
            "marriage": "婚姻变化",
            "facts": "情况变化",
        }[self.value]


class RecalculationState(StrEnum):
    """Where a difference stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return {"proposed": "等待确认", "confirmed": "已确认", "dismissed": "核实后不调整"}[self.value]


class SampleResult(StrEnum):
    """What a recipient said when asked whether the money came."""

    CONFIRMED = "confirmed"
    WRONG_AMOUNT = "wrong_amount"
    NOT_RECEIVED = "not_received"
    UNREACHABLE = "unreachable"

    @property
    def label(self) -> str:
        return {
            "confirmed": "收到，金额对",
            "wrong_amount": "收到，金额不对",
            "not_received": "没有收到",
            "unreachable": "联系不上",
        }[self.value]


@dataclass(frozen=True)
class DecisionRef:
    """The decision that money rests on: its reference in casework and the SHA-256 (hex) of its frozen content."""

    reference: str
    sha256: str


@dataclass(frozen=True)
class Payee:
    """The account the money goes to; the number is sealed as soon as it is stored."""

    holder_name: str
    bank: str
    account_number: str


@dataclass(frozen=True)
class NewGrant:
    """What a decision gives: fen per month from `first_month` (its first day) to `end_month`, not included.

    `person_id` None: the household is the beneficiary. `payee` None: the account is entered later; until then lines
    are held, not lost. `once`: the amount is due once, for the one month that the span then is, or in `parts`, each
    with the month from which it is due and its fen; they add up to the amount.
    """

    decision: DecisionRef
    scheme: str
    household_id: int
    person_id: int | None
    payee_person_id: int
    amount_fen: int
    first_month: date
    end_month: date | None = None
    payee: Payee | None = None
    once: bool = False
    parts: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class NewRelief:
    """What a decision gives once, in fen: by a float in cash where one may, else by the bank with the next run.

    In several `parts` (month, fen) it is always the bank's: a float pays in one sum.
    """

    decision: DecisionRef
    use: FloatUse
    scheme: str
    household_id: int
    person_id: int | None
    payee_person_id: int
    amount_fen: int
    payee: Payee | None = None
    parts: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Relief:
    """The way that relief takes: a draw of a float, or a grant that a run pays; exactly one of both."""

    draw_id: int | None
    grant_id: int | None


@dataclass(frozen=True)
class NewDraw:
    """Relief of so many fen, paid once in cash by a decision; `scheme` is that of the decision."""

    decision: DecisionRef
    use: FloatUse
    scheme: str
    household_id: int
    person_id: int | None
    amount_fen: int


@dataclass(frozen=True)
class GrantView:
    """One grant as other rooms see it; `amount_fen` is what is due for `month`, None when nothing is."""

    grant_id: int
    scheme: str
    household_id: int
    person_id: int | None
    first_month: date
    end_month: date | None
    amount_fen: int | None
    decision_ref: str
    held_reason: str


@dataclass(frozen=True)
class RunTotals:
    """What a run holds: persons or households, lines, and integer fen."""

    lines: int
    beneficiaries: int
    total_fen: int
    held: int
    held_fen: int


@dataclass(frozen=True)
class Proof:
    """What the ledger and the payments must satisfy; each number but `postings` and `entries` must be zero."""

    postings: int
    entries: int
    unbalanced: int
    sum_fen: int
    paid_twice: int
    paid_after_death: int
    lines_without_entries: int
    file_mismatches: int

    @property
    def holds(self) -> bool:
        return not (
            self.unbalanced
            or self.sum_fen
            or self.paid_twice
            or self.paid_after_death
            or self.lines_without_entries
            or self.file_mismatches
        )
