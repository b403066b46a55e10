"""What may be asked of eligibility; every query takes a viewer, and the database shows only the viewer's areas."""

from minsheng.work.eligibility.queries.catalogue import scheme_page, schemes
from minsheng.work.eligibility.queries.explanation import explain
from minsheng.work.eligibility.queries.findings import (
    FindingFilter,
    breakdown,
    counts_by_street,
    findings_page,
    last_run,
    saved_views,
    totals,
)

__all__ = [
    "FindingFilter",
    "breakdown",
    "counts_by_street",
    "explain",
    "findings_page",
    "last_run",
    "saved_views",
    "scheme_page",
    "schemes",
    "totals",
]
