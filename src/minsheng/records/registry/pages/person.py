from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from minsheng.foundation.audit.queries import looks_at
from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.days import business_day
from minsheng.records.registry.operations import (
    PurposeNeeded,
    UnableToFind,
    UnableToReveal,
    UnableToStatePurpose,
    look_at_household,
    open_person,
    reveal_number,
    state_purpose,
)
from minsheng.records.registry.pages.finding import must_be_here
from minsheng.records.registry.pages.presenting import (
    TIMELINE_KINDS,
    born_and_age,
    facts_shown,
    member_rows,
    shown,
    timeline,
)
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.records.registry.queries.households import household_page
from minsheng.records.registry.types import HouseholdPurpose, LookPurpose


@staff_page(capability="registry.view_person")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will show one person, once the purpose of today is stated."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    try:
        card = open_person(viewer=viewer, person_id=person_id, at=at)
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    kind = request.GET.get("kind", "")
    looks = looks_at(viewer=viewer, object_type="registry.person", object_id=str(card.person_id))
    today = business_day(at)
    context = {
        "card": card,
        "about": born_and_age(card, at=at),
        "view": shown(card, on=today),
        "facts": facts_shown(card.facts),
        "conflicts": sum(1 for fact in card.facts if fact.conflicts),
        "members": member_rows(card.members, on=today),
        "chips": [chip_row(query=request.GET, parameter="kind", label="只看", options=TIMELINE_KINDS)],
        "events": timeline(card, looks, kind=kind),
        "kind": kind,
        "looks": len(looks),
        "purpose": LookPurpose(card.purpose).label if card.purpose in set(LookPurpose) else card.purpose,
        "purposes": {p.value: p.label for p in LookPurpose},
        "may_edit": viewer.can("registry.edit"),
        "may_merge": viewer.can("registry.merge"),
        "may_label": viewer.can("registry.label"),
        "acts": [
            {"label": act["label"], "url": reverse(act["url_name"], args=[card.person_id])}
            for act in getattr(settings, "PERSON_ACTS", ())
            if viewer.can(act["capability"]) and not card.dead_on
        ],
    }
    return render(request, "registry/person.html", context)


@staff_page(capability="registry.view_person", methods=("GET", "HEAD", "POST"))
def purpose(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will ask why a person's page is opened, once per person and day."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    onward = wanted if _inside(request, wanted) else reverse("registry:person", args=[person_id])
    problem = ""
    if request.method == "POST":
        try:
            state_purpose(
                actor=viewer,
                at=at,
                person_id=person_id,
                code=request.POST.get("purpose", ""),
                note=request.POST.get("note", ""),
            )
        except UnableToFind as refusal:
            raise Http404(str(refusal)) from refusal
        except UnableToStatePurpose as refusal:
            problem = str(refusal)
        else:
            return redirect(onward)
    context = {"person_id": person_id, "purposes": list(LookPurpose), "next": onward, "problem": problem}
    return render(request, "registry/purpose.html", context, status=422 if problem else 200)


def _inside(request: HttpRequest, url: str) -> bool:
    return bool(url) and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


@staff_page(capability="registry.view_person", methods=("POST",))
def reveal(request: HttpRequest, person_id: int, which: str) -> HttpResponse:
    """This function will show a whole number after a reason was given; the look is on record before it is shown."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    try:
        number = reveal_number(
            actor=viewer,
            at=at,
            person_id=person_id,
            which=which.replace("-", "_"),
            reason=request.POST.get("reason", ""),
        )
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem
    except PurposeNeeded as needed:
        return redirect(reverse("registry:purpose", args=[needed.person_id]))
    except UnableToReveal as problem:
        return render(request, "registry/revealed.html", {"problem": str(problem), "person_id": person_id}, status=422)
    response = render(request, "registry/revealed.html", {"number": number, "problem": "", "person_id": person_id})
    response["Cache-Control"] = "no-store"
    return response


@staff_page(capability="registry.view_person")
def hidden(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will take a shown number off the page again."""
    return render(request, "registry/hidden.html", {"person_id": person_id})


@staff_page(capability="registry.view_person")
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """This function will show one household, its members for each purpose, and its facts."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    try:
        stated = look_at_household(actor=viewer, at=at, household_id=household_id)
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    page = household_page(viewer=viewer, household_id=household_id, on=business_day(at), known_at=at)
    context = {
        "page": page,
        "facts": facts_shown(page.facts),
        "acts": [
            {"label": act["label"], "url": reverse(act["url_name"], args=[household_id])}
            for act in getattr(settings, "HOUSEHOLD_ACTS", ())
            if viewer.can(act["capability"])
        ],
        "purpose": LookPurpose(stated).label if stated in set(LookPurpose) else stated,
        "views": [
            {
                "label": HouseholdPurpose(view.purpose).label,
                "members": member_rows(view.counted, on=business_day(at)),
                "others": [m for m in member_rows(view.members, on=business_day(at)) if not m["counted"]],
            }
            for view in page.views
        ],
    }
    return render(request, "registry/household.html", context)
