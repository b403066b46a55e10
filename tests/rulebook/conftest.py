"""The policies of this repository, loaded once."""

import pytest
from rulebook_populations import POLICIES

from rulebook import Rulebook, load_rulebook


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(POLICIES)
