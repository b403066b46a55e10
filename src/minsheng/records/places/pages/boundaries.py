from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import staff_page
from minsheng.records.places import operations, queries
from minsheng.records.places.pages.drawing import draw
from minsheng.records.places.types import DivisionKind, ImportStatus

CAPABILITY = "places.edit"


class BoundaryForm(forms.Form):
    """A GeoJSON file with its level, its day and where it comes from."""

    file = forms.FileField(
        label="边界文件", help_text="GeoJSON，WGS84 经纬度；每个图形要有 code（9 位或 12 位区划代码）。最大 10 MB。"
    )
    level = forms.ChoiceField(
        label="哪一级",
        choices=[(k.value, k.label) for k in (DivisionKind.STREET, DivisionKind.COMMUNITY, DivisionKind.COUNTY)],
    )
    effective_date = forms.DateField(
        label="从哪天起",
        help_text="新边界从这一天起有效，原来的到前一天为止。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(label="来源", max_length=200, help_text="提供单位和文号，例如：区勘界办 2026 年成果。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"


@staff_page(capability=CAPABILITY, methods=("GET", "HEAD", "POST"))
def imports(request: HttpRequest) -> HttpResponse:
    """This function will list the boundary files and take a new one; a refused one says why, and keeps the form."""
    form = BoundaryForm(request.POST or None, request.FILES or None)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            number = operations.stage_boundaries(
                actor=request.viewer,  # type: ignore[attr-defined]
                at=request.at,  # type: ignore[attr-defined]
                filename=sent.name,
                content=sent.read(10 * 2**20 + 1),
                level=DivisionKind(form.cleaned_data["level"]),
                effective_date=form.cleaned_data["effective_date"],
                source=form.cleaned_data["source"],
            )
            return redirect("places:boundary_import", import_id=number)
        except operations.UnableToReadBoundaries as refusal:
            problems = refusal.problems
    context = {
        "form": form,
        "problems": problems,
        "imports": queries.boundary_imports(viewer=request.viewer),  # type: ignore[attr-defined]
    }
    return render(request, "places/boundaries.html", context, status=422 if problems or form.errors else 200)


@staff_page(capability=CAPABILITY)
def preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """This function will show a file as a picture and as a table of differences, with the next act."""
    one = queries.boundary_import(viewer=request.viewer, import_id=import_id)  # type: ignore[attr-defined]
    geojson = queries.boundary_import_geojson(viewer=request.viewer, import_id=import_id)  # type: ignore[attr-defined]
    if one is None or geojson is None:
        raise Http404("没有这份边界文件。")
    context = {
        "one": one,
        "map": draw(geojson),
        "can_apply": one.status is ImportStatus.STAGED,
        "can_undo": one.status is ImportStatus.APPLIED,
    }
    return render(request, "places/boundary_import.html", context)


@staff_page(capability=CAPABILITY)
def shapes(request: HttpRequest, import_id: int) -> HttpResponse:
    """This function will return the staged shapes as GeoJSON."""
    geojson = queries.boundary_import_geojson(viewer=request.viewer, import_id=import_id)  # type: ignore[attr-defined]
    if geojson is None:
        raise Http404("没有这份边界文件。")
    return HttpResponse(geojson, content_type="application/geo+json")


@staff_page(capability=CAPABILITY, methods=("POST",))
def apply(request: HttpRequest, import_id: int) -> HttpResponse:
    """This function will put a file into force."""
    _must_exist(request, import_id)
    try:
        number = operations.apply_boundaries(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            import_id=import_id,
        )
        messages.success(request, f"{number} 条边界已启用，地图已经换过来。发现不对，可以在这一页撤回。")
    except operations.UnableToApplyBoundaries as refusal:
        messages.error(request, str(refusal))
    return redirect("places:boundary_import", import_id=import_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """This function will take an applied file back."""
    _must_exist(request, import_id)
    try:
        operations.undo_boundaries(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            import_id=import_id,
        )
        messages.success(request, "已撤回，原来的边界又有效了。")
    except operations.UnableToUndoBoundaries as refusal:
        messages.error(request, str(refusal))
    return redirect("places:boundary_import", import_id=import_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """This function will put a staged file aside."""
    _must_exist(request, import_id)
    try:
        operations.discard_boundaries(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            import_id=import_id,
        )
        messages.info(request, "这份文件已放弃，现行边界没有变。")
    except operations.UnableToApplyBoundaries as refusal:
        messages.error(request, str(refusal))
    return redirect("places:boundaries")


def _must_exist(request: HttpRequest, import_id: int) -> None:
    if queries.boundary_import(viewer=request.viewer, import_id=import_id) is None:  # type: ignore[attr-defined]
        raise Http404("没有这份边界文件。")
