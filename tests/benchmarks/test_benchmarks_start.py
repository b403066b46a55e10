"""Each benchmark can be loaded: they run by hand, so nothing else would notice a name that is gone."""

import importlib
from pathlib import Path

import pytest

import benchmarks

PLACES = sorted(path.stem for path in Path(str(benchmarks.__file__)).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", PLACES)
def test_it_can_be_loaded(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__
