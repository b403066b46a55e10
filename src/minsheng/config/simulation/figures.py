"""What a simulated year comes to, asked of the stored rows: nothing here was counted while it ran."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.queries.overruns import overruns
from minsheng.work.eligibility.queries import digest_of_frozen, replay

_DEATHS = """
WITH deaths AS (
    SELECT subject_id, min(("values" ->> 'death_date')::date) AS died, min(recorded_at) AS known
    FROM registry_statement
    WHERE subject_kind = 'person' AND "values" @> '{"dead": true}' AND retracted_at IS NULL GROUP BY subject_id)
"""
# A line of a person who was known to be dead when the file was made, for a month after the death's; and a line of a
# household in which nobody lives any more.
PAID_AFTER_DEATH = (
    _DEATHS
    + """
SELECT count(*) FROM payments_line l JOIN payments_run r ON r.id = l.run_id
WHERE l.kind = 'regular' AND l.state IN ('sent', 'unknown', 'paid') AND CASE
    WHEN l.person_id IS NOT NULL THEN EXISTS (
        SELECT 1 FROM deaths d WHERE d.subject_id = l.person_id
          AND date_trunc('month', d.died) < l.month AND d.known <= r.released_at)
    ELSE EXISTS (SELECT 1 FROM registry_membership m WHERE m.household_id = l.household_id AND m.kind = 'residence'
                 AND m.valid_from <= l.month)
     AND NOT EXISTS (
        SELECT 1 FROM registry_membership m WHERE m.household_id = l.household_id AND m.kind = 'residence'
          AND m.valid_from <= l.month AND (m.valid_to IS NULL OR m.valid_to > l.month)
          AND NOT EXISTS (SELECT 1 FROM deaths d WHERE d.subject_id = m.person_id
                          AND date_trunc('month', d.died) < l.month AND d.known <= r.released_at))
    END
"""
)
UNBALANCED = """
SELECT (SELECT count(*) FROM (
            SELECT 1 FROM payments_entry GROUP BY posting_id HAVING sum(amount_fen) <> 0) x)
     + (SELECT count(*) FROM (SELECT 1 FROM payments_entry HAVING coalesce(sum(amount_fen), 0) <> 0) y)
"""
OVERPAID = "SELECT count(*) FROM payments_recalculation WHERE over_fen > 0"
# What came back is what left the claims of the ledger, by deduction or by repayment.
RECOVERED = "SELECT coalesce(-sum(amount_fen), 0) FROM payments_entry WHERE ledger = 'receivable' AND amount_fen < 0"
_DECISIONS = "SELECT outcome, amount_fen, frozen, frozen_sha256 FROM casework_decision ORDER BY id"
_REPLAYED_TO_THE_FEN = frozenset({"grant", "increase", "reduce"})


@dataclass(frozen=True)
class Figures:
    """The line that a simulation ends with; amounts in fen."""

    cases: int
    overruns: int
    ledger_unbalanced: int
    replay_mismatches: int
    paid_after_death: int
    overpaid_found: int
    overpaid_recovered_fen: int
    persons: int
    decisions: int
    lines_paid: int
    overruns_explained: int


def figures(*, viewer: Viewer, at: datetime, after_case: int = 0) -> Figures:
    """This function will count what the viewer's rows hold; call it inside the viewer's scope.

    Cases up to `after_case` are the demo's own, which nobody of the simulated year handles.
    """
    found = [one for one in overruns(viewer=viewer, at=at) if one.case_id > after_case]
    return Figures(
        cases=_one(f"SELECT count(*) FROM casework_case WHERE id > {after_case:d}"),
        overruns=sum(not one.reason for one in found),
        ledger_unbalanced=unbalanced(),
        replay_mismatches=sum(_differs(*row) for row in _rows(_DECISIONS)),
        paid_after_death=_one(PAID_AFTER_DEATH),
        overpaid_found=_one(OVERPAID),
        overpaid_recovered_fen=_one(RECOVERED),
        persons=_one("SELECT count(*) FROM registry_person"),
        decisions=_one("SELECT count(*) FROM casework_decision"),
        lines_paid=_one("SELECT count(*) FROM payments_line WHERE state = 'paid'"),
        overruns_explained=sum(bool(one.reason) for one in found),
    )


def unbalanced() -> int:
    """This function will count the postings that do not sum to zero, and one more if all of them together do not."""
    return _one(UNBALANCED)


def _differs(outcome: str, amount_fen: int, frozen: dict[str, Any], sha256: str) -> bool:
    """A decision differs when its content is not what was hashed, or works out to something else today."""
    if digest_of_frozen(frozen) != sha256:
        return True
    if "facts" not in frozen:
        return True
    again = replay(frozen=frozen)
    if not again.same:
        return True
    worked_out = again.payable_fen if again.status == "entitled" else 0
    return outcome in _REPLAYED_TO_THE_FEN and worked_out != amount_fen


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _rows(query: str) -> Iterator[tuple[Any, ...]]:
    """Rows one by one, JSON read: a cursor of its own reads jsonb as text."""
    import json

    with connection.cursor() as cursor:
        cursor.execute(query)
        for row in cursor.fetchall():
            yield tuple(
                json.loads(value) if name == "frozen" and isinstance(value, str) else value
                for name, value in zip(("outcome", "amount_fen", "frozen", "frozen_sha256"), row, strict=True)
            )
