from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.foundation.pages.masking import Audience, mask_name
from minsheng.work.eligibility import queries as policies
from minsheng.work.eligibility.whatif import operations, queries
from minsheng.work.eligibility.whatif.answers import WhatIf
from minsheng.work.eligibility.whatif.figures import (
    OFF,
    ROW,
    Figure,
    Trial,
    UnableToTry,
    figures_of,
    parameters,
    read_trial,
)
from minsheng.work.eligibility.whatif.pages import wording
from rulebook import Law

DEFAULT_SCHEME = "minimum_living_allowance"
FIRST_FIGURE = "household.standard"


@staff_page(capability="eligibility.what_if")
def what_if(request: StaffRequest) -> HttpResponse:
    """This function will try figures on everybody in the viewer's areas; the whole trial stands in the address."""
    try:
        law, titles = _law(request), _titles(request)
        scheme = _scheme(request, titles)
        context = _context(request, law, titles, scheme)
    except queries.UnableToCompare as refusal:
        return render(request, "whatif/empty.html", {"why": str(refusal)})
    try:
        trial = read_trial(law, scheme, request.GET.dict())
        answer = queries.what_if(viewer=request.viewer, trial=trial, area=request.GET.get("area", ""))
        context |= _answer_context(request, law, trial, answer, titles[scheme])
    except UnableToTry as refusal:
        context |= {"refusal": str(refusal), "heading": f"{titles[scheme]}：有一个数要改正"}
    return page_or_fragment(request, page="whatif/what_if.html", fragment="whatif/answer.html", context=context)


@staff_page(capability="eligibility.what_if")
def months(request: StaffRequest) -> HttpResponse:
    """This function will show the twelve months ahead: as a part of the trial's page, or as a page of its own."""
    law, trial, title = _trial(request)
    lines = queries.months_ahead(viewer=request.viewer, trial=trial, area=request.GET.get("area", ""))
    more = sum(line.after_fen - line.before_fen for line in lines)
    said = "多支出" if more >= 0 else "少支出"
    context = {
        "chart": wording.month_chart(lines),
        "heading": f"今后 12 个月一共{said} {wording.money(abs(more))}",
        "changes": wording.changes(trial, figures_of(law, trial.scheme), title),
        "back": _address(law, trial),
    }
    return page_or_fragment(request, page="whatif/months.html", fragment="whatif/months_part.html", context=context)


@staff_page(capability="eligibility.what_if")
def ceiling(request: StaffRequest) -> HttpResponse:
    """This function will answer how far one figure may go within a monthly budget."""
    law, trial, title = _trial(request)
    figures = figures_of(law, trial.scheme)
    key = request.GET.get("figure", "")
    try:
        budget = _budget(request.GET.get("budget", ""))
        answer = queries.ceiling(
            viewer=request.viewer, trial=trial, key=key, budget_fen=budget, area=request.GET.get("area", "")
        )
        found = answer.ceiling
        context: dict[str, Any] = {
            "answer": answer,
            "said": wording.ceiling_words(answer),
            "found": found.value is not None,
            "tried": [(_shown(answer.figure, probe.value), probe.cost_fen) for probe in found.probes],
            "try": _address(law, Trial(trial.scheme, {**trial.changed, key: found.value}, trial.off))
            if found.value is not None
            else "",
        }
    except UnableToTry as refusal:
        context = {"refusal": str(refusal)}
    context |= {"back": _address(law, trial), "title": title, "figures": figures, "told": parameters(law, trial)}
    return page_or_fragment(request, page="whatif/ceiling.html", fragment="whatif/ceiling_part.html", context=context)


@staff_page(capability="eligibility.what_if", also="eligibility.explain")
def households(request: StaffRequest) -> HttpResponse:
    """This function will list the households that gain or lose; names are masked for who may not open a person."""
    law, trial, title = _trial(request)
    text = request.GET.get("from", "0")
    offset = int(text) if text.isdigit() and len(text) < 8 else 0
    page = queries.moved_households(viewer=request.viewer, trial=trial, offset=offset, area=request.GET.get("area", ""))
    opens = request.viewer.can("registry.view_person")
    told = parameters(law, trial)
    context = {
        "heading": f"{page.total:,} 户的待遇会变化" if page.total else "没有一户的待遇会变化",
        "changes": wording.changes(trial, figures_of(law, trial.scheme), title),
        "back": _address(law, trial),
        "rows": [
            {
                "name": mask_name(row.name, Audience.OWN_AREA if opens else Audience.STAFF) + "一家",
                "line": row,
                "more_fen": row.will_fen - row.was_fen,
                "url": reverse("registry:household", args=[row.household_id]) if opens else "",
            }
            for row in page.rows
        ],
        "page": page,
        "last": page.offset + len(page.rows),
        "next": urlencode(told | {"from": page.offset + page.size}) if page.offset + page.size < page.total else "",
        "previous": urlencode(told | {"from": max(0, page.offset - page.size)}) if page.offset else "",
    }
    return render(request, "whatif/households.html", context)


@staff_page(capability="eligibility.what_if", methods=("POST",))
def snapshot(request: StaffRequest) -> HttpResponse:
    """This function will have a fresh snapshot of the facts made by the worker."""
    operations.ask_for_snapshot(actor=request.viewer, at=request.at)
    messages.success(request, "已开始准备最新的人口快照。全区约需一两分钟，做好后刷新本页就会用上。")
    return redirect("whatif:what_if")


def _law(request: StaffRequest) -> Law:
    return queries.trial_law(viewer=request.viewer)


def _titles(request: StaffRequest) -> dict[str, str]:
    lines = policies.schemes(viewer=request.viewer, on_date=request.at.date())
    return {line.code: line.title for line in lines}


def _scheme(request: StaffRequest, titles: dict[str, str]) -> str:
    scheme = request.GET.get("scheme", "") or (DEFAULT_SCHEME if DEFAULT_SCHEME in titles else next(iter(titles)))
    if scheme not in titles:
        raise Http404("没有这项政策。")
    return scheme


def _trial(request: StaffRequest) -> tuple[Law, Trial, str]:
    """The trial of a page that belongs to one; what cannot be read is no such page."""
    try:
        law, titles = _law(request), _titles(request)
        scheme = _scheme(request, titles)
        return law, read_trial(law, scheme, request.GET.dict()), titles[scheme]
    except (UnableToTry, queries.UnableToCompare) as refusal:
        raise Http404(str(refusal)) from refusal


def _context(request: StaffRequest, law: Law, titles: dict[str, str], scheme: str) -> dict[str, Any]:
    figures = sorted(figures_of(law, scheme), key=lambda figure: figure.key != FIRST_FIGURE)
    typed = {figure.key: request.GET.get(figure.key, "") or figure.scale["value"] for figure in figures}
    shared = [figure for figure in figures if not _comes_first(figure.key, scheme)]
    return {
        "title": titles[scheme],
        "scheme": scheme,
        "schemes": titles.items(),
        "area": request.GET.get("area", ""),
        "off": request.GET.get(OFF) == "1",
        "fields": [
            {"figure": figure, "typed": typed[figure.key]} for figure in figures if _comes_first(figure.key, scheme)
        ],
        "shared": [{"figure": figure, "typed": typed[figure.key]} for figure in shared],
        "shared_changed": any(typed[figure.key] != figure.scale["value"] for figure in shared),
    }


def _comes_first(key: str, scheme: str) -> bool:
    """The standard and the scheme's own figures; what it shares with other schemes is folded away."""
    return key == FIRST_FIGURE or key.startswith(f"{scheme}.")


def _answer_context(request: StaffRequest, law: Law, trial: Trial, answer: WhatIf, title: str) -> dict[str, Any]:
    told = parameters(law, trial)
    area = request.GET.get("area", "")
    measures = answer.measures
    return {
        "answer": answer,
        "heading": wording.heading_of(answer, title),
        "query": urlencode(told | ({"area": area} if area else {})),
        "told": told,
        "more": wording.money(abs(answer.more_fen)),
        "gain": wording.few(answer.gain),
        "lose": wording.few(answer.lose),
        "schemes_chart": wording.scheme_chart(answer),
        "streets_chart": wording.street_chart(answer),
        "places": answer.streets if len(answer.streets) > 1 else answer.communities,
        "bands": [(wording.band_words(band), wording.few(band.gain), wording.few(band.lose)) for band in answer.bands],
        "measures": [
            ("生活在标准以下的人", *(wording.percent(one.rate) for one in measures.poverty)),
            ("平均差多少（贫困差距）", *(wording.percent(one.gap) for one in measures.poverty)),
            ("差得最多的人有多难（贫困深度平方）", *(wording.percent(one.severity, 3) for one in measures.poverty)),
            ("人均收入差距（基尼系数）", *(wording.decimal(one) for one in measures.gini)),
        ],
        "publish": _publish_links(trial, answer.figures),
        "lists_households": request.viewer.can("eligibility.explain"),
    }


def _publish_links(trial: Trial, figures: tuple[Figure, ...]) -> list[tuple[str, str]]:
    """One link for each changed figure into the publishing gate, where that is installed: name and value only."""
    links = []
    by_key = {figure.key: figure for figure in figures}
    for key, value in trial.changed.items():
        name, _, row = key.partition(ROW)
        told = {"value": by_key[key].typed(value)} | ({"row": row} if row else {})
        try:
            where = reverse("publishing:new_version", args=[name])
        except NoReverseMatch:
            return []
        links.append((by_key[key].label, f"{where}?{urlencode(told)}"))
    return links


def _address(law: Law, trial: Trial) -> str:
    return f"{reverse('whatif:what_if')}?{urlencode(parameters(law, trial))}"


def _shown(figure: Figure, value: int) -> str:
    return f"{figure.typed(value)} {'元' if figure.money else figure.unit}".strip()


def _budget(text: str) -> int:
    plain = text.replace(",", "").replace("，", "").strip()
    whole, _, cents = plain.partition(".")
    if not whole.isdigit() or len(whole) > 12 or (cents and (not cents.isdigit() or len(cents) > 2)):
        raise UnableToTry("请填每月预算，例如 5000000 或 5000000.00，单位是元。")
    return int(whole) * 100 + int((cents or "0").ljust(2, "0"))
