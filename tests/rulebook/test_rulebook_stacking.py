"""Exclusive, difference, both: what is paid, what was due before, and why less."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
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


OF_A_PERSON = """
    outcome: {entitled: entitled, amount: amount}
    numbers:
      sum: {label: 数, unit: fen/person/month, versions: [{from: 2016-01-01, value: 1, basis: b}]}
    variables:
      entitled: {label: 符合, type: bool, basis: b, is: resident}
      amount: {label: 金额, unit: fen/person/month, basis: b, is: sum}
"""
OF_A_FAMILY = OF_A_PERSON.replace("fen/person/month", "fen/month").replace("is: resident", 'is: "rooms > 0"')
AID = OutcomeRow("aid", "a", "entitled", 100, 100, True)
GIFT = OutcomeRow("gift", None, "entitled", 300, 150)


@pytest.mark.parametrize(
    ("kind", "aid", "gift", "paid", "taken"),
    [
        # who has the greater one keeps it; of a family's benefit a member's share counts; equal ones: the first
        ("exclusive, prefer: higher", AID, GIFT, (0, 300), (100, None)),
        ("exclusive, prefer: higher", replace(AID, amount_fen=151), GIFT, (151, 150), (None, 150)),
        ("exclusive, prefer: higher", replace(AID, amount_fen=150), GIFT, (150, 150), (None, 150)),
        ("exclusive, prefer: higher", replace(AID, amount_fen=149), GIFT, (0, 300), (149, None)),
        ("exclusive, prefer: higher", AID, replace(GIFT, share_fen=None), (None, None), ("?", "?")),
        ("exclusive, prefer: higher", replace(AID, amount_fen=None), GIFT, (None, None), ("?", "?")),
        ("exclusive, prefer: higher", replace(AID, status="unknown"), GIFT, (None, None), ("?", "?")),
        ("exclusive, prefer: higher", replace(AID, counted=False), GIFT, (100, 300), (None, None)),
        # the first is kept, whatever the amounts
        ("exclusive, prefer: first", AID, GIFT, (100, 150), (None, 150)),
        ("exclusive, prefer: first", replace(AID, amount_fen=None), GIFT, (None, 150), (None, 150)),
        ("exclusive, prefer: first", replace(AID, counted=None), GIFT, (100, None), (None, "?")),
        ("exclusive, prefer: first", replace(AID, status="unknown"), GIFT, (None, None), (None, "?")),
        ("exclusive, prefer: first", replace(AID, counted=False), GIFT, (100, 300), (None, None)),
        ("exclusive, prefer: first", AID, replace(GIFT, status="unknown"), (100, None), (None, "?")),
        ("exclusive, prefer: first", replace(AID, status="not_entitled", amount_fen=0), GIFT, (0, 300), (None, None)),
        ("exclusive, prefer: first", AID, replace(GIFT, status="not_entitled", amount_fen=0), (100, 0), (None, None)),
        # the first pays the rest
        ("difference", AID, GIFT, (0, 300), (100, None)),
        ("difference", replace(AID, amount_fen=170), GIFT, (20, 300), (150, None)),
        ("difference", replace(AID, amount_fen=150), GIFT, (0, 300), (150, None)),
        ("difference", replace(AID, counted=None), GIFT, (None, 300), ("?", None)),
        ("difference", AID, replace(GIFT, share_fen=None), (None, 300), ("?", None)),
        ("difference", AID, replace(GIFT, status="unknown"), (None, None), ("?", None)),
        ("difference", replace(AID, counted=False), GIFT, (100, 300), (None, None)),
        ("both", AID, GIFT, (100, 300), (None, None)),
    ],
)
def test_a_members_benefit_meets_a_familys(
    tmp_path: Path,
    kind: str,
    aid: OutcomeRow,
    gift: OutcomeRow,
    paid: tuple[int | None, int | None],
    taken: tuple[int | str | None, int | str | None],
) -> None:
    """What is paid, and what is said to be taken away: None for nothing, ? where it cannot be said."""
    rule = f"- {{kind: {kind}, first: aid, others: [gift], from: 2016-01-01, basis: 某条}}"
    schemes = {
        "aid": rulebook_small.scheme(OF_A_PERSON, code="aid"),
        "gift": rulebook_small.scheme(OF_A_FAMILY, "household", code="gift"),
    }
    law = load_rulebook(rulebook_small.write(tmp_path, rule, **schemes)).law_on(date(2026, 11, 1))
    for rows in ([aid, gift], [gift, aid]):
        found = {row.scheme: row for row in apply_stacking(law, rows)}
        assert tuple(found[code].payable_fen for code in ("aid", "gift")) == paid
        said = [[("?" if one.fen is None else one.fen) for one in found[code].reductions] for code in ("aid", "gift")]
        assert said == [[] if fen is None else [fen] for fen in taken]
        assert all("（某条）" in one.text for row in found.values() for one in row.reductions)


@pytest.mark.parametrize("kind", ["exclusive", "difference"])
def test_a_rule_of_stacking_holds_from_its_first_day_until_before_its_last(tmp_path: Path, kind: str) -> None:
    rule = f"- {{kind: {kind}, first: aid, others: [gift], from: 2020-01-01, to: 2021-01-01, basis: b}}"
    schemes = {code: rulebook_small.scheme(OF_A_PERSON, code=code) for code in ("aid", "gift")}
    book = load_rulebook(rulebook_small.write(tmp_path, rule, **schemes))
    for day, holds in (
        (date(2019, 12, 31), False), (date(2020, 1, 1), True), (date(2020, 12, 31), True), (date(2021, 1, 1), False)
    ):  # fmt: skip
        rows = apply_stacking(book.law_on(day), [AID, replace(AID, scheme="gift", amount_fen=40, share_fen=40)])
        assert any(row.reductions for row in rows) is holds
