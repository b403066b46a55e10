"""The bank file: made once, known by its hash, sent once. What the bank did not answer is not sent again."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.foundation.jobs.types import Turn
from minsheng.foundation.sealing.envelope import open_value
from minsheng.foundation.sealing.operations import UnableToOpenSealed, current_keyring, open_sealed, seal
from minsheng.work.payments.bank import AlreadyReceived, Bank, BankSilent, FileLine, write_file
from minsheng.work.payments.events import RunReleased
from minsheng.work.payments.models import BankFile, Run
from minsheng.work.payments.operations.checking import broken_seals, dead_by_now
from minsheng.work.payments.operations.ledger import FUND, open_posting
from minsheng.work.payments.operations.runs import locked_run, record, refuse_second_duty, stand_for_release
from minsheng.work.payments.rules.runs import FILE_MOVES
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER, FILE
from minsheng.work.payments.types import FileState, RunAct, RunState

_LINES = """
SELECT l.id, p.id, p.holder_name, p.number_sealed, p.bank, l.amount_fen - l.deducted_fen, l.scheme, l.month
FROM payments_line l JOIN payments_account p ON p.id = l.account_row_id
WHERE l.run_id = %s AND l.state = 'planned' ORDER BY l.id
"""
# The money leaves the fund for "sent, not yet confirmed": one entry a line there, one an area and scheme here.
_POST = """
INSERT INTO payments_entry (posting_id, ledger, fund, scheme, area_id, line_id, subject, amount_fen)
SELECT %(posting)s, 'payable', %(fund)s, scheme, area_id, id, '', amount_fen - deducted_fen
FROM payments_line WHERE run_id = %(run)s AND state = 'sent'
UNION ALL
SELECT %(posting)s, 'fund', %(fund)s, scheme, area_id, NULL, '', -sum(amount_fen - deducted_fen)
FROM payments_line WHERE run_id = %(run)s AND state = 'sent' GROUP BY scheme, area_id
"""


class UnableToRelease(ValueError):
    """The bank file cannot be made or sent: says why and what to do."""


def release_run(*, actor: Viewer, at: datetime, run_id: int) -> int:
    """This function will make the bank file of a signed run, once, and return its id; asked again, the same one.

    In one transaction: file, lines `sent`, ledger, duty. The total must be what was signed, and every account must
    bear its seal, or nothing happens.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.release")
        run = Run.objects.select_for_update(no_key=True).filter(pk=run_id).first()
        made = BankFile.objects.filter(run_id=run_id).values_list("id", flat=True).first()
        if made is not None and run is not None:  # this one comes later, or another was faster: said in the trail
            record(run, actor=actor, at=at, action="payments.release_repeated")
            return int(made)
        run = locked_run(run_id=run_id, act=RunAct.RELEASE)
        refuse_second_duty(run=run, actor=actor)
        if broken_seals(run_id=run.pk):
            raise UnableToRelease("有账户或金额在锁定后被改动过，银行文件没有生成。请退回这一批并报安全管理员。")
        dead = dead_by_now(run=run, at=at)
        if dead:
            raise UnableToRelease(
                f"锁定以后，有 {len(dead)} 笔的领款人或本人去世的消息到了，银行文件没有生成。请退回这一批重新编制。"
            )
        content, lines, total = _content_of(run)
        if (lines, total) != (run.lines_locked, run.total_locked_fen):
            raise UnableToRelease(
                f"合计 {total} 分与签字的 {run.total_locked_fen} 分不一致，文件没有生成。请退回核查。"
            )
        file = _store(run, content, lines, total, at)
        stand_for_release(run, actor=actor, at=at)
        run.state, run.released_at = RunState.RELEASED.value, at
        run.save(update_fields=["state", "released_at"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_line SET state = 'sent' WHERE run_id = %s AND state = 'planned'", [run.pk])
            posting = open_posting(actor=actor, at=at, kind="release", reference=f"release:{run.pk}", run_id=run.pk)
            cursor.execute(_POST, {"posting": posting, "run": run.pk, "fund": FUND})
            cursor.execute(
                "INSERT INTO payments_follow_up (area_id, line_id, kind, opened_at, result)"
                " SELECT l.area_id, l.id, 'held', %s, '' FROM payments_line l WHERE l.run_id = %s AND l.state = 'held'"
                # What an earlier batch held for the same reason is one piece of work, not two.
                " AND NOT EXISTS (SELECT 1 FROM payments_follow_up f JOIN payments_line k ON k.id = f.line_id"
                "                 WHERE k.grant_id = l.grant_id AND k.month = l.month AND f.kind = 'held'"
                "                 AND f.closed_at IS NULL) ON CONFLICT DO NOTHING",
                [at, run.pk],
            )
        record(run, actor=actor, at=at, action="payments.run_released")
        publish(RunReleased(run.pk, run.month, at), at=at, area_id=run.area_id)
    return int(file.pk)


def file_content(*, actor: Viewer, at: datetime, run_id: int, purpose: str) -> tuple[str, str]:
    """This function will return name and content of the bank file, the same each time, and record who took it."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.release")
        file = BankFile.objects.filter(run_id=run_id).first()
        if file is None:
            raise UnableToRelease("这一批还没有银行文件。请先出银行文件。")
        content = open_sealed(context=FILE, row_id=file.pk, sealed=file.content_sealed)
        if hashlib.sha256(content.encode()).hexdigest() != file.sha256:
            raise UnableToRelease("银行文件的内容和登记的摘要对不上。请停止发放，报安全管理员。")
        audit.record(
            actor=actor,
            at=at,
            action="payments.file_taken",
            object_type="payments.run",
            object_id=str(run_id),
            area_id=file.area_id,
            purpose=purpose[:30],
            detail={"sha256": file.sha256},
        )
    return str(file.name), content


def send_file(*, step: Callable[[], AbstractContextManager[Turn]], run_id: int, bank: Bank) -> FileState:
    """This function will bring a made file to the bank, in three transactions, and return where it stands then.

    `sending` is committed before the bank is called. Whoever finds `sending` or `unknown` (a crash, a silent bank)
    asks the bank whether it has the file and never sends it again.
    """
    with step() as turn:
        file = _locked_file(run_id)
        state, name, sha256 = FileState(file.state), str(file.name), str(file.sha256)
        content = open_sealed(context=FILE, row_id=file.pk, sealed=file.content_sealed)
        if state is FileState.MADE:
            _move(file, FileState.SENDING, turn.actor, turn.at)
    if state is FileState.SENT:
        return state
    if state is FileState.MADE:
        try:
            bank.send(name=name, sha256=sha256, content=content)
            arrived = True
        except AlreadyReceived:
            arrived = True
        except BankSilent:
            arrived = False
    else:
        arrived = bank.knows(sha256=sha256)
    with step() as turn:
        file = _locked_file(run_id)
        state = FileState(file.state)
        if arrived and state in (FileState.SENDING, FileState.UNKNOWN):
            state = _move(file, FileState.SENT, turn.actor, turn.at)
        elif state is FileState.SENDING:
            state = _move(file, FileState.UNKNOWN, turn.actor, turn.at)
    return state


def hand_over(*, actor: Viewer, at: datetime, run_id: int) -> None:
    """This function will note that the cashier brought the file to the bank by hand and has its receipt."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.release")
        file = _locked_file(run_id)
        if file.state == FileState.MADE:
            _move(file, FileState.SENDING, actor, at)
        if file.state != FileState.SENT:
            _move(file, FileState.SENT, actor, at)


def _locked_file(run_id: int) -> BankFile:
    file = BankFile.objects.select_for_update(no_key=True).filter(run_id=run_id).first()
    if file is None:
        raise UnableToRelease("这一批还没有银行文件，或不在您的辖区内。")
    return file


def _move(file: BankFile, to: FileState, actor: Viewer, at: datetime) -> FileState:
    if to not in FILE_MOVES[FileState(file.state)]:
        raise UnableToRelease(f"银行文件{FileState(file.state).label}，不能变为{to.label}。请刷新再看。")
    file.state = to.value
    if to is FileState.SENT:
        file.sent_at = at
    file.save(update_fields=["state", "sent_at"])
    audit.record(
        actor=actor,
        at=at,
        action=f"payments.file_{to.value}",
        object_type="payments.run",
        object_id=str(file.run_id),
        area_id=file.area_id,
        detail={"sha256": file.sha256},
    )
    return to


def _content_of(run: Run) -> tuple[str, int, int]:
    keyring = current_keyring()
    lines = []
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [run.pk])
        for line_id, account_id, holder, sealed, bank, fen, scheme, month in cursor.fetchall():
            try:
                number = open_value(keyring=keyring, context=ACCOUNT_NUMBER, row_id=account_id, sealed=bytes(sealed))
            except UnableToOpenSealed as broken:
                raise UnableToRelease(f"第 {line_id} 笔的账户打不开：{broken}") from broken
            lines.append(FileLine(line_id, holder, number, bank, fen, f"{scheme} {month:%Y%m}"))
    return write_file(lines=lines), len(lines), sum(line.fen for line in lines)


def _store(run: Run, content: str, lines: int, total: int, at: datetime) -> BankFile:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_bank_file_id_seq'::regclass)")
        number = int(cursor.fetchone()[0])
    return BankFile.objects.create(
        id=number,
        run=run,
        area_id=run.area_id,
        name=f"MS{run.month:%Y%m}{run.area_id:06d}{run.number:02d}.csv",
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        lines=lines,
        total_fen=total,
        content_sealed=seal(context=FILE, row_id=number, value=content),
        state=FileState.MADE.value,
        made_at=at,
    )
