"""Approval and refusal with the working frozen, delivery, and the proof that a decision replays."""

from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.rules import first_of_next_month
from minsheng.foundation.events.operations import publish
from minsheng.foundation.pages.wording import yuan, yuan_capital
from minsheng.work.casework.acting import UnableToFindCase, UnableToProceed, Work, acting_on, words
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Decision, Opinion
from minsheng.work.casework.operations.proxies import by_proxy
from minsheng.work.casework.paying import in_parts, open_payment, parts_words
from minsheng.work.casework.rules.wording import said
from minsheng.work.casework.types import Act, Outcome, ProxyScope, Status
from minsheng.work.casework.working import (
    Working,
    amount_words,
    decide,
    granted,
    is_monthly,
    note_stability,
    title_of,
    trusted,
    work_out,
)
from minsheng.work.eligibility import queries as eligibility

DELIVERED_HOW = {"handed": "当面送达", "post": "邮寄", "electronic": "电子送达", "left": "留置送达"}


def approve(*, actor: Viewer, at: datetime, case_id: int, reason: str, parts: int = 1) -> int:
    """This function will approve what was published, to the fen, and return the decision's id.

    Everything is worked out once more: when the facts or the law have changed since the opinion, it is refused and
    goes back. Paid from the month after (57号 Art 21); once-only relief from today, in one sum or in monthly `parts`.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.APPROVE) as work:
        case = work.case
        opinion = Opinion.objects.get(case=case, round=case.round)
        worked = work_out(work, scheme=case.scheme)
        if not worked.entitled:
            raise UnableToProceed("按今天登记的情况，已经不符合条件。请退回补充调查，或不予批准并说明理由。")
        if worked.amount_fen != opinion.amount_fen:
            raise UnableToProceed(
                f"公示的是 {yuan(opinion.amount_fen)} 元，按今天的情况是 {yuan(worked.amount_fen)} 元，两者不一致。"
                "请退回重新出具意见、重新公示。"
            )
        if parts != 1 and is_monthly(case.scheme):
            raise UnableToProceed("按月发的待遇不分次。")
        dated = in_parts(worked.amount_fen, parts=parts, first=work.today) if not is_monthly(case.scheme) else ()
        start, end = _span(work)
        decision = decide(
            work,
            outcome=Outcome.GRANT,
            worked=worked,
            amount_fen=worked.amount_fen,
            start=start,
            end=end,
            reason=reason,
        )
        monthly = is_monthly(case.scheme)
        capital = f"（{yuan_capital(worked.amount_fen)}）" if worked.amount_fen else ""
        issue(
            work,
            kind="decision",
            opening=f"您申请的{title_of(case.scheme)}，批准了。",
            lines=[
                f"{amount_words(case.scheme, worked.amount_fen)}{capital}，{worked.household_size} 人。",
                *(
                    [f"从 {start.year}年{start.month}月 起发放，打到您登记的账户。"]
                    if worked.amount_fen and monthly
                    else []
                ),
                *(["在 3 日内发放。"] if not monthly and not dated else []),
                *([f"分 {len(dated)} 次发，打到您登记的账户：{parts_words(dated)}。"] if dated else []),
                *([f"有效期到 {end.isoformat()} 前，到期可以再申请。"] if end else []),
                f"理由：{reason.strip()}",
                f"依据：{decision.basis}。计算的校验值 {decision.frozen_sha256[:16]}，随时能按当时的情况重算。",
                "家里人口、收入、财产有变化，请在一个月内告诉我们。",
            ],
        )
        open_payment(work, decision, parts=dated)
        note_stability(work, worked)
        work.done(note=reason, detail={"decision": decision.pk, "amount_fen": worked.amount_fen, "parts": parts})
        publish(granted(case, decision, at), at=at, area_id=case.area_id)
        return int(decision.pk)


def reject(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> int:
    """This function will refuse, with the reason in plain words; the letter goes out within 3 working days."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REJECT) as work:
        case = work.case
        opinion = Opinion.objects.get(case=case, round=case.round)
        worked = Working(False, 0, opinion.household_size, opinion.frozen)
        decision = decide(
            work, outcome=Outcome.REFUSE, worked=worked, amount_fen=0, start=None, end=None, reason=reason
        )
        issue(
            work,
            kind="refusal",
            opening=f"您申请的{title_of(case.scheme)}，这次没有批准。",
            lines=[
                reason.strip(),
                f"依据：{decision.basis}。",
                "情况变化以后可以随时再申请；其他能享受的，我们会主动告诉您。",
            ],
        )
        work.done(note=reason, detail={"decision": decision.pk})
        return int(decision.pk)


def deliver(*, actor: Viewer, at: datetime, case_id: int, how: str, received_by: str, proxied: bool = False) -> None:
    """This function will record that the decision reached the person, or the proxy who may receive it."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.DELIVER) as work:
        if how not in DELIVERED_HOW:
            raise UnableToProceed("请选送达的方式。")
        once = work.facts.status is Status.APPROVED and not is_monthly(work.case.scheme)
        who, detail = by_proxy(work, scope=ProxyScope.RECEIVE, acted=proxied)
        work.done(
            status=Status.CLOSED if once else None,
            note=said(who, f"{DELIVERED_HOW[how]}，{words(received_by, what='谁签收的', most=60)}"),
            detail=detail,
        )


def replay_decision(*, actor: Viewer, at: datetime, decision_id: int) -> eligibility.Replayed | None:
    """This function will work a decision out again from its frozen facts; None where the rulebook has no rule for it.

    Raises UnableToProceed when the frozen working no longer matches its hash: then it was changed after the decision.
    """
    require(viewer=actor, capability="casework.view")
    with acting_as(viewer=actor, at=at):
        decision = Decision.objects.filter(pk=decision_id).first()
        if decision is None:
            raise UnableToFindCase
        trusted(decision)
        if eligibility.digest_of_frozen(decision.frozen) != decision.frozen_sha256:
            raise UnableToProceed("这份决定冻结的内容与校验值不符：决定之后有人改动过。请立即报告审计。")
        audit.record(
            actor=actor,
            at=at,
            action="casework.decision_replayed",
            object_type="casework.case",
            object_id=str(decision.case_id),
            area_id=decision.area_id,
            detail={"decision": decision.pk},
        )
        return eligibility.replay(frozen=decision.frozen) if "facts" in decision.frozen else None


def _span(work: Work) -> tuple[date, date | None]:
    if not is_monthly(work.case.scheme):
        return work.today, None
    start = first_of_next_month(work.today)
    if work.edition.valid_months is None:
        return start, None
    months = start.month - 1 + work.edition.valid_months
    return start, date(start.year + months // 12, months % 12 + 1, 1)
