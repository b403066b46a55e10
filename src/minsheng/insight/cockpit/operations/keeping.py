"""The figures of the night: every live indicator of every area, kept so that no page counts anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.indicators.measuring import UnableToMeasure, definition_digest, measured
from minsheng.insight.cockpit.models import Figure
from minsheng.insight.cockpit.rules.cells import between, hidden_in_tree, hidden_together, is_small
from minsheng.insight.cockpit.types import Check, Indicator, Ratio
from minsheng.records.registry.days import business_day

_BATCH = 2_000


@dataclass(frozen=True)
class Kept:
    """How many figures were kept for which day, and which indicators could not be told, with the reason."""

    on: date
    figures: int
    untold: dict[str, str]


def keep_figures(*, actor: Viewer, at: datetime, on: date | None = None) -> Kept:
    """This function will count every live indicator on a day (today) in every area and keep it.

    Of each month the last day that was kept stays; the days before it go. An indicator that cannot be told of the day
    keeps nothing: no row is not zero.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.keep")
        today = business_day(at)
        day = on or today
        areas = areas_inside(viewer=actor)
        untold: dict[str, str] = {}
        told: dict[str, dict[int, Ratio]] = {}
        for code, indicator in book().indicators.items():
            if not indicator.is_live:
                continue
            try:
                told[code] = measured(indicator, on=day, today=today, areas=areas)
            except UnableToMeasure as reason:
                untold[code] = str(reason)
        hidden = _hidden(told, areas)
        number = sum(
            _keep(book().indicators[code], found, hidden.get(code, frozenset()), day, at)
            for code, found in told.items()
        )
        _hide_entered(areas)
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.figures_kept",
            object_type="cockpit.figure",
            object_id=day.isoformat(),
            detail={"figures": number, "untold": sorted(untold)},
        )
    return Kept(day, number, untold)


def _hidden(told: Mapping[str, Mapping[int, Ratio]], areas: list[AreaRef]) -> dict[str, frozenset[int]]:
    parents = {area.id: area.parent_id for area in areas}
    own = {code: hidden_in_tree(found, parents) for code, found in told.items() if book().indicators[code].people}
    for code, part in ((code, told.get(book().indicators[code].beside)) for code in own):
        if part is not None:
            own[code] |= hidden_in_tree(between(told[code], part), parents)
    return hidden_together(book().indicators, own)


def _hide_entered(areas: list[AreaRef]) -> None:
    """What streets entered one by one is looked at together, each night."""
    parents = {area.id: area.parent_id for area in areas}
    for indicator in book().indicators.values():
        if not indicator.people or indicator.is_live:
            continue
        rows = list(Figure.objects.filter(indicator=indicator.code).order_by("as_of"))
        for _, group in groupby(rows, key=lambda row: row.as_of):
            figures = {row.area_id: row for row in group}
            ratios = {area: Ratio(row.numerator, row.denominator) for area, row in figures.items()}
            hidden = hidden_in_tree(ratios, parents)
            Figure.objects.filter(pk__in=[figures[area].pk for area in hidden], small=False).update(small=True)


def _keep(indicator: Indicator, found: Mapping[int, Ratio], hidden: frozenset[int], day: date, at: datetime) -> int:
    month = day.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    kept = Figure.objects.filter(indicator=indicator.code, entry_id__isnull=True, as_of__gte=month)
    # A later day of the month is there already when a past day is counted anew: then only that day is replaced.
    later = kept.filter(as_of__gt=day, as_of__lt=following).exists()
    (kept.filter(as_of=day) if later else kept.filter(as_of__lte=day)).delete()
    digest = definition_digest(indicator)
    rows = [
        Figure(
            indicator=indicator.code,
            area_id=area_id,
            as_of=day,
            numerator=ratio.numerator,
            denominator=ratio.denominator,
            check_state=Check.COMPUTED.value,
            small=area_id in hidden,
            definition=digest,
            computed_at=at,
        )
        for area_id, ratio in found.items()
    ]
    Figure.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def recheck_figures(*, actor: Viewer, at: datetime) -> dict[str, int]:
    """This function will count the newest kept figures of the months before this one again, and note what came out.

    A difference is no error by itself: a fact that became known later changes the past. It is shown as such.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.keep")
        today = business_day(at)
        areas = areas_inside(viewer=actor)
        counts = {Check.RECHECKED.value: 0, Check.DEVIATES.value: 0}
        for indicator in book().indicators.values():
            if not indicator.is_live:
                continue
            kept = Figure.objects.filter(
                indicator=indicator.code, entry_id__isnull=True, as_of__lt=today.replace(day=1)
            )
            last = kept.order_by("-as_of").values_list("as_of", flat=True).first()
            if last is None:
                continue
            try:
                found = measured(indicator, on=last, today=today, areas=areas)
            except UnableToMeasure:
                continue
            same: list[int] = []
            other: list[int] = []
            for row in kept.filter(as_of=last):
                now = found.get(row.area_id)
                (same if now == Ratio(row.numerator, row.denominator) else other).append(row.pk)
            for state, ids in ((Check.RECHECKED, same), (Check.DEVIATES, other)):
                Figure.objects.filter(pk__in=ids).update(check_state=state.value)
                counts[state.value] += len(ids)
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.figures_rechecked",
            object_type="cockpit.figure",
            object_id=today.isoformat(),
            detail=counts,
        )
    return counts


def keep_entered(*, indicator: Indicator, area_id: int, as_of: date, ratio: Ratio, at: datetime, entry_id: int) -> None:
    """This function will put a confirmed entry beside the figures of the night; a newer entry replaces it."""
    Figure.objects.update_or_create(
        indicator=indicator.code,
        area_id=area_id,
        as_of=as_of,
        defaults={
            "numerator": Decimal(ratio.numerator),
            "denominator": ratio.denominator,
            "check_state": Check.CONFIRMED.value,
            "small": indicator.people and is_small(ratio),
            "definition": definition_digest(indicator),
            "computed_at": at,
            "entry_id": entry_id,
        },
    )
