"""The roster of the alliance of help (助联体): the bureau takes members in and ends their time, nothing is erased."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.casework.acting import UnableToProceed, today_of, words
from minsheng.work.casework.models import AllianceMember
from minsheng.work.casework.rules.partners import MEMBER_NATURES, PARTNERS

KEEPER = "casework.keep_alliance"


def admit_member(
    *, actor: Viewer, at: datetime, area_id: int, name: str, nature: str, partner: str, duty: str, valid_from: date
) -> int:
    """This function will take an organisation into the alliance of an area, for one kind of help, and return its id."""
    require(viewer=actor, capability=KEEPER)
    with acting_as(viewer=actor, at=at):
        if partner not in PARTNERS or nature not in MEMBER_NATURES:
            raise UnableToProceed("请选哪一类单位、办哪一种帮助。")
        if area_id not in {area.id for area in areas_inside(viewer=actor)}:
            raise UnableToProceed("请选您管辖范围内的服务区域。")
        try:
            with transaction.atomic():
                row = AllianceMember.objects.create(
                    area_id=area_id,
                    name=words(name, what="单位名称", most=80),
                    nature=nature,
                    partner=partner,
                    duty=words(duty, what="谁值班、什么时间、怎么联系", most=200),
                    valid_from=valid_from,
                    recorded_by=actor.account_id,
                    recorded_at=at,
                )
        except IntegrityError as twice:
            raise UnableToProceed("这个单位在这个区域、这一种帮助上已经在名册里，没有重复加。") from twice
        _record(actor, at, row, "casework.member_admitted")
        return int(row.pk)


def end_member(*, actor: Viewer, at: datetime, member_id: int, valid_to: date, reason: str) -> None:
    """This function will end a member's time; referrals that it holds stay open until they are answered.

    `valid_to` is the first day on which nothing goes to it any more.
    """
    require(viewer=actor, capability=KEEPER)
    with acting_as(viewer=actor, at=at):
        inside = {area.id for area in areas_inside(viewer=actor)}
        row = AllianceMember.objects.select_for_update(no_key=True).filter(pk=member_id, area_id__in=inside).first()
        if row is None or row.valid_to is not None:
            raise UnableToProceed("名册里没有这个成员，或已经退出。请刷新后再看。")
        if valid_to < max(row.valid_from, today_of(at)):
            raise UnableToProceed("退出的日期不能早于今天，也不能早于加入的日期。")
        row.valid_to, row.ended_words = valid_to, words(reason, what="退出的原因", most=200)
        row.save(update_fields=["valid_to", "ended_words"])
        _record(actor, at, row, "casework.member_ended")


def _record(actor: Viewer, at: datetime, row: AllianceMember, action: str) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="casework.member",
        object_id=str(row.pk),
        area_id=row.area_id,
        detail={"partner": row.partner},
    )
