"""The generated text: no number of the law in it, valid in other dialects; and the runner's refusals."""

from dataclasses import replace
from datetime import date

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from rulebook_populations import POLICIES, by_sql, tables

from rulebook import Household, Rulebook, load_stories
from rulebook.duckdb_runner import UnableToRunPopulation, run_population
from rulebook.sql_bounds import Writer
from rulebook.sql_plan import make_plan
from rulebook.units import Entity

DAY = date(2026, 11, 1)
LIVING = ("minimum_living_allowance",)
SOME = (*LIVING, "old_age_allowance", "disability_care_subsidy", "expenditure_assistance")  # to parse takes longest


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_text_parses_and_round_trips(book: Rulebook, dialect: str) -> None:
    for stage in book.sql(dialect, SOME):
        (tree,) = sqlglot.parse(stage.sql, dialect=dialect)
        assert tree is not None
        assert tree.sql(dialect=dialect, pretty=True) == stage.sql
        assert "//" not in stage.sql or dialect == "duckdb"


def test_the_text_holds_no_number_of_the_law(book: Rulebook) -> None:
    text = "\n".join(stage.sql for stage in book.sql())
    for value in ("110200", "74400", "68400", "12500", "180000"):
        assert value not in text
    assert "law.n__household__standard" in text


def test_stages_alternate_and_end_with_outcomes(book: Rulebook) -> None:
    stages = book.sql()
    computed = [stage for stage in stages if stage.name.startswith("stage_")]
    assert [s.entity for s in computed] == [Entity.HOUSEHOLD if i % 2 else Entity.PERSON for i in range(len(computed))]
    assert [s.name for s in stages[len(computed):]] == [f"outcome_{code}" for code in book.schemes]  # fmt: skip


def test_what_an_item_reads_is_computed_before_it(book: Rulebook) -> None:
    """In an earlier stage, or in an earlier level of the same: not every database lets a column read its neighbour."""
    plan = make_plan(book, Writer(book, "duckdb"), tuple(book.schemes))
    for item in plan.items.values():
        for other in (plan.items[name] for name in item.reads):
            assert (other.stage, other.level) < (item.stage, item.level), (item.name, other.name)
            assert other.entity is item.entity or other.stage < item.stage
        assert item.stage % 2 == (item.entity is Entity.HOUSEHOLD)
        assert (item.level == 0) == (item.how in ("input", "aggregate"))


def test_only_the_schemes_asked_for_are_computed(book: Rulebook) -> None:
    names = [stage.name for stage in book.sql(schemes=("old_age_allowance",))]
    assert names == ["stage_0", "outcome_old_age_allowance"]


def test_a_reform_changes_the_result_and_not_the_text(book: Rulebook) -> None:
    homes = [story.household for story in load_stories(POLICIES) if story.key == "shen_qing"]
    law = book.law_on(DAY)
    key = ("minimum_living_allowance", 0, None)
    assert by_sql(law, homes, DAY, LIVING)[key][1] == 53733
    assert by_sql(law.with_number("household.standard", 120000), homes, DAY, LIVING)[key][1] == 73333


def test_a_person_whose_household_has_no_facts_is_unknown_and_not_lost(book: Rulebook) -> None:
    story = next(story for story in load_stories(POLICIES) if story.key == "he_shuigen")
    persons, homes = tables(book.law_on(DAY), [story.household])
    found = run_population(book.law_on(DAY), DAY, persons, homes.slice(0, 0), schemes=LIVING)
    assert found["minimum_living_allowance"].column("status").to_pylist() == ["unknown"]


def test_a_given_connection_is_left_as_it_was(book: Rulebook) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE mine AS SELECT 1 AS one")
    persons, homes = tables(book.law_on(DAY), [Household({}, [])])
    for _ in range(2):
        run_population(book.law_on(DAY), DAY, persons, homes, con=con, schemes=LIVING)
    assert con.execute("SHOW TABLES").fetchall() == [("mine",)]


def test_tables_that_cannot_be_joined_are_refused(book: Rulebook) -> None:
    law = book.law_on(DAY)
    persons, homes = tables(law, [Household({}, [])])
    with pytest.raises(UnableToRunPopulation, match="no column person_id"):
        run_population(law, DAY, persons.drop_columns(["person_id"]), homes)
    with pytest.raises(UnableToRunPopulation, match="stands twice"):
        run_population(law, DAY, persons, pa.concat_tables([homes, homes]))
    crowd = pa.table({"household_id": [0] * 1001, "person_id": [str(i) for i in range(1001)]})
    with pytest.raises(UnableToRunPopulation, match="more than 1000 members"):
        run_population(law, DAY, crowd, homes)


def test_a_missing_column_is_unknown_and_never_zero(book: Rulebook) -> None:
    story = next(story for story in load_stories(POLICIES) if story.key == "jiang_fugui")
    poor = replace(story.household, facts={**story.household.facts, "dwellings_owned": 1})
    persons, homes = tables(book.law_on(DAY), [poor])
    law, less = book.law_on(DAY), persons.drop_columns(["wage_income"])
    sure = run_population(law, DAY, persons, homes, schemes=LIVING)[LIVING[0]]
    open_ = run_population(law, DAY, less, homes, schemes=LIVING)[LIVING[0]]
    assert sure.column("status").to_pylist() == ["entitled"]
    assert open_.column("status").to_pylist() == ["unknown"]
