"""Which old backups go: a rule by dates. Pure but for `prune`, which deletes what the rule has let go of.

演示参数 (no text names them): every copy of 35 days, and from them on every instant can be restored to; then the first
copy of each month for 13 months, each to its own end. Whatever the dates: the newest copy, and the newest that a drill
has proven, stay.
"""

import re
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from minsheng.config.backups.taking import WAL

ALL_FOR = timedelta(days=35)
MONTHS_FOR = timedelta(days=400)
_BASE = re.compile(r"base-(\d{8}T\d{6})$")
_SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?$")
_START = re.compile(r"^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)", re.MULTILINE)


@dataclass(frozen=True)
class Pruned:
    """What went: copies by name, and how many pieces of the log of changes."""

    copies: tuple[str, ...]
    pieces: int


def taken_at(name: str) -> datetime | None:
    """This function will read the instant of a copy from its folder's name; None for what is no copy of ours."""
    found = _BASE.search(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def kept(names: Iterable[str], *, at: datetime, proven: Collection[str]) -> set[str]:
    """This function will say which copies stay on a day; `proven` are those that a drill has restored whole."""
    dated = sorted((when, name) for name in names if (when := taken_at(name)) is not None)
    stay = {name for when, name in dated if at - when <= ALL_FOR}
    months: dict[tuple[int, int], str] = {}
    for when, name in dated:
        if at - when <= MONTHS_FOR:
            months.setdefault((when.year, when.month), name)
    stay |= set(months.values())
    stay |= {name for _, name in dated[-1:]}
    stay |= {name for _, name in [one for one in dated if one[1] in proven][-1:]}
    return stay


def prune(*, backups: Path, at: datetime, proven: Collection[str], really: bool = True) -> Pruned:
    """This function will delete the copies that the rule lets go, and changes older than any instant still promised.

    Nothing is deleted where no proven copy is left: an old one may be the only one that opens.
    """
    copies = {folder.name: folder for folder in backups.glob("base-*") if (folder / "postgres" / "PG_VERSION").exists()}
    if not any(name in copies for name in proven):
        return Pruned((), 0)
    stay = kept(copies, at=at, proven=proven)
    gone = tuple(sorted(name for name in copies if name not in stay and taken_at(name) is not None))
    recent = [name for name in sorted(stay) if (when := taken_at(name)) is not None and at - when <= ALL_FOR]
    oldest = recent[0] if recent else max(stay)
    first = _START.search((copies[oldest] / "postgres" / "backup_label").read_text(encoding="utf-8"))
    old = [
        piece
        for piece in (backups / WAL).glob("*")
        if first and _SEGMENT.fullmatch(piece.name) and piece.name[8:24] < first[1][8:24]
    ]
    if really:
        for name in gone:
            shutil.rmtree(copies[name])
        for piece in old:
            piece.unlink()
    return Pruned(gone, len(old))
