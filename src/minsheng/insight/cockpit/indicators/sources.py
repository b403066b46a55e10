"""Where live figures come from: the measures of the rooms below, and numbers of the law."""

from collections.abc import Callable, Mapping
from datetime import date

from minsheng.foundation.access.measures import Measure
from minsheng.records.registry.queries.measures import MEASURES as REGISTRY
from minsheng.work.casework.queries.measures import MEASURES as CASEWORK
from minsheng.work.eligibility.queries.measures import MEASURES as ELIGIBILITY
from minsheng.work.eligibility.queries.standing import standard_fen
from minsheng.work.payments.queries.measures import MEASURES as PAYMENTS
from minsheng.work.visits.queries.measures import MEASURES as VISITS

MEASURES: Mapping[str, Measure] = {
    measure.code: measure for room in (REGISTRY, ELIGIBILITY, VISITS, CASEWORK, PAYMENTS) for measure in room
}


def _standard_of_a_year(on: date) -> int:
    return 12 * standard_fen(on.replace(day=1))


# A number of the law holds for the whole district alike; it has no rows, its proof is the policy's page.
LAW: Mapping[str, Callable[[date], int]] = {"minimum_standard_year_fen": _standard_of_a_year}
LAW_LABELS: Mapping[str, str] = {"minimum_standard_year_fen": "现行低保月标准 × 12（分）"}
