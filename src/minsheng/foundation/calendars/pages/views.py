from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.calendars import operations, queries
from minsheng.foundation.calendars.announcement import UnableToReadAnnouncement
from minsheng.foundation.calendars.pages.forms import YearForm
from minsheng.foundation.pages.gate import StaffRequest, staff_page


@staff_page(capability=operations.CAPABILITY)
def index(request: StaffRequest) -> HttpResponse:
    """This function will show which years are entered and which one somebody must enter now."""
    return render(
        request,
        "calendars/index.html",
        {"overview": queries.overview(today=request.at.astimezone(BUSINESS_ZONE).date())},
    )


@staff_page(capability=operations.CAPABILITY)
def year(request: StaffRequest, year: int) -> HttpResponse:
    """This function will show the days of one year and every version of it."""
    shown = queries.year_view(year=year)
    if shown is None:
        raise Http404(f"{year} 年的放假安排还没有录入。")
    return render(request, "calendars/year.html", {"shown": shown})


@staff_page(capability=operations.CAPABILITY, methods=("GET", "HEAD", "POST"))
def enter(request: StaffRequest) -> HttpResponse:
    """This function will take a year's announcement as text: first a preview, then, at the second button, save it."""
    if request.method != "POST":
        return render(request, "calendars/enter.html", {"form": YearForm(initial=_initial(request))})
    form = YearForm(request.POST)
    preview = None
    if form.is_valid():
        try:
            preview = queries.preview_year(year=form.cleaned_data["year"], text=form.cleaned_data["text"])
        except UnableToReadAnnouncement as error:
            form.add_error("text", str(error))
    # Days that were changed after the preview are previewed again, not saved unseen.
    looked_at = preview is not None and request.POST.get("previewed") == preview.fingerprint
    if preview is not None and not preview.problems and request.POST.get("act") == "save" and looked_at:
        try:
            revision = operations.enter_year(
                actor=request.viewer,
                at=request.at,
                year=preview.year,
                days=preview.days,
                source=form.cleaned_data["source"],
            )
        except operations.UnableToEnterYear as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{preview.year} 年的放假安排已保存（第 {revision} 版）：放假 {preview.holidays} 天，"
                f"调休上班 {preview.makeup_workdays} 天。之后的期限都按它计算。",
            )
            return redirect("calendars:year", year=preview.year)
    status = 200 if form.is_valid() else 422
    return render(request, "calendars/enter.html", {"form": form, "preview": preview}, status=status)


def _initial(request: StaffRequest) -> dict[str, object]:
    asked = request.GET.get("year", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        return {}
    shown = queries.year_view(year=int(asked))
    return {"year": asked} if shown is None else {"year": asked, "source": shown.source, "text": shown.text}
