"""The counter's pages: requests by their last day, one request, the consents of one person."""

import json

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.records.privacy import operations, queries
from minsheng.records.privacy.rules import ACTIVITIES, GROUNDS, REMEDY
from minsheng.records.privacy.types import AskedBy, RequestKind, RequestState
from minsheng.records.registry.operations import PurposeNeeded
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.records.registry.queries.households import UnableToFind

CAPABILITY = "privacy.handle"
BOTH = ("GET", "HEAD", "POST")


class RequestForm(forms.Form):
    """What the counter writes down when somebody asks."""

    person = forms.IntegerField(label="人员编号", min_value=1, help_text="在“人员”里找到本人，编号在姓名下面。")
    kind = forms.ChoiceField(label="要什么", choices=[(k.value, k.label) for k in RequestKind])
    asked_by = forms.ChoiceField(label="谁提出", choices=[(a.value, a.label) for a in AskedBy])
    identity = forms.CharField(label="怎样核对了身份", max_length=100, help_text="例如：看了本人身份证。")
    words = forms.CharField(label="本人怎么说", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


@staff_page(capability=CAPABILITY)
def requests(request: StaffRequest) -> HttpResponse:
    """This function will list requests, the nearest last day first."""
    state = request.GET.get("state", "open")
    wanted = "" if state == "all" else state if state in set(RequestState) else "open"
    context = {
        "lines": queries.requests(viewer=request.viewer, at=request.at, state=wanted),
        "open": wanted == "open",
        "chips": [
            chip_row(
                query=request.GET,
                parameter="state",
                label="进展",
                options=[*((s.value, s.label) for s in RequestState), ("all", "全部")],
            )
        ],
    }
    return render(request, "privacy/requests.html", context)


@staff_page(capability=CAPABILITY, methods=BOTH)
def new(request: StaffRequest) -> HttpResponse:
    """This function will take a request at the counter or on the telephone."""
    form = RequestForm(request.POST or None, initial={"person": request.GET.get("person", "")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            number = operations.take_request(
                actor=request.viewer,
                at=request.at,
                person_id=given["person"],
                kind=RequestKind(given["kind"]),
                asked_by=AskedBy(given["asked_by"]),
                identity_check=given["identity"],
                words=given["words"],
            )
        except UnableToFind:
            form.add_error("person", "没有这个编号的人，或者不在您的辖区内。请核对编号。")
        except operations.UnableToHandle as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "申请已收下，从今天起三十天内答复。")
            return redirect("privacy:request", request_id=number)
    return render(request, "privacy/new.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(capability=CAPABILITY)
def request_page(request: StaffRequest, request_id: int) -> HttpResponse:
    """This function will show one request and what may be answered."""
    return _shown(request, request_id)


@staff_page(capability=CAPABILITY, methods=("POST",))
def close(request: StaffRequest, request_id: int) -> HttpResponse:
    """This function will answer a request, refuse it on a ground, or note that it was taken back."""
    actor, at = request.viewer, request.at
    answer, how = request.POST.get("answer", ""), request.POST.get("how", "")
    try:
        if how == RequestState.REFUSED.value:
            ground = request.POST.get("ground", "")
            operations.refuse_request(actor=actor, at=at, request_id=request_id, ground=ground, answer=answer)
        elif how == RequestState.WITHDRAWN.value:
            operations.withdraw_request(actor=actor, at=at, request_id=request_id, reason=answer)
        else:
            operations.answer_request(actor=actor, at=at, request_id=request_id, answer=answer)
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except operations.UnableToHandle as refusal:
        return _shown(request, request_id, problem=str(refusal), status=422)
    messages.success(request, "答复已经记下。请告诉本人，并说明不服可以怎么办。")
    return redirect("privacy:request", request_id=request_id)


@staff_page(capability=CAPABILITY)
def copy(request: StaffRequest, request_id: int) -> HttpResponse:
    """This function will hand over what is registered of the person, as a file for them."""
    try:
        told = operations.copy_for(actor=request.viewer, at=request.at, request_id=request_id)
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=reverse("privacy:request", args=[request_id]))
    except (UnableToFind, operations.UnableToHandle) as problem:
        raise Http404(str(problem)) from problem
    response = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="my-data-{request_id}.json"'
    response["Cache-Control"] = "no-store"
    return response


@staff_page(capability=CAPABILITY, methods=BOTH)
def consents(request: StaffRequest, person_id: int) -> HttpResponse:
    """This function will show what a person has consented to, and record one more."""
    problem = ""
    try:
        if request.method == "POST":
            giver = request.POST.get("given_by", "").strip() or str(person_id)
            try:
                operations.record_consents(
                    actor=request.viewer,
                    at=request.at,
                    person_id=person_id,
                    activities=request.POST.getlist("activity"),
                    given_by=int(giver) if giver.isdigit() else 0,
                    how=request.POST.get("how", ""),
                )
            except operations.UnableToHandle as refusal:
                problem = str(refusal)
            else:
                messages.success(request, "同意已经记下。本人随时可以收回，不用说理由。")
                return redirect("privacy:consents", person_id=person_id)
        name, lines, held = queries.consents(viewer=request.viewer, at=request.at, person_id=person_id)
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    running = {line.activity.code for line in lines if line.withdrawn_at is None}
    context = {
        "name": name,
        "person_id": person_id,
        "lines": lines,
        "held": held,
        "problem": problem,
        "askable": [a for a in ACTIVITIES.values() if a.needs_consent and a.code not in running],
        "by_law": [a for a in ACTIVITIES.values() if not a.needs_consent],
    }
    return render(request, "privacy/consents.html", context, status=422 if problem else 200)


@staff_page(capability=CAPABILITY, methods=("POST",))
def withdraw(request: StaffRequest, consent_id: int) -> HttpResponse:
    """This function will end a consent."""
    try:
        person_id = operations.withdraw_consent(actor=request.viewer, at=request.at, consent_id=consent_id)
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    messages.success(request, "已经收回。从现在起不再这样使用，以前做过的不受影响。")
    return redirect("privacy:consents", person_id=person_id)


def _shown(request: StaffRequest, request_id: int, *, problem: str = "", status: int = 200) -> HttpResponse:
    line = queries.request_line(viewer=request.viewer, at=request.at, request_id=request_id)
    if line is None:
        raise Http404("没有这份申请。")
    context = {
        "one": line,
        "grounds": [g for g in GROUNDS.values() if line.kind in g.kinds],
        "gives_copy": line.kind in (RequestKind.ACCESS, RequestKind.COPY),
        "remedy": REMEDY,
        "problem": problem,
        "answer": request.POST.get("answer", ""),
    }
    return render(request, "privacy/request.html", context, status=status)
