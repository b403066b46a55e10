import json

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.exports import operations as exports
from minsheng.foundation.files.workbooks import Column
from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.records.places import queries as places
from minsheng.work.eligibility import operations, queries
from minsheng.work.eligibility.pages.map_drawing import draw
from minsheng.work.eligibility.pages.wording import STATUS_WORD, finding_row, heading_of
from minsheng.work.eligibility.queries import FindingFilter
from minsheng.work.eligibility.rules import EXPORT_PURPOSES, SMALL_CELL
from minsheng.work.eligibility.types import AgeBand, FindingKind

EXPORT_COLUMNS = (
    Column("姓名"),
    Column("政策", width=28),
    Column("社区"),
    Column("类别"),
    Column("发放方式"),
    Column("金额（元）", kind="fen"),
    Column("现领（元）", kind="fen"),
    Column("年龄段"),
    Column("原因或要问的问题", width=40),
)


@staff_page(capability="eligibility.view_findings")
def findings(request: StaffRequest) -> HttpResponse:
    """This function will list open findings; every filter stands in the address."""
    chosen = FindingFilter.read(request.GET.dict())
    viewer, query = request.viewer, with_kind(request, chosen)
    groups = {
        by: queries.breakdown(viewer=viewer, chosen=chosen.without(field), by=by)
        for by, field in (("scheme", "scheme"), ("age", "age"), ("street", "area"))
    }
    area_rows = groups["street"]
    if len(area_rows) <= 1 or chosen.area:
        # The street that was chosen stays before its communities, so that it is seen and can be taken away.
        here = [group for group in groups["street"] if group.key == chosen.area]
        area_rows = [*here, *queries.breakdown(viewer=viewer, chosen=chosen, by="community")]
    page = queries.findings_page(viewer=viewer, chosen=chosen, token=request.GET.get("page"))
    counts = {name: {group.key: group.count for group in rows} for name, rows in groups.items()}
    rows = [
        chip_row(query=query, parameter="kind", label="类别", options=[(k.value, k.label) for k in FindingKind]),
        chip_row(
            query=query,
            parameter="scheme",
            label="政策",
            options=[(g.key, g.label) for g in groups["scheme"]],
            counts=counts["scheme"],
        ),
        chip_row(
            query=query,
            parameter="age",
            label="年龄",
            options=[(band.value, band.label) for band in AgeBand],
            counts=counts["age"],
        ),
        chip_row(
            query=query,
            parameter="area",
            label="地区",
            options=[(g.key, g.label) for g in area_rows[:30]],
            counts={g.key: g.count for g in area_rows},
        ),
    ]
    totals = queries.totals(viewer=viewer, chosen=chosen)
    context = {
        "chosen": chosen,
        "heading": heading_of(chosen, totals),
        "totals": totals,
        "chips": rows,
        "clear": clear_url(request.GET, parameters=["scheme", "age", "area"]),
        "page": page,
        "rows": [finding_row(finding, viewer=viewer) for finding in page.rows],
        "run": queries.last_run(),
        "saved": queries.saved_views(viewer=viewer),
        "purposes": EXPORT_PURPOSES.items(),
        "asks": chosen.kind is FindingKind.ONE_DATUM_MISSING,
        "ends": chosen.kind is FindingKind.RECEIVING_NOT_ENTITLED,
        "viewer_can_export": viewer.can("eligibility.export"),
        "query": chosen.query(),
    }
    return page_or_fragment(
        request, page="eligibility/findings.html", fragment="eligibility/findings_list.html", context=context
    )


def with_kind(request: StaffRequest, chosen: FindingFilter) -> QueryDict:
    """This function will return the address parameters with the kind that is shown, also where none was named."""
    query = request.GET.copy()
    query["kind"] = chosen.kind.value
    return query


@staff_page(capability="eligibility.export", methods=("POST",))
def export(request: StaffRequest) -> HttpResponse:
    """This function will prepare the list as a workbook and lead to it; refusals lead back to the same list."""
    chosen = FindingFilter.read(request.POST.dict())
    purpose = request.POST.get("purpose", "")
    try:
        rows = operations.export_findings(actor=request.viewer, at=request.at, chosen=chosen, purpose=purpose)
    except operations.UnableToExport as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('eligibility:findings')}?{chosen.query()}")
    titles = {line.code: line.title for line in queries.schemes(viewer=request.viewer, on_date=request.at.date())}
    body = []
    for row in rows:
        shown = finding_row(row, viewer=request.viewer)
        title = titles.get(row.scheme, row.scheme)
        body.append(
            [shown.name, title, shown.place, shown.kind, shown.period or STATUS_WORD, row.amount_fen,
             row.receiving_fen, shown.age_band, shown.why]
        )  # fmt: skip
    code = exports.prepare(
        actor=request.viewer,
        at=request.at,
        sheet=chosen.kind.label,
        stem="findings",
        about=heading_of(chosen, queries.totals(viewer=request.viewer, chosen=chosen)),
        purpose=EXPORT_PURPOSES[purpose],
        columns=EXPORT_COLUMNS,
        rows=body,
        names_people=True,
    )
    return redirect("exports:one", code=code)


@staff_page(capability="eligibility.view_findings", methods=("POST",))
def save_view(request: StaffRequest) -> HttpResponse:
    """This function will keep the present filter under a name."""
    chosen = FindingFilter.read(request.POST.dict())
    try:
        operations.save_view(actor=request.viewer, at=request.at, name=request.POST.get("name", ""), chosen=chosen)
        messages.success(request, f"已保存为“{request.POST['name'].strip()}”，下次从名单上方直接打开。")
    except operations.UnableToSaveView as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('eligibility:findings')}?{chosen.query()}")


@staff_page(capability="eligibility.view_findings")
def street_map(request: StaffRequest) -> HttpResponse:
    """This function will draw the streets by their counts of findings, with the table below."""
    chosen = FindingFilter.read(request.GET.dict())
    groups = queries.counts_by_street(viewer=request.viewer, chosen=chosen)
    urls = {group.key: f"{reverse('eligibility:findings')}?{chosen.query(area=group.key)}" for group in groups}
    streets = json.loads(places.geometry_geojson(level="street", on=request.at.date()))["features"]
    drawing = draw(
        [feature for feature in streets if feature["properties"]["code"] in urls],
        counts={group.key: group.shown_count for group in groups},
        urls=urls,
    )
    query = with_kind(request, chosen)
    kinds = chip_row(query=query, parameter="kind", label="类别", options=[(k.value, k.label) for k in FindingKind])
    schemes = chip_row(
        query=query,
        parameter="scheme",
        label="政策",
        options=[
            (g.key, g.label)
            for g in queries.breakdown(viewer=request.viewer, chosen=chosen.without("scheme"), by="scheme")
        ],
    )
    ranked = sorted(groups, key=lambda group: -group.count)
    context = {
        "chosen": chosen,
        "drawing": drawing,
        "list_url": f"{reverse('eligibility:findings')}?{chosen.query()}",
        "rows": [{"group": group, "url": urls[group.key]} for group in ranked],
        "chips": [kinds, schemes],
        "small_cell": SMALL_CELL,
        "heading": heading_of(chosen, queries.totals(viewer=request.viewer, chosen=chosen)),
    }
    return render(request, "eligibility/map.html", context)
