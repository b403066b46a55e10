"""Two stories more: somebody acts for the applicant, and one application asks for several things at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_above
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.models import Case
from minsheng.work.casework.types import Act

if TYPE_CHECKING:
    from minsheng.config.demo.cases import File

NEEDS = ("illness", "disability", "schooling", "work")


# Invented organisations, and named as such: (name, nature, kind of help, for the district or the street, duty).
MEMBERS = (
    ("邻里志愿服务队（演示）", "volunteers", "volunteers", "street", "值班队长，每天 8:00–18:00，街道社工站转"),
    ("街道社工站（演示）", "social", "social_work", "street", "值班社工，工作日 9:00–17:00，街道总机转"),
    ("居家照护服务社（演示）", "social", "care", "street", "调度员，每天 7:00–20:00，街道总机转"),
    ("区慈善总会（演示）", "charity", "charity", "district", "救助专员，工作日 9:00–17:00，区总机转"),
    ("区残联康复中心（演示）", "government", "federation", "district", "康复科，工作日 9:00–17:00，区总机转"),
)


def fill_roster(file: File) -> list[int]:
    """The bureau takes the first members into the alliance of help; return their ids."""
    bureau, worker = file.who("district_business"), file.who("community_worker")
    way = areas_above(area_ids=[worker.grants[0].area_id])[worker.grants[0].area_id]
    where = {"district": way[0].id, "street": way[min(1, len(way) - 1)].id}
    return [
        casework.admit_member(
            actor=bureau, at=file.now, area_id=where[area], name=name, nature=nature, partner=partner, duty=duty,
            valid_from=file.today,
        )
        for name, nature, partner, area, duty in MEMBERS
    ]  # fmt: skip


def name_proxy(file: File) -> None:
    """The community acts for somebody who cannot walk."""
    file.do(
        casework.name_proxy,
        "community_worker",
        username=file.who("grid_worker").username,
        basis="community",
        relation="社区网格员",
        paper="本人行动不便，电话里同意由社区代办",
        scope=["apply", "receive"],
        valid_to=file.today + timedelta(days=183),
    )


def ask_for_more(file: File) -> None:
    """Beside the allowance a family is ill, and the child's school and work are asked of others; one has answered."""
    worker, clerk = file.who("community_worker"), file.who("street_intake")
    members = fill_roster(file)
    with acting_as(viewer=file.office.system, at=file.now):
        household_id = Case.objects.values_list("household_id", flat=True).get(pk=file.case_id)
    for person in file.people:
        access.state_purpose(actor=worker, at=file.now, subject=f"registry.person:{person}", code="case")
    with acting_as(viewer=worker, at=file.now):
        plan = queries.plan_of_household(viewer=worker, at=file.now, household_id=household_id, needs=NEEDS)
    assert plan is not None, "the household was opened above"
    joint_id = casework.open_joint(
        actor=worker,
        at=file.now,
        household_id=household_id,
        needs=NEEDS,
        parts=[part.key for part in plan.parts if part.proposed],
        partners=[one.partner for one in plan.referrals],
        members=[members[-1]],
        reason="丈夫久病，妻子没有工作，孩子下学期的学费没有着落",
    )
    with acting_as(viewer=worker, at=file.now):
        sources = queries.sources_of_joint(viewer=worker, joint_id=joint_id)
        found = queries.joint_file(viewer=worker, at=file.now, joint_id=joint_id)
    assert found is not None, "it was opened above"
    act: dict[str, Any] = {"at": file.now, "joint_id": joint_id}
    if sources:
        casework.act_on_parts(
            actor=worker, act=Act.AUTHORISE, person_ids=file.people, sources=sources, signed_how="paper",
            valid_to=file.today + timedelta(days=365), **act,
        )  # fmt: skip
    if found.parts:
        casework.act_on_parts(actor=worker, act=Act.SUBMIT, declared_true=True, **act)
        casework.act_on_parts(actor=clerk, act=Act.ACCEPT, **act)
    with acting_as(viewer=clerk, at=file.now):
        waiting = queries.joint_file(viewer=clerk, at=file.now, joint_id=joint_id)
    assert waiting is not None, "it was opened above"
    first = next(one for one in waiting.referrals if one.partner.startswith("教育"))
    casework.answer_joint_referral(
        actor=clerk, referral_id=first.id, outcome="helped", answer="学校已减免下学期学费", **act
    )
