from datetime import datetime

import pytest

from insight.exchange.town import Caller, Town, build_town, partner


@pytest.fixture
def town(db: None, at: datetime) -> Town:
    """This fixture will be a small town with its people."""
    return build_town(at=at)


@pytest.fixture
def caller(town: Town, at: datetime) -> Caller:
    """This fixture will be a partner that may know everything but minors, in the first street."""
    return partner(town, at=at)
