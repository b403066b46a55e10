"""Photos and papers as browsers get them: a photo stands in a page, a paper is only ever a download."""

import uuid
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import Opened, UnableToAttach, UnableToFindFile


@staff_page(capability="cockpit.view")
def photo(request: StaffRequest, project_id: int, photo_id: int) -> HttpResponse:
    """This function will give a photo of a project."""
    try:
        found = operations.open_photo(actor=request.viewer, at=request.at, project_id=project_id, photo_id=photo_id)
    except UnableToFindFile as stranger:
        raise Http404(str(stranger)) from stranger
    return _given(found, "inline")


@staff_page(capability="cockpit.open_paper")
def paper(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """This function will give a paper that somebody attached as evidence; the look is on record."""
    try:
        found = operations.open_paper(actor=request.viewer, at=request.at, file_id=file_id)
    except UnableToFindFile as stranger:
        raise Http404(str(stranger)) from stranger
    return _given(found, "attachment")


@staff_page(capability="cockpit.report_project", methods=("POST",))
def withdraw(request: StaffRequest, project_id: int, photo_id: int) -> HttpResponse:
    """This function will take a photo off the page of its project."""
    try:
        operations.withdraw_photo(
            actor=request.viewer,
            at=request.at,
            project_id=project_id,
            photo_id=photo_id,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, "照片已撤下，原件和原因都留着。")
    except UnableToFindFile as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToAttach as refused:
        messages.error(request, str(refused))
    return redirect("cockpit:project", project_id=project_id)


def _given(found: Opened, place: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(found.name)}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(found.content, content_type=found.media_type.value, headers=headers)
