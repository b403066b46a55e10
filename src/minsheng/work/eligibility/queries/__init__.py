"""What may be asked of eligibility; every query takes a viewer, and the database shows only the viewer's areas."""

from minsheng.work.eligibility.queries.benefits import Benefit, Benefits, benefits_of_household
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
from minsheng.work.eligibility.queries.freezing import (
    Replayed,
    SchemeRef,
    digest_of_frozen,
    freeze,
    replay,
    scheme_ref,
    standard_on,
)

__all__ = [
    "Benefit",
    "Benefits",
    "FindingFilter",
    "Replayed",
    "SchemeRef",
    "benefits_of_household",
    "breakdown",
    "counts_by_street",
    "digest_of_frozen",
    "explain",
    "findings_page",
    "freeze",
    "last_run",
    "replay",
    "saved_views",
    "scheme_page",
    "scheme_ref",
    "schemes",
    "standard_on",
    "totals",
]
