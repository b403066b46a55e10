from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.operations import (
    PurposeNeeded,
    UnableToFind,
    UnableToLabel,
    UnableToUseMerged,
    decide_labelling,
    label_person,
    open_person,
)
from minsheng.records.registry.pages.finding import must_be_here
from minsheng.records.registry.pages.forms import LabelForm
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.records.registry.queries.labelling import person_label
from minsheng.records.registry.types import LabellingState, PersonLabel, ProtectionLevel


@staff_page(capability="registry.label", methods=("GET", "HEAD", "POST"))
def protection(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will show a person's label and its history, raise it, or propose to lower it."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    try:
        card = open_person(viewer=viewer, person_id=person_id, at=at)
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.path)
    label = person_label(viewer=viewer, person_id=card.person_id)
    form = LabelForm(request.POST or None, label=label)
    if request.method == "POST" and form.is_valid():
        try:
            state = label_person(actor=viewer, at=at, person_id=card.person_id, **form.cleaned_data)
        except UnableToFind as problem:
            raise Http404(str(problem)) from problem
        except (UnableToLabel, UnableToUseMerged) as refusal:
            form.add_error(None, str(refusal))
        else:
            level = form.cleaned_data["level"].label
            messages.success(
                request,
                f"已经调到“{level}”，马上生效：看不到这一级的同事，从现在起查不到这个人和这一户。他们手里没办完的事，请另派看得到的人。"
                if state is LabellingState.IN_FORCE
                else f"已提出调到“{level}”。要由另一个看得到这一级的人同意，同意以前级别不变。",
            )
            return redirect("registry:protection", person_id=card.person_id)
    return _page(request, label, form, status=422 if form.errors else 200)


@staff_page(capability="registry.label", methods=("POST",))
def decide(request: HttpRequest, person_id: int, labelling_id: int) -> HttpResponse:
    """This function will lower a label, or leave it, by the word of a second person."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    agreed = request.POST.get("agreed") == "yes"
    try:
        decide_labelling(
            actor=viewer, at=at, labelling_id=labelling_id, agreed=agreed, answer=request.POST.get("answer", "")
        )
    except (UnableToFind, UnableToUseMerged) as problem:
        raise Http404(str(problem)) from problem
    except UnableToLabel as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已经调低，马上生效。" if agreed else "没有同意调低，级别不变。")
    return redirect("registry:protection", person_id=person_id)


def _page(request: HttpRequest, label: PersonLabel, form: LabelForm, *, status: int) -> HttpResponse:
    context = {"label": label, "form": form, "levels": list(ProtectionLevel)}
    return render(request, "registry/protection.html", context, status=status)
