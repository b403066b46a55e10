"""The benchmark's policy: our engines against a second, independent writing of the same rules in whole fen."""

from datetime import date

import numpy as np
import pytest
from benchmarks.rules import figures, ours, reference
from benchmarks.rules.population import Population, generate

from rulebook import Law, load_rulebook
from rulebook.duckdb_runner import run_population

JANUARY, AUGUST, NOVEMBER = date(2026, 1, 1), date(2026, 8, 1), date(2026, 11, 1)


def law_on(day: date) -> Law:
    return load_rulebook(figures.POLICY).law_on(day)


def test_the_policy_is_as_large_as_the_benchmark_says():
    book = load_rulebook(figures.POLICY)
    results = {name for scheme in book.schemes.values() for name in (scheme.entitled, scheme.amount)}
    assert len(set(book.variables) - results) >= 60
    assert len(book.schemes) == len(figures.outputs()) >= 12
    assert len([stage for stage in book.sql() if stage.name.startswith("stage_")]) == 8  # three round trips and a last
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
