"""What the household receives and could receive: the resident's first page."""

from django.http import HttpResponse
from django.shortcuts import render

from minsheng.portal import queries
from minsheng.portal.pages.gate import ResidentRequest, resident_page


@resident_page()
def home(request: ResidentRequest) -> HttpResponse:
    """This function will show 幸福清单."""
    shown = queries.happiness_list(resident=request.resident, at=request.at)
    return render(request, "portal/home.html", {"shown": shown, "resident": request.resident})
