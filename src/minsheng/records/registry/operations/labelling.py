"""Who is kept from whose eyes: a person's security label is raised by one at once, and lowered by two.

Protection does not wait for a second person; taking it away does. The rows themselves are the database's business
(`schema.shield`): whoever has no clearance for the label gets no further than "no such person".
"""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import clearance_in
from minsheng.foundation.access.types import ProtectionLevel, require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.models import Labelling, Person
from minsheng.records.registry.operations.locking import lock_people
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.types import LabellingState, LabelReason


class UnableToLabel(ValueError):
    """The label cannot be changed so: says why and what to do."""


def label_person(
    *, actor: Viewer, at: datetime, person_id: int, level: ProtectionLevel, reason: LabelReason, note: str
) -> LabellingState:
    """This function will raise a person's label at once, or propose to lower it, and return how it stands.

    Nobody raises beyond their own clearance in the person's area: it would be a door that falls shut behind one, with
    nobody known to be inside. The trail keeps the act under the labelling, not under the person, because residents read
    what was done with their data, and those at home may be the ones somebody is protected from.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.label")
        person = lock_people(person_ids=[person_id])[person_id]
        now = ProtectionLevel(person.protection_level)
        if level == now:
            raise UnableToLabel(f"现在就是“{now.label}”，没有要改的。")
        if len(note.strip()) < 4:
            raise UnableToLabel("请写一句说明：凭什么文书、谁提出的。至少 4 个字。")
        if reason.lowers != (level < now):
            raise UnableToLabel("调高请选要保护的原因，调低请选为什么不再需要。")
        reach = clearance_in(area_id=person.area_id)
        if level > reach:
            raise UnableToLabel(
                f"您最多看得到“{reach.label}”一级的人，设不了“{level.label}”。请马上告诉街道里看得到这一级的同事。"
            )
        if Labelling.objects.filter(person_id=person_id, state=LabellingState.PROPOSED).exists():
            if level < now:
                raise UnableToLabel("已经有人提出调低，等另一个人来看。请不要再提。")
            raise UnableToLabel("有人提出了调低，还没有定。请先在下面写明不同意，再调高。")
        labelling = Labelling.objects.create(
            person_id=person_id,
            level_before=now,
            level_after=level,
            reason=reason,
            note=note.strip()[:200],
            state=LabellingState.IN_FORCE if level > now else LabellingState.PROPOSED,
            labelled_at=at,
            labelled_by=actor.account_id,
            labelled_by_name=actor.name,
        )
        _record(
            actor, at, "registry.label_raised" if level > now else "registry.label_lowering_asked", labelling, person
        )
        return LabellingState(labelling.state)


def decide_labelling(*, actor: Viewer, at: datetime, labelling_id: int, agreed: bool, answer: str) -> LabellingState:
    """This function will lower a label, or leave it, by the word of a second person."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.label")
        asked = Labelling.objects.filter(pk=labelling_id).values_list("person_id", flat=True).first()
        if asked is None:
            raise UnableToFind("没有找到这一条，或者不在您的查看范围内。")
        person = lock_people(person_ids=[asked])[asked]
        labelling = Labelling.objects.select_for_update(no_key=True).get(pk=labelling_id)
        if labelling.state != LabellingState.PROPOSED:
            raise UnableToLabel("这一条已经有人定过了。")
        if holder_of(account_id=actor.account_id) == holder_of(account_id=labelling.labelled_by):
            raise UnableToLabel("您自己提出的，要由另一个人来看。")
        if not answer.strip():
            raise UnableToLabel("请写一句意见，日后查得到。")
        labelling.state = LabellingState.IN_FORCE if agreed else LabellingState.REFUSED
        labelling.decided_at, labelling.decided_by, labelling.decided_by_name = at, actor.account_id, actor.name
        labelling.answer = answer.strip()[:200]
        labelling.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "answer"])
        _record(actor, at, "registry.label_lowered" if agreed else "registry.label_lowering_refused", labelling, person)
        return LabellingState(labelling.state)


def _record(actor: Viewer, at: datetime, action: str, labelling: Labelling, person: Person) -> None:
    before, after = ProtectionLevel(labelling.level_before), ProtectionLevel(labelling.level_after)
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="registry.labelling",
        object_id=str(labelling.pk),
        area_id=person.area_id,
        detail={
            "person": person.pk,
            "before": before.label,
            "after": after.label,
            "reason": LabelReason(labelling.reason).label,
        },
    )
