"""The same statements in Spark, with two worker processes: equal by cell on a district, and shut off from outside."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from rulebook_boundaries import population
from rulebook_engines import HAS_JAVA, NO_JAVA, Engine, answers_of, differences, interpreter
from rulebook_populations import POLICIES, district, tables
from test_rulebook_engines import agree_on_random_rules

from rulebook import Household, Rulebook, load_stories
from rulebook.duckdb_runner import run_population as run_in_duckdb
from rulebook.sql_facts import UnableToRunPopulation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(not HAS_JAVA, reason=NO_JAVA),
]
DAY = date(2026, 11, 1)


def processes() -> list[psutil.Process]:
    return [p for p in psutil.Process(os.getpid()).children(recursive=True) if p.name() == "java"]


def test_two_worker_processes_do_the_work(cluster: Any) -> None:
    assert cluster.range(0, 100, numPartitions=4).count() == 100
    executors = [p for p in processes() if any("CoarseGrainedExecutorBackend" in part for part in p.cmdline())]
    assert len(executors) == 2


def test_nobody_outside_of_this_machine_can_reach_it(cluster: Any) -> None:
    open_ = [c.laddr for p in processes() for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert len(open_) >= 3
    assert {address.ip.removeprefix("::ffff:") for address in open_} == {"127.0.0.1"}


def test_an_overflow_raises_and_never_wraps(cluster: Any) -> None:
    with pytest.raises(Exception, match="ARITHMETIC_OVERFLOW"):
        cluster.sql("SELECT id + 9223372036854775807L AS sum FROM range(2, 3)").collect()


def apart(tables_of: tuple[pa.Table, pa.Table], offset: int) -> list[pa.Table]:
    """The same population with other numbers for its households, persons' ids and codes as plain text."""
    made = []
    for table in tables_of:
        plain = [
            column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns
        ]
        table = pa.table(dict(zip(table.column_names, plain, strict=True)))
        ids = pc.add(table["household_id"].cast(pa.int64()), offset)
        table = table.set_column(table.column_names.index("household_id"), "household_id", ids)
        if "person_id" in table.column_names:
            keys = pc.binary_join_element_wise(table["person_id"].cast(pa.string()), str(offset), "-")
            table = table.set_column(table.column_names.index("person_id"), "person_id", keys)
        made.append(table)
    return made


@pytest.mark.exhaustive
def test_a_district_and_every_edge_and_example_agree_by_cell(cluster: Any, book: Rulebook, tmp_path: Path) -> None:
    """A hundred thousand people against DuckDB; edges, examples, stories also against the interpreter; one run."""
    from rulebook.spark_runner import run_population

    law = book.law_on(DAY)
    cases = [e for scheme in book.schemes.values() for e in scheme.examples] + list(load_stories(Path(POLICIES)))
    worked = tables(law, [case.household for case in cases])
    hard = [apart(population(law, DAY, seed=2, homes=2_000), 10_000_000), apart(worked, 20_000_000)]
    parts = [apart(district(book, 100_000, DAY), 0), *hard]
    persons, homes = (pa.concat_tables(side, promote_options="permissive") for side in zip(*parts, strict=True))
    for name, table in (("persons", persons), ("homes", homes)):
        (tmp_path / name).mkdir()
        pq.write_table(table, tmp_path / name / "part-0.parquet", row_group_size=50_000)
    expected = answers_of(run_in_duckdb(law, DAY, persons, homes))
    assert len(expected) > 5_000
    oracle = interpreter(law, DAY, *(pa.concat_tables(side) for side in zip(*hard, strict=True)))
    assert differences(oracle, {key: cell for key, cell in expected.items() if key[1] >= 10_000_000}) == []
    found = run_population(law, DAY, tmp_path / "persons", tmp_path / "homes", cluster)
    assert differences(expected, answers_of(found))[:5] == []


@pytest.mark.exhaustive
def test_random_rules_mean_the_same_in_spark(cluster: Any, tmp_path: Path) -> None:
    from rulebook.spark_runner import run_population as run

    engines: dict[str, Engine] = {
        f"two passes: {two}": lambda law, day, persons, homes, two=two: answers_of(
            run(law, day, persons, homes, cluster, two_passes=two)
        )
        for two in (False, True)
    }
    agree_on_random_rules(engines, tmp_path, seed=11, day=DAY, homes=2_000, layers=2)


def test_the_family_of_a_story_gets_what_the_interpreter_says(cluster: Any, book: Rulebook) -> None:
    """Two schemes for one family, whenever the suite runs; every scheme for a district by `-m exhaustive`."""
    from rulebook.spark_runner import run_population

    law = book.law_on(DAY)
    story = next(story for story in load_stories(POLICIES) if story.key == "he_shuigen")
    persons, homes = tables(law, [story.household])
    codes = ["minimum_living_allowance", "low_income_margin"]
    found = answers_of(run_population(law, DAY, persons, homes, cluster, schemes=codes))
    wanted = {key: cell for key, cell in interpreter(law, DAY, persons, homes).items() if key[0] in codes}
    assert wanted
    assert differences(wanted, found) == []


def test_a_person_without_household_facts_is_unknown_and_not_lost(cluster: Any, book: Rulebook) -> None:
    from rulebook.spark_runner import run_population

    law = book.law_on(DAY)
    story = next(story for story in load_stories(POLICIES) if story.key == "he_shuigen")
    persons, homes = tables(law, [story.household])
    code = "minimum_living_allowance"
    found = run_population(law, DAY, persons, homes.slice(0, 0), cluster, schemes=[code])
    assert found[code].column("status").to_pylist() == ["unknown"]


def test_tables_that_cannot_be_joined_are_refused(cluster: Any, book: Rulebook) -> None:
    from rulebook.spark_runner import run_population

    law = book.law_on(DAY)
    persons, homes = tables(law, [Household({}, [])])
    with pytest.raises(UnableToRunPopulation, match="no column person_id"):
        run_population(law, DAY, persons.drop_columns(["person_id"]), homes, cluster)
    with pytest.raises(UnableToRunPopulation, match="stands twice"):
        run_population(law, DAY, persons, pa.concat_tables([homes, homes]), cluster)
    databases = [row[0] for row in cluster.sql("SHOW DATABASES").collect()]
    assert databases == ["default"]


def test_a_second_session_in_one_process_is_refused(cluster: Any) -> None:
    from rulebook.spark_runner import UnableToStartSpark, local_cluster

    with pytest.raises(UnableToStartSpark, match="use it, or stop it first"), local_cluster():
        pass
