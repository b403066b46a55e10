"""Plans: taking one in, what it says with the source beside it, corrections, and the audit."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import UnableToCorrect, UnableToImportPlan
from minsheng.insight.cockpit.pages.forms import CorrectionForm, PlanForm
from minsheng.insight.cockpit.queries import plans as queries
from minsheng.insight.cockpit.types import ReadAs, StatementKind


@staff_page(capability="cockpit.view")
def listed(request: StaffRequest) -> HttpResponse:
    """This function will list the imported plans."""
    found = queries.plans(viewer=request.viewer)
    return render(request, "cockpit/plans.html", {"plans": found, "may_import": request.viewer.can("cockpit.plan")})


@staff_page(capability="cockpit.plan", methods=("GET", "HEAD", "POST"))
def take_in(request: StaffRequest) -> HttpResponse:
    """This function will take a plan in."""
    is_sent = request.method == "POST"
    form = PlanForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            number = operations.import_plan(
                actor=request.viewer,
                at=request.at,
                file_name=file.name,
                content=file.read(),
                source_note=form.cleaned_data["source_note"],
            )
        except UnableToImportPlan as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已读入。请先看没有读懂的和查出的问题，再决定用不用。")
            return redirect("cockpit:plan", plan_id=number)
    return render(request, "cockpit/import.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(capability="cockpit.view")
def plan(request: StaffRequest, plan_id: int) -> HttpResponse:
    """This function will show what a plan says, by kind of statement."""
    kind = request.GET.get("kind", "")
    chosen = StatementKind(kind) if kind in set(StatementKind) else StatementKind.INDICATOR
    found = queries.plan_view(viewer=request.viewer, plan_id=plan_id, kind=chosen)
    if found is None:
        raise Http404("没有这份规划，也许链接旧了。")
    context = {
        "view": found,
        "chips": [
            chip_row(
                query=request.GET,
                parameter="kind",
                label="说的是什么",
                options=[(one.value, one.label) for one, _ in found.counts],
                counts={one.value: number for one, number in found.counts},
            )
        ],
        "may_plan": request.viewer.can("cockpit.plan"),
        "answerable": chosen in (StatementKind.INDICATOR, StatementKind.TARGET, StatementKind.FACT),
    }
    return render(request, "cockpit/plan.html", context)


@staff_page(capability="cockpit.plan", methods=("POST",))
def in_force(request: StaffRequest, plan_id: int) -> HttpResponse:
    """This function will make a plan the one that the cockpit holds the district to."""
    try:
        operations.put_in_force(actor=request.viewer, at=request.at, plan_id=plan_id)
        messages.success(request, "驾驶舱从现在起对照这份规划。")
    except UnableToImportPlan as refused:
        messages.error(request, str(refused))
    return redirect("cockpit:plans")


@staff_page(capability="cockpit.view")
def audit(request: StaffRequest, plan_id: int) -> HttpResponse:
    """This function will show what is wrong with a plan, with the evidence and what to do about it."""
    found = queries.audit_view(viewer=request.viewer, plan_id=plan_id)
    if found is None:
        raise Http404("没有这份规划，也许链接旧了。")
    severities = ("错误", "疑点", "提示")
    wanted = request.GET.get("severity", "")
    shown = [finding for finding in found.findings if wanted not in severities or finding.severity == wanted]
    context = {
        "view": found,
        "findings": [(finding, found.statements.get(finding.line)) for finding in shown],
        "chips": [
            chip_row(
                query=request.GET,
                parameter="severity",
                label="轻重",
                options=[(word, word) for word in severities],
                counts={word: found.count(word) for word in severities},
            )
        ],
        "errors": found.count("错误"),
    }
    return render(request, "cockpit/audit.html", context)


@staff_page(capability="cockpit.view")
def statement(request: StaffRequest, statement_id: int) -> HttpResponse:
    """This function will show one statement beside its source."""
    found = _found(request, statement_id)
    form = _correction(found) if request.viewer.can("cockpit.plan") else None
    return render(request, "cockpit/statement.html", {"view": found, "form": form})


@staff_page(capability="cockpit.plan", methods=("POST",))
def correct(request: StaffRequest, statement_id: int) -> HttpResponse:
    """This function will correct a statement; what was read first stays on record."""
    found = _found(request, statement_id)
    form = _correction(found, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.correct_statement(
                actor=request.viewer,
                at=request.at,
                statement_id=statement_id,
                label=given["label"],
                unit=given["unit"],
                values=form.values(),
                set_aside=given["set_aside"],
                reason=given["reason"],
            )
        except UnableToCorrect as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已更正。原来读出的和改的原因都留着。")
            return redirect("cockpit:statement", statement_id=statement_id)
    return render(request, "cockpit/statement.html", {"view": found, "form": form}, status=422)


def _found(request: StaffRequest, statement_id: int) -> queries.StatementView:
    found = queries.statement_view(viewer=request.viewer, statement_id=statement_id)
    if found is None:
        raise Http404("没有这一条，也许链接旧了。")
    return found


def _correction(found: queries.StatementView, given: QueryDict | None = None) -> CorrectionForm:
    written = found.written
    initial: dict[str, object] = {
        "label": written.label,
        "unit": written.unit,
        "set_aside": written.read_as is ReadAs.SET_ASIDE,
    }
    for place, value in enumerate(written.values):
        initial |= {f"year_{place}": value["year"], f"value_{place}": value["value"] or ""}
    return CorrectionForm(given, values=written.values, initial=initial)
