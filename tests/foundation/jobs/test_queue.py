"""The queue with a real worker: shares the caller's transaction, acts as the system account, survives a dead worker."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

import builders
from minsheng.foundation.access import operations as access
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events import operations as events
from minsheng.foundation.jobs import declaring, operations, queries
from minsheng.foundation.jobs.declaring import Step, UnableToDeclareJob, enqueue, job
from minsheng.foundation.jobs.jobs import clear_away, deliver_events, wake_delivery
from minsheng.foundation.jobs.worker import run_worker

seen: list[Any] = []
plan: dict[str, Any] = {}


@job("tests.note", idempotent=True)
def note(*, actor: Viewer, at: datetime, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('minsheng.account'), current_user")
        account, role = cursor.fetchone()
    seen.append((word, actor.username, int(account) == actor.account_id, role))


@job("tests.pay", idempotent=False)
def pay(*, actor: Viewer, at: datetime) -> None:
    seen.append("paid")


@job("tests.enqueue_and_fail", idempotent=False)
def enqueue_and_fail(*, actor: Viewer, at: datetime) -> None:
    enqueue(note, word="from a job that fails")
    raise RuntimeError("今天不行")


@job("tests.count", idempotent=True, in_steps=True)
def count_up(*, step: Step, run_id: str) -> None:
    for done in range(1, 5):
        with step() as turn:
            operations.advance_run(run_id=UUID(run_id), at=turn.at, done=done * 25)
            seen.append(done)
        if plan.get("fail_after") == done:
            plan.clear()
            raise RuntimeError("今天不行")


@pytest.fixture(autouse=True)
def nothing_seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This fixture will stop the clock's own jobs, so that a test sees its own alone."""
    seen.clear()
    plan.clear()
    if "with_clock" not in request.fixturenames:
        monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    yield
    connection.close()


@pytest.fixture
def with_clock() -> None:
    """This fixture will leave the jobs queued by the clock in place."""


@pytest.fixture
def system(at: datetime, transactional_db: None) -> Viewer:
    """This fixture will open the account that jobs act as."""
    number = accounts.open_account(username="system", display_name="系统", at=at, kind=AccountKind.SYSTEM)
    return Viewer(number, "系统", "system")


def _work() -> None:
    run_worker(wait=False, handle_signals=False)


def _statuses() -> dict[str, str]:
    return dict(ProcrastinateJob.objects.values_list("task_name", "status"))


def test_a_queued_job_runs_as_the_system_account_under_the_app_role(system: Viewer) -> None:
    assert enqueue(note, word="你好") is not None
    _work()
    assert seen == [("你好", "system", True, "minsheng_app")]
    assert _statuses() == {"tests.note": "succeeded"}


def test_a_rollback_queues_nothing(system: Viewer) -> None:
    def queue_and_fail() -> None:
        with transaction.atomic():
            enqueue(note, word="never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        queue_and_fail()
    assert _statuses() == {}
    _work()
    assert seen == []


def test_what_a_failing_job_queued_is_rolled_back_too(system: Viewer) -> None:
    enqueue(enqueue_and_fail)
    _work()
    assert _statuses() == {"tests.enqueue_and_fail": "failed"}
    assert seen == []


def test_a_missing_system_account_fails_the_job_and_is_no_crash(transactional_db: None) -> None:
    enqueue(pay)
    _work()
    assert _statuses() == {"tests.pay": "failed"}
    assert seen == []


def test_while_one_waits_no_second_is_queued_and_the_transaction_survives(system: Viewer) -> None:
    with transaction.atomic():
        first = enqueue(note, once="notes", word="1")
        second = enqueue(note, once="notes", word="2")
        assert first is not None
        assert second is None
    assert ProcrastinateJob.objects.count() == 1


def test_wrong_arguments_are_refused_when_queueing(system: Viewer) -> None:
    with pytest.raises(TypeError):
        enqueue(note, words="?")
    with pytest.raises(TypeError):
        enqueue(note)


def test_two_jobs_may_not_share_a_name() -> None:
    with pytest.raises(UnableToDeclareJob, match="the job"):
        job("tests.note", idempotent=True)(lambda **_: None)


def _killed(name: str, *, silent_for: timedelta) -> int:
    """This function will leave a job as `kill -9` leaves it: `doing`, by a worker whose heart stopped some time ago."""
    job_id = enqueue(note, word="once more") if name == note.name else enqueue(pay)
    assert job_id is not None
    _seize(job_id, silent_for)
    return job_id


def _seize(job_id: int, silent_for: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_for.total_seconds()],
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job_id])


def test_a_killed_idempotent_job_is_taken_up_again_by_the_reaper(system: Viewer, at: datetime) -> None:
    job_id = _killed("tests.note", silent_for=timedelta(minutes=5))
    report = operations.reap_stalled(at=at)
    assert (report.retried, report.failed) == ((job_id,), ())
    assert _statuses() == {"tests.note": "todo"}
    _work()
    assert _statuses() == {"tests.note": "succeeded"}
    assert len(seen) == 1


def test_a_killed_job_that_is_not_idempotent_fails_visibly_and_is_not_repeated(system: Viewer, at: datetime) -> None:
    job_id = _killed("tests.pay", silent_for=timedelta(minutes=5))
    assert operations.reap_stalled(at=at).failed == (job_id,)
    _work()
    assert _statuses() == {"tests.pay": "failed"}
    assert seen == []
    officer = Viewer(1, "系统管理员", "officer", capabilities=frozenset({"jobs.view"}))
    assert [(failed.job_id, failed.name) for failed in queries.failed_jobs(viewer=officer)] == [(job_id, "tests.pay")]


def test_a_job_of_a_name_nobody_knows_fails(system: Viewer, at: datetime) -> None:
    job_id = _killed("tests.note", silent_for=timedelta(minutes=5))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET task_name = 'tests.gone'")
    assert operations.reap_stalled(at=at).failed == (job_id,)


def test_without_the_reaper_a_killed_job_stays_in_limbo(system: Viewer) -> None:
    """Negative control: the queue alone never ends the job, whatever else it works on."""
    _killed("tests.note", silent_for=timedelta(hours=5))
    enqueue(pay)
    _work()
    assert _statuses() == {"tests.note": "doing", "tests.pay": "succeeded"}


def test_a_job_of_a_living_worker_is_left_alone(system: Viewer, at: datetime) -> None:
    _killed("tests.note", silent_for=timedelta(seconds=10))
    report = operations.reap_stalled(at=at)
    assert (report.retried, report.failed) == ((), ())
    assert _statuses() == {"tests.note": "doing"}


def test_the_clock_queues_the_reaper_which_frees_the_job(with_clock: None, system: Viewer) -> None:
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    # What the room itself repeats; the rooms above it add their own.
    assert {name: cron for name, cron in periodic.items() if name.startswith("jobs.")} == {
        "jobs.deliver_events": "* * * * *",
        "jobs.reap_stalled": "* * * * *",
        "jobs.clear_away": "17 * * * *",
    }
    _killed("tests.note", silent_for=timedelta(minutes=5))
    end = time.monotonic() + 30
    # The clock queues the reaper, the reaper queues the job, the job runs; a worker that finds nothing leaves early.
    while _statuses()["tests.note"] != "succeeded" and time.monotonic() < end:
        _work()
    assert _statuses()["tests.note"] == "succeeded"
    assert _statuses()["jobs.reap_stalled"] == "succeeded"


def _run(owner: Viewer, at: datetime) -> tuple[UUID, int]:
    with transaction.atomic():
        run_id = operations.start_run(owner=owner, at=at, kind="tests.count", label="数一数", total=100, resumable=True)
        job_id = enqueue(count_up, run_id=run_id)
    assert job_id is not None
    return run_id, job_id


def test_a_run_is_begun_and_finished_with_its_job(system: Viewer, at: datetime) -> None:
    run_id, _ = _run(system, at)
    _work()
    view = queries.run_view(viewer=system, run_id=run_id, at=at)
    assert view is not None
    assert (view.progress.state_label, view.progress.done, seen) == ("已完成", 100, [1, 2, 3, 4])


def test_steps_done_before_an_error_stay_done_and_the_run_says_what_happened(system: Viewer, at: datetime) -> None:
    run_id, _ = _run(system, at)
    plan["fail_after"] = 2
    _work()
    view = queries.run_view(viewer=system, run_id=run_id, at=at)
    assert view is not None
    assert (view.progress.state_label, view.progress.done) == ("没有办成", 50)
    assert "今天不行" not in view.progress.message  # inner words of an unforeseen error are for the log
    assert _statuses() == {"tests.count": "todo"}  # idempotent: tried again, later


@pytest.mark.parametrize("idempotent", [True, False])
def test_the_reaper_tells_the_run_of_a_killed_job(
    idempotent: bool, system: Viewer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not idempotent:
        monkeypatch.setitem(declaring._JOBS, "tests.count", declaring.Job("tests.count", False, "", True, "", print))
    run_id, job_id = _run(system, at)
    operations.begin_run(run_id=run_id, at=at, job_id=job_id)
    operations.advance_run(run_id=run_id, at=at, done=25)
    _seize(job_id, timedelta(minutes=5))
    operations.reap_stalled(at=at)
    view = queries.run_view(viewer=system, run_id=run_id, at=at)
    assert view is not None
    assert view.progress.state_label == ("中断，可继续" if idempotent else "没有办成")
    assert ("从断开的地方继续" if idempotent else "处理到 25/100 时进程停了") in view.progress.message


def test_a_committed_event_is_delivered_by_the_worker_as_the_system_account(system: Viewer, at: datetime) -> None:
    from minsheng.foundation.calendars.types import YearEntered
    from minsheng.foundation.events import subscriptions

    def listen(happened: YearEntered, /, *, actor: Viewer, at: datetime) -> None:
        seen.append((happened.year, actor.username))

    events.subscribe(YearEntered, listen, name="tests.listen")
    try:
        with transaction.atomic():
            for year in (2027, 2028):
                events.publish(YearEntered(year, 1), at=at)
        assert _statuses() == {"jobs.deliver_events": "todo"}
        _work()
    finally:
        subscriptions._SUBSCRIPTIONS.pop("tests.listen")
    assert seen == [(2027, "system"), (2028, "system")]


def test_wake_ups_do_not_pile_up(system: Viewer) -> None:
    for _ in range(5):
        wake_delivery()
    assert ProcrastinateJob.objects.filter(task_name=deliver_events.name).count() == 1


def test_clearing_away_runs(system: Viewer) -> None:
    enqueue(clear_away)
    _work()
    assert _statuses() == {"jobs.clear_away": "succeeded"}


def test_jobs_see_only_what_the_system_account_may_see(system: Viewer, at: datetime) -> None:
    """The account without a grant has no area; after a grant it has: jobs do not bypass row-level security."""
    builders.plant_small_tree()
    with declaring.turn_of("system") as turn, connection.cursor() as cursor:
        cursor.execute("SELECT access_my_areas()")
        assert cursor.fetchone() == ([],)
        assert turn.actor.account_id == system.account_id
    first = builders.security_officer(at=at, username="officer-a")
    second = builders.security_officer(at=at, username="officer-b")
    grant = access.propose_grant(
        actor=first,
        at=at,
        account_id=system.account_id,
        role="system",
        area_id=builders.DISTRICT,
        valid_from=date(2020, 1, 1),
        reason="系统账号",
    )
    access.approve_grant(actor=second, at=at, grant_id=grant)
    with declaring.turn_of("system"), connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(access_my_areas())")
        assert cursor.fetchone() == (len(builders.SMALL_TREE),)
