"""GB/T 42195-2022: the four mistakes that public implementations make would be noticed here (reference §3.2)."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rulebook_populations import POLICIES

from rulebook import Rulebook, RulebookErrors, check_example, load_rulebook
from rulebook.sql_bounds import Writer
from rulebook.sql_plan import make_plan

SCORES = {"self_care": (8, 32), "movement": (4, 15), "mind": (9, 28), "participation": (5, 15)}
SCHEME = "ability_assessment/scheme.yaml"


def test_twenty_six_items_make_ninety(book: Rulebook) -> None:
    items = [made for name, made in book.inputs.items() if name.startswith("score_")]
    assert (len(items), sum(made.high for made in items)) == (26, 90)
    for part, (count, most) in SCORES.items():
        tree = book.variables[f"ability_assessment.{part}"].rules[0].tree
        assert book.spans[tree] == (0, most), part
        assert book.variables[f"ability_assessment.{part}"].rules[0].text.count("score_") == count


def test_an_assessment_grants_nothing_and_no_run_over_everybody_reads_its_items(book: Rulebook) -> None:
    assert set(book.assessments) == {"ability_assessment"}
    assert "ability_assessment" not in book.schemes
    plan = make_plan(book, Writer(book, "duckdb"), tuple(book.schemes))
    read = {item.name for item in plan.items.values() if item.how == "input"}
    assert len(read) > 40
    assert not [name for name in read if "score_" in name]


def changed(tmp_path: Path, file: str, change: Callable[[str], str]) -> list[str]:
    """What the examples say after a change of the rules: titles that fail, or that the folder does not load."""
    copy = tmp_path / "policies"
    shutil.copytree(POLICIES, copy)
    before = (copy / file).read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    (copy / file).write_text(after, encoding="utf-8")
    try:
        book = load_rulebook(copy)
    except RulebookErrors as errors:
        return [problem.what for problem in errors.problems]
    examples = book.assessments["ability_assessment"].examples
    return [example.title for example in examples if not check_example(book, example).passed]


def without_participation(text: str) -> str:
    return text.replace("self_care + movement + mind + participation", "self_care + movement + mind")


def four_items_lost(text: str) -> str:
    return text.replace(" + score_transport + score_social", "").replace("score_sight + score_hearing + ", "")


def bands_of_the_older_standard(text: str) -> str:
    """MZ/T 039-2013 graded otherwise; its bands on the new total must not pass."""
    start = text.index("        bands: [")
    end = text.index("\n", start)
    bands = "[{from: 0, to: 19, value: 4}, {from: 19, to: 37, value: 3}, {from: 37, to: 55, value: 2}, "
    return text[:start] + f"        bands: {bands}{{from: 55, to: 72, value: 1}}, {{from: 72, value: 0}}]" + text[end:]


def one_more_per_reason(text: str) -> str:
    return text.replace(
        "first_grade + (1 if one_worse else 0)",
        "first_grade + (1 if dementia else 0) + (1 if mental_disorder else 0)"
        " + (1 if care_risk_events >= risk_events_limit else 0)",
    )


@pytest.mark.parametrize(
    "change", [without_participation, four_items_lost, bands_of_the_older_standard, one_more_per_reason]
)
def test_a_wrong_grading_fails_the_examples(tmp_path: Path, change: Callable[[str], str]) -> None:
    assert changed(tmp_path, SCHEME, change)


def test_a_total_of_a_hundred_fails_the_examples(tmp_path: Path) -> None:
    def hundred(text: str) -> str:
        return text.replace(
            "score_stairs: {type: int, unit: score, max: 3,", "score_stairs: {type: int, unit: score, max: 13,"
        )

    assert changed(tmp_path, "inputs.yaml", hundred)


@pytest.mark.parametrize("edge", ["to: 30", "to: 46", "to: 66", "to: 90"])
def test_each_border_moved_by_one_fails_the_examples(tmp_path: Path, edge: str) -> None:
    low = int(edge.split()[1])

    def moved(text: str) -> str:
        return text.replace(f"to: {low},", f"to: {low + 1},").replace(f"from: {low}, ", f"from: {low + 1}, ")

    assert changed(tmp_path, SCHEME, moved)
