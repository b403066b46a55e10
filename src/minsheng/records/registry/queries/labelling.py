"""A person's security label and how it came about, for those who see the person at all."""

from minsheng.foundation.access.queries import clearance_in
from minsheng.foundation.access.types import ProtectionLevel, require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.models import Labelling, Person
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.types import LabellingLine, LabellingState, LabelReason, PersonLabel


def person_label(*, viewer: Viewer, person_id: int) -> PersonLabel:
    """This function will return a person's label, its history, and up to where the viewer may set it."""
    require(viewer=viewer, capability="registry.label")
    person = Person.objects.filter(pk=person_id, merged_into__isnull=True).first()
    if person is None:
        raise UnableToFind("没有找到这个人，或者不在您的辖区内。请核对后再查。")
    mine = holder_of(account_id=viewer.account_id)
    lines = tuple(
        LabellingLine(
            row.pk,
            ProtectionLevel(row.level_before),
            ProtectionLevel(row.level_after),
            LabelReason(row.reason),
            row.note,
            LabellingState(row.state),
            row.labelled_at,
            row.labelled_by_name,
            row.decided_at,
            row.decided_by_name,
            row.answer,
            row.state == LabellingState.PROPOSED and holder_of(account_id=row.labelled_by) == mine,
        )
        for row in Labelling.objects.filter(person_id=person_id).order_by("-id")
    )
    return PersonLabel(
        person.pk,
        person.name,
        ProtectionLevel(person.protection_level),
        clearance_in(area_id=person.area_id),
        lines,
        next((line for line in lines if line.state is LabellingState.PROPOSED), None),
    )
