"""Each benchmark can be loaded: they run by hand, so nothing else would notice a name that is gone."""

import importlib
from pathlib import Path

import pytest
from benchmarks.rules import interpreter

import benchmarks

PLACES = sorted(path.stem for path in Path(str(benchmarks.__file__)).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", PLACES)
def test_it_can_be_loaded(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__


def test_the_last_figure_of_the_rules_is_reached_and_says_that_nothing_differs() -> None:
    found = interpreter.measure(people=2_000)
    assert (found["differing"], found["schemes"]) == (0, 23)
    assert found["results"] > 100
