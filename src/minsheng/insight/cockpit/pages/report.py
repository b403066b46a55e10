"""The yearly report in one click."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import UnableToReportYear
from minsheng.insight.cockpit.queries.overview import overview

KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@staff_page(capability="cockpit.report")
def report(request: StaffRequest) -> HttpResponse:
    """This function will say what the report holds, and offer it."""
    found = overview(viewer=request.viewer, at=request.at)
    return render(request, "cockpit/report.html", {"view": found})


@staff_page(capability="cockpit.report")
def taken(request: StaffRequest, kind: str) -> HttpResponse:
    """This function will give the report as a document or as a table."""
    if kind not in KINDS:
        raise Http404("报告有 PDF 和 xlsx 两种。")
    try:
        content, name = operations.take_report(actor=request.viewer, at=request.at, kind=kind)
    except UnableToReportYear as refused:
        raise Http404(str(refused)) from refused
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)
