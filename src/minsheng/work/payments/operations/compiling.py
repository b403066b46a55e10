"""One month's lines from the grants, by set-based SQL as the app role: 20,000 lines are one statement."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.queries.standing import standard_fen
from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import Duty, Finding, Line, Run
from minsheng.work.payments.operations.checking import check_lines
from minsheng.work.payments.queries.totals import totals_of
from minsheng.work.payments.rules.months import plus
from minsheng.work.payments.rules.runs import state_after
from minsheng.work.payments.types import RunAct, RunState

# Every month up to the run's that a grant has an amount for and no live line yet: a grant that was decided late, a
# hold that was lifted and an amount that the bank gave back are made up without anybody keeping a list.
# Whether a month is taken is asked of the index once for each line, and never joined: the planner cannot see what the
# policies let through, takes all grants for one, and would compare every grant with every line that is live.
COMPILE = """
INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, account_row_id, scheme, household_id, person_id,
                           month, kind, amount_fen, deducted_fen, recovery_id, recalculation_id, state, bank_code)
SELECT %(run)s, g.area_id, g.id, a.id, p.id, g.scheme, g.household_id, g.person_id, m.month::date, 'regular',
       a.amount_fen,
       CASE WHEN r.id IS NOT NULL AND m.month = %(month)s THEN
           greatest(0, least(r.instalment_fen, a.amount_fen / 2, %(most)s,
                             r.total_fen - r.recovered_fen - coalesce((
                               SELECT sum(l.deducted_fen) FROM payments_line l WHERE l.grant_id = g.id
                               AND l.recovery_id = r.id AND l.state IN ('planned', 'sent', 'unknown')), 0)))
       ELSE 0 END,
       CASE WHEN m.month = %(month)s THEN r.id END, NULL, 'planned', ''
FROM payments_grant g
JOIN payments_amount a ON a.grant_id = g.id AND a.valid_from <= %(month)s
     AND (a.valid_to IS NULL OR (a.valid_to > a.valid_from AND a.valid_to > %(earliest)s))
CROSS JOIN LATERAL generate_series(
    greatest(a.valid_from, %(earliest)s)::timestamp,
    least(%(month)s, coalesce(a.valid_to - 1, %(month)s))::timestamp, interval '1 month') m(month)
LEFT JOIN payments_account p ON p.grant_id = g.id AND p.approved_at IS NOT NULL AND p.ended_at IS NULL
LEFT JOIN payments_recovery r ON r.grant_id = g.id AND r.closed_at IS NULL AND r.from_month <= %(month)s
WHERE NOT g.once AND g.held_reason = '' AND (g.end_month IS NULL OR m.month < g.end_month)
  AND (SELECT true FROM payments_line l WHERE l.grant_id = g.id AND l.month = m.month
       AND l.recalculation_id IS NULL AND l.live LIMIT 1) IS NULL
  AND (SELECT true FROM payments_line l WHERE l.grant_id = g.id AND l.month = m.month AND l.state = 'returned'
       AND (SELECT true FROM payments_follow_up f WHERE f.line_id = l.id AND f.closed_at IS NULL LIMIT 1)
       LIMIT 1) IS NULL
ON CONFLICT DO NOTHING
"""
# Relief that is given once has no last day: from its month on every run tries until it was paid, and afterwards none.
# An approval in several parts has one amount for each, and each is a line of its own, once.
RELIEF = """
INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, account_row_id, scheme, household_id, person_id,
                           month, kind, amount_fen, deducted_fen, recovery_id, recalculation_id, state, bank_code)
SELECT %(run)s, g.area_id, g.id, a.id, p.id, g.scheme, g.household_id, g.person_id, a.valid_from, 'once',
       a.amount_fen, 0, NULL, NULL, 'planned', ''
FROM payments_grant g
JOIN payments_amount a ON a.grant_id = g.id AND a.valid_to > a.valid_from
LEFT JOIN payments_account p ON p.grant_id = g.id AND p.approved_at IS NOT NULL AND p.ended_at IS NULL
WHERE g.once AND g.held_reason = '' AND a.valid_from <= %(month)s
  AND (SELECT true FROM payments_line l WHERE l.amount_row_id = a.id AND l.kind = 'once' AND l.live LIMIT 1) IS NULL
  AND (SELECT true FROM payments_line l WHERE l.grant_id = g.id AND l.amount_row_id = a.id AND l.state = 'returned'
       AND (SELECT true FROM payments_follow_up f WHERE f.line_id = l.id AND f.closed_at IS NULL LIMIT 1)
       LIMIT 1) IS NULL
ON CONFLICT DO NOTHING
"""
ARREARS = """
INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, account_row_id, scheme, household_id, person_id,
                           month, kind, amount_fen, deducted_fen, recovery_id, recalculation_id, state, bank_code)
SELECT %(run)s, g.area_id, g.id, 0, p.id, g.scheme, g.household_id, g.person_id, %(month)s, 'arrears', -c.over_fen, 0,
       NULL, c.id, 'planned', ''
FROM payments_recalculation c JOIN payments_grant g ON g.id = c.grant_id
LEFT JOIN payments_account p ON p.grant_id = g.id AND p.approved_at IS NOT NULL AND p.ended_at IS NULL
WHERE c.state = 'confirmed' AND c.over_fen < 0 AND g.held_reason = ''
  AND (SELECT true FROM payments_line l WHERE l.grant_id = g.id AND l.recalculation_id = c.id AND l.live
       LIMIT 1) IS NULL
  AND (SELECT true FROM payments_line l WHERE l.grant_id = g.id AND l.recalculation_id = c.id AND l.state = 'returned'
       AND (SELECT true FROM payments_follow_up f WHERE f.line_id = l.id AND f.closed_at IS NULL LIMIT 1)
       LIMIT 1) IS NULL
ON CONFLICT DO NOTHING
"""


class UnableToCompileRun(ValueError):
    """The month cannot be compiled: says why and what to do."""


def compile_run(*, actor: Viewer, at: datetime, area_id: int, month: date) -> int:
    """This function will gather what is due for a month in the actor's district, check it, and return the run's id.

    While the run is not locked, compiling again works it out anew and keeps what officers have settled. After a run
    of the month was released, a further one holds only what is not in it.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.compile")
        if month.day != 1:
            raise UnableToCompileRun(f"{month} 不是月份的第一天。请选择月份。")
        if month > plus(at.date().replace(day=1), 1):
            raise UnableToCompileRun("最早只能提前一个月编制。请等到上个月再编。")
        run, settled = _run_to_fill(actor, at, area_id, month)
        values: dict[str, Any] = {
            "run": run.pk,
            "month": month,
            "earliest": plus(month, 1 - figure("back_pay_months", month)),
            "most": standard_fen(month) * (100 - figure("recovery_floor_percent", month)) // 100,
        }
        with connection.cursor() as cursor:
            cursor.execute(COMPILE, values)
            cursor.execute(RELIEF, values)
            cursor.execute(ARREARS, values)
        check_lines(run=run, viewer=actor, at=at)
        _settle_again(run, settled)
        total = totals_of(run_id=run.pk)
        if not total.lines and not total.held:
            raise UnableToCompileRun(f"{month:%Y年%-m月}没有要发的：没有在发的待遇，或都已经编进别的批次。")
        if not Duty.objects.filter(run=run, round=run.round).exists():
            take_duty(run=run, actor=actor, at=at, act=RunAct.COMPILE, lines=total.lines, total_fen=total.total_fen)
        audit.record(
            actor=actor,
            at=at,
            action="payments.run_compiled",
            object_type="payments.run",
            object_id=str(run.pk),
            area_id=area_id,
            detail={"month": month.isoformat(), "lines": total.lines, "fen": total.total_fen, "held": total.held},
        )
    return int(run.pk)


def take_duty(*, run: Run, actor: Viewer, at: datetime, act: RunAct, lines: int, total_fen: int) -> None:
    """This function will write who does what in this round; the database refuses a second duty of one person."""
    Duty.objects.create(
        run=run,
        round=run.round,
        act=act.value,
        account_id=actor.account_id,
        account_name=actor.name[:40],
        holder="",  # the database names the human being behind the account
        at=at,
        lines=lines,
        total_fen=total_fen,
    )


def _run_to_fill(actor: Viewer, at: datetime, area_id: int, month: date) -> tuple[Run, list[dict[str, Any]]]:
    with connection.cursor() as cursor:  # one compilation of a district and month at a time
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [area_id, month.year * 12 + month.month])
    runs = Run.objects.select_for_update(no_key=True).filter(area_id=area_id, month=month).order_by("number")
    latest = runs.last()
    if latest is not None and latest.state not in (RunState.RELEASED, RunState.SETTLED):
        if state_after(RunState(latest.state), RunAct.COMPILE) is None:
            raise UnableToCompileRun(f"这一批{RunState(latest.state).label}，不能重新编制。要改请先退回。")
        compiler = Duty.objects.filter(run=latest, round=latest.round, act=RunAct.COMPILE.value).first()
        if compiler is not None and compiler.holder != holder_of(account_id=actor.account_id):
            raise UnableToCompileRun(f"这一批由{compiler.account_name}编制，重新编制请由同一个人做。")
        settled = _settled(latest)
        Finding.objects.filter(run=latest).delete()
        Line.objects.filter(run=latest).delete()
        latest.compiled_at = at
        latest.save(update_fields=["compiled_at"])
        return latest, settled
    number = latest.number + 1 if latest is not None else 1
    run = Run.objects.create(area_id=area_id, month=month, number=number, state=RunState.COMPILED.value, compiled_at=at)
    return run, []


def _settled(run: Run) -> list[dict[str, Any]]:
    fields = ("check_code", "passed", "settled_at", "settled_by", "settled_reason")
    grants = dict(Line.objects.filter(run=run).values_list("id", "grant_id"))
    return [
        {name: getattr(finding, name) for name in fields} | {"grant_id": grants.get(finding.line_id or 0)}
        for finding in Finding.objects.filter(run=run, passed__isnull=False)
    ]


def _settle_again(run: Run, settled: list[dict[str, Any]]) -> None:
    """What an officer has settled stays settled: no compilation undoes it."""
    for one in settled:
        lines = Line.objects.filter(run=run, grant_id=one.pop("grant_id"))
        findings = Finding.objects.filter(run=run, check_code=one["check_code"], line_id__in=lines.values("id"))
        findings.update(**one)
        if not one["passed"]:
            lines.filter(id__in=findings.values("line_id"), state="planned").update(state="held")
