"""What the plan has the leadership do again and again, and what came of it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import UnableToRecordOccasion
from minsheng.insight.cockpit.queries.occasions import occasions
from minsheng.insight.cockpit.types import OccasionKind


class OccasionForm(forms.Form):
    """One occasion, or the term of office in which the meeting of a term is counted."""

    kind = forms.ChoiceField(label="哪一件", choices=[(kind.value, kind.label) for kind in OccasionKind])
    held_on = forms.DateField(
        label="哪天（任期写开始那天）",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选日期。"},
    )
    until = forms.DateField(
        label="任期到哪天为止（不含那天）",
        required=False,
        help_text="只有登记任期时才填。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    document_number = forms.CharField(
        label="会议纪要或文件编号", max_length=100, error_messages={"required": "请写编号，没有编号的查不到原件。"}
    )
    words = forms.CharField(
        label="定了什么事，谁负责，到哪天",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写定了什么事、谁负责。没有定事的也写一句。"},
    )


@staff_page(capability="cockpit.view")
def listed(request: StaffRequest) -> HttpResponse:
    """This function will show what was held and decided, and what is due."""
    return _page(request, OccasionForm() if request.viewer.can("cockpit.report") else None)


@staff_page(capability="cockpit.report", methods=("POST",))
def record(request: StaffRequest) -> HttpResponse:
    """This function will keep one occasion."""
    form = OccasionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.record_occasion(
                actor=request.viewer, at=request.at, **given | {"kind": OccasionKind(given["kind"])}
            )
        except UnableToRecordOccasion as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记：{OccasionKind(given['kind']).label}。")
            return redirect("cockpit:occasions")
    return _page(request, form, status=422)


def _page(request: StaffRequest, form: OccasionForm | None, *, status: int = 200) -> HttpResponse:
    context = {"view": occasions(viewer=request.viewer, at=request.at), "form": form}
    return render(request, "cockpit/occasions.html", context, status=status)
