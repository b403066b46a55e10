"""One district of 66 000 for the whole run: it takes a second."""

from datetime import date

import pytest

from twin import District, generate

AS_OF = date(2026, 11, 1)
SEED = 20_201_101


@pytest.fixture(scope="session")
def district() -> District:
    return generate(people=66_000, seed=SEED, as_of=AS_OF)
