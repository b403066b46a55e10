"""Pure decisions on projects: how late, how dear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from minsheng.foundation.access.types import AreaRef
from minsheng.insight.cockpit.types import Stage


@dataclass(frozen=True)
class Delay:
    """How many days late, and why it is thought so; 0 days: not late, or nobody can say."""

    days: int
    words: str

    @property
    def is_late(self) -> bool:
        return self.days > 0


def delay_of(
    *, stage: Stage | None, planned: date | None, expected: date | None, done_on: date | None, today: date
) -> Delay:
    """This function will say how late a project is against its planned end.

    Finished: the day of the report that said so. Running: the expected end, and never less than today.
    """
    if stage is None:
        return Delay(0, "还没有人报过情况")
    if stage is Stage.STOPPED:
        return Delay(0, "停建")
    if planned is None:
        return Delay(0, "没有报计划完工日期")
    if stage.is_done:
        end = expected if expected and (done_on is None or expected <= done_on) else done_on
        days = (end - planned).days if end else 0
        return Delay(days, f"比计划晚 {days} 天完工") if days > 0 else Delay(0, "按期完工")
    end = max(day for day in (expected, today if today > planned else None, planned) if day is not None)
    days = (end - planned).days
    if days <= 0:
        return Delay(0, "按计划")
    if expected is None or expected <= today:
        return Delay(days, f"过了计划完工日期 {days} 天")
    return Delay(days, f"预计比计划晚 {days} 天")


def unit_cost(*, area: Decimal | None, investment_fen: int | None) -> Decimal | None:
    """This function will return yuan per square metre, to the yuan; None where one of the two is missing."""
    if not area or investment_fen is None:
        return None
    return (Decimal(investment_fen) / 100 / area).quantize(Decimal(1), ROUND_HALF_UP)


def years_of_stages(stages: Mapping[str, str]) -> str:
    """This function will write the stages that the plan's table prints, or "" when it prints none."""
    return "，".join(f"{name} {words}" for name, words in stages.items() if words)


def area_of_project(*, owner: str, areas: Sequence[AreaRef]) -> AreaRef | None:
    """This function will return the street that owns a project, or the district; None for somebody else's."""
    return next((a for a in areas if a.name == owner), None) or next((a for a in areas if a.depth == 0), None)
