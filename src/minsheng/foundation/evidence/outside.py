"""The files of roots outside of the database: one a day, only appended to, each line chained to the one before.

The directory belongs on another machine's disk, or is copied there; whoever keeps the copy need not trust us.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from minsheng.foundation.evidence.rules import moment, read, written
from minsheng.foundation.evidence.types import RootLine


class UnableToPublish(RuntimeError):
    """What stands outside does not agree with the database, or cannot be written."""


def file_of(directory: Path, line: RootLine) -> Path:
    """This function will name the file of a root's day (UTC, so that no clock of a zone can move a line)."""
    return directory / f"roots-{moment(line):%Y-%m-%d}.jsonl"


def files(directory: Path) -> list[Path]:
    """This function will list the files of roots, the oldest first."""
    return sorted(directory.glob("roots-????-??-??.jsonl"))


def last_line(directory: Path) -> RootLine | None:
    """This function will return the newest root outside, or None where there is none."""
    for path in reversed(files(directory)):
        lines = path.read_text(encoding="ascii").splitlines()
        if lines:
            return read(lines[-1])
    return None


def all_lines(directory: Path) -> Iterator[tuple[str, str]]:
    """This function will return every line with the name of its file, the oldest first."""
    for path in files(directory):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            yield path.name, line


def append(directory: Path, lines: Iterable[RootLine]) -> None:
    """This function will add lines at the end and return when they are on the disk."""
    directory.mkdir(parents=True, exist_ok=True)
    by_file: dict[Path, list[RootLine]] = {}
    for line in lines:
        by_file.setdefault(file_of(directory, line), []).append(line)
    for path, own in by_file.items():
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.writelines(f"{written(line)}\n" for line in own)
            file.flush()
            os.fsync(file.fileno())
