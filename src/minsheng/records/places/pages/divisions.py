from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from minsheng.foundation.pages.gate import staff_page
from minsheng.records.places import queries
from minsheng.records.places.pages.drawing import draw
from minsheng.records.places.rules import UnableToReadCode
from minsheng.records.places.types import DivisionKind, DivisionRef

MERGER = date(2021, 4, 9)


def chosen_day(request: HttpRequest) -> date:
    """This function will read the day from the address (?on=2020-12-31); without one, or with a wrong one, today."""
    text = request.GET.get("on", "").strip()
    today: date = timezone.localtime(request.at).date()  # type: ignore[attr-defined]
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        messages.error(request, f"“{text[:20]}”不是日期，请写成 2020-12-31 这样。现在显示的是今天。")
        return today


@staff_page(capability="places.view")
def index(request: HttpRequest) -> HttpResponse:
    """This function will show the district's tree on a chosen day, what was searched, and the story of the merger."""
    on = chosen_day(request)
    text = request.GET.get("q", "").strip()
    district = queries.district_on(on=on)
    streets = (
        [(s, queries.children(code=s.code, on=on)) for s in queries.children(code=district.code, on=on)]
        if (district)
        else []
    )
    context: dict[str, Any] = {
        "on": on,
        "may_edit": request.viewer.can("places.edit"),  # type: ignore[attr-defined]
        "today": timezone.localtime(request.at).date(),  # type: ignore[attr-defined]
        "q": text,
        "district": district,
        "streets": streets,
        "community_number": sum(len(communities) for _, communities in streets),
        "neighbours": queries.children(code=district.parent_code, on=on) if district else [],
        "story": queries.changes_on(day=MERGER),
        "recoded": queries.changes_on(day=MERGER, kinds=(DivisionKind.STREET,)),
        "merger": MERGER,
        "map": draw(queries.geometry_geojson(level="street", on=on)),
        **_searched(text, on),
    }
    return render(request, "places/index.html", context)


def _searched(text: str, on: date) -> dict[str, Any]:
    if not text:
        return {"found": None}
    if not text.replace(" ", "").isdigit():
        return {"found": queries.search_division(text=text)}
    try:
        return {"found": [], "resolution": queries.resolve(code=text, on=on)}
    except (queries.UnableToResolve, UnableToReadCode) as refusal:
        return {"found": queries.search_division(text=text), "refusal": str(refusal)}


@staff_page(capability="places.view")
def division(request: HttpRequest, division_id: int) -> HttpResponse:
    """This function will show one version of a division: what it was, what became of it, what lies inside."""
    one = queries.division_by_id(division_id=division_id)
    if one is None:
        raise Http404("没有这个区划。")
    on = _day_within(one, chosen_day(request))
    before, after = queries.history(division_id=one.id)
    upper = queries.breadcrumbs(code=one.parent_code, on=on) if one.parent_code else []
    level = {DivisionKind.COUNTY: "county", DivisionKind.STREET: "street"}.get(one.kind)
    geometry = queries.geometry_geojson(level=level, on=on) if level else ""
    context = {
        "one": one,
        "on": on,
        "crumbs": [{"label": d.name, "url": f"../{d.id}/?on={on:%Y-%m-%d}"} for d in upper] + [{"label": one.name}],
        "before": before,
        "after": after,
        "inside": queries.children(code=one.code, on=on),
        "versions": [v for v in queries.versions_of(code=one.code) if v.id != one.id],
        "map": draw(geometry, only=frozenset({one.code})) if geometry else None,
        "schematic": one.kind is DivisionKind.STREET,
    }
    return render(request, "places/division.html", context)


def _day_within(one: DivisionRef, on: date) -> date:
    """A day on which the version was valid: the chosen one if it was, else its first or its last day."""
    if one.covers(on):
        return on
    if one.valid_to is not None and one.valid_to <= on:
        return date.fromordinal(one.valid_to.toordinal() - 1)
    return one.valid_from or on
