"""The bank's answers, line by line: paid, given back, or still unknown; and the work that the latter leave behind."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish_all
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.events import PaymentReturned
from minsheng.work.payments.models import FollowUp, Grant, Line, Posting
from minsheng.work.payments.operations.ledger import FUND, Move, open_posting, post
from minsheng.work.payments.operations.payees import end_waiting, still_needed
from minsheng.work.payments.operations.runs import locked_run
from minsheng.work.payments.types import Ledger, LineState, RunAct

_ARRIVE = """
CREATE TEMP TABLE answered ON COMMIT DROP AS
SELECT l.id, l.area_id, l.household_id, l.scheme, l.recovery_id, l.amount_fen, l.deducted_fen, a.outcome, a.code,
       l.state AS before
FROM unnest(%s::bigint[], %s::text[], %s::text[]) a(line_id, outcome, code)
JOIN payments_line l ON l.id = a.line_id AND l.run_id = %s
"""
_POST = """
INSERT INTO payments_entry (posting_id, ledger, fund, scheme, area_id, line_id, subject, amount_fen)
SELECT %(posting)s, x.ledger, %(fund)s, a.scheme, a.area_id, a.id, '', x.fen
FROM answered a
CROSS JOIN LATERAL (VALUES
    ('payable', -(a.amount_fen - a.deducted_fen)),
    (CASE a.outcome WHEN 'paid' THEN 'paid' ELSE 'returned' END,
     CASE a.outcome WHEN 'paid' THEN a.amount_fen ELSE a.amount_fen - a.deducted_fen END),
    ('receivable', CASE a.outcome WHEN 'paid' THEN -a.deducted_fen ELSE 0 END)
) x(ledger, fen)
WHERE a.outcome IN ('paid', 'returned') AND x.fen <> 0
"""
_RECOVER = """
UPDATE payments_recovery r SET recovered_fen = r.recovered_fen + d.fen,
       closed_at = CASE WHEN r.recovered_fen + d.fen >= r.total_fen THEN %s ELSE NULL END
FROM (SELECT recovery_id, sum(deducted_fen) AS fen FROM answered
      WHERE outcome = 'paid' AND deducted_fen > 0 GROUP BY recovery_id) d
WHERE r.id = d.recovery_id
"""


class UnableToReceive(ValueError):
    """The answers do not fit the run: says which and what to do; nothing was taken."""


class UnableToClose(ValueError):
    """The follow-up cannot be closed so."""


def receive_answers(*, actor: Viewer, at: datetime, run_id: int, answers: Sequence[Answer]) -> dict[str, int]:
    """This function will take the bank's answers, all or none, and return how many lines came to which state.

    An answer that is known already changes nothing, so the same file may come twice. An answer against an earlier
    final one, or about a line that is not in the run, is refused with everything that came with it.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.receive")
        run = locked_run(run_id=run_id, act=RunAct.RECEIVE)
        if len({one.line_id for one in answers}) != len(answers):
            raise UnableToReceive("回盘里同一笔出现了两次。请向银行核实后重新取得回盘。")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.answered")
            cursor.execute(
                _ARRIVE,
                [
                    [one.line_id for one in answers],
                    [one.outcome.value for one in answers],
                    [one.code[:20] for one in answers],
                    run.pk,
                ],
            )
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE before IN ('planned', 'held')"
                " OR before IN ('paid', 'returned') AND outcome <> before) FROM answered"
            )
            known, contrary = cursor.fetchone()
            if known != len(answers) or contrary:
                raise UnableToReceive(
                    f"回盘有 {len(answers) - known} 笔不在这一批里、{contrary} 笔与先前相反，没有接收。请问银行。"
                )
            cursor.execute("DELETE FROM answered WHERE before = outcome")
            cursor.execute(
                "UPDATE payments_line l SET state = a.outcome, bank_code = a.code, answered_at = %s"
                " FROM answered a WHERE l.id = a.id",
                [at],
            )
            cursor.execute("SELECT outcome, count(*) FROM answered GROUP BY outcome")
            counts = {str(outcome): int(number) for outcome, number in cursor.fetchall()}
            if counts.get("paid") or counts.get("returned"):
                number = Posting.objects.filter(run_id=run.pk, kind="receipt").count() + 1
                posting = open_posting(
                    actor=actor, at=at, kind="receipt", reference=f"receipt:{run.pk}:{number}", run_id=run.pk
                )
                cursor.execute(_POST, {"posting": posting, "fund": FUND})
                cursor.execute(_RECOVER, [at])
            # What was unknown and is answered now is no longer work; what is unknown or came back is.
            cursor.execute(
                "UPDATE payments_follow_up f SET closed_at = %s, closed_by = %s, result = '银行已答复'"
                " FROM answered a WHERE f.line_id = a.id AND f.kind = 'unknown' AND f.closed_at IS NULL"
                " AND a.outcome <> 'unknown'",
                [at, actor.account_id],
            )
            cursor.execute(
                "INSERT INTO payments_follow_up (area_id, line_id, kind, opened_at, result)"
                " SELECT area_id, id, outcome, %s, '' FROM answered WHERE outcome IN ('unknown', 'returned')"
                " ON CONFLICT DO NOTHING",
                [at],
            )
            cursor.execute("SELECT id, household_id FROM answered WHERE outcome = 'returned'")
            returned = [PaymentReturned(int(line), int(household), at) for line, household in cursor.fetchall()]
            cursor.execute("DROP TABLE answered")
        publish_all(returned, at=at)
        audit.record(
            actor=actor,
            at=at,
            action="payments.answers_received",
            object_type="payments.run",
            object_id=str(run.pk),
            area_id=run.area_id,
            detail=dict(counts),
        )
    return counts


def close_follow_up(*, actor: Viewer, at: datetime, follow_up_id: int, result: str) -> None:
    """This function will close the work that a returned or held line left: it is made up in the next run.

    Returned money goes back to the fund. What is unknown at the bank closes only by the bank's own answer.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.follow_up")
        work = FollowUp.objects.select_for_update(no_key=True).filter(pk=follow_up_id).first()
        if work is None or work.closed_at is not None:
            raise UnableToClose("这件事已经办完，或不在您的辖区内。")
        if work.kind == "unknown":
            raise UnableToClose("银行还没有答复，不能重发。请向银行查询，收到答复后系统自动办结。")
        if not result.strip():
            raise UnableToClose("请写明核实的结果，例如“本人更换了银行卡，新账户已审核”。")
        if work.grant_id is not None:
            _close_without_change(work, actor=actor, at=at, result=result)
            return
        line = Line.objects.get(pk=work.line_id or 0)
        if line.state == LineState.RETURNED:
            post(
                actor=actor,
                at=at,
                kind="returned_to_fund",
                reference=f"returned:{line.pk}",
                run_id=line.run_id,
                moves=[
                    Move(
                        Ledger.RETURNED,
                        Ledger.FUND,
                        line.amount_fen - line.deducted_fen,
                        line.area_id,
                        line.scheme,
                        line_id=line.pk,
                    )
                ],
            )
        work.closed_at, work.closed_by, work.result = at, actor.account_id, result.strip()[:200]
        work.save(update_fields=["closed_at", "closed_by", "result"])
        audit.record(
            actor=actor,
            at=at,
            action="payments.follow_up_closed",
            object_type="payments.line",
            object_id=str(work.line_id),
            area_id=work.area_id,
        )


def _close_without_change(work: FollowUp, /, *, actor: Viewer, at: datetime, result: str) -> None:
    """The news of the payee was wrong, or they are back: the hold goes, and the grant is paid as before."""
    grant = Grant.objects.select_for_update(no_key=True).get(pk=work.grant_id or 0)
    if grant.end_month is None and still_needed(grant, at=at):
        raise UnableToClose("登记的领款人已去世或被羁押。请录入新的领款人，另一人审核后自动办结。")
    end_waiting(grant, actor=actor, at=at, result=result.strip())
    audit.record(
        actor=actor,
        at=at,
        action="payments.follow_up_closed",
        object_type="payments.grant",
        object_id=str(grant.pk),
        area_id=work.area_id,
    )
