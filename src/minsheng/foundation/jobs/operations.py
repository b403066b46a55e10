"""Runs of long work, and what happens to jobs whose worker died."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import is_idempotent
from minsheng.foundation.jobs.models import JobRun
from minsheng.foundation.jobs.rules import RunAct, state_after
from minsheng.foundation.jobs.types import ReapReport, RunState

SILENCE_SECONDS = 30.0
_MESSAGE_CHARACTERS = 300
logger = logging.getLogger(__name__)


class UnableToChangeRun(ValueError):
    """The run is in a state that does not allow the act, or does not exist."""


def start_run(
    *, owner: Viewer, at: datetime, kind: str, label: str, total: int | None = None, resumable: bool = False
) -> UUID:
    """This function will put a run on its owner's list, waiting for its job; enqueue the job with `run_id` right after.

    `kind` is the job's name, `label` plain Chinese ("导入残联名单"), `total` the number of rows if it is known.
    """
    run = JobRun.objects.create(
        owner_id=owner.account_id,
        kind=kind,
        label=label,
        total=total,
        resumable=resumable,
        state=RunState.WAITING.value,
        asked_at=at,
    )
    return UUID(str(run.run_id))


def begin_run(*, run_id: UUID, at: datetime, job_id: int | None = None) -> int:
    """This function will mark a run as running (again) and return how many rows are done already, to go on from."""
    with transaction.atomic():
        run = _locked(run_id, RunAct.BEGIN)
        if run.started_at is not None and run.heartbeat_at is not None:
            run.worked_seconds += max(0.0, (run.heartbeat_at - run.started_at).total_seconds())
        run.started_at = run.heartbeat_at = at
        run.finished_at, run.job_id, run.message = None, job_id, ""
        run.save()
    return int(run.done)


def advance_run(
    *, run_id: UUID, at: datetime, done: int, errors: int = 0, total: int | None = None, message: str = ""
) -> None:
    """This function will record the absolute numbers so far; call it in the transaction that made those rows.

    So the page never counts a row that a crash takes back, and a job that is taken up again starts at `done`.
    """
    with transaction.atomic():
        run = _locked(run_id, RunAct.ADVANCE)
        run.done, run.errors, run.heartbeat_at = done, errors, at
        run.message = message[:_MESSAGE_CHARACTERS]
        if total is not None:
            run.total = total
        run.save()


def finish_run(*, run_id: UUID, at: datetime, message: str = "") -> None:
    """This function will close a run as finished; `message` says what came out ("导入 1,204 人，3 行没有办成")."""
    _end(run_id, RunAct.FINISH, at, message)


def finish_run_if_running(*, run_id: UUID, at: datetime) -> None:
    """This function will finish a run whose job came to its end without saying so itself."""
    with transaction.atomic():
        run = JobRun.objects.select_for_update(no_key=True).filter(run_id=run_id).first()
        if run is not None and run.state == RunState.RUNNING:
            finish_run(run_id=run_id, at=at, message=run.message)


def fail_run(*, run_id: UUID, at: datetime, message: str) -> None:
    """This function will close a run as failed; `message` says what happened and what to do next."""
    _end(run_id, RunAct.FAIL, at, message)


def interrupt_run(*, run_id: UUID, at: datetime, message: str) -> None:
    """This function will mark a run whose worker died; it may begin again."""
    with transaction.atomic():
        run = _locked(run_id, RunAct.INTERRUPT)
        run.message = message[:_MESSAGE_CHARACTERS]
        run.save()


def reap_stalled(*, at: datetime, silence_seconds: float = SILENCE_SECONDS) -> ReapReport:
    """This function will end the limbo of jobs whose worker has shown no sign of life for `silence_seconds`.

    Procrastinate leaves such a job in `doing` for ever. An idempotent job is put back in the queue; any other job
    fails, visibly, because nobody can know how much of it happened. Jobs of unknown name fail as well.
    """
    manager = JobManager(DjangoConnector(alias="default"))
    retried, failed = [], []
    stalled = async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=silence_seconds)
    for queued in stalled:
        assert queued.id is not None
        try:
            with transaction.atomic():
                if is_idempotent(queued.task_name):
                    manager.retry_job_by_id(queued.id, retry_at=at)
                    retried.append(queued.id)
                else:
                    async_to_sync(manager.finish_job_by_id_async)(queued.id, Status.FAILED, delete_job=False)
                    failed.append(queued.id)
                _tell_run(queued, at=at, again=is_idempotent(queued.task_name))
        except DatabaseError:
            # Another reaper was faster, or the job ended after all: its state is settled either way.
            logger.warning("stalled job %s was settled by somebody else", queued.id, exc_info=True)
    if failed:
        logger.error("jobs failed because their worker died and they are not idempotent: %s", failed)
    return ReapReport(tuple(retried), tuple(failed))


def forget_finished(*, at: datetime, keep: timedelta = timedelta(days=30)) -> int:
    """This function will delete finished runs older than `keep` from their owners' lists and return their number."""
    deleted, _ = JobRun.objects.filter(state=RunState.FINISHED.value, finished_at__lt=at - keep).delete()
    return int(deleted)


def _tell_run(queued: QueuedJob, *, at: datetime, again: bool) -> None:
    run = JobRun.objects.filter(job_id=queued.id, state=RunState.RUNNING.value).first()
    if run is None:
        return
    if again:
        interrupt_run(run_id=run.run_id, at=at, message="处理的进程停了，已重新排队，会从断开的地方继续。")
    else:
        counted = f"{run.done}" if run.total is None else f"{run.done}/{run.total}"
        fail_run(
            run_id=run.run_id,
            at=at,
            message=f"处理到 {counted} 时进程停了。这项工作不能自动重做，请先核对已经办成的部分，再重新发起。",
        )


def _end(run_id: UUID, act: RunAct, at: datetime, message: str) -> None:
    with transaction.atomic():
        run = _locked(run_id, act)
        run.heartbeat_at = run.finished_at = at
        run.message = message[:_MESSAGE_CHARACTERS]
        run.save()


def _locked(run_id: UUID, act: RunAct) -> Any:
    run = JobRun.objects.select_for_update(no_key=True).filter(run_id=run_id).first()
    if run is None:
        raise UnableToChangeRun("没有找到这项后台工作，可能已经过期清理。请重新发起。")
    after = state_after(RunState(run.state), act)
    if after is None:
        raise UnableToChangeRun(f"“{run.label}”现在的状态是 {run.state}，不能 {act.value}。请刷新后再看。")
    run.state = after.value
    return run
