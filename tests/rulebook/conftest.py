"""The policies of this repository, loaded once; one Spark for all tests that need it."""

import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numba
import pytest
from rulebook_engines import NO_JAVA
from rulebook_populations import POLICIES

from rulebook import Rulebook, kernel_runner, load_rulebook


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(POLICIES)


@pytest.fixture(scope="module")
def kernels_as_python() -> Iterator[None]:
    """Runs kernels as the Python that they are written in, for tests of what they say.

    To compile takes half a minute for each book. test_rulebook_engines.py holds the machine code of the whole book, and
    of random rules, against the interpreter.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba.config, "DISABLE_JIT", True)
        patch.setattr(kernel_runner, "_compiled", lru_cache(kernel_runner._compiled.__wrapped__))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two worker processes on this machine."""
    assert importlib.util.find_spec("pyspark") is not None
    from rulebook.spark_runner import local_cluster

    with local_cluster(workers=2) as session:
        yield session


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """This hook will say loudly that Spark was not tried, so that a green run is not taken for a complete one."""
    skipped = [
        str(report.longrepr) for report in terminalreporter.stats.get("skipped", []) if NO_JAVA in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} × {NO_JAVA}", yellow=True, bold=True)
