from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.exports import operations as exports
from minsheng.foundation.files.workbooks import Column
from minsheng.foundation.pages.charts import Chart, Series
from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.masking import Audience, mask_name
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.missed import operations, queries
from minsheng.work.eligibility.missed.queries import NONE_YET, MissedFilter, MissedLine, MonthLine, Report
from minsheng.work.eligibility.missed.types import WhyNot
from minsheng.work.eligibility.rules import EXPORT_PURPOSES, SMALL_CELL

CAPABILITY, NOTES = "eligibility.view_findings", "eligibility.note_reason"
COLUMNS = (
    Column("姓名"),
    Column("政策", width=28),
    Column("社区"),
    Column("应领（元）", kind="fen"),
    Column("发现日期", kind="date"),
    Column("为什么没领"),
    Column("说明", width=40),
    Column("了解日期", kind="date"),
)
REPORT_COLUMNS = (
    Column("政策", width=28),
    Column("街道"),
    Column("社区"),
    Column("符合", kind="integer"),
    Column("已领", kind="integer"),
    Column("未领", kind="integer"),
    Column("发放"),
    Column("未领金额（元）", kind="fen"),
    Column("只差一项", kind="integer"),
)
TOO_FEW = "人数太少"
REASONS = [*((why.value, why.label) for why in WhyNot), (NONE_YET, "还没问过")]


class ReasonForm(forms.Form):
    """What a worker found out, and on which day."""

    why = forms.ChoiceField(
        label="为什么还没有领",
        choices=[(why.value, why.label) for why in WhyNot],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是哪一种原因。"},
    )
    note = forms.CharField(
        label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="对方怎么说的、下一步怎么办。不要写证件号和电话。",
    )  # fmt: skip
    noted_date = forms.DateField(
        label="哪天了解到的",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写哪天了解到的。", "invalid": "日期请写成 2026-11-03 的样子。"},
    )


@staff_page(capability=CAPABILITY)
def report(request: StaffRequest) -> HttpResponse:
    """This function will show how many of those entitled receive, who is missed where, and which question to ask."""
    chosen = MissedFilter.read(request.GET.dict())
    found = queries.report(viewer=request.viewer, chosen=chosen, on_date=request.at.date())
    kept = queries.months(viewer=request.viewer, chosen=chosen)
    context = {
        "chosen": chosen,
        "report": found,
        "heading": heading_of(found, chosen),
        "chips": [
            chip_row(
                query=request.GET,
                parameter="scheme",
                label="政策",
                options=[(scheme.code, scheme.title) for scheme in book().schemes.values()],
            )
        ],
        "clear": clear_url(request.GET, parameters=["scheme", "area"]),
        "by_scheme": [
            {"line": line, "period": _period(line.key), "url": f"?{chosen.query(scheme=line.key)}"}
            for line in found.by_scheme
        ],
        "by_area": [
            {
                "line": line,
                "people": f"{reverse('missed:people')}?{chosen.query(area=line.key)}",
                "url": f"?{chosen.query(area=line.key)}",
            }
            for line in found.by_area
        ],
        "reasons": [(why.label, found.total.reasons.get(why.value, 0)) for why in WhyNot],
        "unasked": (found.total.missed or 0) - sum(found.total.reasons.values()),
        "area_chart": _area_chart(found),
        "trend": _trend(kept),
        "kept": kept,
        "people_url": f"{reverse('missed:people')}?{chosen.query()}",
        "small_cell": SMALL_CELL,
        "purposes": EXPORT_PURPOSES.items(),
        "may_export": request.viewer.can("eligibility.export") and bool(found.by_scheme),
    }
    return render(request, "missed/report.html", context)


@staff_page(capability=CAPABILITY)
def people(request: StaffRequest) -> HttpResponse:
    """This function will list who is entitled and does not receive, with the reason that was found out last."""
    chosen = MissedFilter.read(request.GET.dict())
    page = queries.missed_page(viewer=request.viewer, chosen=chosen, token=request.GET.get("page"))
    context = {
        "chosen": chosen,
        "page": page,
        "rows": [_row(line, request.viewer) for line in page.rows],
        "chips": [
            chip_row(query=request.GET, parameter="why", label="原因", options=REASONS),
            chip_row(
                query=request.GET,
                parameter="scheme",
                label="政策",
                options=[(scheme.code, scheme.title) for scheme in book().schemes.values()],
            ),
        ],
        "clear": clear_url(request.GET, parameters=["scheme", "area", "why"]),
        "purposes": EXPORT_PURPOSES.items(),
        "may_export": request.viewer.can("eligibility.export") and page.count > 0,
        "may_note": request.viewer.can(NOTES),
    }
    return render(request, "missed/people.html", context)


@staff_page(capability="eligibility.export", methods=("POST",))
def export(request: StaffRequest) -> HttpResponse:
    """This function will prepare the list as a workbook and lead to it; refusals lead back to the same list."""
    chosen, purpose = MissedFilter.read(request.POST.dict()), request.POST.get("purpose", "")
    try:
        lines = operations.export_missed(actor=request.viewer, at=request.at, chosen=chosen, purpose=purpose)
    except operations.UnableToExportMissed as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('missed:people')}?{chosen.query()}")
    body = [
        [
            _name(line, request.viewer),
            _title(line.scheme),
            line.place,
            line.amount_fen,
            line.since,
            line.why.label if line.why else "还没问过",
            line.note,
            line.noted_date,
        ]
        for line in lines
    ]
    return _prepared(request, purpose, COLUMNS, body, sheet="应享未享", stem="missed", names_people=True)


@staff_page(capability="eligibility.export", methods=("POST",))
def export_report(request: StaffRequest) -> HttpResponse:
    """This function will prepare the report by scheme and community as a workbook, without small counts."""
    chosen, purpose = MissedFilter.read(request.POST.dict()), request.POST.get("purpose", "")
    try:
        lines = operations.export_report(
            actor=request.viewer, at=request.at, chosen=chosen, on_date=request.at.date(), purpose=purpose
        )
    except operations.UnableToExportMissed as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('missed:report')}?{chosen.query()}")
    body = [
        [
            _title(line.scheme),
            line.street,
            line.community,
            TOO_FEW if line.entitled is None else line.entitled,
            line.receiving,
            line.missed,
            _period(line.scheme) or "资格",
            line.missed_fen if _period(line.scheme) else None,
            TOO_FEW if line.one_datum is None else line.one_datum,
        ]
        for line in lines
    ]
    return _prepared(
        request, purpose, REPORT_COLUMNS, body, sheet="漏保人员报告", stem="missed-report", names_people=False
    )


def _prepared(
    request: StaffRequest, purpose: str, columns: Sequence[Column], body: Sequence[Sequence[object]],
    *, sheet: str, stem: str, names_people: bool,
) -> HttpResponse:  # fmt: skip
    code = exports.prepare(
        actor=request.viewer, at=request.at, sheet=sheet, stem=stem, about=f"{sheet}，{request.viewer.area_name}",
        purpose=EXPORT_PURPOSES[purpose], columns=columns, rows=body, names_people=names_people,
    )  # fmt: skip
    return redirect("exports:one", code=code)


@staff_page(capability=NOTES, methods=("GET", "HEAD", "POST"))
def reason(request: StaffRequest, finding_id: int) -> HttpResponse:
    """This function will show what was found out about one missed beneficiary, and take a new reason."""
    found = queries.missed_line(viewer=request.viewer, finding_id=finding_id)
    if found is None:
        raise Http404("没有这条应享未享，或不在您负责的区域。")
    line, told = found
    form = ReasonForm(request.POST or None, initial={"noted_date": request.at.date()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.note_reason(
                actor=request.viewer,
                at=request.at,
                finding_id=finding_id,
                why=given["why"],
                note=given["note"],
                noted_date=given["noted_date"],
            )
            messages.success(request, "已记下原因。这一条仍算在应享未享里，直到领到或不再符合。")
            return redirect(f"{reverse('missed:people')}?{MissedFilter(scheme=line.scheme).query()}")
        except operations.UnableToNoteReason as refusal:
            form.add_error(None, str(refusal))
    context = {"line": line, "name": _name(line, request.viewer), "title": _title(line.scheme), "told": told,
               "form": form, "row": _row(line, request.viewer)}  # fmt: skip
    return render(request, "missed/reason.html", context, status=422 if form.errors else 200)


def heading_of(found: Report, chosen: MissedFilter) -> str:
    """This function will say the report as one sentence."""
    about = f"“{_title(chosen.scheme)}”" if chosen.scheme else ""
    if not found.total.entitled:
        return f"{about}还没有可以数的：没有人被算出符合条件"
    if not found.total.missed:
        return f"{about}符合条件的 {found.total.entitled:,} 项都领到了"
    return f"{about}符合条件的 {found.total.entitled:,} 项里，{found.total.missed:,} 项还没有领到"


def _area_chart(found: Report) -> Chart | None:
    lines = found.by_area[:20]
    if not lines:
        return None
    return Chart(
        key="areas",
        title="各处已领和未领",
        kind="bar",
        axis="地区",
        categories=[line.label for line in lines],
        series=[Series("已领", [line.receiving for line in lines]), Series("未领", [line.missed for line in lines])],
        unit="项",
        source=f"{found.month.year}年{found.month.month}月，按登记和发放数据计算。",
    )


def _trend(kept: list[MonthLine]) -> Chart | None:
    if len(kept) < 2:
        return None
    rates = [line.rate_permille for line in kept]
    return Chart(
        key="trend",
        title="享受率逐月变化",
        kind="line",
        axis="月份",
        categories=[f"{line.month.year}年{line.month.month}月" for line in kept],
        series=[Series("享受率", [None if rate is None else rate / 10 for rate in rates])],
        unit="%",
        source="每月保留一次，以后的更正不改变已经保留的月份。",
    )


def _period(code: str) -> str:
    scheme = book().schemes.get(code)
    return scheme.period.spoken if scheme else ""


def _title(code: str) -> str:
    scheme = book().schemes.get(code)
    return scheme.title if scheme else code


def _name(line: MissedLine, viewer: Viewer) -> str:
    audience = Audience.OWN_AREA if viewer.can("registry.view_person") else Audience.STAFF
    name = mask_name(line.subject_name, audience)
    return name if line.person_id is not None else f"{name}一家"


def _row(line: MissedLine, viewer: Viewer) -> dict[str, object]:
    arguments: dict[str, object] = {"code": line.scheme, "household_id": line.household_id}
    if line.person_id is not None:
        arguments["person_id"] = line.person_id
    kind = "explain_household" if line.person_id is None else "explain_person"
    return {
        "line": line,
        "name": _name(line, viewer),
        "scheme": _title(line.scheme),
        "period": _period(line.scheme),
        "url": reverse(f"eligibility:{kind}", kwargs=arguments) if viewer.can("eligibility.explain") else "",
    }
