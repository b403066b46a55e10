"""A resident's own data: what is registered, what was asked and answered, what is consented to; children's too."""

import json
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.portal import queries
from minsheng.portal.operations import data
from minsheng.portal.operations.applying import UnableToHandIn
from minsheng.portal.pages.gate import ResidentRequest, resident_page
from minsheng.records.privacy import queries as privacy
from minsheng.records.privacy.rules import REMEDY
from minsheng.records.privacy.types import RequestKind
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.types import FactInWords


class AskForm(forms.Form):
    """What is asked, for whom, in one's own words."""

    kind = forms.ChoiceField(
        label="要做什么？",
        choices=[(k.value, k.label) for k in RequestKind],
        widget=forms.RadioSelect,
        error_messages={"required": "请先选要做什么。"},
    )
    person = forms.TypedChoiceField(label="谁的资料？", coerce=int, widget=forms.RadioSelect)
    words = forms.CharField(
        label="哪些资料？",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如：登记的住址是老的，现在住青荷社区 3 幢。",
        error_messages={"required": "请写一写要看、要改或要删的是哪些。"},
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = self.fields["person"]
        assert isinstance(whose, forms.TypedChoiceField)
        whose.choices = people
        whose.initial = people[0][0]
        if len(people) == 1:
            whose.widget = forms.HiddenInput()


@resident_page()
def own(request: ResidentRequest) -> HttpResponse:
    """This function will show what was asked and answered, and what is consented to, each with the way to change it."""
    return _shown(request)


@resident_page()
def facts(request: ResidentRequest, person_id: int) -> HttpResponse:
    """This function will show what is registered of oneself or a young child."""
    told, name = _facts(request, person_id)
    return render(request, "portal/facts.html", {"facts": told, "name": name, "person_id": person_id})


@resident_page()
def copy(request: ResidentRequest, person_id: int) -> HttpResponse:
    """This function will hand over the same as a file that machines read (PIPL Art 45, paragraph 3)."""
    told, name = _facts(request, person_id)
    answer = {
        "format": "minsheng-personal-data-1",
        "made_at": request.at.isoformat(),
        "person": {"number": person_id, "name": name},
        "facts": [
            {
                "attribute": fact.attribute,
                "label": fact.label,
                "value": fact.value.isoformat() if isinstance(fact.value, date) else fact.value,
                "source": fact.source,
                "since": fact.since.isoformat() if fact.since else None,
            }
            for fact in told
        ],
    }
    response = HttpResponse(json.dumps(answer, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="my-data-{person_id}.json"'
    return response


@resident_page(methods=("GET", "HEAD", "POST"))
def ask(request: ResidentRequest) -> HttpResponse:
    """This function will take a request over one's data; the office answers on the own page by the day that is told."""
    names = _names(request)
    whose = data.spoken_for(resident=request.resident, at=request.at, people=list(names))
    form = AskForm(
        request.POST if request.method == "POST" else None, people=[(one, names.get(one, "本人")) for one in whose]
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            due = data.ask(
                resident=request.resident, at=request.at, person_id=given["person"], kind=given["kind"],
                words=given["words"], people=list(names),
            )  # fmt: skip
            return _shown(request, due=due)
        except UnableToHandIn as refusal:
            form.add_error(None, str(refusal))
    return render(request, "portal/ask.html", {"form": form}, status=422 if form.errors else 200)


@resident_page(methods=("POST",))
def consent(request: ResidentRequest, person_id: int, activity: str) -> HttpResponse:
    """This function will record one consent of oneself, or as a guardian."""
    try:
        data.consent(
            resident=request.resident, at=request.at, person_id=person_id, activity=activity,
            people=list(_names(request)),
        )  # fmt: skip
    except data.UnableToSpeakFor as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToHandIn as refusal:
        return _shown(request, problem=str(refusal), status=422)
    return redirect("portal:data")


@resident_page(methods=("POST",))
def withdraw(request: ResidentRequest, consent_id: int) -> HttpResponse:
    """This function will end a consent; nobody asks why."""
    try:
        data.withdraw(resident=request.resident, at=request.at, consent_id=consent_id)
    except UnableToFind as stranger:
        raise Http404("没有这份同意。") from stranger
    return redirect("portal:data")


def _names(request: ResidentRequest) -> dict[int, str]:
    return queries.names_at_home(resident=request.resident, on=request.at.date())


def _facts(request: ResidentRequest, person_id: int) -> tuple[list[FactInWords], str]:
    names = _names(request)
    try:
        told = data.see_own_facts(
            resident=request.resident, at=request.at, person_id=person_id, people=list(names)
        )  # fmt: skip
    except (data.UnableToSpeakFor, UnableToFind) as stranger:
        raise Http404(str(stranger)) from stranger
    return told, names.get(person_id, "")


def _shown(request: ResidentRequest, *, due: date | None = None, problem: str = "", status: int = 200) -> HttpResponse:
    names, viewer = _names(request), request.resident.viewer
    whose = data.spoken_for(resident=request.resident, at=request.at, people=list(names))
    consents = privacy.own_consents(viewer=viewer, at=request.at, people=whose)
    context = {
        "requests": privacy.own_requests(viewer=viewer, at=request.at),
        "people": [
            {
                "id": one,
                "name": names.get(one, ""),
                "mine": one == request.resident.person_id,
                "given": [c for c in consents if c.person_id == one and c.consent_id],
                "open": [c for c in consents if c.person_id == one and not c.consent_id],
            }
            for one in whose
        ],
        "due": due,
        "problem": problem,
        "remedy": REMEDY,
    }
    return render(request, "portal/data.html", context, status=status)
