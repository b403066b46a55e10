"""What tests of the trail share: who seals, who acts, and where roots go."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from builders import DISTRICT, STREET_CAIHE, plant_small_tree, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit


@pytest.fixture
def clerk(at: datetime) -> Viewer:
    """This fixture will be somebody whose acts are on record."""
    plant_small_tree()
    return staff(at=at, role="street_intake", area_id=STREET_CAIHE)


@pytest.fixture
def sealer(clerk: Viewer, at: datetime) -> Viewer:
    """This fixture will be whoever seals: the audit officer's role."""
    return staff(at=at, role="audit_officer", area_id=DISTRICT, name="严谨")


@pytest.fixture
def act(clerk: Viewer, at: datetime) -> Callable[[str], None]:
    """This fixture will put one act on record and commit it."""

    def record(object_id: str) -> None:
        with acting_as(viewer=clerk, at=at):
            audit.record(actor=clerk, at=at, action="test.act", object_type="test", object_id=object_id)

    return record


@pytest.fixture
def roots_outside(tmp_path: Path) -> Path:
    """This fixture will be the directory outside of the database."""
    return tmp_path / "audit-roots"
