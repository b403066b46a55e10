"""One rulebook, one answer: interpreter, DuckDB, kernel, PostgreSQL and Spark agree by cell on random households."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebook_boundaries import population
from rulebook_engines import (
    Engine,
    differences,
    interpreter,
    local_engines,
    postgres_engine,
    postgres_server,
)
from rulebook_households import many
from rulebook_random_rules import write_random_book

from rulebook import Rulebook
from rulebook.tree import Node, VarRef, walk

DAYS = (date(2016, 2, 29), date(2020, 12, 1), date(2021, 7, 1), date(2024, 2, 29), date(2026, 6, 30), date(2026, 11, 1))
FEW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as con:
        yield con


def agree(engines: dict[str, Engine], book: Rulebook, day: date, seed: int, homes: int) -> None:
    law = book.law_on(day)
    persons, households = population(law, day, seed, homes)
    oracle = interpreter(law, day, persons, households)
    assert {cell[0] for cell in oracle.values()} == {"entitled", "unknown"}
    for name, engine in engines.items():
        assert differences(oracle, engine(law, day, persons, households))[:5] == [], name


@settings(max_examples=many(2), deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_what_runs_in_this_process_agrees_with_the_interpreter(book: Rulebook, seed: int, day: date) -> None:
    agree(local_engines(), book, day, seed, homes=300)


@pytest.mark.slow
@settings(max_examples=many(2), deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_thousands_of_households_agree_also_in_postgres(
    postgres: psycopg.Connection, book: Rulebook, seed: int, day: date
) -> None:
    servers = {
        "postgres": postgres_engine(postgres),
        "postgres in two passes": postgres_engine(postgres, two_passes=True),
    }
    agree(local_engines() | servers, book, day, seed, homes=800)


def agree_on_random_rules(
    engines: dict[str, Engine], folder: Path, seed: int, day: date, homes: int, layers: int = 5
) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        book = write_random_book(Path(place), seed, layers=layers)
    law = book.law_on(day)
    persons, households = population(law, day, seed, homes, gaps=0.15)
    oracle = interpreter(law, day, persons, households)
    for name, engine in engines.items():
        found = differences(oracle, engine(law, day, persons, households))
        assert found[:3] == [], (name, [said(book, key[0]) for key, _, _ in found[:3]])


def said(book: Rulebook, scheme: str) -> list[str]:
    """Every rule behind a scheme, so that a failure can be read."""
    names, texts = [book.schemes[scheme].entitled, book.schemes[scheme].amount], []
    for name in names:
        for rule in book.variables[name].rules:
            texts.append(f"{name}: {rule.text}")
            names += [n.name for n in walk(rule.tree) if isinstance(n, VarRef) and n.name not in names]
    return texts


@settings(max_examples=many(2), deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_random_rules_mean_the_same_in_this_process(tmp_path: Path, seed: int, day: date) -> None:
    agree_on_random_rules({"duckdb": local_engines()["duckdb"]}, tmp_path, seed, day, homes=100)


@pytest.mark.slow
@settings(max_examples=many(2), deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_random_rules_mean_the_same_in_both_databases(
    postgres: psycopg.Connection, tmp_path: Path, seed: int, day: date
) -> None:
    engines = {name: engine for name, engine in local_engines().items() if name != "kernel"}
    engines |= {"postgres": postgres_engine(postgres)}
    agree_on_random_rules(engines, tmp_path, seed, day, homes=150, layers=3)


@pytest.mark.slow
def test_random_rules_mean_the_same_in_the_kernel(tmp_path: Path) -> None:
    """One book only, because a kernel is compiled for each."""
    kernel = {name: engine for name, engine in local_engines().items() if name == "kernel"}
    assert kernel
    agree_on_random_rules(kernel, tmp_path, seed=20, day=DAYS[2], homes=500, layers=2)


def test_random_rules_hold_every_kind_of_node(tmp_path: Path) -> None:
    kinds: set[str] = set()
    for seed in range(6):
        book = write_random_book(tmp_path / str(seed), seed)
        kinds |= {type(n).__name__ for v in book.variables.values() for r in v.rules for n in walk(r.tree)}
    every = {made.__name__ for made in Node.__subclasses__()}
    assert every - kinds == set()


def test_a_wrong_engine_would_be_noticed(book: Rulebook) -> None:
    law = book.law_on(DAYS[-1])
    persons, households = population(law, DAYS[-1], 7, 60)
    oracle = interpreter(law, DAYS[-1], persons, households)
    wrong = interpreter(law.with_number("household.standard", 110_201), DAYS[-1], persons, households)
    assert differences(oracle, wrong)
    assert differences(oracle, {})
