from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.access.types import require
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility.publishing import operations, queries
from minsheng.work.eligibility.publishing.figures import UnableToReadFigure, read_figure
from minsheng.work.eligibility.publishing.pages.forms import BudgetForm
from rulebook.units import Unit

FEN = Unit.parse("fen")


@staff_page(capability="eligibility.view_schemes", methods=("GET", "HEAD", "POST"))
def budgets(request: StaffRequest) -> HttpResponse:
    """This function will show a year's budgets and take a new one; what nobody entered is unknown."""
    if request.method == "POST":
        require(viewer=request.viewer, capability="eligibility.draft_policy")
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2016 <= int(asked) <= 2100 else request.at.year
    lines = queries.budgets(viewer=request.viewer, year=year)
    form = BudgetForm(
        request.POST or None,
        schemes=[(line.scheme, line.title) for line in lines],
        initial={"year": year, "scheme": request.GET.get("scheme", "")},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.enter_budget(
                actor=request.viewer,
                at=request.at,
                scheme=given["scheme"],
                year=given["year"],
                amount_fen=read_figure(given["amount"], FEN),
                source=given["source"],
                spent_fen=read_figure(given["spent"], FEN) if given["spent"] else None,
                spent_until=given["spent_until"],
            )
            messages.success(request, "已记下预算。以前录入的保留可查。")
            return redirect(f"{reverse('publishing:budgets')}?year={given['year']}")
        except (UnableToReadFigure, operations.UnableToEnterBudget) as refusal:
            form.add_error(None, str(refusal))
    context = {
        "lines": lines,
        "year": year,
        "form": form,
        "missing": sum(1 for line in lines if line.amount_fen is None),
        "may_enter": request.viewer.can("eligibility.draft_policy"),
    }
    return render(request, "publishing/budgets.html", context, status=422 if form.errors else 200)
