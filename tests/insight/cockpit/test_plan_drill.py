"""Recall and precision on corrupted copies, with floors below what was measured, and proof that the drill can fail."""

import pytest
from plan_texts import CLEAN_KNOWLEDGE, clean_lines, real_lines

from minsheng.insight.cockpit.plan import drill as drilling
from minsheng.insight.cockpit.plan.corrupting import Fault, corrupt
from minsheng.insight.cockpit.plan.drill import Score, drill
from minsheng.insight.cockpit.plan.knowledge import Knowledge, knowledge_for
from minsheng.insight.cockpit.plan.reading import read_plan

COPIES = range(1, 11)


@pytest.fixture(scope="module")
def score() -> Score:
    lines = real_lines()
    return drill(lines, knowledge_for("\n".join(lines)), seeds=COPIES)


def test_ten_corrupted_copies(score: Score) -> None:
    assert score.injected == 100
    assert score.recall >= 0.93  # measured 0.97; 0.963 on a thousand errors of seeds 2001 to 2100
    assert score.precision >= 0.97  # measured 1.00


@pytest.mark.parametrize("fault", Fault)
def test_no_kind_of_error_slips_through_as_a_kind(score: Score, fault: Fault) -> None:
    found, injected = score.by_fault(fault)
    assert injected == len(COPIES)
    # Titles of documents that the catalogue does not hold cannot be checked; all others nearly always are.
    assert found >= (5 if fault is Fault.TITLE_MISQUOTED else 9)


def test_an_auditor_without_knowledge_finds_less() -> None:
    """Negative control: without the catalogue no misquoted title can be found, and the drill says so."""
    blind = drill(real_lines(), Knowledge(), seeds=range(1, 6))
    assert blind.by_fault(Fault.TITLE_MISQUOTED)[0] == 0
    assert blind.by_fault(Fault.BROKEN_SUM)[0] == 5


def test_a_deaf_auditor_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drilling, "audit", lambda plan, knowledge: ())
    assert drill(real_lines(), Knowledge(), seeds=[1]).recall == 0.0


def test_the_generator_is_seeded_and_touches_one_line_for_each_error() -> None:
    lines = real_lines()
    spoiled, injected = corrupt(lines, seed=7)
    assert (spoiled, injected) == corrupt(lines, seed=7)
    assert injected != corrupt(lines, seed=8)[1]
    changed = {n for n, (a, b) in enumerate(zip(lines, spoiled, strict=True), start=1) if a != b}
    assert changed == {error.line for error in injected}
    assert len(injected) == len(Fault)


def test_a_plan_without_places_for_errors_gets_none() -> None:
    spoiled, injected = corrupt(["总则", "", "本办法自发布之日起施行。"], seed=1)
    assert (spoiled, injected) == (["总则", "", "本办法自发布之日起施行。"], ())


def test_the_drill_works_on_another_plan() -> None:
    score = drill(clean_lines(), CLEAN_KNOWLEDGE, seeds=range(1, 11))
    assert score.injected >= 60
    assert score.recall >= 0.8
    assert score.precision >= 0.9
    assert read_plan(clean_lines()).title == "青禾区养老服务发展规划（2021-2025年）"
