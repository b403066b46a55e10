from datetime import datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.operations.lists import EXPORT_LIMIT
from minsheng.work.eligibility.publishing.queries import EffectLine, effect_lines
from minsheng.work.eligibility.rules import EXPORT_PURPOSES


class UnableToExportEffects(ValueError):
    """The list cannot be taken out: says why and what to do."""


def export_effects(
    *, actor: Viewer, at: datetime, publication_id: int, effect: str, purpose: str
) -> tuple[EffectLine, ...]:
    """This function will return the rows of a gain-and-lose list and record who took how many, and why."""
    require(viewer=actor, capability="eligibility.export")
    if purpose not in EXPORT_PURPOSES:
        raise UnableToExportEffects("请先选择导出的用途，再导出。")
    rows = effect_lines(viewer=actor, publication_id=publication_id, effect=effect, limit=EXPORT_LIMIT + 1)
    if len(rows) > EXPORT_LIMIT:
        raise UnableToExportEffects(f"这份名单超过 {EXPORT_LIMIT:,} 条，请先按增减类别筛选。")
    if not rows:
        raise UnableToExportEffects("这份名单是空的，没有可以导出的内容。")
    audit.record(
        actor=actor,
        at=at,
        action="publishing.effects_exported",
        object_type="publishing.publication",
        object_id=str(publication_id),
        purpose=purpose,
        detail={"effect": effect, "rows": len(rows)},
    )
    return rows
