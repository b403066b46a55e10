"""What owners state and others confirm."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.operations import Stated, UnableToEnter, UnableToFindEntry
from minsheng.insight.cockpit.pages.forms import EntryForm
from minsheng.insight.cockpit.queries.entries import entries_view, places_to_enter


@staff_page(capability="cockpit.view")
def desk(request: StaffRequest) -> HttpResponse:
    """This function will show what waits for a second person, and what its owners have not stated."""
    found = entries_view(viewer=request.viewer, at=request.at)
    context = {
        "view": found,
        "may_confirm": request.viewer.can("cockpit.confirm"),
        "may_enter": request.viewer.can("cockpit.enter"),
    }
    return render(request, "cockpit/entries.html", context)


@staff_page(capability="cockpit.enter", methods=("GET", "HEAD", "POST"))
def enter(request: StaffRequest, code: str) -> HttpResponse:
    """This function will take what an owner states of an indicator."""
    indicator = book().indicators.get(code)
    if indicator is None or indicator.is_live:
        raise Http404("没有这个指标，或者它由系统计算，不用填报。")
    places = places_to_enter(viewer=request.viewer, indicator=indicator)
    is_sent = request.method == "POST"
    form = EntryForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, indicator=indicator, places=places
    )
    if is_sent and form.is_valid():
        given = form.cleaned_data
        try:
            operations.enter_value(
                actor=request.viewer,
                at=request.at,
                stated=Stated(
                    code,
                    given["area"],
                    given["as_of"],
                    given["numerator"],
                    given.get("denominator"),
                    given["evidence"],
                    given["document_number"],
                    form.sent(),
                ),
            )
        except UnableToEnter as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已经报上，等另一人复核后算数。")
            return redirect("cockpit:entries")
    return render(
        request,
        "cockpit/enter.html",
        {"form": form, "indicator": indicator, "places": places},
        status=422 if form.errors else 200,
    )


@staff_page(capability="cockpit.confirm", methods=("POST",))
def confirm(request: StaffRequest, entry_id: int) -> HttpResponse:
    """This function will confirm what somebody else stated."""
    try:
        operations.confirm_entry(actor=request.viewer, at=request.at, entry_id=entry_id)
        messages.success(request, "已复核，这个数从现在起算数。")
    except UnableToFindEntry as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToEnter as refused:
        messages.error(request, str(refused))
    return redirect("cockpit:entries")


@staff_page(capability="cockpit.confirm", methods=("POST",))
def send_back(request: StaffRequest, entry_id: int) -> HttpResponse:
    """This function will send an entry back with a reason."""
    try:
        operations.send_entry_back(
            actor=request.viewer, at=request.at, entry_id=entry_id, reason=request.POST.get("reason", "")
        )
        messages.success(request, "已退回，填报的人会看到原因。")
    except UnableToFindEntry as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToEnter as refused:
        messages.error(request, str(refused))
    return redirect("cockpit:entries")
