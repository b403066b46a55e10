"""Legal holds: what is held and why, placing one, and lifting one by two people."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.records.privacy import holding
from minsheng.records.privacy.operations import UnableToHandle
from minsheng.records.registry.queries.households import UnableToFind

BOTH = ("GET", "HEAD", "POST")


class HoldForm(forms.Form):
    """Of whom everything is kept, and the paper that says so."""

    person = forms.IntegerField(label="人员编号", min_value=1, help_text="在“人员”里找到本人，编号在姓名下面。")
    basis = forms.CharField(
        label="依据的文书和文号", max_length=200, help_text="例如：区人民法院（2026）浙0102行初1号调查令。"
    )


@staff_page(capability=holding.CAPABILITY, methods=BOTH)
def index(request: StaffRequest) -> HttpResponse:
    """This function will list holds and take a new one."""
    return _index(request, HoldForm(request.POST or None))


@staff_page(capability=holding.CAPABILITY)
def of_person(request: StaffRequest, person_id: int) -> HttpResponse:
    """This function will show the same page with a person's number filled in."""
    return _index(request, HoldForm(initial={"person": person_id}))


@staff_page(capability=holding.CAPABILITY, methods=("POST",))
def lift(request: StaffRequest, hold_id: int) -> HttpResponse:
    """This function will ask that a hold be lifted, or confirm or refuse it as the second person."""
    actor, at, how = request.viewer, request.at, request.POST.get("how", "ask")
    try:
        if how == "ask":
            holding.ask_to_end(actor=actor, at=at, hold_id=hold_id, reason=request.POST.get("reason", ""))
            messages.success(request, "已提出解除，等另一个人确认。在那以前资料照样留存。")
        else:
            holding.end_hold(actor=actor, at=at, hold_id=hold_id, agreed=how == "confirm")
            messages.success(
                request, "已解除，到期的资料下次清理时删除。" if how == "confirm" else "没有解除，继续留存。"
            )
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToHandle as refusal:
        messages.error(request, str(refusal))
    return redirect("privacy:holds")


def _index(request: StaffRequest, form: HoldForm) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            holding.set_hold(
                actor=request.viewer, at=request.at, person_id=form.cleaned_data["person"],
                basis=form.cleaned_data["basis"],
            )  # fmt: skip
        except UnableToFind:
            form.add_error("person", "没有这个编号的人，或者不在您的辖区内。请核对编号。")
        except UnableToHandle as refusal:
            form.add_error("basis", str(refusal))
        else:
            messages.success(request, "已登记。这个人的资料到期也不清理，也不能按申请删除。")
            return redirect("privacy:holds")
    lines = holding.holds(viewer=request.viewer, at=request.at)
    context = {
        "form": form,
        "standing": [line for line in lines if line.ended_at is None],
        "lifted": [line for line in lines if line.ended_at is not None],
    }
    return render(request, "privacy/holds.html", context, status=422 if form.errors else 200)
