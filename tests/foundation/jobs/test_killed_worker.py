"""A worker killed with SIGKILL in the middle of a job: nothing lost, nothing counted twice (experiment E3, small)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from minsheng.config.database import Address
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs import operations, queries
from minsheng.foundation.jobs.declaring import Step, enqueue, job
from minsheng.foundation.jobs.worker import run_worker

ROWS, PER_STEP = 40, 4
WORKER = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import django; django.setup()
import test_killed_worker
from minsheng.foundation.jobs.worker import run_worker
run_worker(wait=True)
"""


@job("tests.fill_rows", idempotent=True, in_steps=True)
def fill_rows(*, step: Step, run_id: str) -> None:
    done = queries_done(UUID(run_id))
    while done < ROWS:
        with step() as turn, connection.cursor() as cursor:
            for row in range(done, done + PER_STEP):
                cursor.execute(
                    "INSERT INTO access_area (id, code, name, path, depth) VALUES (%s, %s, 'row', %s, 0)",
                    [row, str(row), str(row)],
                )
            done += PER_STEP
            operations.advance_run(run_id=UUID(run_id), at=turn.at, done=done)
        if os.environ.get("SLOW_STEPS"):
            time.sleep(0.2)


def queries_done(run_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT done FROM jobs_run WHERE run_id = %s", [run_id])
        return int(cursor.fetchone()[0])


@pytest.fixture
def no_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    yield
    connection.close()


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "waited 30 s in vain"
        time.sleep(0.05)


@pytest.mark.experiment
@pytest.mark.django_db(transaction=True)
def test_a_job_killed_half_way_is_completed_by_the_next_worker(at: datetime, no_clock: None) -> None:
    number = accounts.open_account(username="system", display_name="系统", at=at, kind=AccountKind.SYSTEM)
    owner = Viewer(number, "系统", "system")
    with transaction.atomic():
        run_id = operations.start_run(owner=owner, at=at, kind=fill_rows.name, label="填表", total=ROWS, resumable=True)
        job_id = enqueue(fill_rows, run_id=run_id)
    assert job_id is not None
    database = connection.settings_dict
    address = Address(database["HOST"], str(database["PORT"]), database["USER"], database["PASSWORD"], database["NAME"])
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "minsheng.config.settings",
            "DATABASE_URL": address.url(),
            "SLOW_STEPS": "1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: queries_done(run_id) >= 2 * PER_STEP)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    half_way = queries_done(run_id)
    assert half_way < ROWS
    run_worker(wait=False, handle_signals=False)
    assert ProcrastinateJob.objects.get(id=job_id).status == "doing"  # negative control: the queue alone does nothing

    _until(lambda: job_id in operations.reap_stalled(at=at, silence_seconds=2).retried)
    run_worker(wait=False, handle_signals=False)

    assert ProcrastinateJob.objects.get(id=job_id).status == "succeeded"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT id) FROM access_area")
        assert cursor.fetchone() == (ROWS, ROWS)
    view = queries.run_view(viewer=owner, run_id=run_id, at=at)
    assert view is not None
    assert (view.progress.state_label, view.progress.done) == ("已完成", ROWS)
