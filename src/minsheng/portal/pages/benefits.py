"""One benefit of the household: why, how much, and the one thing to do next; a question that settles an open one."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.portal import operations, queries
from minsheng.portal.pages.asking import Questions, ReasonForm, VisitTimeForm
from minsheng.portal.pages.gate import ResidentRequest, resident_page
from minsheng.portal.rules import WITHOUT_APPLICATION
from minsheng.records.registry.operations import UnableToRecordStatement
from minsheng.records.registry.pages.forms import FactForm
from minsheng.records.registry.vocabulary import ATTRIBUTES
from minsheng.work.casework import queries as casework
from minsheng.work.casework.procedures import procedures_for
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.eligibility.queries.explanation import Working


class CheckedForm(ReasonForm, VisitTimeForm):
    """What was answered, looked through once more and vouched for."""

    declared_true = forms.BooleanField(
        label="上面的情况都是真的；同意为这次申请核对我本人的收入和财产",
        error_messages={"required": "请在方框里打钩，再提交。"},
    )


class QuestionForm(FactForm):
    """One fact of the family in the words of its question; who says it and since when is clear by itself."""

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["source"], self.fields["valid_from"]
        self.fields["value"].label = question
        self.fields["value"].help_text = ""


def _working(request: ResidentRequest, scheme: str, person_id: int | None) -> Working:
    working = eligibility.explain(
        viewer=request.resident.viewer,
        at=request.at,
        code=scheme,
        household_id=request.resident.household_id,
        person_id=person_id,
        as_of=request.at.date(),
    )
    if working is None:
        raise Http404("您家没有这一项。")
    return working


@resident_page()
def benefit(request: ResidentRequest, scheme: str, person_id: int | None = None) -> HttpResponse:
    """This function will say in plain words why the household has, could have or has not one benefit."""
    working = _working(request, scheme, person_id)
    money = queries.money_of_household(resident=request.resident, on=request.at.date()).get((scheme, person_id))
    in_hand = (scheme, person_id) in casework.matters_in_hand(
        viewer=request.resident.viewer, household_id=request.resident.household_id
    )
    may = working.status == "entitled" and working.receiving_fen is None and money is None and not in_hand
    context = {
        "working": working,
        "money": money,
        "in_hand": in_hand and money is None,
        "offer": may and scheme in WITHOUT_APPLICATION,
        "form_follows": may and scheme not in WITHOUT_APPLICATION and bool(procedures_for(scheme, request.at.date())),
        "counter": may and scheme not in WITHOUT_APPLICATION,
    }
    return render(request, "portal/working.html", context)


@resident_page(methods=("GET", "HEAD", "POST"))
def apply(request: ResidentRequest, scheme: str, person_id: int | None = None) -> HttpResponse:
    """This function will ask one question a page, let the answers be checked, and hand the application in."""
    working = _working(request, scheme, person_id)
    questions = Questions(
        f"申请{working.title}", f"申请{working.title}", (("reason", ReasonForm), ("contact_time", VisitTimeForm))
    )
    asked = questions.next_page(request)
    if asked is not None:
        return asked
    handing_in = questions.step(request.POST) == questions.last
    form = CheckedForm(request.POST) if handing_in else CheckedForm(initial=dict(questions.kept(request.POST)))
    context: dict[str, Any] = {
        "working": working,
        "form": form,
        "step": questions.last,
        "kept": questions.kept(request.POST),
    }
    if not handing_in or not form.is_valid():
        return render(request, "portal/check.html", context, status=422 if handing_in else 200)
    try:
        receipt = operations.apply(
            resident=request.resident, at=request.at, scheme=scheme, person_id=person_id, **form.cleaned_data
        )
    except operations.UnableToHandIn as refusal:
        form.add_error(None, str(refusal))
        return render(request, "portal/check.html", context, status=422)
    request.session["receipt"] = receipt.number
    return redirect("portal:progress")


@resident_page(methods=("POST",))
def reply(request: ResidentRequest, scheme: str, person_id: int | None = None) -> HttpResponse:
    """This function will take a no to an offer, or a yes to one that needs no application."""
    working = _working(request, scheme, person_id)
    accepted = request.POST.get("answer") == "yes"
    refused = request.POST.get("answer") == "no"
    if working.status != "entitled" or not (refused or (accepted and scheme in WITHOUT_APPLICATION)):
        raise Http404("这一项现在不能确认。")
    operations.reply(
        resident=request.resident,
        at=request.at,
        scheme=scheme,
        person_id=person_id,
        fen=working.payable_fen or 0,
        accepted=accepted,
    )
    return render(request, "portal/replied.html", {"working": working, "accepted": accepted})


@resident_page(methods=("GET", "HEAD", "POST"))
def question(request: ResidentRequest) -> HttpResponse:
    """This function will ask the one question that settles most, and record the answer as the family's own word."""
    shown = queries.happiness_list(resident=request.resident, at=request.at)
    asked = shown.question
    if asked is None:
        return render(request, "portal/no_question.html", {})
    missing = asked.missing
    key = f"{missing.person_id or 'household'}.{missing.input}"
    whose = shown.names.get(missing.person_id or 0, "您家")
    sent = request.POST if request.POST.get("key") == key else None  # an answer to a question that is gone is not taken
    form = QuestionForm(sent, attribute=ATTRIBUTES[missing.input], question=missing.question)
    if sent is not None and form.is_valid():
        value = form.stated()
        if value is None:
            return redirect("portal:home")
        try:
            operations.answer_question(
                resident=request.resident, at=request.at, person_id=missing.person_id, name=missing.input, value=value
            )
        except UnableToRecordStatement as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("portal:question")
    context = {"form": form, "whose": whose, "asked": asked, "key": key}
    return render(request, "portal/question.html", context, status=422 if sent is not None else 200)
