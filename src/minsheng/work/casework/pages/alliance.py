"""The roster of the alliance of help (助联体): who is in it, what was handed to them, how fast they answer."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.records.registry.pages.forms import DayInput
from minsheng.work.casework import operations, queries
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.operations.alliance import KEEPER
from minsheng.work.casework.rules.partners import MEMBER_NATURES, PARTNERS


class FilterForm(forms.Form):
    """Which help, and where."""

    partner = forms.ChoiceField(
        label="哪一种帮助", required=False, choices=[("", "全部"), *PARTNERS.items()],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    area = forms.TypedChoiceField(
        label="能服务哪里", required=False, coerce=int, empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    def __init__(self, *args: Any, areas: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", "全部"), *areas]  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """An organisation, what it helps with, where, from when, and who answers."""

    name = forms.CharField(label="单位名称", max_length=80, error_messages={"required": "请写单位名称。"})
    nature = forms.ChoiceField(label="哪一类", choices=list(MEMBER_NATURES.items()))
    partner = forms.ChoiceField(label="办哪一种帮助", choices=list(PARTNERS.items()))
    area_id = forms.TypedChoiceField(label="服务哪里", coerce=int, error_messages={"required": "请选服务的区域。"})
    duty = forms.CharField(
        label="谁值班、怎么联系", max_length=200, help_text="写岗位和单位电话，例如：值班社工，工作日 9:00–17:00",
        error_messages={"required": "请写谁值班、怎么联系。"},
    )  # fmt: skip
    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"required": "请选从哪天起。"})

    def __init__(self, *args: Any, areas: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """The first day on which nothing goes to the member any more, and why."""

    valid_to = forms.DateField(label="从哪天起不再转给它", widget=DayInput(), error_messages={"required": "请选日期。"})
    reason = forms.CharField(label="退出的原因", max_length=200, error_messages={"required": "请写退出的原因。"})


def _areas(request: StaffRequest) -> list[tuple[int, str]]:
    return [(area.id, "　" * max(area.depth - 4, 0) + area.name) for area in areas_inside(viewer=request.viewer)]


@staff_page(capability="casework.view")
def members(request: StaffRequest) -> HttpResponse:
    """This function will show the roster: who helps with what and where, what waits with them, how fast they answer."""
    return _roster(request)


@staff_page(capability=KEEPER, methods=("POST",))
def admit(request: StaffRequest) -> HttpResponse:
    """This function will take a member in."""
    form = MemberForm(request.POST, areas=_areas(request))
    if form.is_valid():
        try:
            operations.admit_member(actor=request.viewer, at=request.at, **form.cleaned_data)
        except UnableToProceed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['name']}已加入名册，写转介时就能选到。")
            return redirect("casework:alliance")
    return _roster(request, bound=form)


def _roster(request: StaffRequest, *, bound: MemberForm | None = None) -> HttpResponse:
    viewer, areas = request.viewer, _areas(request)
    chosen = FilterForm(request.GET or None, areas=areas)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    lines = queries.roster(viewer=viewer, at=request.at, partner=wanted.get("partner", ""), area_id=wanted.get("area"))
    empty = MemberForm(areas=areas, initial={"valid_from": _today(request)}) if viewer.can(KEEPER) else None
    context = {
        "lines": lines,
        "serving": sum(line.serves for line in lines),
        "waiting": sum(line.waiting for line in lines),
        "late": sum(line.late for line in lines),
        "filter": chosen,
        "filtered": bool(wanted.get("partner") or wanted.get("area")),
        "form": bound or empty,
    }
    return render(request, "casework/alliance.html", context, status=422 if bound else 200)


@staff_page(capability="casework.view")
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    """This function will show a member with its referrals of the viewer's areas."""
    return _member(request, member_id)


@staff_page(capability=KEEPER, methods=("POST",))
def end(request: StaffRequest, member_id: int) -> HttpResponse:
    """This function will end a member's time."""
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            operations.end_member(actor=request.viewer, at=request.at, member_id=member_id, **form.cleaned_data)
        except UnableToProceed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "退出的日期已登记；已经转给它的仍等它答复。")
            return redirect("casework:member", member_id=member_id)
    return _member(request, member_id, bound=form)


def _member(request: StaffRequest, member_id: int, *, bound: EndForm | None = None) -> HttpResponse:
    found = queries.member_file(viewer=request.viewer, at=request.at, member_id=member_id)
    if found is None:
        raise Http404("名册里没有这个成员，或它不服务您的辖区。")
    may_end = request.viewer.can(KEEPER) and found.line.valid_to is None
    empty = EndForm(initial={"valid_to": _today(request) + timedelta(days=1)}) if may_end else None
    context = {"line": found.line, "referrals": found.referrals, "form": bound or empty}
    return render(request, "casework/member.html", context, status=422 if bound else 200)


def _today(request: StaffRequest) -> date:
    return request.at.astimezone(BUSINESS_ZONE).date()
