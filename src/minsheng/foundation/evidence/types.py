"""What crosses the walls of evidence: lines of roots, what a check found, what a check was about."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class CheckKind(StrEnum):
    """What was checked."""

    TRAIL = "trail"
    MACS = "macs"
    RESTORE = "restore"

    @property
    def label(self) -> str:
        return {"trail": "审计记录", "macs": "决定、账户和授权的校验码", "restore": "恢复演练"}[self.value]


class ProblemKind(StrEnum):
    """What a check can find. Silence alone proves nothing: the worker may have stood still."""

    CHANGED = "changed"
    DELETED = "deleted"
    MOVED = "moved"
    NEVER_SEALED = "never_sealed"
    ROOT_CHANGED = "root_changed"
    ROOT_MISSING = "root_missing"
    CHAIN_BROKEN = "chain_broken"
    OUTSIDE_DIFFERS = "outside_differs"
    OUTSIDE_MISSING = "outside_missing"
    SILENCE = "silence"

    @property
    def label(self) -> str:
        return {
            "changed": "记录被改动",
            "deleted": "记录被删除",
            "moved": "记录的次序被改动",
            "never_sealed": "记录没有封存",
            "root_changed": "根与记录不符",
            "root_missing": "缺少根",
            "chain_broken": "根的次序断开",
            "outside_differs": "库外的根与库内不同",
            "outside_missing": "库外没有这个根",
            "silence": "一段时间没有封存",
        }[self.value]

    @property
    def is_tampering(self) -> bool:
        return self is not ProblemKind.SILENCE


@dataclass(frozen=True)
class RootLine:
    """One root as it stands in the file outside of the database; `previous` is SM3 of the line before, in hex."""

    number: int
    at: str
    first: int
    size: int
    root: str
    previous: str


@dataclass(frozen=True)
class Problem:
    """One thing that a check found: which, when, what differs, in plain words."""

    kind: ProblemKind
    words: str
    root_number: int | None = None
    position: int | None = None
    entry_id: UUID | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class TrailReport:
    """What a check of the trail went through, and what it found."""

    entries: int
    roots: int
    lines: int
    waiting: int
    last_number: int
    last_hash: str
    problems: tuple[Problem, ...]

    @property
    def tampered(self) -> bool:
        return any(p.kind.is_tampering for p in self.problems)

    @property
    def holds(self) -> bool:
        return not self.problems

    @property
    def in_words(self) -> str:
        """This property will say in one sentence what was found."""
        gone = f"核对了 {self.entries:,} 条记录、{self.roots:,} 个根"
        if self.holds:
            return f"{gone}，都与封存时一致。"
        tampered = [p for p in self.problems if p.kind.is_tampering]
        if not tampered:
            return f"{gone}，没有发现改动；有 {len(self.problems)} 段时间没有封存。"
        return f"{gone}，发现 {len(tampered)} 处不一致。第一处：{tampered[0].words}"

    def as_detail(self) -> dict[str, Any]:
        """This method will make the report plain enough for a JSON column; the first hundred problems in words."""
        told = asdict(self)
        told["problems"] = [{"kind": p.kind.value, "words": p.words} for p in self.problems[:100]]
        return told


@dataclass(frozen=True)
class Sealed:
    """What one round of sealing did."""

    entries: int
    root_number: int | None
