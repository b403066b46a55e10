"""Exclusive, difference, both: what is paid, what was due before, and why less."""

from datetime import date
from pathlib import Path

import rulebook_small

from rulebook import OutcomeRow, Rulebook, apply_stacking, load_rulebook

CHILD, LIVING, DESTITUTE = "child_basic_living_allowance", "minimum_living_allowance", "destitute_support"


def paid(book: Rulebook, day: date, *rows: OutcomeRow) -> dict[str, int | None]:
    return {row.scheme: row.payable_fen for row in apply_stacking(book.law_on(day), rows)}


def child(fen: int | None = 180000, status: str = "entitled", counted: bool | None = True) -> OutcomeRow:
    return OutcomeRow(CHILD, "a", status, fen, fen, counted)  # type: ignore[arg-type]


def living(fen: int | None, share: int | None, status: str = "entitled") -> OutcomeRow:
    return OutcomeRow(LIVING, None, status, fen, share)  # type: ignore[arg-type]


def destitute(fen: int = 143260, person: str = "a") -> OutcomeRow:
    return OutcomeRow(DESTITUTE, person, "entitled", fen, fen, True)


def test_the_difference_is_paid_and_the_amount_before_stays_visible(book: Rulebook) -> None:
    rows = apply_stacking(book.law_on(date(2020, 12, 1)), [living(220400, 110200), child()])
    assert [(r.amount_fen, r.payable_fen) for r in rows] == [(220400, 220400), (180000, 69800)]
    (reduction,) = rows[1].reductions
    assert (reduction.fen, reduction.against) == (110200, LIVING)
    assert "62号" in reduction.text


def test_a_difference_is_never_negative(book: Rulebook) -> None:
    assert paid(book, date(2020, 12, 1), living(400000, 200000), child())[CHILD] == 0


def test_a_child_who_is_not_a_counted_member_keeps_all(book: Rulebook) -> None:
    assert paid(book, date(2020, 12, 1), living(220400, 110200), child(counted=False))[CHILD] == 180000


def test_what_cannot_be_known_makes_the_payment_unknown_and_not_larger(book: Rulebook) -> None:
    day = date(2020, 12, 1)
    assert paid(book, day, living(None, None, "unknown"), child())[CHILD] is None
    assert paid(book, day, living(220400, 110200), child(counted=None))[CHILD] is None
    assert paid(book, day, child(None, "unknown"))[CHILD] is None


def test_before_2020_there_was_no_difference_rule(book: Rulebook) -> None:
    assert paid(book, date(2019, 12, 31), living(220400, 110200), child())[CHILD] == 180000


def test_destitute_and_child_were_a_difference_and_are_exclusive_now(book: Rulebook) -> None:
    assert paid(book, date(2021, 6, 30), destitute(), child()) == {DESTITUTE: 143260, CHILD: 36740}
    assert paid(book, date(2021, 7, 1), destitute(), child()) == {DESTITUTE: 0, CHILD: 180000}


def test_destitute_takes_the_persons_share_out_of_the_familys_allowance(book: Rulebook) -> None:
    found = paid(book, date(2021, 12, 1), living(220400, 110200), destitute())
    assert found == {LIVING: 110200, DESTITUTE: 143260}


def test_whether_a_person_is_counted_matters_only_against_a_households_benefit(book: Rulebook) -> None:
    supported = OutcomeRow(DESTITUTE, "a", "entitled", 143260, 143260, None)
    assert paid(book, date(2021, 7, 1), supported, child(counted=None)) == {DESTITUTE: 0, CHILD: 180000}
    margin = OutcomeRow("low_income_margin", None, "entitled", 5_000, None)
    assert paid(book, date(2021, 12, 1), living(220400, 110200), margin) == {LIVING: 220400, "low_income_margin": 0}


def test_between_two_families_benefits_the_whole_amount_counts_and_not_a_share(tmp_path: Path) -> None:
    body = """
        outcome: {entitled: entitled, amount: amount}
        numbers:
          sum: {label: 数, unit: fen/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
        variables:
          entitled: {label: 符合, entity: household, type: bool, basis: b, is: "rooms > 0"}
          amount: {label: 金额, entity: household, unit: fen/month, basis: b, is: sum}
    """
    made = {code: rulebook_small.scheme(body, "household", code) for code in ("aid", "gift")}
    stacking = "- {kind: difference, first: aid, others: [gift], from: 2016-01-01, basis: b}"
    book = load_rulebook(rulebook_small.write(tmp_path, stacking, **made))
    rows = [OutcomeRow("aid", None, "entitled", 900, 450), OutcomeRow("gift", None, "entitled", 300, 150)]
    assert paid(book, date(2026, 11, 1), *rows) == {"aid": 600, "gift": 300}


def test_who_is_not_entitled_is_paid_nothing(book: Rulebook) -> None:
    assert paid(book, date(2026, 11, 1), child(0, "not_entitled"), living(220400, 110200)) == {CHILD: 0, LIVING: 220400}


def test_another_persons_benefit_is_left_alone(book: Rulebook) -> None:
    assert paid(book, date(2021, 12, 1), destitute(person="b"), child()) == {DESTITUTE: 143260, CHILD: 180000}


def test_conflicts_of_law_are_kept_beside_the_rule(book: Rulebook) -> None:
    assert any(rule.conflict and "62号" in rule.conflict for rule in book.stacking)
    assert all(rule.basis for rule in book.stacking)


def test_a_sure_right_whose_amount_waits_makes_the_difference_wait(book: Rulebook) -> None:
    law = book.law_on(date(2020, 12, 1))
    open_amount = OutcomeRow(DESTITUTE, "a", "entitled", None, None, True)
    assert {r.scheme: r.payable_fen for r in apply_stacking(law, [open_amount, child()])}[CHILD] is None
    open_right = OutcomeRow(DESTITUTE, "a", "unknown", 143260, 143260, True)
    assert {r.scheme: r.payable_fen for r in apply_stacking(law, [open_right, child()])}[CHILD] is None
