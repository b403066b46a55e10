"""Counts of who is entitled, who of them receives, and why the others do not: one statement each, per scheme and area.

Run inside a viewer's scope: the database counts only the areas of the viewer.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from minsheng.work.eligibility.missed.types import WhyNot
from minsheng.work.eligibility.types import FindingKind, Status

Cell = tuple[str, int]  # scheme, area

# The same keys as `rules.findings`: a benefit that stacking leaves nothing of is not missed.
_ENTITLED = """
    SELECT result.scheme, result.area_id, count(*), count(*) FILTER (WHERE paid.yes),
           coalesce(sum(result.payable_fen) FILTER (WHERE paid.yes IS NOT TRUE), 0)::bigint
    FROM eligibility_result result
    LEFT JOIN LATERAL (
        SELECT true AS yes FROM eligibility_receipt receipt
        WHERE receipt.household_id = result.household_id AND receipt.scheme = result.scheme
          AND receipt.person_id IS NOT DISTINCT FROM result.person_id
          AND receipt.since_date < result_month.next AND (receipt.until_date IS NULL
               OR receipt.until_date > result_month.first)
        LIMIT 1
    ) paid ON true
    WHERE result.valid_to IS NULL AND result.status = %(entitled)s AND NOT result.scheme = ANY(%(offers)s)
      AND NOT (coalesce(result.amount_fen, 0) <> 0 AND coalesce(result.payable_fen, 1) = 0)
    GROUP BY 1, 2
""".replace("result_month.next", "%(next)s").replace("result_month.first", "%(first)s")
_ONE_DATUM = """
    SELECT scheme, area_id, count(*) FROM eligibility_finding
    WHERE closed_at IS NULL AND kind = %(one_datum)s GROUP BY 1, 2
"""
_REASONS = """
    SELECT finding.scheme, finding.area_id, held.why, count(*)
    FROM eligibility_finding finding
    JOIN LATERAL (
        SELECT why FROM missed_reason reason
        WHERE reason.household_id = finding.household_id AND reason.scheme = finding.scheme
          AND reason.person_id IS NOT DISTINCT FROM finding.person_id
        ORDER BY reason.id DESC LIMIT 1
    ) held ON true
    WHERE finding.closed_at IS NULL AND finding.kind = %(missed)s GROUP BY 1, 2, 3
"""


@dataclass
class Counted:
    """The counts of one scheme in one area; fen as the scheme's period pays."""

    entitled: int = 0
    receiving: int = 0
    one_datum: int = 0
    missed_fen: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def missed(self) -> int:
        return self.entitled - self.receiving

    def add(self, other: "Counted") -> None:
        """This method will add another cell to this one."""
        self.entitled += other.entitled
        self.receiving += other.receiving
        self.one_datum += other.one_datum
        self.missed_fen += other.missed_fen
        self.reasons.update(other.reasons)


def count_cells(*, first: date, following: date, offers: Collection[str]) -> dict[Cell, Counted]:
    """This function will count every scheme and area in the transaction's scope, for the month [first, following).

    `offers` are left out: whoever does not apply for them is not missed.
    """
    cells: dict[Cell, Counted] = defaultdict(Counted)
    given: dict[str, str | date | list[str]] = {
        "offers": sorted(offers),
        "entitled": Status.ENTITLED.value,
        "missed": FindingKind.ENTITLED_NOT_RECEIVING.value,
        "one_datum": FindingKind.ONE_DATUM_MISSING.value,
        "first": first,
        "next": following,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTITLED, given)
        for scheme, area, entitled, receiving, fen in cursor.fetchall():
            cell = cells[scheme, area]
            cell.entitled, cell.receiving, cell.missed_fen = entitled, receiving, fen
        cursor.execute(_ONE_DATUM, given)
        for scheme, area, count in cursor.fetchall():
            cells[scheme, area].one_datum = count
        cursor.execute(_REASONS, given)
        for scheme, area, why, count in cursor.fetchall():
            cells[scheme, area].reasons[WhyNot(why).value] += count
    return dict(cells)
