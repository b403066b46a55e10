"""What the leadership did for civil affairs: hearings, meetings, decisions of the leading group, as they were held."""

from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.models import Occasion
from minsheng.insight.cockpit.types import OccasionKind
from minsheng.records.registry.days import business_day


class UnableToRecordOccasion(ValueError):
    """The occasion cannot be kept so: says why and what to do."""


def record_occasion(
    *,
    actor: Viewer,
    at: datetime,
    kind: OccasionKind,
    held_on: date,
    document_number: str,
    words: str,
    until: date | None = None,
) -> int:
    """This function will keep one occasion, or a term of office with `until`, its first day after. Returns its number.

    Nothing is changed later: what was wrong is recorded anew, and both stay.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.report")
        if kind is OccasionKind.TERM:
            if until is None or until <= held_on:
                raise UnableToRecordOccasion("请写本届到哪天为止，要晚于开始的那天。")
        elif held_on > business_day(at):
            raise UnableToRecordOccasion("还没有开的会不能登记，开过了再来登记。")
        if not document_number.strip():
            raise UnableToRecordOccasion("请写会议纪要或文件的编号，没有编号的查不到原件。")
        if not words.strip():
            raise UnableToRecordOccasion("请写定了什么事、谁负责。没有定事的也写一句。")
        row = Occasion.objects.create(
            kind=kind.value,
            held_on=held_on,
            until=until if kind is OccasionKind.TERM else None,
            document_number=document_number.strip()[:100],
            words=words.strip()[:1000],
            recorded_at=at,
            recorded_by=actor.account_id,
        )
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.occasion_recorded",
            object_type="cockpit.occasion",
            object_id=str(row.pk),
            detail={"kind": kind.value, "held_on": held_on.isoformat()},
        )
    return int(row.pk)
