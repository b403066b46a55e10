from datetime import datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.models import SavedView
from minsheng.work.eligibility.queries.findings import FindingFilter, largest_findings, totals
from minsheng.work.eligibility.rules import EXPORT_PURPOSES
from minsheng.work.eligibility.types import FindingLine

EXPORT_LIMIT = 5_000


class UnableToExport(ValueError):
    """The list cannot be taken out: says why and what to do."""


class UnableToSaveView(ValueError):
    """The view cannot be kept under this name."""


def export_findings(*, actor: Viewer, at: datetime, chosen: FindingFilter, purpose: str) -> tuple[FindingLine, ...]:
    """This function will return the rows of an export and record who took how many of what, and for which purpose."""
    require(viewer=actor, capability="eligibility.export")
    if purpose not in EXPORT_PURPOSES:
        raise UnableToExport("请先选择导出的用途，再导出。")
    count = totals(viewer=actor, chosen=chosen).count
    if count > EXPORT_LIMIT:
        raise UnableToExport(f"这份名单有 {count:,} 条，一次最多导出 {EXPORT_LIMIT:,} 条。请按街道或政策缩小范围。")
    if count == 0:
        raise UnableToExport("这份名单是空的，没有可以导出的内容。请换一个筛选条件。")
    rows = largest_findings(viewer=actor, chosen=chosen, limit=EXPORT_LIMIT)
    audit.record(
        actor=actor,
        at=at,
        action="eligibility.findings_exported",
        object_type="eligibility.findings",
        object_id=chosen.kind.value,
        purpose=purpose,
        detail={"filter": chosen.query(), "rows": len(rows)},
    )
    return rows


def save_view(*, actor: Viewer, at: datetime, name: str, chosen: FindingFilter) -> None:
    """This function will keep a filtered list under a name; the same name again replaces it."""
    require(viewer=actor, capability="eligibility.view_findings")
    wanted = name.strip()
    if not wanted or len(wanted) > 40:
        raise UnableToSaveView("请给这份名单起个名字，40 个字以内。")
    SavedView.objects.update_or_create(
        account_id=actor.account_id, name=wanted, defaults={"query": chosen.query(), "saved_at": at}
    )
