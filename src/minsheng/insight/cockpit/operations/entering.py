"""What no room knows is entered by the owner with evidence, and counts once another person has confirmed it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.indicators.measuring import UnableToMeasure, of_side
from minsheng.insight.cockpit.models import Entry
from minsheng.insight.cockpit.operations.attaching import UnableToAttach, keep_file
from minsheng.insight.cockpit.operations.keeping import keep_entered
from minsheng.insight.cockpit.types import Indicator, Ratio, Sent
from minsheng.records.registry.days import business_day


class UnableToEnter(ValueError):
    """The value cannot be entered or confirmed so: says why and what to do."""


class UnableToFindEntry(LookupError):
    """There is no such entry in the actor's areas: a stranger learns no more."""


@dataclass(frozen=True)
class Stated:
    """What the owner states of one area on one day; a side that the platform counts itself stays None."""

    indicator: str
    area_code: str
    as_of: date
    numerator: Decimal | None
    denominator: Decimal | None
    evidence: str
    document_number: str = ""
    file: Sent | None = None


def enter_value(*, actor: Viewer, at: datetime, stated: Stated) -> int:
    """This function will keep what an owner states, to be confirmed by somebody else; returns the entry's number."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.enter")
        today = business_day(at)
        indicator = book().indicators.get(stated.indicator)
        if indicator is None or indicator.is_live:
            raise UnableToEnter("这个指标由系统计算，不用填报。")
        areas = areas_inside(viewer=actor)
        area = next((a for a in areas if a.code == stated.area_code), None)
        if area is None or area.depth > indicator.level.depth:
            raise UnableToEnter(f"请选负责的{indicator.level.label}。")
        if stated.as_of > today:
            raise UnableToEnter("截止日期不能晚于今天。")
        if not stated.evidence.strip():
            raise UnableToEnter("请写明依据，例如台账名称和页码。")
        if not stated.document_number.strip() and stated.file is None:
            raise UnableToEnter("请写文号或台账编号，或者附上依据文件，复核的人才找得到原件。")
        ratio = _ratio(indicator, stated, areas, area, today)
        try:
            with transaction.atomic():
                entry = Entry.objects.create(
                    indicator=indicator.code,
                    area_id=area.id,
                    as_of=stated.as_of,
                    numerator=ratio.numerator,
                    denominator=ratio.denominator,
                    evidence=stated.evidence.strip()[:300],
                    document_number=stated.document_number.strip()[:100],
                    file=keep_file(actor=actor, at=at, area_id=area.id, sent=stated.file) if stated.file else None,
                    entered_at=at,
                    entered_by=actor.account_id,
                )
        except UnableToAttach as problem:
            raise UnableToEnter(str(problem)) from problem
        except IntegrityError as problem:
            raise UnableToEnter("这个指标、这一天已经填过一次，正等人复核。请先请复核人退回。") from problem
        _record(actor, at, "cockpit.value_entered", entry)
    return int(entry.pk)


def confirm_entry(*, actor: Viewer, at: datetime, entry_id: int) -> None:
    """This function will confirm what somebody else entered; from then on it counts."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.confirm")
        entry = _open_entry(entry_id)
        if entry.entered_by == actor.account_id:
            raise UnableToEnter("自己填的不能自己复核。请另一人复核。")
        entry.confirmed_at, entry.confirmed_by = at, actor.account_id
        entry.save(update_fields=["confirmed_at", "confirmed_by"])
        keep_entered(
            indicator=book().indicators[entry.indicator],
            area_id=entry.area_id,
            as_of=entry.as_of,
            ratio=Ratio(entry.numerator, entry.denominator),
            at=at,
            entry_id=entry.pk,
        )
        _record(actor, at, "cockpit.value_confirmed", entry)


def send_entry_back(*, actor: Viewer, at: datetime, entry_id: int, reason: str) -> None:
    """This function will send an entry back to its owner with a reason; it never counts."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.confirm")
        entry = _open_entry(entry_id)
        if not reason.strip():
            raise UnableToEnter("请写明为什么退回，对方才知道怎么改。")
        entry.sent_back_at, entry.sent_back_reason = at, reason.strip()[:200]
        entry.save(update_fields=["sent_back_at", "sent_back_reason"])
        _record(actor, at, "cockpit.value_sent_back", entry)


def _open_entry(entry_id: int) -> Entry:
    entry = Entry.objects.select_for_update(no_key=True).filter(pk=entry_id).first()
    if entry is None:
        raise UnableToFindEntry("没有这条填报，或者不在负责的区域。")
    if entry.confirmed_at is not None or entry.sent_back_at is not None:
        raise UnableToEnter("这条填报已经处理过了。")
    return entry


def _ratio(indicator: Indicator, stated: Stated, areas: list[AreaRef], area: AreaRef, today: date) -> Ratio:
    sides = {"分子": (indicator.numerator, stated.numerator)}
    if indicator.denominator is not None:
        sides["分母"] = (indicator.denominator, stated.denominator)
    numbers: dict[str, Decimal] = {}
    for name, (side, given) in sides.items():
        if given is not None:
            if given < 0:
                raise UnableToEnter(f"{name}不能是负数。")
            numbers[name] = given
            continue
        if not side.is_live:
            raise UnableToEnter(f"请填{name}：{side.entered}。不知道就先不报，不要填 0。")
        try:
            numbers[name] = Decimal(of_side(side, on=stated.as_of, today=today, areas=areas)[area.id])
        except UnableToMeasure as reason:
            raise UnableToEnter(f"{reason}请同时填{name}。") from reason
    ratio = Ratio(numbers["分子"], numbers.get("分母"))
    if ratio.denominator == 0:
        raise UnableToEnter("分母是 0，算不出来。请核对。")
    if indicator.unit == "%" and indicator.is_share and ratio.denominator and ratio.numerator > ratio.denominator:
        raise UnableToEnter("分子比分母还大，比例会超过 100%。请核对。")
    return ratio


def _record(actor: Viewer, at: datetime, action: str, entry: Entry) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="cockpit.entry",
        object_id=str(entry.pk),
        area_id=entry.area_id,
        detail={"indicator": entry.indicator, "as_of": entry.as_of.isoformat()},
    )
