"""比学赶超 and 自查自评: streets side by side, and what they say of themselves."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.operations import UnableToEvaluate, UnableToFindCheck
from minsheng.insight.cockpit.pages.asking import asked_area, asked_count
from minsheng.insight.cockpit.pages.forms import InspectionForm, SelfCheckForm
from minsheng.insight.cockpit.queries.overview import WATCH, area_chosen
from minsheng.insight.cockpit.queries.projects import street_names
from minsheng.insight.cockpit.queries.streets import self_checks, streets_view
from minsheng.insight.cockpit.types import Grade


@staff_page(capability="cockpit.view")
def streets(request: StaffRequest) -> HttpResponse:
    """This function will compare the areas inside of one, fairly for their size."""
    found = streets_view(viewer=request.viewer, at=request.at, area=asked_area(request))
    if found is None:
        raise Http404("没有这个区域，或者不在负责的区域。")
    return render(request, "cockpit/streets.html", {"view": found})


@staff_page(capability="cockpit.view")
def checks(request: StaffRequest) -> HttpResponse:
    """This function will list the self-evaluations of a year."""
    year = asked_count(request, "year") or request.at.year
    chosen = area_chosen(viewer=request.viewer, code="")
    areas = {area.id: area.name for area in chosen[1]} if chosen else {}
    found = self_checks(viewer=request.viewer, year=year, areas=areas)
    context = {
        "checks": found,
        "waiting": sum(line.inspected_grade is None for line in found),
        "year": year,
        "years": range(request.at.year, request.at.year - 6, -1),
        "may_evaluate": request.viewer.can("cockpit.evaluate"),
        "may_inspect": request.viewer.can("cockpit.inspect"),
        "grades": list(Grade),
    }
    return render(request, "cockpit/checks.html", context)


@staff_page(capability="cockpit.evaluate", methods=("GET", "HEAD", "POST"))
def evaluate(request: StaffRequest) -> HttpResponse:
    """This function will take what a street says of itself."""
    options = [(code, one.label) for code, one in book().indicators.items() if one.chapter != WATCH]
    form = SelfCheckForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        indicators=options,
        streets=list(street_names(viewer=request.viewer).items()),
        today=request.at.date(),
        initial={"indicator": request.GET.get("indicator", "")},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.evaluate_self(
                actor=request.viewer,
                at=request.at,
                indicator=given["indicator"],
                area_code=given["area"],
                year=given["year"],
                grade=Grade(given["grade"]),
                words=given["words"],
                document_number=given["document_number"],
                file=form.sent(),
            )
        except UnableToEvaluate as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "自评已报上，区里检查以前还可以改。")
            return redirect("cockpit:checks")
    return render(request, "cockpit/evaluate.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(capability="cockpit.inspect", methods=("POST",))
def inspect(request: StaffRequest, check_id: int) -> HttpResponse:
    """This function will keep what the bureau found of a self-evaluation."""
    form = InspectionForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"grade": Grade.BEHIND.value, "words": ""}
    try:
        operations.inspect(
            actor=request.viewer, at=request.at, check_id=check_id, grade=Grade(given["grade"]), words=given["words"]
        )
        messages.success(request, "检查结果已记下，街道会看到。")
    except UnableToFindCheck as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToEvaluate as refused:
        messages.error(request, str(refused))
    return redirect("cockpit:checks")
