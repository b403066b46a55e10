"""The policies of this repository, loaded once."""

from pathlib import Path

import pytest

from rulebook import Rulebook, load_rulebook

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(POLICIES)
