"""The cockpit's first page, on a desk, on a phone, on paper, and on a wall."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit.pages.asking import asked_area, asked_day
from minsheng.insight.cockpit.pages.drawing import StreetMap, street_map
from minsheng.insight.cockpit.queries.occasions import occasions
from minsheng.insight.cockpit.queries.overview import Board, board

SHADED_BY = "benefits_missed"


@staff_page(capability="cockpit.view")
def home(request: StaffRequest) -> HttpResponse:
    """This function will open with what is late, who is not reached and where money is at risk."""
    found = _board(request)
    context = {
        "view": found.overview,
        "board": found,
        "map": _map(found, request),
        "may_report": request.viewer.can("cockpit.report"),
        "on": asked_day(request),
        "due": occasions(viewer=request.viewer, at=request.at).open,
    }
    return render(request, "cockpit/home.html", context)


@staff_page(capability="cockpit.view")
def screen(request: StaffRequest) -> HttpResponse:
    """This function will show the same on a wall: large, without a menu, renewed by itself."""
    found = _board(request)
    context = {"view": found.overview, "board": found, "map": _map(found, request), "at": request.at}
    return render(request, "cockpit/screen.html", context)


def _board(request: StaffRequest) -> Board:
    found = board(viewer=request.viewer, at=request.at, area=asked_area(request), on=asked_day(request))
    if found is None:
        raise Http404("没有这个区域，或者不在负责的区域。")
    return found


def _map(found: Board, request: StaffRequest) -> StreetMap | None:
    if found.overview.top.depth or not found.inside:
        return None
    cells = {row.area.code: row.cells.get(SHADED_BY) for row in found.inside}
    return street_map(
        on=request.at.date(),
        values={code: None if c is None or c.value is None else float(c.value) for code, c in cells.items()},
        words={code: c.words if c else "" for code, c in cells.items()},
    )
