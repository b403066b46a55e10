from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import Audience, mask_name
from minsheng.records.registry.imports.batches import record
from minsheng.records.registry.imports.content import open_content
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.operations.staging import CAPABILITY
from minsheng.records.registry.imports.types import RowDecision, RowOutcome, RowView

PAGE_ROWS = 50


def look_at_rows(
    *,
    actor: Viewer,
    at: datetime,
    batch_id: int,
    outcome: RowOutcome | None = None,
    after: int = 0,
) -> tuple[list[RowView], int | None]:
    """This function will return up to 50 rows behind the row number `after`, and the number to go on with.

    Rows tell of people, so the look is audited. Numbers are masked; names are whole, since the sender handles them.
    """
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = Batch.objects.filter(id=batch_id).first()
        if batch is None:
            return [], None
        rows = Row.objects.filter(batch=batch, number__gt=after)
        if outcome is not None:
            rows = rows.filter(outcome=outcome.value)
        page = list(rows.order_by("number")[: PAGE_ROWS + 1])
        shown = page[:PAGE_ROWS]
        if shown:
            record(actor, at, "imports.rows_seen", batch, {"first": shown[0].number, "last": shown[-1].number})
        return [_view(row) for row in shown], shown[-1].number if len(page) > PAGE_ROWS else None


def _view(row: Row) -> RowView:
    content = open_content(row.id, row.sealed)
    return RowView(
        id=str(row.id),
        number=row.number,
        outcome=RowOutcome(row.outcome),
        decision=RowDecision(row.decision),
        name=mask_name(content.name, Audience.OWN_AREA),
        id_masked=content.id_masked,
        person_id=row.person_id,
        changes=content.told_changes(),
        errors=content.told_errors(),
        duplicates=tuple(d["text"] for d in content.duplicates),
    )
