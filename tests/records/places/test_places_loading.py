"""Loading the reference data: once, again, and without the right."""

from datetime import datetime

import pytest

from builders import plant_small_tree, staff
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.places import operations
from minsheng.records.places.models import Division


def test_loading_twice_adds_nothing_the_second_time(surveyor: Viewer, at: datetime) -> None:
    first = operations.load_reference(actor=surveyor, at=at)
    assert (first.divisions, first.changes, first.areas) == (774, 226, 1 + 14 + 203)
    assert operations.load_reference(actor=surveyor, at=at) == operations.LoadSummary(0, 0, 0, 0)


@pytest.mark.django_db
def test_loading_needs_the_right(at: datetime) -> None:
    plant_small_tree()
    with pytest.raises(UnableToAct):
        operations.load_reference(actor=staff(at=at, role="grid_worker", area_id=1), at=at)
    assert not Division.objects.exists()
