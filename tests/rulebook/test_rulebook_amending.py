"""Published versions over the files hold from their day, are checked like files, and leave the first book alone."""

from datetime import date
from pathlib import Path

import pytest
import rulebook_small
from rulebook_populations import by_interpreter, by_sql

from rulebook import Household, NewVersion, Person, Rulebook, UnableToAmend, check_examples, evaluate

STANDARD = "household.standard"
TIERS = "old_age_allowance.tiers"
DAY = date(2027, 1, 1)


def test_a_new_figure_holds_from_its_day_and_not_before(book: Rulebook) -> None:
    amended = book.with_versions([NewVersion(STANDARD, DAY, "杭政函〔2026〕1号", value=120_000)])
    assert amended.law_on(date(2026, 12, 31)).numbers[STANDARD].value == book.law_on(DAY).numbers[STANDARD].value
    assert amended.law_on(DAY).numbers[STANDARD].value == 120_000
    assert amended.law_on(date(2026, 12, 31)).digest == book.law_on(date(2026, 12, 31)).digest
    assert amended.law_on(DAY).digest != book.law_on(DAY).digest
    assert book.numbers[STANDARD].versions[-1].value == 110_200, "the first book must stay as it was"
    assert amended.shared.numbers[STANDARD] is amended.numbers[STANDARD]


def test_the_last_of_one_day_holds_and_a_rollback_restores_every_answer(book: Rulebook) -> None:
    raised = NewVersion(STANDARD, DAY, "提标", value=150_000)
    before = book.numbers[STANDARD].on(DAY)
    back = NewVersion(STANDARD, DAY, "撤回提标", value=before.value, doubt=before.doubt)
    amended = book.with_versions([raised, back])
    assert [v.from_date for v in amended.numbers[STANDARD].versions].count(DAY) == 1
    poor = Household({}, [Person("a", {"wage_income": 1_000_000})])
    assert evaluate(amended.law_on(DAY), poor, DAY).payable() == evaluate(book.law_on(DAY), poor, DAY).payable()


def test_doubts_follow_the_versions(book: Rulebook) -> None:
    scheme = book.schemes["old_age_allowance"]
    first = book.tables[TIERS].versions[0]
    sure = NewVersion(TIERS, first.from_date, "区民〔2026〕3号", edges=first.edges, values=first.values)
    settled = book.with_versions([sure]).schemes["old_age_allowance"]
    assert len(settled.doubts) == len(scheme.doubts) - 1
    doubtful = NewVersion(TIERS, DAY, "征求意见稿", edges=first.edges, values=first.values, doubt="未正式印发")
    assert "未正式印发" in {d.text for d in book.with_versions([doubtful]).schemes["old_age_allowance"].doubts}


def test_more_bands_than_before_read_alike_in_both_lowerings(book: Rulebook) -> None:
    new = NewVersion(TIERS, DAY, "五档", edges=(0, 70, 80, 85, 90, 100), values=(0, 3000, 5000, 7000, 10000, 30000))
    amended = book.with_versions([new])
    homes = [
        Household({}, [Person("a", {"birth_date": date(DAY.year - age, 1, 1), "hukou_local": True, "dead": False})])
        for age in (69, 70, 79, 80, 84, 85, 89, 90, 99, 100, 120)
    ]
    law = amended.law_on(DAY)
    code = "old_age_allowance"
    told = {key: row for key, row in by_interpreter(law, homes, DAY).items() if key[0] == code}
    assert by_sql(law, homes, DAY, [code]) == told
    old = evaluate(law, homes[5], DAY).status("old_age_allowance", "a")
    assert old == ("entitled", 7000)


def test_examples_before_the_day_pass_unchanged(book: Rulebook) -> None:
    amended = book.with_versions([NewVersion(STANDARD, DAY, "提标", value=999_900)])
    examples = check_examples(amended)
    assert len(examples) > 20
    assert [r for r in examples if not r.passed] == []
    backdated = book.with_versions([NewVersion(STANDARD, date(2020, 1, 1), "倒填", value=999_900)])
    assert [r for r in check_examples(backdated) if not r.passed], "the control: a back-dated figure breaks examples"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (NewVersion("household.nothing", DAY, "x", value=1), "没有叫"),
        (NewVersion(STANDARD, DAY, "  ", value=1), "没有写出处"),
        (NewVersion(STANDARD, date(2015, 12, 31), "x", value=1), "不能早于"),
        (NewVersion(STANDARD, DAY, "x"), "整数"),
        (NewVersion(STANDARD, DAY, "x", value=-1), "整数"),
        (NewVersion(STANDARD, DAY, "x", value=True), "整数"),
        (NewVersion(STANDARD, DAY, "x", value=10**14 + 1), "整数"),
        (NewVersion(TIERS, DAY, "x", values=(1, 2), edges=(0,)), "起点和数值"),
        (NewVersion(TIERS, DAY, "x"), "起点和数值"),
        (NewVersion(TIERS, DAY, "x", values=(1, 2), edges=(1, 2)), "从 0 起"),
        (NewVersion(TIERS, DAY, "x", values=(1, 2, 3), edges=(0, 5, 5)), "从 0 起"),
        (NewVersion(TIERS, DAY, "x", values=(1, -2), edges=(0, 5)), "整数"),
    ],
)
def test_what_no_file_could_say_no_officer_can_publish(book: Rulebook, new: NewVersion, told: str) -> None:
    with pytest.raises(UnableToAmend, match=told):
        book.with_versions([new])


def test_all_faults_are_told_at_once(book: Rulebook) -> None:
    with pytest.raises(UnableToAmend) as refusal:
        book.with_versions([NewVersion(STANDARD, DAY, "", value=1), NewVersion("x.y", DAY, "b", value=1)])
    assert len(refusal.value.problems) == 2


@pytest.mark.parametrize(("value", "told"), [(0, ""), (10**14, ""), (10**14 + 1, "也不过大的整数"), (-1, "不小于 0")])
def test_a_figure_is_taken_from_nothing_to_a_trillion_yuan(tmp_path: Path, value: int, told: str) -> None:
    body = """
        outcome: {entitled: entitled}
        numbers:
          limit: {label: 限, unit: fen/person, versions: [{from: 2016-01-01, value: 100, basis: b}]}
        variables:
          entitled: {label: 符合, type: bool, basis: b, is: savings > limit}
    """
    book, new = rulebook_small.load(tmp_path, body), NewVersion("aid.limit", date(2016, 1, 1), "b", value=value)
    if told:
        with pytest.raises(UnableToAmend, match=told):
            book.with_versions([new])
    else:
        assert book.with_versions([new]).law_on(DAY).numbers["aid.limit"].value == value
