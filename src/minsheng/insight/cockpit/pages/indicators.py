"""One indicator with everything that a figure must carry, and the rows behind it."""

from datetime import date
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.charts import Chart, Series
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.masking import Audience
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.operations import UnableToOpenRows
from minsheng.insight.cockpit.operations.looking import PAGE, PARTS
from minsheng.insight.cockpit.pages.asking import asked_area, asked_count, asked_day, asked_number
from minsheng.insight.cockpit.pages.drawing import Funnel, StreetMap, funnel, street_map
from minsheng.insight.cockpit.queries.indicator import IndicatorView, Inside, indicator_view
from minsheng.insight.cockpit.queries.overview import area_chosen

FEWEST_FOR_A_CHART = 2


@staff_page(capability="cockpit.view")
def indicator(request: StaffRequest, code: str) -> HttpResponse:
    """This function will show one indicator in one area."""
    found = indicator_view(
        viewer=request.viewer,
        at=request.at,
        code=code,
        area=asked_area(request),
        on=asked_day(request),
        recount="recount" in request.GET,
        a_year=asked_number(request, "a_year"),
        other_target=asked_number(request, "target"),
    )
    if found is None:
        raise Http404("没有这个指标或区域，或者不在负责的区域。")
    context = {
        "view": found,
        "chart": _chart(found),
        "funnel": _funnel(found),
        "map": _map(found, request.at.date()),
        "on": asked_day(request) or request.at.date(),
        "a_year": request.GET.get("a_year", ""),
        "target": request.GET.get("target", ""),
        "may_enter": request.viewer.can("cockpit.enter") and not found.indicator.is_live,
        "may_confirm": request.viewer.can("cockpit.confirm"),
    }
    return render(request, "cockpit/indicator.html", context)


def _funnel(found: IndicatorView) -> Funnel | None:
    if found.rate is None or not found.compared:
        return None
    return funnel(
        compared=found.compared,
        rate=found.rate,
        is_share=found.indicator.is_share,
        scale=found.indicator.scale,
        unit=found.indicator.unit,
        names={row.area.code: row.area.name for row in found.inside},
    )


def _map(found: IndicatorView, today: date) -> StreetMap | None:
    if found.top.depth or not any(row.value is not None for row in found.inside):
        return None
    return street_map(
        on=today,
        values={row.area.code: None if row.value is None else float(row.value) for row in found.inside},
        words={row.area.code: _short(row, found.indicator.unit) for row in found.inside},
    )


def _short(row: Inside, unit: str) -> str:
    """What fits on a small street of the map."""
    if row.value is None:
        return "—"
    return f"{row.value:,.0f}%" if unit == "%" else f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:,.3g}"


def _chart(found: IndicatorView) -> Chart | None:
    if len(found.points) < FEWEST_FOR_A_CHART:
        return None
    days = [point.on for point in found.points]
    values = [_plain(point.value) for point in found.points]
    goal = found.tracked.goal if found.card.goal_words else None
    targets: list[int | float | None] = []
    if goal and goal.until:
        if goal.until > days[-1]:
            days.append(goal.until)
            values.append(None)
        targets = [_plain(goal.value) for _ in days]
    series = [Series("实际", values)]
    if targets:
        series.append(Series("目标", targets))
    source = "规划原文的数和系统留下的数；空着是还没有到或者没有数。"
    return Chart(
        "history",
        f"{found.indicator.label}：历年的数",
        "line",
        "截至",
        [f"{day:%Y-%m-%d}" for day in days],
        series,
        found.indicator.unit,
        source,
    )


def _plain(value: Decimal) -> int | float | None:
    """A whole number without a point, as people write it."""
    return int(value) if value == value.to_integral_value() else round(float(value), 2)


@staff_page(capability="cockpit.view")
def rows(request: StaffRequest, code: str) -> HttpResponse:
    """This function will show the rows behind one side of an indicator, under the viewer's own rights."""
    part = request.GET.get("part", "numerator")
    chosen = area_chosen(viewer=request.viewer, code=asked_area(request))
    defined = book().indicators.get(code)
    if chosen is None or defined is None or part not in PARTS:
        raise Http404("没有这个指标或区域，或者不在负责的区域。")
    top, _ = chosen
    after = asked_count(request, "after")
    context = {"indicator": defined, "top": top, "part": part, "on": asked_day(request), "after": after}
    try:
        found = operations.open_rows(
            actor=request.viewer,
            at=request.at,
            indicator=code,
            part=part,
            area_code=top.code,
            on=asked_day(request),
            after=after,
        )
    except UnableToOpenRows as refused:
        return render(request, "cockpit/rows.html", context | {"refused": str(refused)})
    context |= {
        "rows": found,
        "first": after + 1,
        "last": after + len(found.rows),
        "before": max(0, after - PAGE) if after else None,
        "following": after + PAGE if found.more else None,
        "audience": Audience.OWN_AREA if request.viewer.can("registry.view_person") else Audience.STAFF,
    }
    return render(request, "cockpit/rows.html", context)
