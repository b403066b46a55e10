from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.masking import Audience
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, look_at_household
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.visits import operations, queries
from minsheng.work.visits.operations import UnableToNoteSignal, UnableToSetRhythm
from minsheng.work.visits.pages.forms import RhythmForm, SignalForm
from minsheng.work.visits.queries.warnings import source_label
from minsheng.work.visits.types import NewSignal, SignalKind, Weights
from minsheng.work.visits.weights import weights_on

# Whoever sees it on the spot says so; what departments know comes from them.
BY_HAND = ("grid", "visit", "self_report", "school", "hospital", "housing", "utilities")
NOTED_BY_HAND = tuple(kind for kind in SignalKind if kind is not SignalKind.VISIT_MISSED)


@staff_page(capability="visits.warnings")
def warnings(request: StaffRequest) -> HttpResponse:
    """This function will list the households that the score names, the highest first."""
    viewer, at = request.viewer, request.at
    weights = weights_on(at.date())
    chosen = queries.WarningFilter.read(request.GET.dict(), groups=weights.groups)
    page = queries.warnings_page(viewer=viewer, at=at, chosen=chosen, token=request.GET.get("page"))
    stars = [(str(n), f"{n} 星") for n in (5, 4, 3, 2, 1)]
    context = {
        "page": page,
        "counts": page.stars,
        "urgent": page.stars.get(5, 0),
        "all": sum(page.stars.values()),
        "chips": [
            chip_row(
                query=request.GET,
                parameter="star",
                label="星级",
                options=stars,
                counts={str(star): n for star, n in page.stars.items()},
            ),
            chip_row(query=request.GET, parameter="raised", label="缘由", options=[("yes", "最近有事发生")]),
            chip_row(
                query=request.GET,
                parameter="group",
                label="人群",
                options=[(group.code, group.label) for group in weights.groups.values()],
            ),
        ],
        "clear": clear_url(request.GET, parameters=["star", "raised", "group", "area"]),
        "audience": Audience.OWN_AREA if viewer.can("registry.view_person") else Audience.STAFF,
    }
    return render(request, "visits/warnings.html", context)


@staff_page(capability="visits.warnings")
def household(request: StaffRequest, household_id: int) -> HttpResponse:
    """This function will show what one household's score rests on; the purpose is asked once a day."""
    asked = _look(request, household_id)
    if asked is not None:
        return asked
    found = queries.working(viewer=request.viewer, at=request.at, household_id=household_id)
    if found is None:
        raise Http404("没有这一户，或者不在您负责的区域。")
    weights = weights_on(request.at.date())
    context = {"working": found, "weights": weights, "may_note": request.viewer.can("visits.note_signal")}
    return render(request, "visits/household.html", context)


@staff_page(capability="visits.note_signal", methods=("GET", "HEAD", "POST"))
def note(request: StaffRequest, household_id: int) -> HttpResponse:
    """This function will note something that happened to a household; the score follows at once."""
    asked = _look(request, household_id)
    if asked is not None:
        return asked
    viewer, at = request.viewer, request.at
    weights = weights_on(at.date())
    form = SignalForm(
        request.POST or None,
        kinds=[(kind.value, weights.signals[kind].label) for kind in NOTED_BY_HAND],
        sources=[(code, source_label(code)) for code in BY_HAND],
        initial={"happened_date": at.date(), "source": "grid"},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kind = SignalKind(given["kind"])
        try:
            signal = NewSignal(
                household_id,
                kind,
                given["happened_date"],
                given["source"],
                _stored(kind, given["value"], weights),
            )
            new = operations.record_signals(actor=viewer, at=at, signals=[signal])
        except UnableToNoteSignal as refused:
            form.add_error(None, str(refused))
        else:
            words = "已记下，分数已重新算过。" if new else "这条情况已经记过，没有重复记。"
            messages.success(request, f"{words}今晚按新的星级安排走访。")
            return redirect("visits:household", household_id=household_id)
    found = queries.working(viewer=viewer, at=at, household_id=household_id)
    context = {"form": form, "working": found}
    return render(request, "visits/note.html", context, status=422 if form.errors else 200)


@staff_page(capability="visits.note_signal", methods=("POST",))
def withdraw(request: StaffRequest, household_id: int, signal_id: int) -> HttpResponse:
    """This function will take back a happening that was noted wrongly."""
    asked = _look(request, household_id)
    if asked is not None:
        return asked
    try:
        operations.withdraw_signal(
            actor=request.viewer, at=request.at, signal_id=signal_id, reason=request.POST.get("reason", "")
        )
        messages.success(request, "已撤回，分数已重新算过。")
    except UnableToNoteSignal as refused:
        messages.error(request, str(refused))
    return redirect("visits:household", household_id=household_id)


@staff_page(capability="visits.oversee")
def overview(request: StaffRequest) -> HttpResponse:
    """This function will roll visits up by street or community."""
    area = request.GET.get("area", "")
    area = area if area.isascii() and area.isdigit() else ""
    found = queries.overview(viewer=request.viewer, at=request.at, area=area)
    context = {
        "view": found,
        "area": area,
        "may_view": request.viewer.can("visits.view"),
        "may_open": found.word == "街道",
    }
    return render(request, "visits/overview.html", context)


@staff_page(capability="visits.warnings")
def table(request: StaffRequest) -> HttpResponse:
    """This function will show the weights, the stars and the rhythms with their sources and doubts."""
    return _table(request, None)


@staff_page(capability="visits.configure", methods=("POST",))
def rhythm(request: StaffRequest) -> HttpResponse:
    """This function will set how often each star is visited in one area."""
    form = _rhythm_form(request, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.set_rhythm(
                actor=request.viewer,
                at=request.at,
                area_code=given["area"],
                days=form.days(),
                valid_from=given["valid_from"],
                basis=given["basis"],
            )
        except UnableToSetRhythm as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "走访间隔已定好，从那天夜里起按新的安排。")
            return redirect("visits:table")
    return _table(request, form)


def _table(request: StaffRequest, form: RhythmForm | None) -> HttpResponse:
    weights = weights_on(request.at.date())
    may_set = request.viewer.can("visits.configure")
    context = {
        "weights": weights,
        "settled_percent": weights.settled_permille // 10,
        "dimensions": [(label, cap) for label, cap in weights.dimensions.values()],
        "signals": [_spoken(w, weights) for w in weights.signals.values()],
        "circumstances": [(w, weights.dimensions[w.dimension][0]) for w in weights.circumstances.values()],
        "rhythms": queries.rhythms(viewer=request.viewer),
        "form": form or (_rhythm_form(request, None) if may_set else None),
        "bound": form is not None,
    }
    return render(request, "visits/table.html", context, status=422 if form is not None else 200)


def _rhythm_form(request: StaffRequest, given: Any) -> RhythmForm:
    weights = weights_on(request.at.date())
    initial: dict[str, Any] = {"valid_from": request.at.date()}
    for rung in weights.stars:
        initial |= {f"first_{rung.star}": rung.first_days, f"every_{rung.star}": rung.every_days}
    return RhythmForm(given, places=queries.places_to_set(viewer=request.viewer), initial=initial)


def _spoken(weighed: Any, weights: Weights) -> dict[str, Any]:
    unit = {"fen": "元", "months": " 个月", "times": " 次", "percent": "%", "grade_from_mildest": ""}.get(
        weighed.unit, ""
    )

    def tier(least: int, points: int) -> str:
        if weighed.unit == "fen":
            return f"{least // 100:,} 元起 {points} 分"
        if weighed.unit == "grade_from_mildest":
            return f"{5 - least} 级{'' if least == 4 else '起'} {points} 分"
        return f"{least}{unit}起 {points} 分" if unit else f"{points} 分"

    terms = [f"{days} 天内{'全算' if share == 1000 else f'算 {share // 10}%'}" for days, share in weighed.steps]
    return {
        "label": weighed.label,
        "dimension": weights.dimensions[weighed.dimension][0],
        "tiers": "；".join(tier(*one) for one in weighed.tiers),
        "terms": "，".join(terms) + "，以后不算",
        "basis": weighed.basis,
    }


def _stored(kind: SignalKind, typed: Decimal | None, weights: Weights) -> int | None:
    """What is typed in yuan is stored in fen; nothing typed is not known, never 0."""
    if typed is None:
        return None
    return int(typed * 100) if weights.signals[kind].unit == "fen" else int(typed)


def _look(request: StaffRequest, household_id: int) -> HttpResponse | None:
    """Record the look at a household, or lead to where its purpose is stated."""
    try:
        look_at_household(actor=request.viewer, at=request.at, household_id=household_id, about="visits.warning")
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=reverse("visits:household", args=[household_id]))
    return None
