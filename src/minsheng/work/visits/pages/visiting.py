from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.records.registry.operations import PurposeNeeded
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.visits import operations, queries
from minsheng.work.visits.operations import UnableToFindVisit, UnableToVisit
from minsheng.work.visits.pages.forms import HandOverForm, HelpForm, RefusalForm, ResultForm
from minsheng.work.visits.queries.lists import DUE
from minsheng.work.visits.types import Origin, VisitAct, VisitStatus, Way

DONE = {
    VisitStatus.CLOSED: "已记下，这次走访办结了。",
    VisitStatus.RETRY: "已记下没见到。请按新的日期再去一次。",
    VisitStatus.ESCALATED: "两次都没见到，已报街道去找。",
    VisitStatus.REFERRED: "已记下要帮什么。下面请接着办：立案，或写明转给了谁。",
}
# Where help leads when no finding names a policy.
HELP_SCHEMES = (("minimum_living_allowance", "低保"), ("small_quick_aid", "小额快救"))


@staff_page(capability="visits.view")
def mine(request: StaffRequest) -> HttpResponse:
    """This function will list the visits and calls of the viewer's areas, the nearest day first."""
    chosen = queries.VisitFilter.read(request.GET.dict())
    viewer, at, query = request.viewer, request.at, request.GET
    counts = queries.visit_counts(viewer=viewer, at=at, chosen=chosen)
    shown = {"late": counts.late, "today": counts.today, "week": counts.week}
    rows = [
        chip_row(query=query, parameter="due", label="期限", options=list(DUE.items()), counts=shown),
        chip_row(query=query, parameter="whose", label="谁的", options=[("mine", "移交给我的")]),
    ]
    more = [
        chip_row(query=query, parameter="way", label="怎么去", options=[(w.value, w.label) for w in Way]),
        chip_row(query=query, parameter="origin", label="缘由", options=[(o.value, o.label) for o in Origin]),
        chip_row(query=query, parameter="status", label="进度", options=[(s.value, s.label) for s in VisitStatus]),
    ]
    context = {
        "page": queries.visits_page(viewer=viewer, at=at, chosen=chosen, token=query.get("page")),
        "counts": counts,
        "chips": rows,
        "more": more,
        "narrowed": bool(chosen.way or chosen.origin or chosen.status),
        "clear": clear_url(query, parameters=["due", "whose", "way", "origin", "status"]),
        "may_oversee": viewer.can("visits.oversee"),
        "may_warn": viewer.can("visits.warnings"),
    }
    return page_or_fragment(request, page="visits/mine.html", fragment="visits/mine_rows.html", context=context)


@staff_page(capability="visits.view")
def visit(request: StaffRequest, visit_id: int) -> HttpResponse:
    """This function will show one visit: who, why, where, what to ask, and the form for its result."""
    return _page(request, visit_id)


@staff_page(capability="visits.work", methods=("POST",))
def record(request: StaffRequest, visit_id: int) -> HttpResponse:
    """This function will record what came of a visit; a refusal shows the same page with what was typed."""

    def act(given: dict[str, Any]) -> None:
        status = operations.record_result(
            actor=request.viewer,
            at=request.at,
            visit_id=visit_id,
            result=VisitAct(given["result"]),
            way=Way(given["way"]),
            note=given["note"],
        )
        messages.success(request, DONE[status])

    stay = request.POST.get("result") in ("needs_help", "refused")
    return _do(request, visit_id, "result", ResultForm(request.POST), act, stay=stay)


@staff_page(capability="visits.work", methods=("POST",))
def take_up(request: StaffRequest, visit_id: int) -> HttpResponse:
    """This function will close a visit that needed help, with what was done."""

    def act(given: dict[str, Any]) -> None:
        operations.take_up(actor=request.viewer, at=request.at, visit_id=visit_id, outcome=given["outcome"])
        messages.success(request, "已记下怎么帮的，这次走访办结了。")

    return _do(request, visit_id, "help", HelpForm(request.POST), act)


@staff_page(capability="visits.work", methods=("POST",))
def refusal(request: StaffRequest, visit_id: int) -> HttpResponse:
    """This function will set until when a household is left alone."""

    def act(given: dict[str, Any]) -> None:
        operations.set_refusal_end(
            actor=request.viewer, at=request.at, visit_id=visit_id, until_date=given["until_date"]
        )
        messages.success(request, "已按本人的意思改好日期。到期以前不再安排走访。")

    return _do(request, visit_id, "refusal", RefusalForm(request.POST), act)


@staff_page(capability="visits.hand_over", methods=("POST",))
def hand_over(request: StaffRequest, visit_id: int) -> HttpResponse:
    """This function will give a visit to somebody else."""

    def act(given: dict[str, Any]) -> None:
        operations.hand_over(
            actor=request.viewer,
            at=request.at,
            visit_ids=[visit_id],
            username=given["username"],
            note=given["note"],
        )
        messages.success(request, "已移交。接手的人在“移交给我的”里看得到。")

    return _do(request, visit_id, "hand_over", HandOverForm(request.POST), act)


def _do(
    request: StaffRequest,
    visit_id: int,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    *,
    stay: bool = False,
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except UnableToFindVisit as stranger:
            raise Http404(str(stranger)) from stranger
        except UnableToVisit as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(reverse("visits:visit", args=[visit_id]) if stay else reverse("visits:mine"))
    return _page(request, visit_id, bound={name: form})


def _page(request: StaffRequest, visit_id: int, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    viewer, at = request.viewer, request.at
    try:
        operations.open_visit(viewer=viewer, at=at, visit_id=visit_id)
        found = queries.visit_file(viewer=viewer, at=at, visit_id=visit_id)
    except UnableToFindVisit as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    forms_shown: dict[str, forms.Form] = {
        "result": ResultForm(initial={"way": found.line.way.value}),
        "help": HelpForm(),
        "refusal": RefusalForm(initial={"until_date": found.refusal_until}),
        "hand_over": HandOverForm(),
    } | (bound or {})
    wrong = next((form for form in forms_shown.values() if form.errors), None)
    context = {
        "file": found,
        "line": found.line,
        "forms": forms_shown,
        "form": wrong,
        "cases": _cases(request, found),
        "may_change_refusal": found.refusal_until is not None and viewer.can("visits.work"),
        "may_warn": viewer.can("visits.warnings"),
        "may_call": found.head_id is not None and viewer.can("registry.view_person"),
    }
    return render(request, "visits/visit.html", context, status=422 if wrong else 200)


def _cases(request: StaffRequest, found: queries.VisitFile) -> list[dict[str, str]]:
    """Where a case is opened for help that is needed, as the installation declares it."""
    declared = getattr(settings, "RESULT_ACT", None)
    if declared is None or not found.may_take_up or not request.viewer.can(declared["capability"]):
        return []
    if found.scheme:
        person = [found.scheme_person_id] if found.scheme_person_id is not None else []
        name = declared["person" if person else "household"]
        return [{"label": declared["label"], "url": reverse(name, args=[found.scheme, found.household_id, *person])}]
    return [
        {
            "label": f"{declared['label']}：{label}",
            "url": reverse(declared["household"], args=[code, found.household_id]),
        }
        for code, label in HELP_SCHEMES
    ]
