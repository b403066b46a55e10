"""Progress of long work: every (state, act) pair, honest figures, who may look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

import builders
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs import operations, queries
from minsheng.foundation.jobs.models import JobRun
from minsheng.foundation.jobs.operations import UnableToChangeRun
from minsheng.foundation.jobs.rules import TRANSITIONS, RunAct, state_after
from minsheng.foundation.jobs.types import RunState, RunView
from minsheng.foundation.pages.progress import ProgressState

SECOND = timedelta(seconds=1)


def _viewer(at: datetime, name: str = "zhou", capabilities: frozenset[str] = frozenset()) -> Viewer:
    return Viewer(
        accounts.open_account(username=name, display_name="周敏", at=at), "周敏", name, capabilities=capabilities
    )


def _start(owner: Viewer, at: datetime, total: int | None = 1000) -> UUID:
    return operations.start_run(owner=owner, at=at, kind="tests.count", label="数一数", total=total, resumable=True)


def _see(owner: Viewer, run_id: UUID, at: datetime) -> RunView:
    view = queries.run_view(viewer=owner, run_id=run_id, at=at)
    assert view is not None
    return view


@pytest.mark.django_db
@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("act", RunAct)
def test_every_act_in_every_state(state: RunState, act: RunAct, at: datetime) -> None:
    run_id = _start(_viewer(at), at)
    JobRun.objects.filter(run_id=run_id).update(state=state.value)
    acts: dict[RunAct, Callable[[], object]] = {
        RunAct.BEGIN: lambda: operations.begin_run(run_id=run_id, at=at),
        RunAct.ADVANCE: lambda: operations.advance_run(run_id=run_id, at=at, done=1),
        RunAct.FINISH: lambda: operations.finish_run(run_id=run_id, at=at),
        RunAct.FAIL: lambda: operations.fail_run(run_id=run_id, at=at, message="没有办成"),
        RunAct.INTERRUPT: lambda: operations.interrupt_run(run_id=run_id, at=at, message="中断"),
    }
    allowed = state_after(state, act)
    if allowed is None:
        with pytest.raises(UnableToChangeRun, match="不能"):
            acts[act]()
        assert JobRun.objects.get(run_id=run_id).state == state
    else:
        acts[act]()
        assert JobRun.objects.get(run_id=run_id).state == allowed


def test_nothing_follows_a_finished_run() -> None:
    assert not any(state is RunState.FINISHED for state, _ in TRANSITIONS)


@pytest.mark.django_db
def test_a_run_tells_how_far_it_is_how_fast_and_how_long_it_still_takes(at: datetime) -> None:
    owner = _viewer(at)
    run_id = _start(owner, at)
    assert _see(owner, run_id, at).progress.state_label == "排队中"
    assert operations.begin_run(run_id=run_id, at=at) == 0
    operations.advance_run(run_id=run_id, at=at + 20 * SECOND, done=40, errors=2)
    progress = _see(owner, run_id, at + 20 * SECOND).progress
    assert (progress.done, progress.total, progress.errors, progress.percent) == (40, 1000, 2, 4)
    assert progress.per_second == 2.0
    assert progress.time_left_label == "还要约8分钟"
    operations.advance_run(run_id=run_id, at=at + 50 * SECOND, done=1000, errors=2)
    operations.finish_run(run_id=run_id, at=at + 50 * SECOND, message="数了 1,000 个，2 个没有数成")
    done = _see(owner, run_id, at + 3600 * SECOND)
    assert done.progress.state_label == "已完成"
    assert done.progress.message == "数了 1,000 个，2 个没有数成"
    assert done.finished_at == at + 50 * SECOND


@pytest.mark.django_db
def test_silence_is_shown_as_interrupted_and_work_goes_on_where_it_stopped(at: datetime) -> None:
    owner = _viewer(at)
    run_id = _start(owner, at)
    operations.begin_run(run_id=run_id, at=at)
    operations.advance_run(run_id=run_id, at=at + 20 * SECOND, done=40)
    assert _see(owner, run_id, at + 80 * SECOND).progress.shown_state is ProgressState.RUNNING
    assert _see(owner, run_id, at + 81 * SECOND).progress.state_label == "中断，可继续"
    again = at + timedelta(hours=2)
    assert operations.begin_run(run_id=run_id, at=again) == 40
    operations.advance_run(run_id=run_id, at=again + 20 * SECOND, done=80)
    progress = _see(owner, run_id, again + 20 * SECOND).progress
    assert progress.per_second == 2.0  # the pause of two hours does not count as work
    assert progress.time_left_label == "还要约8分钟"


@pytest.mark.django_db
def test_impossible_figures_are_refused_by_the_database(at: datetime) -> None:
    run_id = _start(_viewer(at), at)
    operations.begin_run(run_id=run_id, at=at)
    with pytest.raises(DatabaseError, match="done_within_total"), transaction.atomic():
        operations.advance_run(run_id=run_id, at=at, done=1001)
    operations.advance_run(run_id=run_id, at=at, done=1001, total=1500)


@pytest.mark.django_db
def test_a_stranger_sees_no_run_and_the_system_officer_sees_all(at: datetime) -> None:
    builders.plant_small_tree()
    owner, stranger = _viewer(at), _viewer(at, "wang")
    officer = builders.staff(at=at, role="system_officer", area_id=builders.DISTRICT)
    run_id = _start(owner, at)
    assert queries.run_view(viewer=stranger, run_id=run_id, at=at) is None
    assert queries.run_view(viewer=owner, run_id=uuid4(), at=at) is None
    assert queries.list_runs(viewer=stranger, at=at) == []
    assert [view.run_id for view in queries.list_runs(viewer=owner, at=at)] == [run_id]
    assert [view.run_id for view in queries.list_runs(viewer=officer, at=at, everybody=True)] == [run_id]
    with pytest.raises(UnableToAct):
        queries.list_runs(viewer=stranger, at=at, everybody=True)
    with pytest.raises(UnableToAct):
        queries.failed_jobs(viewer=stranger)


@pytest.mark.django_db
def test_an_unknown_run_says_what_to_do(at: datetime) -> None:
    with pytest.raises(UnableToChangeRun, match="重新发起"):
        operations.begin_run(run_id=uuid4(), at=at)


@pytest.mark.django_db
def test_old_finished_runs_are_forgotten(at: datetime) -> None:
    owner = _viewer(at)
    finished, waiting = _start(owner, at), _start(owner, at)
    operations.begin_run(run_id=finished, at=at)
    operations.finish_run(run_id=finished, at=at)
    assert operations.forget_finished(at=at + timedelta(days=29)) == 0
    assert operations.forget_finished(at=at + timedelta(days=31)) == 1
    assert [view.run_id for view in queries.list_runs(viewer=owner, at=at)] == [waiting]
