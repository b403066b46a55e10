"""The office's side: what residents said and agreed to, and a 幸福码 that is held up to a clerk."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.portal import operations, queries


@staff_page(capability="portal.answer")
def desk(request: StaffRequest) -> HttpResponse:
    """This function will list what residents said and nobody has answered."""
    return render(request, "portal/desk.html", {"words": queries.waiting(viewer=request.viewer)})


@staff_page(capability="portal.answer", methods=("POST",))
def answer(request: StaffRequest, concern_id: int) -> HttpResponse:
    """This function will answer a concern."""
    try:
        operations.answer_concern(
            actor=request.viewer, at=request.at, concern_id=concern_id, answer=request.POST.get("answer", "")
        )
        messages.success(request, "答复已经放到本人的页面上，他下次登录就看得到。")
    except operations.UnableToFindWord as stranger:
        raise Http404(str(stranger)) from stranger
    except operations.UnableToAnswer as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:desk")


@staff_page(capability="portal.answer", methods=("POST",))
def take_up(request: StaffRequest, reply_id: int) -> HttpResponse:
    """This function will note that an accepted offer has been taken up."""
    try:
        operations.take_up_reply(actor=request.viewer, at=request.at, reply_id=reply_id)
        messages.success(request, "已记下由您接手，请按发放程序办理。")
    except operations.UnableToFindWord as stranger:
        raise Http404(str(stranger)) from stranger
    except operations.UnableToAnswer as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:desk")


@require_http_methods(["GET", "HEAD", "POST"])
def open_code(request: HttpRequest, signed: str) -> HttpResponse:
    """This function will open a 幸福码 by role: staff are led to the person; everybody else reads nothing of anyone."""
    viewer = getattr(request, "viewer", None)
    may = viewer is not None and viewer.can("registry.view_person")
    problem = ""
    if request.method == "POST" and viewer is not None and may:
        try:
            person_id = operations.open_happiness_code(actor=viewer, at=request.at, signed=signed)  # type: ignore[attr-defined]
        except operations.UnableToOpenHappinessCode as refusal:
            problem = str(refusal)
        else:
            return redirect("registry:person", person_id=person_id)
    response = render(
        request, "portal/open_code.html", {"may": may, "problem": problem}, status=422 if problem else 200
    )
    # The address is the key: it must not travel on in a Referer, nor into a search engine.
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
