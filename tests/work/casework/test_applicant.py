"""Who applies for a household: somebody who lives; the head is not asked from the grave."""

from datetime import date, timedelta
from typing import Any

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.records.registry import operations as registry
from minsheng.work.casework.models import Case
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.rules.applicants import applicant_of
from work.casework.conftest import Office, members_of, opened

DAY = date(2026, 11, 3)


def one(number: int, relation: str, born: int, **more: Any) -> dict[str, Any]:
    return {"person_id": number, "relation": relation, "birth_date": date(born, 1, 1), **more}


HEAD, WIFE = one(1, "head", 1950), one(2, "spouse", 1952)
SON, CHILD = one(3, "child", 1980), one(4, "grandchild", 2015)


@pytest.mark.parametrize(
    ("members", "chosen"),
    [
        ([SON, WIFE, HEAD], 1),
        ([SON, WIFE, {**HEAD, "dead": True}], 2),
        ([CHILD, SON, {**WIFE, "dead": True}, {**HEAD, "dead": True}], 3),
        ([CHILD, {**HEAD, "dead": True}], 4),
        ([{**HEAD, "dead": None}, WIFE], 1),  # not known is not dead
        ([{**HEAD, "dead": True}], None),
    ],
)
def test_the_living_head_then_the_spouse_then_the_eldest(members: list[dict[str, Any]], chosen: int | None) -> None:
    assert applicant_of(members, on=DAY) == chosen


@pytest.mark.xdist_group("district")
def test_a_dead_head_is_no_applicant_and_a_dead_family_none_at_all(office: Office) -> None:
    family = members_of(office)
    head = opened(office)
    with acting_as(viewer=office("system"), at=office.at):
        before = Case.objects.get(pk=head)
        Case.objects.filter(pk=head).update(status="withdrawn")
    died = office.at.date() - timedelta(days=3)
    clerk = office("street_intake")
    registry.register_death(actor=clerk, at=office.at, person_id=before.applicant_id, death_date=died)
    with acting_as(viewer=office("system"), at=office.at):
        after = Case.objects.get(pk=opened(office))
        Case.objects.filter(pk=after.pk).update(status="withdrawn")
    assert after.applicant_id in set(family) - {before.applicant_id}
    assert after.subject_name != before.subject_name
    for person in set(family) - {before.applicant_id}:
        registry.register_death(actor=clerk, at=office.at, person_id=person, death_date=died)
    with pytest.raises(UnableToProceed, match="已经去世"):
        opened(office)
