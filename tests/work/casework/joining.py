"""Acts that open several parts of one household together, for the tests of 救助“一件事”."""

from datetime import timedelta

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import (
    Case,
)
from minsheng.work.casework.queries.joint import HouseholdPlan
from minsheng.work.casework.types import Act
from work.casework.conftest import FAMILY, Office, members_of

NEEDS = ("living", "illness", "disability", "schooling", "work")
SOURCES = ("police", "hrss", "real_estate", "vehicles", "deposits", "medical_insurance", "federation")


def plan_of(office: Office, wanted: tuple[str, ...] = NEEDS) -> HouseholdPlan:
    clerk = office("street_intake")
    with acting_as(viewer=clerk, at=office.at):
        found = queries.plan_of_household(viewer=clerk, at=office.at, household_id=FAMILY, needs=wanted)
    assert found is not None
    return found


def opened_together(office: Office, *, partners: tuple[str, ...] = ("education", "employment")) -> int:
    """This function will open every part that the plan proposes."""
    plan = plan_of(office)
    return casework.open_joint(
        actor=office("street_intake"),
        at=office.at,
        household_id=FAMILY,
        needs=NEEDS,
        parts=[part.key for part in plan.parts if part.proposed],
        partners=partners,
        reason="丈夫失业，妻子重病卧床，孩子要上学",
        contact_time="下午",
    )


def together(office: Office, joint_id: int, act: Act, *, by: str = "street_intake", **given: object) -> object:
    return casework.act_on_parts(actor=office(by), at=office.at, joint_id=joint_id, act=act, **given)


def authorised(office: Office, joint_id: int) -> None:
    together(
        office, joint_id, Act.AUTHORISE, person_ids=members_of(office), sources=SOURCES,
        valid_to=office.at.date() + timedelta(days=300), signed_how="paper",
    )  # fmt: skip


def parts(office: Office, joint_id: int) -> list[Case]:
    with acting_as(viewer=office("street_intake"), at=office.at):
        return list(Case.objects.filter(joint_id=joint_id).order_by("id"))


pytestmark = pytest.mark.xdist_group("district")
