"""What crosses the walls: where a piece of long work stands, who a job acts as, what a round of reaping did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.progress import Progress


class RunState(StrEnum):
    """Where a run stands; `rules.TRANSITIONS` says what may follow."""

    WAITING = "waiting"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Turn:
    """One transaction of a job: whom it acts as, and the one reading of the clock for it."""

    actor: Viewer
    at: datetime


@dataclass(frozen=True)
class RunView:
    """A piece of long work for its page: `progress` holds the figures, `resumable` whether it may be taken up again."""

    run_id: UUID
    kind: str
    label: str
    resumable: bool
    finished_at: datetime | None
    progress: Progress


@dataclass(frozen=True)
class ReapReport:
    """Jobs whose worker died: taken up again because they are idempotent, or failed because they are not."""

    retried: tuple[int, ...]
    failed: tuple[int, ...]


@dataclass(frozen=True)
class FailedJob:
    """A job that ended badly and waits for a person."""

    job_id: int
    name: str
    attempts: int
    failed_at: datetime | None
