"""Legal holds: placed on a paper that says so, lifted by two people; what is held outlives its term."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import accounts_of_same_person, display_names, holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.privacy.models import Hold
from minsheng.records.privacy.operations import UnableToHandle
from minsheng.records.privacy.types import HoldLine
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.households import UnableToFind, person_names
from minsheng.records.registry.queries.person import standing_id

CAPABILITY = "privacy.hold"
MOST = 200


def set_hold(*, actor: Viewer, at: datetime, person_id: int, basis: str) -> int:
    """This function will keep everything of a person past its term, on a paper that says so (a lawsuit, an inquiry)."""
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        person, paper = Person.objects.get(pk=standing_id(person_id=person_id)), basis.strip()[:200]
        if not paper:
            raise UnableToHandle("请写明依据的文书和文号。")
        if Hold.objects.filter(person_id=person.pk, basis=paper, ended_at__isnull=True).exists():
            raise UnableToHandle("这份文书已经登记过，还在留存。")
        row = Hold.objects.create(
            area_id=person.area_id, person_id=person.pk, basis=paper, set_at=at, set_by=actor.account_id
        )
        _record(actor, at, "privacy.hold_set", row)
        return int(row.pk)


def ask_to_end(*, actor: Viewer, at: datetime, hold_id: int, reason: str) -> None:
    """This function will ask that a hold be lifted, with the paper that says so; another person must confirm."""
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        row = _locked(hold_id)
        if row.end_asked_at is not None:
            raise UnableToHandle("已经有人提出解除，等另一个人确认。")
        if not reason.strip():
            raise UnableToHandle("请写明解除的依据。")
        row.end_asked_at, row.end_asked_by, row.ended_reason = at, actor.account_id, reason.strip()[:200]
        row.save(update_fields=["end_asked_at", "end_asked_by", "ended_reason"])
        _record(actor, at, "privacy.hold_end_asked", row)


def end_hold(*, actor: Viewer, at: datetime, hold_id: int, agreed: bool) -> None:
    """This function will lift a hold as the second person, or leave it standing; the database compares people too.

    What is past its term then goes with the next clearing.
    """
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        row = _locked(hold_id)
        if row.end_asked_by is None:
            raise UnableToHandle("还没有人提出解除。请先写明依据，再由另一个人确认。")
        if not agreed:
            row.end_asked_at, row.end_asked_by, row.ended_reason = None, None, ""
            row.save(update_fields=["end_asked_at", "end_asked_by", "ended_reason"])
            _record(actor, at, "privacy.hold_kept", row)
            return
        if holder_of(account_id=row.end_asked_by) == holder_of(account_id=actor.account_id):
            raise UnableToHandle("解除要两个人：提出的人不能自己确认。")
        row.ended_at, row.ended_by = at, actor.account_id
        row.save(update_fields=["ended_at", "ended_by"])
        _record(actor, at, "privacy.hold_ended", row)


def holds(*, viewer: Viewer, at: datetime) -> list[HoldLine]:
    """This function will list the holds in the viewer's areas: first those that stand, the newest first."""
    require(viewer=viewer, capability=CAPABILITY)
    with acting_as(viewer=viewer, at=at):
        rows = list(Hold.objects.order_by("-id")[:MOST])
        mine = accounts_of_same_person(account_id=viewer.account_id)
        people = person_names(person_ids={row.person_id for row in rows})
        staff = display_names(
            account_ids={number for row in rows for number in (row.set_by, row.end_asked_by, row.ended_by) if number}
        )
    lines = [
        HoldLine(
            id=row.pk,
            person_id=row.person_id,
            name=people.get(row.person_id, ""),
            basis=row.basis,
            set_at=row.set_at,
            set_by=staff.get(row.set_by, ""),
            end_asked_at=row.end_asked_at,
            end_asked_by=staff.get(row.end_asked_by or 0, ""),
            ended_at=row.ended_at,
            ended_by=staff.get(row.ended_by or 0, ""),
            reason=row.ended_reason,
            may_confirm=row.end_asked_by is not None and row.end_asked_by not in mine,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.ended_at is not None)


def _locked(hold_id: int) -> Hold:
    row = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id, ended_at__isnull=True).first()
    if row is None:
        raise UnableToFind("没有这份留存令，或者已经解除。")
    return row


def _record(actor: Viewer, at: datetime, action: str, row: Hold) -> None:
    audit.record(
        actor=actor, at=at, action=action, object_type="registry.person", object_id=str(row.person_id),
        area_id=row.area_id, detail={"hold": row.pk},
    )  # fmt: skip
