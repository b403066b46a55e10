"""Declaring jobs and putting them in the queue.

A job is a function of one room with plain arguments. It runs as a named system account, in one transaction, or, if it
is long, in transactions of its own making (`in_steps`). Being queued is part of the caller's transaction: a rollback
queues nothing.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.jobs.clocks import seconds_ahead
from minsheng.foundation.jobs.rules import MOST_APART
from minsheng.foundation.jobs.types import Turn

SYSTEM_ACCOUNT = "system"
MOST_ATTEMPTS = 5
Argument = str | int | bool | UUID | date | datetime | None
Step = Callable[[], AbstractContextManager[Turn]]


class UnableToDeclareJob(ValueError):
    """Two jobs want one name; the queue knows jobs by name only."""


class UnableToRunJob(RuntimeError):
    """The system account that a job acts as does not exist."""


class UnableToTrustClock(RuntimeError):
    """Two clocks tell different times, so nothing may run out, and nobody be stopped, by either."""


@dataclass(frozen=True)
class Job:
    """A declared job: pass it to `enqueue`; call `function` in tests."""

    name: str
    idempotent: bool
    account: str
    in_steps: bool
    queue: str
    function: Callable[..., None]


_JOBS: dict[str, Job] = {}
# What Procrastinate itself queues and may repeat at will.
_REPEATABLE = frozenset({"builtin:procrastinate.builtin_tasks.remove_old_jobs"})


def job(
    name: str,
    *,
    idempotent: bool,
    account: str = SYSTEM_ACCOUNT,
    in_steps: bool = False,
    cron: str | None = None,
    queue: str = "default",
) -> Callable[[Callable[..., None]], Job]:
    """This decorator will declare a function as a job.

    The function takes `actor` and `at`, or, with `in_steps`, `step`: `with step() as turn:` opens one transaction with
    `turn.actor` and `turn.at`. Other arguments come from `enqueue`. If one of them is `run_id`, the run is begun,
    finished and failed for the function. `idempotent` jobs are tried again, after errors and after a crash.
    `cron` ("*/5 * * * *") also queues it by the clock.
    """

    def declare(function: Callable[..., None]) -> Job:
        declared = Job(name, idempotent, account, in_steps, queue, function)
        known = _JOBS.setdefault(name, declared)
        if known != declared:
            raise UnableToDeclareJob(f"the job {name} is declared in {known.function.__module__} already")
        retry = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=3) if idempotent else False
        task = app.task(name=name, queue=queue, pass_context=True, retry=retry)(partial(_run, declared))
        if cron is not None:
            app.periodic(cron=cron, queueing_lock=name)(task)
        return declared

    return declare


def enqueue(
    to_run: Job,
    /,
    *,
    lock: str | None = None,
    once: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = 0,
    **arguments: Argument,
) -> int | None:
    """This function will queue a job in the current transaction and return its number.

    Jobs with the same `lock` run one after another. With `once`, nothing is queued while another job with that word
    waits, and None is returned. Arguments that the function does not take raise TypeError here, not in the worker.
    """
    given = {"step": None} if to_run.in_steps else {"actor": None, "at": None}
    inspect.signature(to_run.function).bind(**given, **arguments)
    deferrer = configure_task(
        name=to_run.name,
        # Always the Django connection: inside a worker the app speaks over another one, outside of the transaction.
        job_manager=JobManager(DjangoConnector(alias="default")),
        queue=to_run.queue,
        lock=lock,
        queueing_lock=once,
        schedule_at=schedule_at,
        priority=priority,
    )
    try:
        with transaction.atomic():
            return deferrer.defer(**{key: _to_json(value) for key, value in arguments.items()})
    except AlreadyEnqueued:
        return None


def is_idempotent(name: str) -> bool:
    """This function will return whether a job of this name may be run again; unknown names may not."""
    return name in _REPEATABLE or (name in _JOBS and _JOBS[name].idempotent)


@contextmanager
def turn_of(account: str) -> Iterator[Turn]:
    """This function will open one transaction as a system account, with one reading of the clock."""
    # In business time, as requests have it: `at.date()` before eight in the morning is otherwise the day before.
    at = timezone.localtime() + timedelta(days=settings.DEMO_DAYS_AHEAD)
    with transaction.atomic():
        apart = timedelta(seconds=abs(seconds_ahead()))
        if apart > MOST_APART:
            raise UnableToTrustClock(
                f"这台机器和数据库的时钟相差 {apart.total_seconds() / 60:.0f} 分钟，后台工作先不做，"
                "免得提前作废或停用。请先对时，再重新启动后台。"
            )
        account_id = accounts.account_id(username=account)
        if account_id is None:
            raise UnableToRunJob(f"没有系统账号“{account}”，后台工作不能开始。请先完成安装步骤中的建立系统账号。")
        name = accounts.display_names(account_ids={account_id})[account_id]
        viewer = get_viewer(account_id=account_id, name=name, username=account, at=at)
        with acting_as(viewer=viewer, at=at):
            yield Turn(viewer, at)


def _run(declared: Job, context: JobContext, **arguments: Any) -> None:
    from minsheng.foundation.jobs import operations  # it needs the declarations of this module

    arguments.pop("timestamp", None)  # Procrastinate adds it to jobs queued by the clock
    run_id = UUID(arguments["run_id"]) if arguments.get("run_id") else None
    if run_id is not None:
        operations.begin_run(run_id=run_id, at=timezone.now(), job_id=context.job.id)
    try:
        if declared.in_steps:
            declared.function(step=partial(turn_of, declared.account), **arguments)
        else:
            with turn_of(declared.account) as turn:
                declared.function(actor=turn.actor, at=turn.at, **arguments)
    except Exception as error:
        if run_id is not None:
            operations.fail_run(run_id=run_id, at=timezone.now(), message=_plain_words(error))
        raise
    if run_id is not None:
        operations.finish_run_if_running(run_id=run_id, at=timezone.now())


def _plain_words(error: Exception) -> str:
    if type(error).__name__.startswith("UnableTo"):
        return str(error)
    return "处理中出了意外，已办成的部分保留，错误已记录。请稍后再看；若仍未恢复，请联系系统管理员。"


def _to_json(value: Argument) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
