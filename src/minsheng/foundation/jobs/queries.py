from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateJob

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.models import JobRun
from minsheng.foundation.jobs.types import FailedJob, RunView
from minsheng.foundation.pages.progress import Progress, ProgressState

CAPABILITY = "jobs.view"


def run_view(*, viewer: Viewer, run_id: UUID, at: datetime) -> RunView | None:
    """This function will return a run as it stands at `at`: n of total, rate, time left, whether it died.

    None if there is no such run or it is somebody else's and the viewer may not watch jobs (a stranger gets 404).
    """
    run = JobRun.objects.filter(run_id=run_id).first()
    if run is None or (run.owner_id != viewer.account_id and not viewer.can(CAPABILITY)):
        return None
    return _view(run, at)


def list_runs(*, viewer: Viewer, at: datetime, everybody: bool = False, limit: int = 50) -> list[RunView]:
    """This function will return the viewer's runs, newest first; `everybody` needs the right to watch jobs."""
    rows = JobRun.objects.order_by("-asked_at")
    if everybody:
        require(viewer=viewer, capability=CAPABILITY)
    else:
        rows = rows.filter(owner_id=viewer.account_id)
    return [_view(run, at) for run in rows[:limit]]


def failed_jobs(*, viewer: Viewer, limit: int = 100) -> list[FailedJob]:
    """This function will return jobs that failed for good, newest first, for the system officer."""
    require(viewer=viewer, capability=CAPABILITY)
    rows = (
        ProcrastinateJob.objects.filter(status="failed")
        .annotate(last_event_at=Max("procrastinateevent__at"))
        .order_by("-id")[:limit]
    )
    return [FailedJob(row.id, row.task_name, row.attempts, row.last_event_at) for row in rows]


def _view(run: JobRun, at: datetime) -> RunView:
    # Earlier stretches of work count for the rate, the pauses between them do not.
    started = run.started_at and run.started_at - timedelta(seconds=run.worked_seconds)
    return RunView(
        run_id=run.run_id,
        kind=run.kind,
        label=run.label,
        resumable=run.resumable,
        finished_at=run.finished_at,
        progress=Progress(
            state=ProgressState(run.state),
            done=run.done,
            total=run.total,
            errors=run.errors,
            started_at=started,
            heartbeat_at=run.heartbeat_at,
            at=at,
            message=run.message,
        ),
    )
