"""Pure decisions of eligibility: which finding follows from a result and a receipt, and what changes in time."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from minsheng.work.eligibility.types import FindingKind, Found, IntervalChange, Key, Outcome, Received, Status, Stored

# Purposes for which a list may be taken out of the platform; the person who exports chooses one.
EXPORT_PURPOSES = {
    "visit": "上门核实和主动告知",
    "review": "定期复核",
    "supervision": "督查检查",
    "report": "统计上报",
}
SMALL_CELL = 5  # counts of 1 to 4 are not shown on maps and in public tables, so that nobody is singled out

# (result of the rules, receives now) -> finding. An unknown result of somebody who receives is no finding: the
# payment was decided by a procedure, and a missing datum alone does not question it.
FINDING_TABLE: Mapping[tuple[Status, bool], FindingKind | None] = {
    (Status.ENTITLED, False): FindingKind.ENTITLED_NOT_RECEIVING,
    (Status.ENTITLED, True): None,
    (Status.NOT_ENTITLED, True): FindingKind.RECEIVING_NOT_ENTITLED,
    (Status.NOT_ENTITLED, False): None,
    (Status.UNKNOWN, True): None,
    (Status.UNKNOWN, False): FindingKind.ONE_DATUM_MISSING,
}


def first_of_month(day: date) -> date:
    """This function will return the first day of the month: results hold by month (57号 Art 21, 按月发放)."""
    return day.replace(day=1)


def facts_digest(facts: Mapping[str, Any]) -> str:
    """This function will return the SHA-256 (hex) of facts in canonical JSON: sorted keys, dates as ISO text."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def masked_count(count: int) -> int | None:
    """This function will return the count, or None where it is so small that it could single a person out."""
    return None if 0 < count < SMALL_CELL else count


def change_of_intervals(
    *, stored: Iterable[Stored], outcomes: Iterable[Outcome], month: date, digests: Mapping[str, str]
) -> IntervalChange:
    """This function will compare open rows with a new run for `month` and say what to end, remove and add.

    `digests`: per scheme, what its amounts rest on. A row that says the same under the same law of its scheme stays
    open; one that began in `month` is replaced, an older one ends.
    """
    new = {outcome.key: outcome for outcome in outcomes}
    end: list[int] = []
    remove: list[int] = []
    for row in stored:
        outcome = new.get(row.key)
        if outcome and (row.status, row.amount_fen, row.payable_fen, row.scheme_digest) == (
            outcome.status,
            outcome.amount_fen,
            outcome.payable_fen,
            digests.get(row.key[0]),
        ):
            del new[row.key]
        elif row.valid_from < month:
            end.append(row.id)
        else:
            remove.append(row.id)
    return IntervalChange(tuple(end), tuple(remove), tuple(new.values()))


def findings(
    *,
    outcomes: Mapping[Key, Outcome],
    received: Mapping[Key, Received],
    reason_of: Callable[[Key], str],
    offers: Collection[str] = frozenset(),
) -> list[Found]:
    """This function will apply `FINDING_TABLE` to every key that has a result or a receipt.

    Whoever is entitled but would be paid nothing after stacking (a better benefit takes its place) is not missed.
    An unknown result counts only where one datum settles it. `reason_of` says why a recipient is not entitled.
    Of the schemes in `offers` (paid once or by the year) nothing is found: a payment export of this month says neither
    that such a sum is due now nor that one paid before was wrong. They are shown as results, to be applied for.
    """
    found: list[Found] = []
    outcomes = {key: outcome for key, outcome in outcomes.items() if key[0] not in offers}
    received = {key: receipt for key, receipt in received.items() if key[0] not in offers}
    for key, outcome in outcomes.items():
        kind = FINDING_TABLE[(outcome.status, key in received)]
        if kind is FindingKind.ENTITLED_NOT_RECEIVING and not is_replaced(outcome):
            found.append(Found(kind, key, outcome.area_id, outcome.payable_fen, None))
        elif kind is FindingKind.ONE_DATUM_MISSING and outcome.missing:
            found.append(Found(kind, key, outcome.area_id, None, None, missing=outcome.missing))
    for key, receipt in received.items():
        if key not in outcomes:
            kind = FINDING_TABLE[(Status.NOT_ENTITLED, True)]
            assert kind is not None
            found.append(Found(kind, key, receipt.area_id, None, receipt.amount_fen, reason=reason_of(key)))
    return found


def is_replaced(outcome: Outcome) -> bool:
    """This function will say whether stacking left nothing to pay of an amount that is not itself zero."""
    return bool(outcome.amount_fen) and outcome.payable_fen == 0
