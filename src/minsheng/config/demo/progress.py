"""Progress on a terminal (bar, n/total, rate, time left) or as plain lines where there is no terminal."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from minsheng.config.demo.plan import Report


class Rate(ProgressColumn):
    """Things done per second, once there is something to divide."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")


@dataclass
class Stopwatch:
    """Seconds of each stage, and whether the stage was found done from an earlier start."""

    seconds: dict[str, float] = field(default_factory=dict)
    reused: dict[str, str] = field(default_factory=dict)  # name: label


@contextmanager
def stage(watch: Stopwatch, name: str, label: str) -> Iterator[Report]:
    """This function will show one stage's progress and note its seconds; the body calls report(done, total)."""
    start = time.perf_counter()
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    if console.is_terminal:
        with Progress(*columns, console=console, transient=True) as shown:
            task = shown.add_task(label, total=None)
            yield lambda done, total: shown.update(task, completed=done, total=total)
    else:
        yield lambda done, total: None
    watch.seconds[name] = round(time.perf_counter() - start, 2)
    console.print(f"  完成  {label}  {watch.seconds[name]:.1f} 秒", highlight=False)


class PeakMemory:
    """The largest memory of this process, its children and the embedded database together, sampled twice a second.

    Proportional set size, so that the database's shared buffers are counted once.
    """

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            total = 0
            own = {psutil.Process().pid, *(child.pid for child in psutil.Process().children(recursive=True))}
            for process in psutil.process_iter(["pid", "name"]):
                if process.info["pid"] in own or process.info["name"] == "postgres":
                    try:
                        total += process.memory_full_info().pss
                    except (psutil.NoSuchProcess, psutil.AccessDenied, AttributeError):
                        continue
            self.peak_bytes = max(self.peak_bytes, total)
