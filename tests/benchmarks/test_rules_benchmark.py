"""The benchmark's policy: our engines against a second, independent writing of the same rules in whole fen."""

from datetime import date

import numpy as np
import pytest
from benchmarks.rules import engines, environments, figures, ours, reference, report, worker
from benchmarks.rules.population import Population, generate

from rulebook import Law, kernel_runner, load_rulebook
from rulebook.duckdb_runner import run_population
from rulebook.sql import build_passes, needed

JANUARY, AUGUST, NOVEMBER = date(2026, 1, 1), date(2026, 8, 1), date(2026, 11, 1)


def law_on(day: date) -> Law:
    return load_rulebook(figures.POLICY).law_on(day)


def test_the_policy_is_as_large_as_the_benchmark_says():
    book = load_rulebook(figures.POLICY)
    results = {name for scheme in book.schemes.values() for name in (scheme.entitled, scheme.amount)}
    assert len(set(book.variables) - results) >= 60
    assert len(book.schemes) == len(figures.outputs()) >= 12
    stages = [stage.entity for stage in book.sql() if stage.name.startswith("stage_")]
    assert stages == ["person", "household"] * 4 + ["person"]
    assert [len(names) for names in figures.inputs().values()] == [16, 6]


def test_the_population_is_seeded_and_exact_in_number():
    one, two, other = generate(1_000), generate(1_000), generate(1_000, seed=1)
    assert one.people == 1_000
    assert all((one.persons[name] == two.persons[name]).all() for name in one.persons)
    assert any((one.persons[name] != other.persons[name]).any() for name in one.persons)
    assert (np.diff(one.home) >= 0).all()
    assert len(one.households["zone"]) == one.home[-1] + 1


def test_every_benefit_is_paid_to_some_and_not_to_all():
    paid = reference.evaluate(generate(5_000), NOVEMBER)
    for scheme, fen in paid.items():
        assert 0 < np.count_nonzero(fen) < len(fen), scheme


def test_the_interpreter_equals_the_reference():
    population = generate(1_000).first(150)
    expected = reference.evaluate(population, NOVEMBER)
    got = ours.interpret(law_on(NOVEMBER), NOVEMBER, ours.cases(population), population)
    assert ours.wrong(got, expected) == {}


def test_a_changed_figure_is_noticed():
    population = generate(1_000).first(150)
    expected = reference.evaluate(population, NOVEMBER)
    law = law_on(NOVEMBER).with_number("temporary_aid.affordable_rate", 31)
    got = ours.interpret(law, NOVEMBER, ours.cases(population), population)
    assert ours.wrong(got, expected)["household_total"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("day", [JANUARY, AUGUST, NOVEMBER])
def test_duckdb_equals_the_reference_for_five_thousand_people(day):
    population: Population = generate(5_000)
    tables = run_population(law_on(day), day, *ours.arrow_tables(population))
    assert ours.wrong(ours.dense(tables, population), reference.evaluate(population, day)) == {}


@pytest.mark.slow
def test_where_no_household_is_open_one_pass_is_all_and_equal():
    population: Population = generate(3_000)
    persons, homes = ours.arrow_tables(population)
    tables = run_population(law_on(NOVEMBER), NOVEMBER, persons, homes, two_passes=True)
    assert ours.wrong(ours.dense(tables, population), reference.evaluate(population, NOVEMBER)) == {}
    stages = build_passes(load_rulebook(figures.POLICY))
    alone, both = ([stage.name for stage in needed(stages, answer)] for answer in (lambda _: None, lambda _: (1,)))
    assert not [name for name in alone if name.startswith("stage_")]
    assert [name for name in both if name.startswith("stage_")]
    for names in (alone, both):
        assert len(names) == len(set(names)), "each outcome is written once"
        assert {f"outcome_{code}" for code in figures.outputs()} < set(names)


@pytest.mark.parametrize("name", ["duckdb", "interpreter", "numpy"])
def test_contestants_answer_as_the_reference(name, tmp_path):
    population = generate(300)
    population.save(tmp_path)
    for scheme, fen in reference.evaluate(population, NOVEMBER).items():
        np.save(tmp_path / f"reference.11.{scheme}.npy", fen)
    engine = engines.ENGINES[name](tmp_path, 1)
    assert engine.month(11)["seconds"] > 0
    assert report.wrong(worker.wrong_cells(engine.amounts(11), tmp_path, 11))["cells"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("day", [JANUARY, AUGUST, NOVEMBER])
def test_the_kernel_equals_the_reference_for_five_thousand_people(day):
    population = generate(5_000)
    tables = kernel_runner.run_population(law_on(day), day, *ours.arrow_tables(population))
    assert ours.wrong(ours.dense(dict(tables), population), reference.evaluate(population, day)) == {}


def test_households_taken_out_keep_their_members():
    population = generate(1_000)
    places = np.array([3, 17, 4])
    part, whole = population.at(places), reference.evaluate(population, NOVEMBER)
    assert (reference.evaluate(part, NOVEMBER)["household_total"] == whole["household_total"][places]).all()


def test_a_wrong_fen_is_counted_with_its_distance(tmp_path):
    np.save(tmp_path / "reference.11.old_age.npy", np.array([5000, 0, 20000], dtype=np.int32))
    found = worker.wrong_cells({"old_age": np.array([5000, 1, 20003])}, tmp_path, 11)
    assert found == {"old_age": {"wrong": 2, "of": 3, "most_fen": 3}}
    assert report.wrong(found)["by_output"] == {"old_age": 2}


def test_ratios_are_of_the_same_round():
    slow, fast = [{"seconds": s} for s in (2.0, 8.0, 3.0)], [{"seconds": s} for s in (1.0, 4.0, 1.0)]
    assert report.ratio(slow, fast) == 2.0
    assert report.ratio(None, fast) is None


def test_the_locks_of_the_peers_name_no_registry_and_hash_every_file():
    for lock in (environments.HERE / f"{name}.lock" for name in ("openfisca", "policyengine")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
