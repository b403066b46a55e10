"""Breaking the glass, and looking at it afterwards."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.access import operations as access
from minsheng.foundation.access import queries as access_queries
from minsheng.foundation.audit import queries as audit
from minsheng.foundation.entrance.pages.officer_forms import GlassForm, ReviewForm
from minsheng.foundation.pages.gate import StaffRequest, staff_page


@staff_page(capability="access.break_glass", methods=("GET", "HEAD", "POST"))
def mine(request: StaffRequest) -> HttpResponse:
    """This function will open one more area for two hours, and show the openings of one's own."""
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            access.break_glass(actor=request.viewer, at=request.at, **form.cleaned_data)
        except access.UnableToBreakGlass as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已经打开，2 小时后自动关上。区里会在 24 小时内复核。")
            return redirect("glass:mine")
    lines = access_queries.glasses(viewer=request.viewer, at=request.at, only_mine=True)
    running = [one for one in lines if one.ended_at is None and one.until > request.at]
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "lines": lines, "running": running}
    return render(request, "entrance/glass/mine.html", context, status=status)


@staff_page(capability="access.break_glass", methods=("POST",))
def close(request: StaffRequest, glass_id: int) -> HttpResponse:
    """This function will end one's own opening before its time."""
    try:
        access.close_glass(actor=request.viewer, at=request.at, glass_id=glass_id)
    except access.UnableToBreakGlass as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "已经关上。")
    return redirect("glass:mine")


@staff_page(capability="access.review_break_glass")
def reviews(request: StaffRequest) -> HttpResponse:
    """This function will list the openings, those that wait for a second person first."""
    lines = access_queries.glasses(viewer=request.viewer, at=request.at, only_mine=False)
    waiting = [one for one in lines if one.reviewed_at is None]
    context = {
        "waiting": sorted(waiting, key=lambda one: one.due_at),
        "late": sum(one.due_at < request.at for one in waiting),
        "done": [one for one in lines if one.reviewed_at is not None],
    }
    return render(request, "entrance/glass/reviews.html", context)


@staff_page(capability="access.review_break_glass", methods=("GET", "HEAD", "POST"))
def report(request: StaffRequest, glass_id: int) -> HttpResponse:
    """This function will report one opening with every look that was taken, and take the verdict of a second person."""
    line = access_queries.glass(viewer=request.viewer, glass_id=glass_id)
    if line is None:
        raise Http404("没有这次紧急查看。")
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            access.review_glass(actor=request.viewer, at=request.at, glass_id=glass_id, **form.cleaned_data)
        except access.UnableToBreakGlass as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "复核意见已经记下。")
            return redirect("glass:reviews")
    acts = audit.acts_of(account_id=line.account_id, since=line.opened_at, until=line.ended_at or line.until)
    looks = [
        {"at": one.at, "object_id": one.object_id, "purpose": one.purpose, "words": _words(one.action)} for one in acts
    ]
    context: dict[str, Any] = {"line": line, "form": form, "looks": looks, "late": line.due_at < request.at}
    return render(request, "entrance/glass/report.html", context, status=422 if request.method == "POST" else 200)


def _words(action: str) -> str:
    """What an act is called where the rooms above have named it; else the room it belongs to."""
    words: dict[str, str] = settings.ACT_WORDS
    return words.get(action) or words.get(action.partition(".")[0], action)
