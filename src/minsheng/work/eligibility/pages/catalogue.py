from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility import queries


def chosen_day(request: StaffRequest) -> tuple[date, str]:
    """This function will read the day from the address; a wrong one falls back to today with a message."""
    text = request.GET.get("on", "")
    today: date = request.at.date()
    if not text:
        return today, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today, f"“{text}”不是日期，已按今天显示。请写成 2026-11-03 的样子。"
    if not date(2016, 1, 1) <= day <= date(2100, 1, 1):
        return today, "政策表从 2016 年开始，已按今天显示。"
    return day, ""


@staff_page(capability="eligibility.view_schemes")
def schemes(request: StaffRequest) -> HttpResponse:
    """This function will list the schemes as they stand on a day."""
    day, problem = chosen_day(request)
    lines = queries.schemes(viewer=request.viewer, on_date=day)
    return render(
        request,
        "eligibility/schemes.html",
        {
            "lines": lines,
            "day": day,
            "problem": problem,
            "may_see_missed": request.viewer.can("eligibility.view_findings"),
            "may_try": request.viewer.can("eligibility.what_if"),
        },
    )


@staff_page(capability="eligibility.view_schemes")
def scheme(request: StaffRequest, code: str) -> HttpResponse:
    """This function will show one scheme: rule text, numbers with versions, citations, doubts."""
    day, problem = chosen_day(request)
    page = queries.scheme_page(viewer=request.viewer, code=code, on_date=day)
    if page is None:
        raise Http404("没有这项政策。")
    return render(
        request,
        "eligibility/scheme.html",
        {"page": page, "day": day, "problem": problem, "may_try": request.viewer.can("eligibility.what_if")},
    )
