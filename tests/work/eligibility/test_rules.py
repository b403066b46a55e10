"""The pure decisions of eligibility: findings from results and receipts, and what a new run changes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.work.eligibility.rules import (
    FINDING_TABLE,
    change_of_intervals,
    facts_digest,
    findings,
    first_of_month,
    masked_count,
)
from minsheng.work.eligibility.types import FindingKind, Key, Missing, Outcome, Received, Status, Stored

KEY: Key = ("minimum_living_allowance", 7, None)
QUESTION = Missing(None, "financial_assets", "全家的存款、理财、股票等一共多少？")


def outcome(status: Status, *, amount: int | None = 180_600, payable: int | None = 180_600, missing=()) -> Outcome:
    return Outcome(KEY, 4, status, amount if status is Status.ENTITLED else None, payable, "f", tuple(missing))


def kinds(result: Outcome | None, receives: bool) -> list[FindingKind]:
    received = {KEY: Received(KEY, 4, 100_000)} if receives else {}
    found = findings(outcomes={KEY: result} if result else {}, received=received, reason_of=lambda key: "deceased")
    return [one.kind for one in found]


def test_the_table_decides_every_pair() -> None:
    assert set(FINDING_TABLE) == {(status, receives) for status in Status for receives in (True, False)}


def test_entitled_and_not_receiving_is_missed() -> None:
    assert kinds(outcome(Status.ENTITLED), receives=False) == [FindingKind.ENTITLED_NOT_RECEIVING]


def test_entitled_and_receiving_is_no_finding() -> None:
    assert kinds(outcome(Status.ENTITLED), receives=True) == []


def test_receiving_without_a_result_is_questioned_with_its_reason() -> None:
    found = findings(outcomes={}, received={KEY: Received(KEY, 4, 100_000)}, reason_of=lambda key: "deceased")
    assert [(f.kind, f.receiving_fen, f.reason) for f in found] == [
        (FindingKind.RECEIVING_NOT_ENTITLED, 100_000, "deceased")
    ]


def test_unknown_is_a_finding_only_where_one_datum_settles_it() -> None:
    assert kinds(outcome(Status.UNKNOWN, missing=[QUESTION]), receives=False) == [FindingKind.ONE_DATUM_MISSING]
    assert kinds(outcome(Status.UNKNOWN), receives=False) == []
    assert kinds(outcome(Status.UNKNOWN, missing=[QUESTION]), receives=True) == []


def test_whoever_has_the_better_benefit_is_not_missed() -> None:
    """特困 in place of 低保: stacking leaves nothing to pay, so nothing is missed (特困办法 Art 9)."""
    assert kinds(outcome(Status.ENTITLED, payable=0), receives=False) == []


def test_a_status_without_money_is_missed_all_the_same() -> None:
    """低保边缘 pays nothing by itself, but opens other doors: amount 0 is not "replaced"."""
    assert kinds(outcome(Status.ENTITLED, amount=0, payable=0), receives=False) == [FindingKind.ENTITLED_NOT_RECEIVING]


def test_what_is_paid_once_is_offered_and_never_missed_or_questioned() -> None:
    """适老化改造, 临时救助: no export of this month says that such a sum is due, or that one paid before was wrong."""
    offers = {KEY[0]}
    for result in (outcome(Status.ENTITLED), outcome(Status.UNKNOWN, missing=[QUESTION])):
        assert findings(outcomes={KEY: result}, received={}, reason_of=lambda key: "", offers=offers) == []
    received = {KEY: Received(KEY, 4, 100_000)}
    assert findings(outcomes={}, received=received, reason_of=lambda key: "", offers=offers) == []
    assert findings(outcomes={}, received=received, reason_of=lambda key: "", offers={"another"}) != []


MONTHS = st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(first_of_month)
STATUSES = st.sampled_from([Status.ENTITLED, Status.UNKNOWN])
ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 4), st.one_of(st.none(), st.integers(1, 3))),
    st.tuples(STATUSES, st.integers(0, 5)),
    max_size=12,
)


def as_outcomes(rows: dict) -> list[Outcome]:
    return [
        Outcome(key, 1, status, amount if status is Status.ENTITLED else None, amount, "f")
        for key, (status, amount) in rows.items()
    ]


@given(before=ROWS, after=ROWS, began=MONTHS, month=MONTHS, same_law=st.booleans())
def test_storing_a_run_leaves_exactly_its_outcomes_open(before, after, began, month, same_law) -> None:  # type: ignore[no-untyped-def]
    began = min(began, month)
    stored = [
        Stored(number, o.key, o.status, o.amount_fen, o.payable_fen, began, "law" if same_law else "older law")
        for number, o in enumerate(as_outcomes(before))
    ]
    new = as_outcomes(after)
    change = change_of_intervals(stored=stored, outcomes=new, month=month, digests={"a": "law", "b": "law"})
    closed = {*change.end, *change.remove}
    still_open = {row.key: (row.status, row.amount_fen) for row in stored if row.id not in closed}
    still_open |= {o.key: (o.status, o.amount_fen) for o in change.add}
    assert still_open == {o.key: (o.status, o.amount_fen) for o in new}
    assert all(row.valid_from < month for row in stored if row.id in change.end)
    again = [Stored(0, o.key, o.status, o.amount_fen, o.payable_fen, month, "law") for o in new]
    repeated = change_of_intervals(stored=again, outcomes=new, month=month, digests={"a": "law", "b": "law"})
    assert (repeated.end, repeated.remove, repeated.add) == ((), (), ())


def test_the_digest_knows_every_byte() -> None:
    facts = {"household": {"financial_assets": 100}, "people": {"1": {"birth_date": date(1962, 3, 8)}}}
    other = {"household": {"financial_assets": 101}, "people": {"1": {"birth_date": date(1962, 3, 8)}}}
    reordered = {"people": {"1": {"birth_date": date(1962, 3, 8)}}, "household": {"financial_assets": 100}}
    assert facts_digest(facts) == facts_digest(reordered)
    assert facts_digest(facts) != facts_digest(other)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (900, 900)])
def test_small_cells_are_not_shown(count: int, shown: int | None) -> None:
    assert masked_count(count) == shown
