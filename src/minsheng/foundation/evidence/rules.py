"""Lines of roots as bytes, and what a sequence of them must be like. No clock, no database, no files."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from minsheng.foundation.evidence.types import Problem, ProblemKind, RootLine
from minsheng.foundation.sealing.digests import sm3

HEARTBEAT = timedelta(minutes=10)
"""A root is made at least so often, also when nothing happened: a cut end shows as silence."""
SILENCE = timedelta(minutes=15)
BATCH = 4096
"""Most entries under one root; a proof of one entry then has at most twelve steps."""
DRILL_WITHIN = timedelta(days=8)
"""A restore is drilled each week; a day later it is late."""
NO_LINE = "0" * 64
_ZONE = ZoneInfo("Asia/Shanghai")


def written(line: RootLine) -> str:
    """This function will write a root as its line: JSON, keys in order, no blanks, without the end of line."""
    return json.dumps(asdict(line), sort_keys=True, separators=(",", ":"))


def hash_of(line: str) -> str:
    """This function will return what the next line calls this one: SM3 of its bytes, in hex."""
    return sm3(line.encode()).hex()


def read(line: str) -> RootLine:
    """This function will read one line; raises ValueError where it is none."""
    told = json.loads(line)
    try:
        return RootLine(**told)
    except TypeError as error:
        raise ValueError(str(error)) from error


def moment(line: RootLine) -> datetime:
    """This function will return the instant of a root."""
    return datetime.strptime(line.at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def chain_problems(lines: Iterable[RootLine], *, whole: bool, now: datetime | None) -> Iterator[Problem]:
    """This function will say where a sequence of roots breaks: numbers, chain, positions, silence.

    `whole` says that the sequence begins with the first root of all; `now` also asks whether the end is old.
    """
    before: RootLine | None = None
    for line in lines:
        at = moment(line)
        if before is None:
            if whole and (line.number, line.previous, line.first) != (1, NO_LINE, 0):
                yield Problem(
                    ProblemKind.ROOT_MISSING, f"第 1 个根不见了，最早的是第 {line.number} 个。", line.number, at=at
                )
        else:
            if line.number != before.number + 1:
                gone = f"第 {before.number + 1} 个" if line.number == before.number + 2 else (
                    f"第 {before.number + 1} 到 {line.number - 1} 个")  # fmt: skip
                yield Problem(ProblemKind.ROOT_MISSING, f"缺少{gone}根。", line.number, at=at)
            elif line.previous != hash_of(written(before)) or line.first != before.first + before.size:
                words = f"第 {line.number} 个根接不上第 {before.number} 个：两个当中至少有一个被改过。"
                yield Problem(ProblemKind.CHAIN_BROKEN, words, line.number, at=at)
            if at - moment(before) > SILENCE:
                yield Problem(ProblemKind.SILENCE, _silent(moment(before), at), line.number, at=at)
        before = line
    if before is not None and now is not None and now - moment(before) > SILENCE:
        yield Problem(ProblemKind.SILENCE, _silent(moment(before), now), before.number, at=moment(before))


def _silent(since: datetime, until: datetime) -> str:
    minutes = int((until - since).total_seconds() // 60)
    return (
        f"{_shown(since)}到{_shown(until)}（{minutes} 分钟）没有封存，"
        "可能是后台没有运行，也可能是末尾被截断。请与抄送的根和打印的日报核对。"
    )


def _shown(at: datetime) -> str:
    return at.astimezone(_ZONE).strftime("%Y年%-m月%-d日 %H:%M")
