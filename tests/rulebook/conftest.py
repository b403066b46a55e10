"""The policies of this repository, loaded once; one Spark for all tests that need it."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest
from rulebook_engines import NO_JAVA, Engine, answers_of
from rulebook_populations import POLICIES

from rulebook import Rulebook, load_rulebook


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(POLICIES)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two worker processes on this machine."""
    assert importlib.util.find_spec("pyspark") is not None
    from rulebook.spark_runner import local_cluster

    with local_cluster(workers=2) as session:
        yield session


@pytest.fixture(scope="session")
def spark(cluster: Any) -> Engine:
    from rulebook.spark_runner import run_population

    return lambda law, as_of, persons, homes: answers_of(run_population(law, as_of, persons, homes, cluster))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """This hook will say loudly that Spark was not tried, so that a green run is not taken for a complete one."""
    skipped = [
        str(report.longrepr) for report in terminalreporter.stats.get("skipped", []) if NO_JAVA in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} × {NO_JAVA}", yellow=True, bold=True)
