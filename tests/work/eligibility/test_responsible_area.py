"""属地管理: every person of the district has one responsible community, and with it one street."""

from datetime import datetime

import pytest
from django.db import connection

from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside

pytestmark = pytest.mark.xdist_group("district")


def test_every_person_has_a_responsible_community_and_street(district: None, at: datetime) -> None:
    viewer = system_viewer(at=at)
    with acting_as(viewer=viewer, at=at):
        areas = {area.id: area for area in areas_inside(viewer=viewer)}
        with connection.cursor() as cursor:
            cursor.execute("SELECT area_id, count(*) FROM registry_person GROUP BY area_id")
            people = dict(cursor.fetchall())
    assert sum(people.values()) > 2_000
    for area_id in people:
        community = areas[area_id]
        assert community.depth == 2
        assert areas[community.parent_id or 0].name.endswith("街道")
