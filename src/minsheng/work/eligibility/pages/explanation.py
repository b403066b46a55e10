from datetime import date
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.files.documents import render_pdf
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.wording import day, moment, yuan
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, look_at_household
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.eligibility import queries
from minsheng.work.eligibility.pages.catalogue import chosen_day
from minsheng.work.eligibility.queries.explanation import Working
from minsheng.work.eligibility.queries.lines import Line
from minsheng.work.eligibility.types import Status

TEMPLATE = Path(__file__).parents[1] / "templates" / "documents" / "working.typ"
HEADINGS = {
    Status.ENTITLED: "为什么可以享受",
    Status.NOT_ENTITLED: "为什么不能享受",
    Status.UNKNOWN: "还不能确定能否享受",
}


@staff_page(capability="eligibility.explain")
def explanation(request: StaffRequest, code: str, household_id: int, person_id: int | None = None) -> HttpResponse:
    """This function will show the working of one result; the purpose is asked once per household and day."""
    on, problem = chosen_day(request)
    try:
        working = _worked_out(request, code, household_id, person_id, on.replace(day=1))
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    heading = f"{working.subject}{HEADINGS[working.status]}{working.title}"
    context = {
        "working": working,
        "heading": heading,
        "day": on,
        "problem": problem,
        "act": _act(request, code, household_id, person_id),
    }
    return render(request, "eligibility/explanation.html", context)


def _act(request: StaffRequest, code: str, household_id: int, person_id: int | None) -> dict[str, str] | None:
    """What may follow a result, as the installation declares it; this room does not know what it is."""
    declared = getattr(settings, "RESULT_ACT", None)
    if declared is None or not request.viewer.can(declared["capability"]):
        return None
    person = [person_id] if person_id is not None else []
    url = reverse(declared["person" if person else "household"], args=[code, household_id, *person])
    return {"label": declared["label"], "url": url}


@staff_page(capability="eligibility.explain")
def document(request: StaffRequest, code: str, household_id: int, person_id: int | None = None) -> HttpResponse:
    """This function will send the working as a PDF."""
    on, _ = chosen_day(request)
    try:
        working = _worked_out(request, code, household_id, person_id, on.replace(day=1))
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    content = render_pdf(TEMPLATE, _document_data(request, working), written_at=request.at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{household_id}.pdf"'
    return response


def _worked_out(request: StaffRequest, code: str, household_id: int, person_id: int | None, month: date) -> Working:
    try:
        look_at_household(actor=request.viewer, at=request.at, household_id=household_id, about=f"eligibility.{code}")
    except UnableToFind as stranger:
        raise Http404("没有这一户，或不在您的管辖范围。") from stranger
    working = queries.explain(
        viewer=request.viewer, at=request.at, code=code, household_id=household_id, person_id=person_id, as_of=month
    )
    if working is None:
        raise Http404("没有这一户，或不在您的管辖范围。")
    return working


def _document_data(request: StaffRequest, working: Working) -> dict[str, object]:
    result = HEADINGS[working.status].removeprefix("为什么")
    amount = f"{working.period.spoken} {yuan(working.payable_fen)} 元" if working.payable_fen else working.result
    return {
        "title": f"{working.title}计算说明",
        "issuer": "",
        "opening": f"{working.subject}{result}{working.title}。{amount}。按 {working.as_of:%Y年%-m月} 有效的规定计算。",
        "basis": working.basis,
        "lines": [_plain(line) for line in working.lines],
        "members": [f"{member.name}　{member.about}" for member in working.members],
        "questions": list(working.questions),
        "closing": "这份说明由系统按登记的情况计算，不是审批决定。情况有变或有不同意见，请向街道民政窗口提出。",
        "date": day(request.at),
        "verification": (
            f"{request.viewer.name} 于 {moment(request.at)} 打印。规定版本 {working.law_digest[:16]}，"
            f"情况版本 {working.facts_digest[:16]}。"
        ),
    }


def _plain(line: Line) -> dict[str, object]:
    word = {"holds": "成立", "fails": "不成立", "unknown": "不知道"}.get(line.state, "")
    small = "；".join(
        part
        for part in (
            line.basis,
            line.margin,
            f"来源：{line.source}" if line.source else "",
            f"疑点：{line.doubt}" if line.doubt else "",
        )
        if part
    )
    return {
        "word": word,
        "label": line.label,
        "text": line.text,
        "small": small,
        "children": [_plain(child) for child in line.children],
    }
