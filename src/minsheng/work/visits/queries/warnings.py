"""Whom the score names and why: the list, and the working of one household."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.whereabouts import doors_of
from minsheng.work.eligibility.queries.findings import area_ids_within
from minsheng.work.visits.models import HouseholdWarning, Signal, Visit
from minsheng.work.visits.types import SIGNAL_SOURCES, Origin, SignalKind, VisitAct, VisitStatus
from minsheng.work.visits.weights import weights_on

CAPABILITY = "visits.warnings"


@dataclass(frozen=True)
class WarningFilter:
    """What the list of scores is narrowed to; every field stands in the address of the page."""

    star: str = ""
    raised: str = ""
    group: str = ""
    area: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str], *, groups: Mapping[str, Any]) -> "WarningFilter":
        """This function will read a filter from address parameters; what it does not know it leaves out."""
        star, area, group = values.get("star", ""), values.get("area", ""), values.get("group", "")
        return cls(
            star if star in {"1", "2", "3", "4", "5"} else "",
            "yes" if values.get("raised") == "yes" else "",
            group if group in groups else "",
            area if area.isascii() and area.isdigit() else "",
        )

    def query(self, **changes: str) -> str:
        """This function will write the filter as address parameters, with some of them changed."""
        return urlencode({name: value for name, value in (vars(self) | changes).items() if value})


@dataclass(frozen=True)
class WarningLine:
    """One household in the list: classes of reasons, no figures of health or money."""

    household_id: int
    name: str
    place: str
    star: int
    points: int
    could_be: int
    raised: bool
    labels: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class WarningsPage:
    """One page of the list with the tokens of its neighbours, and how many households stand at each star."""

    rows: tuple[WarningLine, ...]
    stars: dict[int, int]
    next_token: str | None
    previous_token: str | None


@dataclass(frozen=True)
class ReasonLine:
    """One reason with its points, who says so, since when and until when it counts like this."""

    label: str
    dimension: str
    points: int
    value: str
    source: str
    since: date | None
    until: date | None
    settled: bool


@dataclass(frozen=True)
class SignalLine:
    """One happening as it is on record; `counts` is False once it has faded or was taken back."""

    id: int
    label: str
    value: str
    source: str
    happened_date: date
    withdrawn: bool


@dataclass(frozen=True)
class PastScore:
    """A score that held for a span of days."""

    points: int
    star: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class PastVisit:
    """A visit of the household."""

    id: int
    origin: Origin
    status: VisitStatus
    result: VisitAct | None
    due_date: date


@dataclass(frozen=True)
class Working:
    """Everything that the score of one household rests on; `score` None: nothing speaks for a visit."""

    household_id: int
    name: str
    place: str
    points: int
    could_be: int
    across: int
    star: int
    raised: bool
    groups: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]
    unknown: tuple[dict[str, Any], ...]
    signals: tuple[SignalLine, ...]
    past: tuple[PastScore, ...]
    visits: tuple[PastVisit, ...]


def _open(viewer: Viewer, chosen: WarningFilter) -> QuerySet[HouseholdWarning]:
    require(viewer=viewer, capability=CAPABILITY)
    rows = HouseholdWarning.objects.filter(valid_to__isnull=True)
    if chosen.star:
        rows = rows.filter(star=int(chosen.star))
    if chosen.raised:
        rows = rows.filter(raised=True)
    if chosen.group:
        rows = rows.filter(groups__contains=[chosen.group])
    if chosen.area:
        rows = rows.filter(area_id__in=area_ids_within(areas_inside(viewer=viewer), chosen.area))
    return rows


def warnings_page(
    *, viewer: Viewer, at: datetime, chosen: WarningFilter, token: str | None = None, size: int = 30
) -> WarningsPage:
    """This function will return one page of scores, the highest first."""
    rows = _open(viewer, chosen)
    weights = weights_on(business_day(at))
    page = keyset_page(rows, order=("-points", "id"), token=token, size=size)
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    without = WarningFilter("", chosen.raised, chosen.group, chosen.area)
    stars = dict(_open(viewer, without).values_list("star").annotate(n=Count("id")).values_list("star", "n"))
    return WarningsPage(
        tuple(
            WarningLine(
                row.household_id,
                row.subject_name,
                names.get(row.area_id, ""),
                row.star,
                row.points,
                row.could_be,
                row.raised,
                tuple(row.labels),
                tuple(weights.groups[code].label for code in row.groups if code in weights.groups),
            )
            for row in page.rows
        ),
        stars,
        page.next_token,
        page.previous_token,
    )


def working(*, viewer: Viewer, at: datetime, household_id: int) -> Working | None:
    """This function will return what a household's score rests on; None for a stranger. Record the look before."""
    require(viewer=viewer, capability=CAPABILITY)
    today = business_day(at)
    weights = weights_on(today)
    door = doors_of(household_ids=[household_id], on=today).get(household_id)
    if door is None:
        return None
    rows = list(HouseholdWarning.objects.filter(household_id=household_id).order_by("-valid_from", "-id")[:12])
    held = next((row for row in rows if row.valid_to is None), None)
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    signals = Signal.objects.filter(household_id=household_id).order_by("-happened_date", "-id")[:20]
    visits = Visit.objects.filter(household_id=household_id).order_by("-id")[:10]
    return Working(
        household_id=household_id,
        name=door.head_name,
        place=names.get(held.area_id, "") if held else "",
        points=held.points if held else 0,
        could_be=held.could_be if held else 0,
        across=held.across if held else 0,
        star=held.star if held else 0,
        raised=held.raised if held else False,
        groups=tuple(weights.groups[code].label for code in held.groups if code in weights.groups) if held else (),
        reasons=tuple(_reason(one, weights.dimensions) for one in held.reasons) if held else (),
        unknown=tuple(held.unknown) if held else (),
        signals=tuple(
            SignalLine(
                row.pk,
                weights.signals[SignalKind(row.kind)].label,
                spoken(row.kind, row.value),
                source_label(row.source),
                row.happened_date,
                row.withdrawn_at is not None,
            )
            for row in signals
        ),
        past=tuple(PastScore(row.points, row.star, row.valid_from, row.valid_to) for row in rows),
        visits=tuple(
            PastVisit(
                row.pk,
                Origin(row.origin),
                VisitStatus(row.status),
                VisitAct(row.result) if row.result else None,
                row.due_date,
            )
            for row in visits
        ),
    )


def _reason(one: dict[str, Any], dimensions: Mapping[str, tuple[str, int]]) -> ReasonLine:
    def day(name: str) -> date | None:
        return date.fromisoformat(one[name]) if one[name] else None

    return ReasonLine(
        one["label"],
        dimensions[one["dimension"]][0] if one["dimension"] in dimensions else "",
        one["points"],
        spoken(one["code"], one["value"]) if one["since"] else "",
        source_label(one["source"]),
        day("since"),
        day("until"),
        one["settled"],
    )


def spoken(kind: str, value: int | None) -> str:
    """This function will write the value of a happening in words; one that is not known is said to be so."""
    if kind not in set(SignalKind):
        return ""
    unit = weights_on(date.max).signals[SignalKind(kind)].unit
    if not unit:
        return ""
    if value is None:
        return "多少还不知道"
    if unit == "fen":
        return f"{value // 100:,}.{value % 100:02d} 元"
    if unit == "grade_from_mildest":
        return f"{5 - value} 级" if 1 <= value <= 4 else ""
    return {"months": f"{value} 个月", "times": f"第 {value} 次", "percent": f"少了 {value}%"}[unit]


def source_label(source: str) -> str:
    """This function will name a source of happenings; facts of the registry are named as such."""
    return SIGNAL_SOURCES.get(source, "登记的情况" if source == "facts" else source)
