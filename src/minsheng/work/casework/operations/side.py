"""What may happen beside the main path: stop and go on, more time, an end without a decision, handing over, appeals."""

from datetime import date, datetime

from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.acting import UnableToProceed, acting_on, words
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Appeal, Delay
from minsheng.work.casework.rules.partners import APPEAL_KINDS, APPEAL_RESULTS
from minsheng.work.casework.types import Act, Status
from minsheng.work.casework.working import last_decision


def suspend(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will stop the case and its clock, with a reason; `resume` goes on where it stood."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SUSPEND) as work:
        work.case.suspended_from = work.case.status
        work.done(note=words(reason, what="中止的原因"))


def resume(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will go on with a suspended case; the days in between do not count."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RESUME) as work:
        back = Status(work.case.suspended_from)
        work.case.suspended_from = ""
        work.done(status=back, note=words(reason, what="恢复的原因"))


def extend(*, actor: Viewer, at: datetime, case_id: int, ground: str, reason: str) -> None:
    """This function will lengthen the whole limit once, on a ground that the law names (45 working days)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.EXTEND) as work:
        if ground not in work.edition.extension_grounds:
            raise UnableToProceed(
                f"延长期限只能因为：{'、'.join(work.edition.extension_grounds.values())}（{work.edition.extension_article}）。"
            )
        work.case.extended_ground = ground
        work.done(note=words(reason, what="延长的原因"), detail={"ground": ground})


def explain_delay(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will name why the limit that passed was not kept; it stays in the file and in the figures."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.EXPLAIN_DELAY) as work:
        text = words(reason, what="超期的原因和什么时候办完", most=300)
        open_delay = (
            Delay.objects.select_for_update(no_key=True).filter(case=work.case, reason="").order_by("id").first()
        )
        if open_delay is None and work.case.due_date is not None and work.case.due_date < work.today:
            open_delay = Delay(
                case=work.case,
                area_id=work.case.area_id,
                limit_code=work.case.due_limit,
                due_date=work.case.due_date,
                noticed_at=at,
            )
        if open_delay is None:
            raise UnableToProceed("这一件没有超期，不用写原因。")
        open_delay.reason, open_delay.named_by, open_delay.named_at = text, actor.account_id, at
        open_delay.save()
        work.done(note=text, detail={"limit": open_delay.limit_code})


def terminate(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will end a case because the applicant does not cooperate, with written notice (57号 Art 29)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.TERMINATE) as work:
        text = words(reason, what="几次联系、怎样不配合")
        issue(
            work, kind="termination", opening="您的申请，我们终止办理了。", lines=[text, "愿意配合时可以随时重新申请。"]
        )
        work.done(note=text)


def hand_over(*, actor: Viewer, at: datetime, case_id: int, to_account_id: int, note: str) -> None:
    """This function will give a case to a colleague with a note, so that the thread of help is not lost."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.HAND_OVER) as work:
        names = accounts.display_names(account_ids={to_account_id})
        if to_account_id not in names or to_account_id == work.case.handler_id:
            raise UnableToProceed("请选另一名同事接手。")
        work.case.handler_id = to_account_id
        work.done(note=words(note, what="交接要点：说到哪一步、答应过什么、下一步做什么"), detail={"to": to_account_id})


def confer(*, actor: Viewer, at: datetime, case_id: int, agenda: str, participants: str, conclusion: str) -> None:
    """This function will put the minutes of a case conference (个案会商) into the file; it decides nothing."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.CONFER) as work:
        topic, people = words(agenda, what="会商的题目", most=200), words(participants, what="参加的单位和人", most=300)
        work.done(note=f"{topic}。参加：{people}。结论：{words(conclusion, what='结论和分工', most=480)}")


def appeal(
    *, actor: Viewer, at: datetime, case_id: int, kind: str, authority: str, grounds: str, lodged_date: date
) -> int:
    """This function will link a reconsideration or lawsuit to the latest decision of a case (57号 Art 37)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.APPEAL) as work:
        decision = last_decision(work.case)
        if kind not in APPEAL_KINDS or decision is None:
            raise UnableToProceed("请选哪一种；还没有决定的，先作出决定。")
        if lodged_date > work.today:
            raise UnableToProceed("提出的日期不能在今天以后。")
        row = Appeal.objects.create(
            case=work.case,
            area_id=work.case.area_id,
            decision=decision,
            kind=kind,
            authority=words(authority, what="受理机关", most=100),
            grounds=words(grounds, what="理由"),
            lodged_date=lodged_date,
        )
        work.done(note=f"{APPEAL_KINDS[kind]}，{row.authority}", detail={"appeal": row.pk, "decision": decision.pk})
        return int(row.pk)


def settle_appeal(*, actor: Viewer, at: datetime, case_id: int, result: str, result_words: str) -> None:
    """This function will record how the oldest open appeal ended; a revoked decision is made anew by its own steps."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SETTLE_APPEAL) as work:
        if result not in APPEAL_RESULTS:
            raise UnableToProceed("请选结果。")
        open_ones = Appeal.objects.select_for_update(no_key=True).filter(case=work.case, settled_at__isnull=True)
        row = open_ones.order_by("id").first()
        assert row is not None, "the requirement was checked"
        row.result, row.result_words, row.settled_at = result, words(result_words, what="结果的说明"), at
        row.save(update_fields=["result", "result_words", "settled_at"])
        work.done(note=f"{APPEAL_RESULTS[result]}：{row.result_words}", detail={"appeal": row.pk})
