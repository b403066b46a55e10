"""Lock, sign, return, settle: who stands for a run, and when it is done."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.payments.models import BankFile, Duty, Entry, Finding, Line, Run
from minsheng.work.payments.operations.compiling import take_duty
from minsheng.work.payments.queries.totals import totals_of
from minsheng.work.payments.rules.runs import after_signature, duty_done, signatures_needed, state_after
from minsheng.work.payments.types import FileState, Ledger, LineState, RunAct, RunState, Severity

DUTY_WORDS = {"compile": "编制", "sign": "签字", "release": "出银行文件", "settle": "对账"}


class UnableToMoveRun(ValueError):
    """The run does not allow this act, or not by this person: says why and what to do."""


def settle_finding(*, actor: Viewer, at: datetime, finding_id: int, passed: bool, reason: str) -> None:
    """This function will settle a check that asks for an officer's word: pay all the same, or hold; with a reason."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.compile")
        finding = Finding.objects.select_for_update(no_key=True).filter(pk=finding_id).first()
        if finding is None:
            raise UnableToMoveRun("没有这条检查结果，或不在您的辖区内。")
        run = locked_run(run_id=finding.run_id, act=RunAct.LOCK)
        if finding.severity != Severity.REVIEW:
            raise UnableToMoveRun("这条检查不由人工放行。请按提示改正数据，再重新编制。")
        if not reason.strip():
            raise UnableToMoveRun("请写明核实的经过，例如“6月3日电话核实，本人新开卡”。")
        finding.passed, finding.settled_reason = passed, reason.strip()[:200]
        finding.settled_at, finding.settled_by = at, actor.account_id
        finding.save(update_fields=["passed", "settled_reason", "settled_at", "settled_by"])
        against = Q(severity=Severity.BLOCK.value) | Q(passed=False)
        held = Finding.objects.filter(against, line_id=finding.line_id, run=run).exists()
        before, after = (LineState.PLANNED, LineState.HELD) if held else (LineState.HELD, LineState.PLANNED)
        Line.objects.filter(pk=finding.line_id or 0, state=before.value).update(state=after.value)
        audit.record(
            actor=actor,
            at=at,
            action="payments.check_settled",
            object_type="payments.line",
            object_id=str(finding.line_id),
            area_id=finding.area_id,
            detail={"check": finding.check_code, "passed": passed},
        )


def lock_run(*, actor: Viewer, at: datetime, run_id: int) -> None:
    """This function will fix a compiled run: from here on nothing in it changes, and what is signed is these totals."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.compile")
        run = locked_run(run_id=run_id, act=RunAct.LOCK)
        compiler = Duty.objects.filter(run=run, round=run.round, act=RunAct.COMPILE.value).first()
        if compiler is not None and compiler.holder != holder_of(account_id=actor.account_id):
            raise UnableToMoveRun(f"这一批由{compiler.account_name}编制，锁定也由同一个人做。")
        waiting = Finding.objects.filter(run=run, severity=Severity.REVIEW.value, passed__isnull=True).count()
        if waiting:
            raise UnableToMoveRun(f"还有 {waiting} 条检查等人工核实。请逐条写明结果再锁定。")
        if Finding.objects.filter(run=run, line_id__isnull=True, severity=Severity.BLOCK.value).exists():
            raise UnableToMoveRun("专项资金余额不够，不能锁定。请会计登记到账的拨款后重新编制。")
        total = totals_of(run_id=run.pk)
        if not total.lines:
            raise UnableToMoveRun("没有可以发的：所有的都被暂扣。请先处理检查结果，再重新编制。")
        if compiler is None:
            take_duty(run=run, actor=actor, at=at, act=RunAct.COMPILE, lines=total.lines, total_fen=total.total_fen)
        run.state, run.locked_at = RunState.LOCKED.value, at
        run.lines_locked, run.total_locked_fen = total.lines, total.total_fen
        run.signatures_needed = signatures_needed(total_fen=total.total_fen, on=run.month)
        run.save()
        record(run, actor=actor, at=at, action="payments.run_locked")


def sign_run(*, actor: Viewer, at: datetime, run_id: int) -> RunState:
    """This function will sign the locked totals; the last signature that the amount band asks for opens the release."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.sign")
        run = locked_run(run_id=run_id, act=RunAct.SIGN)
        refuse_second_duty(run=run, actor=actor)
        _stand_for(run, actor, at, RunAct.SIGN)
        signed = Duty.objects.filter(run=run, round=run.round, act=RunAct.SIGN.value).count()
        state = after_signature(signed=signed, needed=run.signatures_needed or 1)
        if state is RunState.SIGNED:
            run.state = state.value
            run.save(update_fields=["state"])
        record(run, actor=actor, at=at, action="payments.run_signed")
    return state


def return_run(*, actor: Viewer, at: datetime, run_id: int, reason: str) -> None:
    """This function will give a run back to its compiler; signatures given so far do not count any more."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.return_run")
        run = locked_run(run_id=run_id, act=RunAct.RETURN)
        if not reason.strip():
            raise UnableToMoveRun("请写明退回的原因，编制人要据此修改。")
        run.state, run.returned_reason = RunState.COMPILED.value, reason.strip()[:200]
        run.round += 1
        run.locked_at = run.lines_locked = run.total_locked_fen = run.signatures_needed = None
        run.save()
        record(run, actor=actor, at=at, action="payments.run_returned")


def settle_run(*, actor: Viewer, at: datetime, run_id: int) -> None:
    """This function will close a run whose every line the bank has answered, if file, ledger and lines agree."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.settle")
        run = locked_run(run_id=run_id, act=RunAct.SETTLE)
        refuse_second_duty(run=run, actor=actor)
        file = BankFile.objects.get(run=run)
        open_lines = Line.objects.filter(run=run, state__in=[LineState.SENT.value, LineState.UNKNOWN.value]).count()
        if open_lines or file.state != FileState.SENT:
            raise UnableToMoveRun(f"还有 {open_lines} 笔银行没有答复。请等回盘，或向银行查询后再对账。")
        answered = Line.objects.filter(run=run, state__in=[LineState.PAID.value, LineState.RETURNED.value])
        sums = answered.aggregate(due=Sum("amount_fen"), less=Sum("deducted_fen"))
        net = (sums["due"] or 0) - (sums["less"] or 0)
        left = Entry.objects.filter(posting__run_id=run.pk, ledger=Ledger.PAYABLE.value).aggregate(x=Sum("amount_fen"))[
            "x"
        ]
        if net != file.total_fen or left:
            raise UnableToMoveRun(
                f"对不上：银行文件 {file.total_fen} 分，答复合计 {net} 分，账上未了 {left or 0} 分。请报会计主管核查。"
            )
        _stand_for(run, actor, at, RunAct.SETTLE)
        run.state, run.settled_at = RunState.SETTLED.value, at
        run.save(update_fields=["state", "settled_at"])
        record(run, actor=actor, at=at, action="payments.run_settled")


def locked_run(*, run_id: int, act: RunAct) -> Run:
    """This function will lock a run and refuse an act that its state does not allow."""
    run = Run.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise UnableToMoveRun("没有这一批发放，或不在您的辖区内。")
    if state_after(RunState(run.state), act) is None:
        raise UnableToMoveRun(f"这一批{RunState(run.state).label}，现在不能做这一步。请刷新页面再看。")
    return run


def refuse_second_duty(*, run: Run, actor: Viewer) -> None:
    """This function will refuse who has a duty in this round already, by person and not by account."""
    done = [(d.holder, RunAct(d.act)) for d in Duty.objects.filter(run=run, round=run.round)]
    act = duty_done(holder=holder_of(account_id=actor.account_id), done=done)
    if act is not None:
        raise UnableToMoveRun(f"您在这一批已经做过{DUTY_WORDS[act.value]}，这一步要由另一个人做。")


def _stand_for(run: Run, actor: Viewer, at: datetime, act: RunAct) -> None:
    try:
        with transaction.atomic():
            take_duty(
                run=run, actor=actor, at=at, act=act, lines=run.lines_locked or 0, total_fen=run.total_locked_fen or 0
            )
    except IntegrityError as refusal:
        raise UnableToMoveRun("这一步刚刚有人做过，或者您在这一批已有别的职责。请刷新再看。") from refusal


def stand_for_release(run: Run, /, *, actor: Viewer, at: datetime) -> None:
    """This function will write the releaser's duty."""
    _stand_for(run, actor, at, RunAct.RELEASE)


def record(run: Run, /, *, actor: Viewer, at: datetime, action: str) -> None:
    """This function will write the audit entry of an act on a run."""
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.run",
        object_id=str(run.pk),
        area_id=run.area_id,
        detail={"round": run.round, "lines": run.lines_locked, "fen": run.total_locked_fen, "state": run.state},
    )
