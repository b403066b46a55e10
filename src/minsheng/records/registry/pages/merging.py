from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.days import business_day
from minsheng.records.registry.operations import (
    PurposeNeeded,
    UnableToFind,
    UnableToMerge,
    UnableToUnmerge,
    UnableToUseMerged,
    merge_persons,
    open_person,
    unmerge_persons,
)
from minsheng.records.registry.pages.finding import must_be_here
from minsheng.records.registry.pages.forms import MergeForm
from minsheng.records.registry.pages.presenting import shown
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.records.registry.types import PersonCard
from minsheng.records.registry.vocabulary import ATTRIBUTES, spoken_value


@staff_page(capability="registry.merge", methods=("GET", "HEAD", "POST"))
def merge(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will show two records side by side before they become one; both pages need a purpose today."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    asked = request.POST or request.GET
    form = MergeForm(asked if "other" in asked else None)
    cards: list[PersonCard] = []
    if form.is_bound and form.is_valid():
        try:
            cards = [open_person(viewer=viewer, person_id=p, at=at) for p in (person_id, form.cleaned_data["other"])]
            if request.method == "POST":
                merge_persons(
                    actor=viewer,
                    at=at,
                    kept_id=person_id,
                    merged_id=form.cleaned_data["other"],
                    reason=form.cleaned_data["reason"],
                )
                messages.success(request, "两条记录已合并。认错了可以在这一页拆开，两边都会恢复原样。")
                return redirect("registry:person", person_id=person_id)
        except PurposeNeeded as needed:
            return ask_purpose(needed, back=f"{request.path}?other={form.cleaned_data['other']}")
        except UnableToFind as problem:
            form.add_error("other", str(problem))
        except (UnableToMerge, UnableToUseMerged) as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "person_id": person_id,
        "cards": [(card, shown(card, on=business_day(at))) for card in cards],
        "differences": _differences(cards),
    }
    return render(request, "registry/merge.html", context, status=422 if form.errors else 200)


def _differences(cards: list[PersonCard]) -> list[tuple[str, str, str]]:
    if len(cards) != 2:
        return []
    first, second = ({f.attribute: f.value for f in card.facts} for card in cards)
    return [
        (ATTRIBUTES[name].label, spoken_value(name, first.get(name)), spoken_value(name, second.get(name)))
        for name in ATTRIBUTES
        if first.get(name) != second.get(name)
    ]


@staff_page(capability="registry.merge", methods=("POST",))
def unmerge(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will take a merge back; `person_id` is the record that was merged away."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    try:
        unmerge_persons(actor=viewer, at=at, merged_id=person_id)
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem
    except UnableToUnmerge as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已拆开，编号 {person_id} 恢复为单独的一条记录。")
    return redirect("registry:person", person_id=person_id)
