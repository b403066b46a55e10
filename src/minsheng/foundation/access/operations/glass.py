"""Breaking the glass: an area that is not one's own, in an emergency, for two hours, and a second person afterwards."""

from datetime import datetime, timedelta

from django.db import transaction

from minsheng.foundation.access.models import Area, BreakGlass
from minsheng.foundation.access.rules import GLASS_HOURS, REVIEW_HOURS
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit


class UnableToBreakGlass(ValueError):
    """Why the area is not opened, or the opening not reviewed, and what to do."""


def break_glass(*, actor: Viewer, at: datetime, area_id: int, reason: str) -> int:
    """This function will open one more area to the actor for two hours. It is seen by others at once."""
    require(viewer=actor, capability="access.break_glass")
    if len(reason.strip()) < 10:
        raise UnableToBreakGlass("请写清楚出了什么急事，要看谁的资料，至少 10 个字。复核的人会看到。")
    with transaction.atomic():
        area = Area.objects.filter(id=area_id).first()
        if area is None:
            raise UnableToBreakGlass("没有这个区域。请从列表里选。")
        if any(f"/{grant.area_id}/" in area.path for grant in actor.grants):
            raise UnableToBreakGlass(f"{area.name}本来就在您负责的区域里，不用紧急查看。")
        root = f"/{area.path.split('/')[1]}/"
        if not Area.objects.filter(id__in=[grant.area_id for grant in actor.grants], path__startswith=root).exists():
            raise UnableToBreakGlass(f"{area.name}不在本区。跨区的急事请打对方区民政局值班电话。")
        glass = BreakGlass.objects.create(
            account_id=actor.account_id,
            area=area,
            reason=reason.strip(),
            opened_at=at,
            until=at + timedelta(hours=GLASS_HOURS),
        )
        _record(actor, at, "access.glass_broken", glass)
    return int(glass.pk)


def close_glass(*, actor: Viewer, at: datetime, glass_id: int) -> None:
    """This function will end an opening before its time."""
    with transaction.atomic():
        glass = (
            BreakGlass.objects.select_for_update(no_key=True).filter(id=glass_id, account_id=actor.account_id).first()
        )
        if glass is None or glass.ended_at is not None or glass.until <= at:
            raise UnableToBreakGlass("这次紧急查看已经结束了。")
        glass.ended_at = at
        glass.save(update_fields=["ended_at"])
        _record(actor, at, "access.glass_closed", glass)


def review_glass(*, actor: Viewer, at: datetime, glass_id: int, justified: bool, note: str) -> None:
    """This function will record what a second person found; an opening without grounds is ended at once."""
    require(viewer=actor, capability="access.review_break_glass")
    if len(note.strip()) < 4:
        raise UnableToBreakGlass("请写一句复核意见，至少 4 个字。")
    with transaction.atomic():
        glass = BreakGlass.objects.select_for_update(no_key=True).get(id=glass_id)
        if holder_of(account_id=actor.account_id) == holder_of(account_id=glass.account_id):
            raise UnableToBreakGlass("自己的紧急查看要由别人复核。")
        if glass.reviewed_by_id is not None:
            raise UnableToBreakGlass("这次紧急查看已经复核过了。")
        glass.reviewed_by_id, glass.reviewed_at = actor.account_id, at
        glass.justified, glass.note = justified, note.strip()
        if not justified and glass.ended_at is None and glass.until > at:
            glass.ended_at = at
        glass.save(update_fields=["reviewed_by", "reviewed_at", "justified", "note", "ended_at"])
        _record(actor, at, "access.glass_reviewed", glass, justified=justified)


def alarm_unreviewed(*, actor: Viewer, at: datetime) -> list[int]:
    """This function will raise an alarm, once, for each opening that nobody has reviewed within a day."""
    with transaction.atomic():
        late = list(
            BreakGlass.objects.select_for_update(no_key=True, skip_locked=True).filter(
                reviewed_by__isnull=True, alarmed_at__isnull=True, opened_at__lte=at - timedelta(hours=REVIEW_HOURS)
            )
        )
        for glass in late:
            glass.alarmed_at = at
            glass.save(update_fields=["alarmed_at"])
            _record(actor, at, "access.glass_unreviewed", glass)
    return [int(glass.pk) for glass in late]


def _record(actor: Viewer, at: datetime, action: str, glass: BreakGlass, **detail: bool) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="access.break_glass",
        object_id=str(glass.pk),
        area_id=glass.area_id,
        detail={"account": glass.account_id, **detail},
    )
