from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.files.documents import render_pdf
from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, look_at_household
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.casework import operations, queries
from minsheng.work.casework.operations import UnableToFindCase, UnableToProceed
from minsheng.work.casework.pages.acting import PAGES
from minsheng.work.casework.pages.drafts import DraftForm
from minsheng.work.casework.pages.forms import ActForm
from minsheng.work.casework.pages.handing_in import answers_page, opened_file
from minsheng.work.casework.pages.presenting import (
    acts_of_page,
    confirmer_words,
    heading_of,
    may_draft,
    owner_words,
    sheets_of,
    steps_of,
)
from minsheng.work.casework.procedures import procedures, procedures_for
from minsheng.work.casework.queries import CaseFile, CaseFilter
from minsheng.work.casework.types import Act, Origin, Status
from minsheng.work.casework.working import amount_words, is_monthly
from minsheng.work.eligibility import queries as eligibility

DUE = [("late", "已超期"), ("today", "今天到期"), ("soon", "还在期限内")]


@staff_page(capability="casework.view")
def mine(request: StaffRequest) -> HttpResponse:
    """This function will list the cases of the viewer's areas, the nearest legal deadline first."""
    chosen = CaseFilter.read(request.GET.dict())
    viewer, at = request.viewer, request.at
    counts = queries.case_counts(viewer=viewer, at=at, chosen=chosen)
    statuses = queries.counts_by_status(viewer=viewer, at=at, chosen=chosen)
    titles = {code: editions[-1].title for code, editions in procedures().items()}
    query = request.GET
    present = [(s.value, s.label) for s in Status if s.value in statuses]
    rows = [
        chip_row(query=query, parameter="whose", label="谁的", options=[("mine", "我经手的")]),
        chip_row(query=query, parameter="due", label="期限", options=DUE),
        *(
            [chip_row(query=query, parameter="status", label="进度", options=present, counts=statuses)]
            if present
            else []
        ),
        chip_row(query=query, parameter="procedure", label="事项", options=list(titles.items())),
    ]
    context = {
        "page": queries.cases_page(viewer=viewer, at=at, chosen=chosen, token=request.GET.get("page")),
        "counts": counts,
        "chips": rows,
        "clear": clear_url(request.GET, parameters=["whose", "due", "status", "procedure"]),
        "may_oversee": viewer.can("casework.oversee"),
    }
    return page_or_fragment(request, page="casework/mine.html", fragment="casework/mine_rows.html", context=context)


@staff_page(capability="casework.oversee")
def overview(request: StaffRequest) -> HttpResponse:
    """This function will show the legal clocks rolled up, by step and by street."""
    view = queries.overview(viewer=request.viewer, at=request.at)
    tables = [("哪一步", view.by_step), ("哪个街道", view.by_street)]
    context = {"view": view, "tables": tables, "may_view": request.viewer.can("casework.view")}
    return render(request, "casework/overview.html", context)


@staff_page(capability="casework.draft", methods=("GET", "HEAD", "POST"))
def new(request: StaffRequest, scheme: str, household_id: int, person_id: int | None = None) -> HttpResponse:
    """This function will say what opening a case does, and open it; a running case is shown instead."""
    viewer, at = request.viewer, request.at
    options = procedures_for(scheme, at.date())
    if not options:
        raise Http404("这项政策没有办理程序。")
    try:
        look_at_household(actor=viewer, at=at, household_id=household_id, about="casework.new")
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    running = queries.open_case_of(viewer=viewer, scheme=scheme, household_id=household_id, person_id=person_id)
    if running is not None:
        return redirect("casework:case", case_id=running)
    problem = ""
    if request.method == "POST":
        try:
            case_id = operations.open_case(
                actor=viewer,
                at=at,
                procedure=request.POST.get("procedure", ""),
                scheme=scheme,
                household_id=household_id,
                person_id=person_id,
                origin=Origin.APPLICATION if request.POST.get("origin") == "application" else Origin.FINDING,
            )
        except UnableToProceed as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "已立案，申请表按登记的情况预填好了。请核对，再请本人签授权。")
            return redirect("casework:case", case_id=case_id)
    working = None
    if eligibility.scheme_ref(code=scheme) is not None:
        working = eligibility.explain(
            viewer=viewer,
            at=at,
            code=scheme,
            household_id=household_id,
            person_id=person_id,
            as_of=at.date().replace(day=1) if is_monthly(scheme) else at.date(),
        )
        if working is None:
            raise Http404("这项待遇按人享受的要选定本人，按户享受的不选人。")
    context = {"options": options, "working": working, "problem": problem}
    return render(request, "casework/new.html", context, status=422 if problem else 200)


@staff_page(capability="casework.view")
def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """This function will show one case: the steps with their dates, the form, the evidence, the household."""
    return _page(request, case_id)


@staff_page(capability="casework.work", methods=("POST",))
def act(request: StaffRequest, case_id: int, name: str) -> HttpResponse:
    """This function will do one act; a refusal shows the same page with what was typed and why."""
    if name not in set(Act) or Act(name) not in PAGES:
        raise Http404("没有这一步。")
    chosen = Act(name)
    file = opened_file(request, case_id)
    if isinstance(file, HttpResponse):
        return file
    form = PAGES[chosen].form(request.POST, file=file, today=request.at.date())
    handing_in = chosen is Act.SUBMIT
    if not form.is_valid():
        return (
            answers_page(request, file, form) if handing_in else _page(request, case_id, bound=form, bound_act=chosen)
        )
    try:
        PAGES[chosen].run(actor=request.viewer, at=request.at, case_id=case_id, **form.cleaned_data)
    except UnableToFindCase as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToProceed as refusal:
        if handing_in:
            return answers_page(request, file, form, reasons=refusal.reasons)
        return _page(request, case_id, bound=form, bound_act=chosen, reasons=refusal.reasons)
    if handing_in:
        return redirect("casework:receipt", case_id=case_id)
    messages.success(request, PAGES[chosen].done)
    return redirect("casework:case", case_id=case_id)


@staff_page(capability="casework.draft", methods=("POST",))
def save(request: StaffRequest, case_id: int) -> HttpResponse:
    """This function will keep the form as far as it is filled in."""
    file = opened_file(request, case_id)
    if isinstance(file, HttpResponse):
        return file
    form = DraftForm(request.POST, file=file)
    if not form.is_valid():
        return _page(request, case_id, draft=form)
    try:
        _save(request, file, form.answers())
    except UnableToFindCase as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToProceed as refusal:
        return _page(request, case_id, draft=form, reasons=refusal.reasons)
    messages.success(request, "草稿已保存。什么时候回来接着填都可以。")
    return redirect("casework:case", case_id=case_id)


def _save(request: StaffRequest, file: CaseFile, answers: dict[str, Any]) -> None:
    """What is filled in for one part of a joint application is filled in for all that ask it."""
    given: dict[str, Any] = {"actor": request.viewer, "at": request.at, "answers": answers}
    if file.joint_id is None:
        operations.save_draft(case_id=file.id, **given)
    else:
        operations.act_on_parts(joint_id=file.joint_id, act=Act.SAVE_DRAFT, **given)


@staff_page(capability="casework.view")
def document(request: StaffRequest, document_id: int) -> HttpResponse:
    """This function will send a letter of a case as PDF, drawn from what went out."""
    found = queries.document_data(viewer=request.viewer, document_id=document_id)
    if found is None:
        raise Http404("没有这份文书，或不在您的管辖范围。")
    case_id, kind, data = found
    file = opened_file(request, case_id)
    if isinstance(file, HttpResponse):
        return file
    response = HttpResponse(render_pdf("letter", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file.number}-{kind}.pdf"'
    return response


@staff_page(capability="casework.view", methods=("POST",))
def replay(request: StaffRequest, case_id: int, decision_id: int) -> HttpResponse:
    """This function will work a decision out again and say whether it gives the same to the fen."""
    try:
        replayed = operations.replay_decision(actor=request.viewer, at=request.at, decision_id=decision_id)
    except UnableToFindCase as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToProceed as refusal:
        messages.error(request, str(refusal))
        return redirect("casework:case", case_id=case_id)
    if replayed is None:
        messages.info(request, "这项救助由人工在限额内定额，没有计算规则可以重算；冻结的内容与校验值一致。")
    elif replayed.same:
        messages.success(request, "按决定当时冻结的情况和规定重算，结果一分不差，校验值一致。")
    else:
        messages.error(request, f"重算与当时不一致：{'；'.join(replayed.differences)}。请报告业务科和审计。")
    return redirect("casework:case", case_id=case_id)


def _page(
    request: StaffRequest,
    case_id: int,
    *,
    bound: ActForm | None = None,
    bound_act: Act | None = None,
    draft: DraftForm | None = None,
    reasons: tuple[str, ...] = (),
) -> HttpResponse:
    file = opened_file(request, case_id)
    if isinstance(file, HttpResponse):
        return file
    editable = may_draft(request.viewer, file)
    form = draft or (DraftForm(file=file) if editable else None)
    context = {
        "file": file,
        "heading": heading_of(file),
        "steps": [(line, owner_words(line.owner, file)) for line in steps_of(file)],
        "confirmer": confirmer_words(file),
        "acts": acts_of_page(file, today=request.at.date(), bound=bound, bound_act=bound_act),
        "reasons": reasons,
        "sheets": sheets_of(file, form),
        "editable": editable,
        "draft": draft,
        "rated": eligibility.scheme_ref(code=file.scheme) is not None,
        "amount": amount_words(file.opinion.scheme, file.opinion.amount_fen) if file.opinion else "",
    }
    refused = bool(reasons) or bound is not None or draft is not None
    return render(request, "casework/case.html", context, status=422 if refused else 200)
