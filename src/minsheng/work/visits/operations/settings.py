"""How often a star is visited: set by the bureau for the district, by a street for itself, from a day on."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.days import business_day
from minsheng.work.visits.models import StarRhythm
from minsheng.work.visits.rules.planning import changed_settings

COMMUNITY_DEPTH = 2


class UnableToSetRhythm(ValueError):
    """The rhythm cannot be set so: says why and what to do."""


def set_rhythm(
    *,
    actor: Viewer,
    at: datetime,
    area_code: str,
    days: Mapping[int, tuple[int, int]],
    valid_from: date,
    basis: str,
) -> None:
    """This function will set for each star how soon the first visit and how often then (days), in one area.

    What was planned before stays; the next plan follows the new days. Raises UnableToSetRhythm for an area below the
    streets or outside the actor's, a ladder that does not rise, a day in the past, or no basis.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.configure")
        area = next((a for a in areas_inside(viewer=actor) if a.code == area_code), None)
        if area is None or area.depth >= COMMUNITY_DEPTH:
            raise UnableToSetRhythm("请选您管的区或街道。社区跟着街道走。")
        if set(days) != {1, 2, 3, 4, 5}:
            raise UnableToSetRhythm("五个星级都要填。")
        if wrong := changed_settings(days):
            raise UnableToSetRhythm(wrong)
        if valid_from < business_day(at):
            raise UnableToSetRhythm("生效日期不能早于今天，已经安排的不改。")
        if not basis.strip():
            raise UnableToSetRhythm("请写明依据，例如哪次会议、哪份文件。")
        try:
            with transaction.atomic():
                StarRhythm.objects.bulk_create(
                    StarRhythm(
                        area_id=area.id,
                        star=star,
                        first_days=first,
                        every_days=every,
                        valid_from=valid_from,
                        basis=basis.strip()[:200],
                        set_by=actor.account_id,
                        set_at=at,
                    )
                    for star, (first, every) in sorted(days.items())
                )
        except IntegrityError as problem:
            raise UnableToSetRhythm("这一天已经定过一次。请换一个生效日期。") from problem
        audit.record(
            actor=actor,
            at=at,
            action="visits.rhythm_set",
            object_type="visits.rhythm",
            object_id=area.code,
            area_id=area.id,
            detail={"from": valid_from.isoformat(), "days": {str(s): list(d) for s, d in days.items()}},
        )
