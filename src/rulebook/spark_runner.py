"""Runs the same SQL with Spark, over Parquet: beyond one machine. The only module that needs pyspark, and Java.

The statements are those of `rulebook.sql` in Spark's words; each stage becomes a Parquet table that all workers read.
ANSI mode is on, so an overflow would raise and never wrap.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from pyspark.sql import DataFrame, SparkSession

from rulebook.law import Law
from rulebook.sql import LAW, build_passes, build_stages, needed
from rulebook.sql_facts import UnableToRunPopulation, check_columns, check_facts, facts_query, given, law_query
from rulebook.units import Entity

Facts: TypeAlias = "pa.Table | Path"  # Parquet: a file, or a folder of files

__all__ = ["UnableToRunPopulation", "UnableToStartSpark", "local_cluster", "run_population"]


class UnableToStartSpark(RuntimeError):
    """There is no Java, or another session is running in this process. Says which, and what to do."""


@contextmanager
def local_cluster(workers: int = 2, memory_mb: int = 1024) -> Iterator[SparkSession]:
    """This function will start a cluster on this machine: one worker process of one core for each of `workers`.

    Everything listens on 127.0.0.1 only and wants a secret made for this run. `memory_mb` is for each worker.
    Raises UnableToStartSpark.
    """
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UnableToStartSpark(
            "Spark needs Java 17 or later and `java` is not found; install openjdk-17-jre-headless"
        )
    if SparkSession.getActiveSession() is not None:
        raise UnableToStartSpark("a Spark session is running in this process already; use it, or stop it first")
    with tempfile.TemporaryDirectory(prefix="rulebook-spark-") as folder:
        before = {name: os.environ.get(name) for name in ("SPARK_HOME", "SPARK_LOCAL_IP")}
        os.environ.update(SPARK_HOME=str(_home(Path(folder))), SPARK_LOCAL_IP="127.0.0.1")
        session = None
        try:
            session = _builder(Path(folder), workers, memory_mb).getOrCreate()
            yield session
        finally:
            if session is not None:
                session.stop()
            _restore(before)


def _home(folder: Path) -> Path:
    """Workers write their logs into SPARK_HOME, so it is a folder of our own that points to the installed files."""
    home = folder / "home"
    home.mkdir()
    for item in Path(pyspark.__path__[0]).iterdir():
        if item.name != "work":
            (home / item.name).symlink_to(item)
    return home


def _builder(folder: Path, workers: int, memory_mb: int) -> SparkSession.Builder:
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.authenticate": "true",
        "spark.authenticate.secret": secrets.token_hex(32),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executor.memory": f"{memory_mb}m",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(2 * workers),
        "spark.sql.files.minPartitionNum": str(workers),
        "spark.sql.files.openCostInBytes": str(256 * 1024),
    }
    made: SparkSession.Builder = SparkSession.builder.appName("rulebook")
    made = made.master(f"local-cluster[{workers},1,{memory_mb}]")
    for name, value in settings.items():
        made = made.config(name, value)
    return made


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def run_population(
    law: Law,
    as_of: date,
    person_facts: Facts,
    household_facts: Facts,
    spark: SparkSession,
    schemes: Iterable[str] | None = None,
    two_passes: bool = False,
) -> dict[str, pa.Table]:
    """This function will evaluate a population; tables, columns and errors are those of `duckdb_runner`.

    Facts are Arrow tables or the path of Parquet that every worker can read. The tables of a run stand in a database
    of their own, dropped at the end.
    """
    chosen = tuple(schemes) if schemes is not None else tuple(law.book.schemes)
    build = build_passes if two_passes else build_stages
    session, database = spark.newSession(), f"rulebook_{uuid4().hex}"
    with tempfile.TemporaryDirectory(prefix="rulebook-facts-") as folder:
        session.sql(f"CREATE DATABASE {database}")
        try:
            session.sql(f"USE {database}")
            tables = {Entity.PERSON: person_facts, Entity.HOUSEHOLD: household_facts}
            _prepare(session, law, as_of, {e: _read(session, t, Path(folder) / e.value) for e, t in tables.items()})
            stages = build(law.book, dialect="spark", schemes=chosen)
            for stage in needed(stages, lambda query: session.sql(query).first()):
                session.sql(stage.sql)
            return {code: session.table(f"outcome_{code}").toArrow() for code in chosen}
        finally:
            session.sql(f"DROP DATABASE {database} CASCADE")


def _read(session: SparkSession, facts: Facts, folder: Path) -> DataFrame:
    if isinstance(facts, pa.Table):
        folder.mkdir()
        pq.write_table(facts, folder / "facts.parquet", row_group_size=50_000)
        facts = folder
    return session.read.parquet(str(facts))


def _prepare(session: SparkSession, law: Law, as_of: date, facts: dict[Entity, DataFrame]) -> None:
    def first(query: str) -> tuple[object, ...] | None:
        row = session.sql(query).first()
        return tuple(row) if row is not None else None

    for entity, frame in facts.items():
        check_columns(entity, frame.columns)
        frame.createOrReplaceTempView(given(entity))
    check_facts(first)
    for entity, frame in facts.items():
        query = facts_query(law.book, entity, frame.columns, "spark", first)
        session.sql(query).createOrReplaceTempView(f"{entity.value}_facts")
    session.sql(law_query(law, as_of, "spark")).createOrReplaceTempView(LAW)
