"""What the applicant is told after handing in: number, the day of the answer, and what happens until then."""

from dataclasses import dataclass
from datetime import date

from minsheng.work.casework.queries.case import CaseFile
from minsheng.work.casework.rules.clock import TOTAL, limit_in_force, words_of
from minsheng.work.casework.types import Act, Edition, Status

# What an applicant notices of a procedure, in the order in which it happens.
_NOTICED = (
    (Act.START_INVESTIGATION, "两名工作人员上门看看情况，来之前会和您约时间。"),
    (Act.REQUEST_CHECK, "向您授权的单位核对情况。能核对到的，不再向您要证明。"),
    (Act.PUBLISH_NOTICE, "拟同意的，在社区公示 {days} 天，只写姓名、人数和金额。"),
)


@dataclass(frozen=True)
class ReceiptPage:
    """A receipt as the page and the print show it; `answer_by` is known once the application was accepted."""

    submitted_date: date
    answer_by: date | None
    limit_words: str
    steps: tuple[str, ...]


def receipt_of(file: CaseFile) -> ReceiptPage:
    """This function will say what was handed in when, and what happens next by which day."""
    submitted = next(act for act in file.journal if act.act == Act.SUBMIT)
    return ReceiptPage(
        submitted_date=submitted.day_date,
        answer_by=next((line.due_date for line in file.clock.lines if line.code == TOTAL), None),
        limit_words=_limit_words(file.edition, delegated=file.delegated),
        steps=_steps(file.edition, accepted=file.status is not Status.SUBMITTED),
    )


def _limit_words(edition: Edition, *, delegated: bool) -> str:
    """The whole limit, or, where the procedure has none, its parts one after the other: 15 个工作日加 15 个工作日."""
    whole = [rule for rule in edition.limits if rule.code == TOTAL]
    parts = whole or [r for r in edition.limits if r.code in ("examine", "investigate", "confirm")]
    return " 加 ".join(words_of(limit_in_force(rule, delegated=delegated, extended=False)) for rule in parts)


def _steps(edition: Edition, *, accepted: bool) -> tuple[str, ...]:
    first = () if accepted else ("街道看材料。缺什么，一次说清楚；齐了就受理，给您受理通知书。",)
    noticed = tuple(words.format(days=edition.notice_days) for act, words in _NOTICED if edition.needs(act))
    return (*first, *noticed, "作出决定，书面告诉您结果和理由。不同意的，告诉您怎样申请复议。")
