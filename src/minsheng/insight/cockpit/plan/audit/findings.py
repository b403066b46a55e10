"""What an auditor reports: one doubt, with its place, its computation and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from minsheng.insight.cockpit.plan.statements import Place


class Severity(StrEnum):
    """错误: the figures contradict each other. 疑点: a person should look. 提示: worth knowing, low confidence."""

    ERROR = "错误"
    DOUBT = "疑点"
    HINT = "提示"


@dataclass(frozen=True)
class Finding:
    """One finding. `rule` is a stable code (family.rule); `evidence` shows the computation; texts are plain Chinese."""

    rule: str
    what: str
    places: tuple[Place, ...]
    evidence: str
    severity: Severity
    suggestion: str

    @property
    def line(self) -> int:
        """The first line concerned, for ordering."""
        return min((place.line for place in self.places), default=0)
