from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from minsheng.foundation.files.limits import DEFAULT_LIMITS
from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.imports import operations, queries
from minsheng.records.registry.imports.types import ImportKind, RowDecision, RowOutcome

CAPABILITY = "registry.import"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableForm(forms.Form):
    """A table with what it is, who vouches for it, from when and why."""

    kind = forms.ChoiceField(
        label="表里是什么",
        choices=[
            (k.value, {"persons": "人员（登记新的人，更正电话等）", "facts": "情况（收入、疾病、残疾等）"}[k.value])
            for k in ImportKind
        ],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="表格文件", help_text="xlsx 或 csv，第一行是表头，人员最多 2,000 行，情况最多 5,000 行，20 MB。"
    )
    source = forms.ChoiceField(label="谁提供的", help_text="决定和别的来源不一致时以谁为准。")
    valid_from = forms.DateField(
        label="从哪天起有效",
        help_text="表里有“生效日期”一列的，以那一列为准。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    purpose = forms.CharField(label="为什么导入", max_length=200, help_text="依据的文件或事由，会留在审计记录里。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = queries.sources()
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"


@staff_page(capability=CAPABILITY, methods=("GET", "HEAD", "POST"))
def index(request: HttpRequest) -> HttpResponse:
    """This function will list the tables and take a new one; a refused one says why, and what was typed stays."""
    today = timezone.localtime(request.at).date()  # type: ignore[attr-defined]
    form = TableForm(
        request.POST or None, request.FILES or None, initial={"valid_from": today, "kind": "facts", "source": "import"}
    )
    refusal, known = "", None
    if request.method == "POST" and form.is_valid():
        sent, given = form.cleaned_data["file"], form.cleaned_data
        try:
            number = operations.stage_table(
                actor=request.viewer,  # type: ignore[attr-defined]
                at=request.at,  # type: ignore[attr-defined]
                kind=ImportKind(given["kind"]),
                filename=sent.name,
                content=sent.read(DEFAULT_LIMITS.file_bytes + 1),
                source=given["source"],
                purpose=given["purpose"],
                valid_from=given["valid_from"],
            )
            return redirect("imports:preview", batch_id=number)
        except operations.UnableToStageTable as problem:
            refusal, known = str(problem), problem.known_batch_id
    context = {
        "form": form,
        "refusal": refusal,
        "known": known,
        "batches": queries.batches(viewer=request.viewer),  # type: ignore[attr-defined]
        "kinds": list(ImportKind),
    }
    return render(request, "imports/index.html", context, status=422 if refusal or form.errors else 200)


@staff_page(capability=CAPABILITY)
def preview(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will show what a table would change, row by row, with the next act."""
    one = queries.batch(viewer=request.viewer, batch_id=batch_id)  # type: ignore[attr-defined]
    if one is None:
        raise Http404("没有这份表，或不在您的辖区。")
    chosen = request.GET.get("outcome", "")
    outcome = RowOutcome(chosen) if chosen in list(RowOutcome) else None
    after = request.GET.get("after", "0")
    rows, further = operations.look_at_rows(
        actor=request.viewer,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
        batch_id=batch_id,
        outcome=outcome,
        after=int(after) if after.isdigit() else 0,
    )
    present = [(o.value, o.label) for o in RowOutcome if one.counts[o]]
    chips = chip_row(
        query=request.GET,
        parameter="outcome",
        label="只看",
        options=present,
        counts={o.value: n for o, n in one.counts.items()},
    )
    context = {
        "one": one,
        "rows": rows,
        "further": further,
        "outcome": chosen,
        "chips": [chips],
        "staged": one.status.value == "staged",
        "applied": one.status.value == "applied",
        "error_number": one.counts[RowOutcome.ERROR],
        "heading": _heading(one),
    }
    return render(request, "imports/preview.html", context)


def _heading(one: Any) -> str:
    errors = one.counts[RowOutcome.ERROR]
    rest = f"，{errors:,} 行有错不导入" if errors else ""
    match one.status.value:
        case "staged" if not one.effective and not one.open_decisions:
            return f"这 {one.rows:,} 行不会改动任何资料{rest}"
        case "staged":
            new, changed = one.counts[RowOutcome.NEW], one.counts[RowOutcome.CHANGED] + one.counts[RowOutcome.NOTED]
            parts = [f"新登记 {new:,} 人"] if new else []
            parts += [f"改动 {changed:,} 行"] if changed else []
            parts += [f"{one.open_decisions:,} 行等您决定"] if one.open_decisions else []
            return f"导入后将{'，'.join(parts)}{rest}"
        case "applied":
            return f"{one.effective:,} 行已经导入{rest}"
        case _:
            return f"这份{one.kind.label}表{one.status.label}"


def _must_be_here(request: HttpRequest, batch_id: int) -> None:
    if queries.batch(viewer=request.viewer, batch_id=batch_id) is None:  # type: ignore[attr-defined]
        raise Http404("没有这份表，或不在您的辖区。")


@staff_page(capability=CAPABILITY, methods=("POST",))
def decide(request: HttpRequest, batch_id: int, number: int) -> HttpResponse:
    """This function will keep a decision about a possible duplicate."""
    _must_be_here(request, batch_id)
    chosen = request.POST.get("decision", "")
    try:
        if chosen not in (RowDecision.SKIP, RowDecision.REGISTER):
            raise operations.UnableToDecideRow("请选“不导入”或“照样登记”。")
        operations.decide_row(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            batch_id=batch_id,
            number=number,
            decision=RowDecision(chosen),
        )
        messages.success(request, f"第 {number} 行：{RowDecision(chosen).label}。")
    except operations.UnableToDecideRow as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:preview", batch_id=batch_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def decide_open(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will decide every open possible duplicate of a table in one way."""
    _must_be_here(request, batch_id)
    chosen = request.POST.get("decision", "")
    try:
        if chosen not in (RowDecision.SKIP, RowDecision.REGISTER):
            raise operations.UnableToDecideRow("请选“不导入”或“照样登记”。")
        number = operations.decide_open_rows(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            batch_id=batch_id,
            decision=RowDecision(chosen),
        )
        messages.success(request, f"{number:,} 行：{RowDecision(chosen).label}。")
    except operations.UnableToDecideRow as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:preview", batch_id=batch_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def apply(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will bring a table into the registry."""
    _must_be_here(request, batch_id)
    try:
        number = operations.apply_table(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            batch_id=batch_id,
        )
        messages.success(request, f"{number:,} 行已经写进登记库。发现不对，可以在这一页整份撤回。")
    except operations.UnableToApplyTable as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:preview", batch_id=batch_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will take back what a table brought."""
    _must_be_here(request, batch_id)
    try:
        number = operations.undo_table(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            batch_id=batch_id,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, f"{number:,} 行已经撤回，资料恢复到导入以前。")
    except operations.UnableToUndoTable as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:preview", batch_id=batch_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will put a waiting table aside."""
    _must_be_here(request, batch_id)
    try:
        operations.discard_table(
            actor=request.viewer,  # type: ignore[attr-defined]
            at=request.at,  # type: ignore[attr-defined]
            batch_id=batch_id,
        )
        messages.info(request, "这份表已放弃，没有改动任何资料。")
    except operations.UnableToApplyTable as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:index")


@staff_page(capability=CAPABILITY)
def errors(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This function will hand out the rows with errors as a workbook."""
    content = operations.take_errors(
        actor=request.viewer,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
        batch_id=batch_id,
    )
    if content is None:
        raise Http404("没有这份表，或不在您的辖区。")
    return _workbook(content, f"import-{batch_id}-errors.xlsx")


@staff_page(capability=CAPABILITY)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """This function will hand out an empty table with the headings that are understood."""
    if kind not in list(ImportKind):
        raise Http404("没有这种表。")
    content = operations.take_template(
        actor=request.viewer,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
        kind=ImportKind(kind),
    )
    return _workbook(content, f"template-{kind}.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
