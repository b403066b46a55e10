"""The same statements in Spark, with two worker processes: equal by cell on a district, and shut off from outside."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rulebook_engines import HAS_JAVA, NO_JAVA, answers_of, differences, interpreter
from rulebook_populations import POLICIES, district, tables

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


def test_a_district_of_a_hundred_thousand_agrees_by_cell(cluster: Any, book: Rulebook, tmp_path: Path) -> None:
    from rulebook.spark_runner import run_population

    law = book.law_on(DAY)
    persons, homes = district(book, 100_000, DAY)
    for name, table in (("persons", persons), ("homes", homes)):
        (tmp_path / name).mkdir()
        pq.write_table(table, tmp_path / name / "part-0.parquet", row_group_size=50_000)
    expected = answers_of(run_in_duckdb(law, DAY, persons, homes))
    assert len(expected) > 2_500
    found = run_population(law, DAY, tmp_path / "persons", tmp_path / "homes", cluster)
    assert differences(expected, answers_of(found))[:5] == []


def test_examples_and_stories_agree_in_spark_also_in_two_passes(cluster: Any, book: Rulebook) -> None:
    from rulebook.spark_runner import run_population

    cases = [e for scheme in book.schemes.values() for e in scheme.examples] + list(load_stories(Path(POLICIES)))
    law = book.law_on(DAY)
    persons, homes = tables(law, [case.household for case in cases if case.as_of <= DAY])
    found = run_population(law, DAY, persons, homes, cluster, two_passes=True)
    assert differences(interpreter(law, DAY, persons, homes), answers_of(found)) == []


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
