"""One rulebook, one answer: interpreter, DuckDB, kernel, PostgreSQL and Spark agree by cell on random households."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebook_boundaries import population
from rulebook_engines import (
    HAS_JAVA,
    NO_JAVA,
    Engine,
    differences,
    interpreter,
    local_engines,
    postgres_engine,
    postgres_server,
)

from rulebook import Rulebook

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


@settings(max_examples=6, deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_what_runs_in_this_process_agrees_with_the_interpreter(book: Rulebook, seed: int, day: date) -> None:
    agree(local_engines(), book, day, seed, homes=300)


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=FEW)
@given(st.integers(0, 2**32), st.sampled_from(DAYS))
def test_thousands_of_households_agree_also_in_postgres(
    postgres: psycopg.Connection, book: Rulebook, seed: int, day: date
) -> None:
    servers = {
        "postgres": postgres_engine(postgres),
        "postgres in two passes": postgres_engine(postgres, two_passes=True),
    }
    agree(local_engines() | servers, book, day, seed, homes=1_500)


@pytest.mark.slow
@pytest.mark.skipif(not HAS_JAVA, reason=NO_JAVA)
@pytest.mark.xdist_group("spark")
def test_thousands_of_households_agree_also_in_spark(spark: Engine, book: Rulebook, tmp_path: Path) -> None:
    for seed, day in ((1, DAYS[1]), (2, DAYS[-1])):
        agree({"spark": spark}, book, day, seed, homes=3_000)


def test_a_wrong_engine_would_be_noticed(book: Rulebook) -> None:
    law = book.law_on(DAYS[-1])
    persons, households = population(law, DAYS[-1], 7, 60)
    oracle = interpreter(law, DAYS[-1], persons, households)
    wrong = interpreter(law.with_number("household.standard", 110_201), DAYS[-1], persons, households)
    assert differences(oracle, wrong)
    assert differences(oracle, {})
