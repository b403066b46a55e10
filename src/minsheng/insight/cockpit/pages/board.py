"""The cockpit's first page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit.pages.asking import asked_area, asked_day
from minsheng.insight.cockpit.queries.overview import overview


@staff_page(capability="cockpit.view")
def home(request: StaffRequest) -> HttpResponse:
    """This function will open with what is late, who is not reached and where money is at risk."""
    found = overview(viewer=request.viewer, at=request.at, area=asked_area(request), on=asked_day(request))
    if found is None:
        raise Http404("没有这个区域，或者不在负责的区域。")
    return render(request, "cockpit/home.html", {"view": found})
