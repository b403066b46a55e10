"""Reads of tables from outside; what stands in their rows is looked at by `operations.look_at_rows`, which audits."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.imports.models import Batch
from minsheng.records.registry.imports.types import BatchView, ImportKind, ImportStatus, RowDecision, RowOutcome
from minsheng.records.registry.vocabulary import SOURCES

CAPABILITY = "registry.import"


def batches(*, viewer: Viewer, limit: int = 50) -> list[BatchView]:
    """This function will return the tables of the viewer's areas, newest first. Capability: registry.import."""
    require(viewer=viewer, capability=CAPABILITY)
    return [_view(row) for row in _counted().order_by("-id")[:limit]]


def batch(*, viewer: Viewer, batch_id: int) -> BatchView | None:
    """This function will return one table of the viewer's areas, or None. Capability: registry.import."""
    require(viewer=viewer, capability=CAPABILITY)
    row = _counted().filter(id=batch_id).first()
    return _view(row) if row else None


def sources() -> list[tuple[str, str]]:
    """This function will return who may vouch for a table: (code, label)."""
    return [(source.code, source.label) for source in SOURCES.values()]


def _counted() -> QuerySet[Any]:
    counts = {o.value: Count("rows", filter=Q(rows__outcome=o.value)) for o in RowOutcome}
    undecided = Q(rows__outcome=RowOutcome.DUPLICATE.value, rows__decision=RowDecision.OPEN.value)
    counted: QuerySet[Any] = Batch.objects.annotate(
        **{f"n_{k}": v for k, v in counts.items()}, n_open=Count("rows", filter=undecided)
    )
    return counted


def _view(row: Any) -> BatchView:
    source = SOURCES.get(row.source)
    return BatchView(
        id=row.id,
        kind=ImportKind(row.kind),
        status=ImportStatus(row.status),
        filename=row.filename,
        source_label=source.label if source else row.source,
        purpose=row.purpose,
        valid_from=row.valid_from,
        uploaded_by=row.uploaded_by_name,
        uploaded_at=row.uploaded_at,
        decided_by=row.decided_by_name,
        decided_at=row.decided_at,
        counts={o: int(getattr(row, f"n_{o.value}")) for o in RowOutcome},
        open_decisions=int(row.n_open),
        warnings=tuple(row.warnings),
    )
