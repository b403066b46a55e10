"""Long work, told honestly: n/total, rate, time left, errors so far; a dead job says so instead of "nearly there"."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from minsheng.foundation.pages.wording import span

SILENT_AFTER = timedelta(seconds=60)


class ProgressState(StrEnum):
    """Where a job stands, for people."""

    WAITING = "waiting"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


PROGRESS_LABELS = {
    ProgressState.WAITING: "排队中",
    ProgressState.RUNNING: "进行中",
    ProgressState.INTERRUPTED: "中断，可继续",
    ProgressState.FINISHED: "已完成",
    ProgressState.FAILED: "没有办成",
}


@dataclass(frozen=True)
class Progress:
    """A job's figures at one instant. `total` is None while unknown; `errors` counts rows refused so far."""

    state: ProgressState
    done: int
    total: int | None
    errors: int
    started_at: datetime | None
    heartbeat_at: datetime | None
    at: datetime
    message: str = ""

    @property
    def shown_state(self) -> ProgressState:
        """RUNNING without a sign of life for a minute is INTERRUPTED: believe the heartbeat, not the label."""
        silent = self.heartbeat_at is None or self.at - self.heartbeat_at > SILENT_AFTER
        started = self.started_at is not None and self.at - self.started_at > SILENT_AFTER
        dead = self.state is ProgressState.RUNNING and silent and (started or self.heartbeat_at is not None)
        return ProgressState.INTERRUPTED if dead else self.state

    @property
    def state_label(self) -> str:
        return PROGRESS_LABELS[self.shown_state]

    @property
    def moving(self) -> bool:
        """Whether the page should go on asking."""
        return self.shown_state in (ProgressState.WAITING, ProgressState.RUNNING, ProgressState.INTERRUPTED)

    @property
    def percent(self) -> int | None:
        """Whole percents, rounded down: 100 only when all is done."""
        return None if not self.total else min(100, self.done * 100 // self.total)

    @property
    def per_second(self) -> float | None:
        last = self.at if self.shown_state is ProgressState.RUNNING else self.heartbeat_at
        if self.started_at is None or last is None or not self.done:
            return None
        seconds = (last - self.started_at).total_seconds()
        return self.done / seconds if seconds > 0 else None

    @property
    def rate_label(self) -> str:
        rate = self.per_second
        if rate is None:
            return ""
        return f"每秒约{rate:,.0f}条" if rate >= 1 else f"每分钟约{rate * 60:,.0f}条"

    @property
    def time_left_label(self) -> str:
        rate = self.per_second
        if self.shown_state is not ProgressState.RUNNING or not rate or self.total is None:
            return ""
        return "还要" + span((self.total - self.done) / rate)
