"""A running benefit: review, a proposed change, the hearing before a reduction, the decision."""

from datetime import date, datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.rules import first_of_next_month
from minsheng.foundation.events.operations import publish
from minsheng.foundation.pages.wording import yuan
from minsheng.work.casework.acting import UnableToProceed, Work, acting_on, words
from minsheng.work.casework.events import GrantChanged
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Adjustment
from minsheng.work.casework.operations.proxies import by_proxy
from minsheng.work.casework.paying import change_payment
from minsheng.work.casework.rules.wording import said
from minsheng.work.casework.types import REDUCING, Act, Outcome, ProxyScope, Status
from minsheng.work.casework.working import Working, decide, last_decision, note_stability, title_of, work_out

LONGEST_EXIT_MONTHS = 6  # 57号 Art 33; 兜底通知 一(三). Zhejiang may allow 12 [memory]: not used


def begin_review(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will begin the regular review (57号 Art 31)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.BEGIN_REVIEW) as work:
        work.done()


def record_review(*, actor: Viewer, at: datetime, case_id: int, findings: str) -> None:
    """This function will end a review that found nothing changed; refused when the working gives another amount."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RECORD_REVIEW) as work:
        text = words(findings, what="复核的情况")
        worked, current = work_out(work, scheme=work.case.scheme), _current(work)
        now = worked.amount_fen if worked.entitled else 0
        if now != current:
            raise UnableToProceed(
                f"按今天的情况应是 {yuan(now)} 元，现在发 {yuan(current)} 元，有变化。请拟调整，不能按无变化结束复核。"
            )
        note_stability(work, worked)
        work.done(note=text)


def propose_adjustment(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    reason: str,
    exit_months: int = 0,
    own_wish: bool = False,
) -> Outcome:
    """This function will propose what the working gives now, and return what that is; an amount is never typed.

    `exit_months` asks for a gradual exit instead of an end, after work lifted the household over the line.
    `own_wish` ends it because the person wants it.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.PROPOSE_ADJUSTMENT) as work:
        worked, current = work_out(work, scheme=work.case.scheme), _current(work)
        amount = 0 if own_wish or not worked.entitled else worked.amount_fen
        outcome = _outcome(amount, current, exit_months)
        if outcome is Outcome.GRADUAL_EXIT:
            amount = current
        text = words(reason, what="为什么调整")
        Adjustment.objects.create(
            case=work.case,
            area_id=work.case.area_id,
            outcome=outcome.value,
            amount_fen=amount,
            reason=text,
            hearing_required=work.edition.hearing and outcome in REDUCING,
            exit_months=exit_months,
            proposed_by=actor.account_id,
            proposed_at=at,
        )
        if outcome in REDUCING:
            issue(
                work,
                kind="hearing",
                opening=f"您的{title_of(work.case.scheme)}，我们拟作调整。作决定以前，想先听听您的意见。",
                lines=[
                    _words_of(outcome, current, amount, exit_months),
                    f"理由：{text}",
                    f"依据：{work.edition.hearing_article}。",
                ],
            )
        work.done(note=text, detail={"outcome": outcome.value, "amount_fen": amount})
        return outcome


def _outcome(amount: int, current: int, exit_months: int) -> Outcome:
    if amount == current:
        raise UnableToProceed("按今天的情况算出来与现在发的一样，没有要调整的。")
    if exit_months:
        if amount:
            raise UnableToProceed("渐退期只用于就业后不再符合条件的家庭。现在仍符合条件，请按增减办理。")
        if not 0 < exit_months <= LONGEST_EXIT_MONTHS:
            raise UnableToProceed(f"渐退期最长 {LONGEST_EXIT_MONTHS} 个月（57号第三十三条）。")
        return Outcome.GRADUAL_EXIT
    if not amount:
        return Outcome.END
    return Outcome.INCREASE if amount > current else Outcome.REDUCE


def hear(*, actor: Viewer, at: datetime, case_id: int, words_said: str, proxied: bool = False) -> None:
    """This function will record what the person, or their proxy, said before it is reduced or ended (救助法 Art 48)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.HEAR) as work:
        text = words(words_said, what="本人怎么说的")
        who, detail = by_proxy(work, scope=ProxyScope.SPEAK, acted=proxied)
        proposal = _proposal(work)
        proposal.heard_at, proposal.heard_words = at, text
        proposal.save(update_fields=["heard_at", "heard_words"])
        work.done(note=said(who, text), detail=detail)


def drop_proposal(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will leave the benefit as it is, for example because of what the person said."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.DROP_PROPOSAL) as work:
        text = words(reason, what="为什么不调整")
        proposal = _proposal(work)
        proposal.dropped_at = at
        proposal.save(update_fields=["dropped_at"])
        work.done(note=text)


def decide_adjustment(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> int:
    """This function will decide the proposed change, from the month after, and return the decision's id."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.DECIDE_ADJUSTMENT) as work:
        case, proposal = work.case, _proposal(work)
        outcome, current = Outcome(proposal.outcome), _current(work)
        worked = work_out(work, scheme=case.scheme)
        if outcome in (Outcome.INCREASE, Outcome.REDUCE) and worked.amount_fen != proposal.amount_fen:
            raise UnableToProceed("拟调整以后情况又变了，金额不一致。请退回不调整，再按新的情况拟。")
        start = first_of_next_month(work.today)
        end = _end(outcome, start, proposal.exit_months)
        decision = decide(
            work,
            outcome=outcome,
            worked=Working(worked.entitled, proposal.amount_fen, worked.household_size, worked.frozen),
            amount_fen=proposal.amount_fen,
            start=start,
            end=end,
            reason=reason,
        )
        proposal.decision = decision
        proposal.save(update_fields=["decision"])
        change_payment(work, decision)
        note_stability(work, worked)
        issue(
            work,
            kind="adjustment",
            opening=f"您的{title_of(case.scheme)}，决定作如下调整，从 {start.year}年{start.month}月 起。",
            lines=[
                _words_of(outcome, current, proposal.amount_fen, proposal.exit_months),
                f"理由：{reason.strip()}",
                *([f"您说过：{proposal.heard_words}"] if proposal.heard_words else []),
                f"依据：{decision.basis}；{work.edition.hearing_article}。",
            ],
        )
        work.done(note=reason, detail={"decision": decision.pk})
        happened = GrantChanged(case.pk, decision.pk, outcome.value, decision.amount_fen, start, end, at)
        publish(happened, at=at, area_id=case.area_id)
        return int(decision.pk)


def notify_adjustment(*, actor: Viewer, at: datetime, case_id: int, received_by: str, proxied: bool = False) -> None:
    """This function will record that the written decision reached the person; what ended is closed."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.NOTIFY_ADJUSTMENT) as work:
        proposal = _proposal(work)
        proposal.notified_at = at
        proposal.save(update_fields=["notified_at"])
        after = {Outcome.END: Status.CLOSED, Outcome.GRADUAL_EXIT: Status.GRADUAL_EXIT}
        who, detail = by_proxy(work, scope=ProxyScope.RECEIVE, acted=proxied)
        note = said(who, words(received_by, what="谁签收的", most=60))
        work.done(status=after.get(Outcome(proposal.outcome)), note=note, detail=detail)


def close(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will close a case whose gradual exit or term of validity has passed."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.CLOSE) as work:
        work.done()


def _current(work: Work) -> int:
    last = last_decision(work.case)
    assert last is not None, "only a decided case runs"
    return last.amount_fen


def _proposal(work: Work) -> Adjustment:
    return Adjustment.objects.select_for_update(no_key=True).get(
        case=work.case, dropped_at__isnull=True, notified_at__isnull=True
    )


def _end(outcome: Outcome, start: date, exit_months: int) -> date | None:
    if outcome is Outcome.END:
        return start
    if outcome is Outcome.GRADUAL_EXIT:
        months = start.month - 1 + exit_months
        return date(start.year + months // 12, months % 12 + 1, 1)
    return None


def _words_of(outcome: Outcome, current: int, amount: int, exit_months: int) -> str:
    if outcome is Outcome.END:
        return f"停发。现在每月 {yuan(current)} 元。"
    if outcome is Outcome.GRADUAL_EXIT:
        return f"渐退：就业后不再符合条件，原来的每月 {yuan(current)} 元再发 {exit_months} 个月。"
    return f"{outcome.label}：从每月 {yuan(current)} 元调到每月 {yuan(amount)} 元。"
