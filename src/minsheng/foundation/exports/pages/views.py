"""Pages of exports: what I prepared and what waits for my word, one of them, the file, and the auditor's trace."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.exports import operations, queries, rules
from minsheng.foundation.files.limits import DEFAULT_LIMITS, UnableToReadTable
from minsheng.foundation.pages.gate import StaffRequest, staff_page

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TraceForm(forms.Form):
    """A table that turned up somewhere, or the code that stands on a sheet of paper."""

    file = forms.FileField(
        label="流出的表格（xlsx 或 csv）", required=False, help_text="缺行、缺列、另存过都可以。不会留下这份文件。"
    )
    code = forms.CharField(
        label="或者纸上的编号", required=False, max_length=40, help_text="第一行和页眉上的 12 位编号。"
    )


@staff_page(capability=operations.VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """This function will list what waits for the reader's word and what they have prepared."""
    lines = queries.exports(viewer=request.viewer, at=request.at)
    waiting = [line for line in lines if line.may_decide]
    mine = [line for line in lines if line.is_mine]
    return render(request, "exports/index.html", {"waiting": waiting, "mine": mine, "alone": rules.ALONE_ROWS})


@staff_page(capability=operations.VIEW)
def one(request: StaffRequest, code: str) -> HttpResponse:
    """This function will show one export: the way to its file, or who is asked first."""
    return _shown(request, code)


@staff_page(capability=operations.VIEW, methods=("POST",))
def take(request: StaffRequest, code: str) -> HttpResponse:
    """This function will hand over the file; each time is recorded."""
    try:
        name, content = operations.take(actor=request.viewer, at=request.at, code=code)
    except operations.UnableToFindExport as stranger:
        raise Http404(str(stranger)) from stranger
    except operations.UnableToExport as refusal:
        return _shown(request, code, problem=str(refusal), status=410)
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_page(capability=operations.APPROVE, methods=("POST",))
def decide(request: StaffRequest, code: str) -> HttpResponse:
    """This function will approve or refuse a large list as the second person."""
    approved = request.POST.get("answer") == "approve"
    try:
        operations.decide(
            actor=request.viewer, at=request.at, code=code, approved=approved, note=request.POST.get("note", "")
        )
    except operations.UnableToFindExport as stranger:
        raise Http404(str(stranger)) from stranger
    except operations.UnableToExport as refusal:
        return _shown(request, code, problem=str(refusal), status=422)
    messages.success(request, "已批准，本人可以取表格了。" if approved else "已记下不批准，本人看得到原因。")
    return redirect("exports:one", code=code)


@staff_page(capability=queries.TRACE, methods=("GET", "HEAD", "POST"))
def trace(request: StaffRequest) -> HttpResponse:
    """This function will tell from a leaked table, or a code, which export it was and who took it."""
    form = TraceForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        sent, code = form.cleaned_data["file"], form.cleaned_data["code"]
        if not sent and not code:
            form.add_error(None, "请选一份表格，或填编号。")
        else:
            content = sent.read(DEFAULT_LIMITS.file_bytes + 1) if sent else b""
            try:
                found, rows = queries.trace(
                    viewer=request.viewer, at=request.at, code=code, content=content, filename=sent.name if sent else ""
                )
                context |= {"found": found, "rows": rows, "asked": True, "sure": [one for one in found if one.alone]}
            except UnableToReadTable as problem:
                form.add_error("file", str(problem))
    return render(request, "exports/trace.html", context, status=422 if form.errors else 200)


def _shown(request: StaffRequest, code: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    line = queries.export(viewer=request.viewer, at=request.at, code=code)
    if line is None:
        raise Http404("没有这份导出，或者不在您的辖区内。")
    context = {"one": line, "problem": problem, "note": request.POST.get("note", ""), "alone": rules.ALONE_ROWS}
    return render(request, "exports/one.html", context, status=status)
