"""One act of the gate each: parse, one operation, back to the page of the change."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility.publishing import operations

DRAFTS, SIGNS = "eligibility.draft_policy", "eligibility.sign_policy"
REFUSALS = (operations.UnableToDraft, operations.UnableToPublish, operations.UnableToTry)


@staff_page(capability=DRAFTS, methods=("POST",))
def drop(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will take one figure out of a draft."""
    name = request.POST.get("name", "")
    return _act(
        request,
        publication_id,
        "已从这项改动里去掉。",
        lambda: operations.drop_version(actor=request.viewer, at=request.at, publication_id=publication_id, name=name),
    )


@staff_page(capability=DRAFTS, methods=("POST",))
def check(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will run the worked examples under the drafted law."""
    passed = False

    def run() -> None:
        nonlocal passed
        passed = operations.check_examples_of(actor=request.viewer, at=request.at, publication_id=publication_id)

    response = _act(request, publication_id, "", run)
    if passed:
        messages.success(request, "样例已核对。下一步：全区测算。")
    return response


@staff_page(capability=DRAFTS, methods=("POST",))
def trial(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will begin the run over everybody; it goes on when the page is left."""
    return _act(
        request,
        publication_id,
        "已开始测算，可以离开这一页。",
        lambda: operations.start_trial(actor=request.viewer, at=request.at, publication_id=publication_id),
    )


@staff_page(capability=DRAFTS, methods=("POST",))
def submit(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will hand the draft to the signer."""
    note = request.POST.get("examples_note", "")[:400]
    return _act(
        request,
        publication_id,
        "已提交，等另一名有签发权的人签发。",
        lambda: operations.submit(
            actor=request.viewer, at=request.at, publication_id=publication_id, examples_note=note
        ),
    )


@staff_page(capability=SIGNS, methods=("POST",))
def sign(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will publish the change as its second signer."""
    return _act(
        request,
        publication_id,
        "已签发。从生效日起，全区按新数计算。",
        lambda: operations.sign(actor=request.viewer, at=request.at, publication_id=publication_id),
    )


@staff_page(capability=SIGNS, methods=("POST",))
def send_back(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will send the draft back to its author, with the reason."""
    reason = request.POST.get("reason", "")[:400]
    return _act(
        request,
        publication_id,
        "已退回起草人。",
        lambda: operations.return_draft(
            actor=request.viewer, at=request.at, publication_id=publication_id, reason=reason
        ),
    )


@staff_page(capability=DRAFTS, methods=("POST",))
def withdraw(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will give up a draft."""
    return _act(
        request,
        publication_id,
        "已作废，不会生效；记录还在。",
        lambda: operations.withdraw(actor=request.viewer, at=request.at, publication_id=publication_id),
    )


@staff_page(capability=DRAFTS, methods=("POST",))
def take_back(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will draft the return to the figures before a published change."""
    try:
        day = date.fromisoformat(request.POST.get("in_force_date", ""))
    except ValueError:
        messages.error(request, "请填写从哪天起恢复原数。")
        return redirect("publishing:publication", publication_id=publication_id)
    made = publication_id

    def run() -> None:
        nonlocal made
        made = operations.take_back(
            actor=request.viewer,
            at=request.at,
            publication_id=publication_id,
            in_force_date=day,
            reason=request.POST.get("reason", "")[:400],
        )

    _act(request, publication_id, "已起草撤回，原来的改动保留可查。下一步：核对样例。", run)
    return redirect("publishing:publication", publication_id=made)


def _act(request: StaffRequest, publication_id: int, said: str, run: Callable[[], object]) -> HttpResponse:
    try:
        run()
        if said:
            messages.success(request, said)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:publication", publication_id=publication_id)
