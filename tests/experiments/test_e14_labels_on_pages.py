"""Experiment E14, labels on pages: whoever is labelled above one's clearance stands on no page, in no list, in no file.

Every address of the access matrix that a role may read is read before and after one person (registered twice, with a
home, a case, a visit, money and a finding) becomes 重点保护. Controls: before that the same pages do show the name, and
afterwards those who have the clearance still see it.
"""

import io
import zipfile
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from architecture.access_cells import STAFF, Relation, Row, Target
from architecture.access_matrix import TABLE
from architecture.access_targets import browsers, plant, viewer_of
from architecture.access_walk import visit
from minsheng.config.demo.accounts import system_viewer
from minsheng.config.roles import ROLES
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import ProtectionLevel
from minsheng.records.registry import operations as registry
from minsheng.records.registry.models import Person
from minsheng.records.registry.types import LabelReason

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]

LEVEL = {role.code: role.clearance for role in ROLES}
UNCLEARED = sorted(role for role in STAFF if LEVEL[role] < ProtectionLevel.PROTECTED)
CLEARED = ["district_business"]


def text_of(response: Any) -> str:
    """What somebody can read in an answer; the parts of a workbook are unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return str(content.decode("utf-8", "replace"))


def readable(roles: list[str]) -> list[tuple[str, Row]]:
    """Every address with every role that may read it."""
    return [(role, row) for row in TABLE for role in roles if "GET" in row.acts and role in row.acts["GET"].who]


def showing(
    name: str, pages: list[tuple[str, Row]], clients: dict[str, Client], target: Target
) -> list[tuple[str, Row]]:
    """Those of the pages whose answer contains the name."""
    answers = [(role, row, visit(row, "GET", role, clients[role], target).response) for role, row in pages]
    return [(role, row) for role, row, answer in answers if answer.status_code == 200 and name in text_of(answer)]


def test_a_protected_person_is_on_no_page_of_whoever_is_not_cleared(
    district: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)
    target = plant(at=at)[Relation.OWN]
    with acting_as(viewer=system_viewer(at=at), at=at):
        name = str(Person.objects.get(id=target.person_id).name)
    clients = browsers(at=at)

    before = showing(name, readable(UNCLEARED + CLEARED), clients, target)
    protector = viewer_of("district_business", at)
    for person in (target.person_id, target.twin_id):
        registry.label_person(
            actor=protector,
            at=at,
            person_id=person,
            level=ProtectionLevel.PROTECTED,
            reason=LabelReason.VIOLENCE,
            note="越权矩阵：人身安全保护令",
        )
    cleared = [(role, row) for role, row in before if role in CLEARED]
    seen_by = Counter(role for role, _ in before)
    print("pages with the name before", dict(seen_by))
    assert showing(name, readable(UNCLEARED), clients, target) == []
    assert showing(name, cleared, clients, target) == cleared, "whoever is cleared goes on seeing"
    assert cleared
    assert sum(seen_by[role] >= 5 for role in UNCLEARED) >= 3, "nobody had seen the person: nothing was tried"
