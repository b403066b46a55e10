"""Progress, letters, looks at the data, words to the office, and the 幸福码."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.files.documents import render_pdf
from minsheng.portal import operations, queries
from minsheng.portal.pages.gate import ResidentRequest, resident_page
from minsheng.portal.types import ConcernKind
from minsheng.work.casework import queries as casework
from minsheng.work.casework.pages.public import qr_code


class ConcernForm(forms.Form):
    """What is wrong, in one's own words."""

    kind = forms.ChoiceField(
        label="是哪一类？",
        choices=[(k.value, k.label) for k in ConcernKind],
        widget=forms.RadioSelect,
        error_messages={"required": "请先选是哪一类。"},
    )
    words = forms.CharField(
        label="是什么事？",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写一写是什么事，几句话就行。"},
    )


@resident_page()
def progress(request: ResidentRequest) -> HttpResponse:
    """This function will show where each application stands, by when and who has to act; first the receipt."""
    mine = {"viewer": request.resident.viewer, "at": request.at, "household_id": request.resident.household_id}
    cases, joints = casework.cases_of_household(**mine), casework.joints_of_household(**mine)
    ended = request.method == "GET" and request.session.pop("proxy_ended", False)
    receipt = request.session.pop("receipt", "") if request.method == "GET" else ""
    return render(
        request, "portal/progress.html", {"cases": cases, "joints": joints, "receipt": receipt, "ended": ended}
    )


@resident_page(methods=("POST",))
def end_proxy(request: ResidentRequest, case_id: int) -> HttpResponse:
    """This function will end a proxy because the family wishes it; no reason is asked."""
    try:
        operations.end_own_proxy(resident=request.resident, at=request.at, case_id=case_id)
    except operations.UnableToHandIn as nobody:
        raise Http404(str(nobody)) from nobody
    request.session["proxy_ended"] = True
    return redirect("portal:progress")


@resident_page()
def letter(request: ResidentRequest, document_id: int) -> HttpResponse:
    """This function will send a letter of one's own case as PDF, with the code by which anyone can verify it."""
    found = casework.document_data(viewer=request.resident.viewer, document_id=document_id)
    if found is None or found[1] == "notice":
        raise Http404("没有这份文书，或者不是您家的。")
    response = HttpResponse(render_pdf("letter", found[2]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{document_id}.pdf"'
    return response


@resident_page()
def looks(request: ResidentRequest) -> HttpResponse:
    """This function will show who looked at the household's data: the day, the office and the purpose."""
    names = queries.happiness_list(resident=request.resident, at=request.at).names
    return render(request, "portal/looks.html", {"looks": queries.looks(resident=request.resident, people=names)})


@resident_page(methods=("GET", "HEAD", "POST"))
def say(request: ResidentRequest) -> HttpResponse:
    """This function will take a correction, a complaint or a withdrawal, and show what came of earlier ones."""
    form = ConcernForm(request.POST or None)
    due, taken = None, False
    if request.method == "POST" and form.is_valid():
        due = operations.raise_concern(resident=request.resident, at=request.at, **form.cleaned_data)
        taken, form = True, ConcernForm()
    concerns = queries.own_concerns(resident=request.resident)
    context = {"form": form, "concerns": concerns, "due": due, "taken": taken}
    return render(request, "portal/say.html", context, status=422 if form.errors else 200)


@resident_page(methods=("GET", "HEAD", "POST"))
def happiness_code(request: ResidentRequest) -> HttpResponse:
    """This function will draw a 幸福码 on demand: a signed key in an address, good for ten minutes and one opening."""
    if request.method != "POST":
        return render(request, "portal/happiness_code.html", {})
    signed = operations.draw_happiness_code(resident=request.resident, at=request.at)
    address = request.build_absolute_uri(reverse("portal:open_code", args=[signed]))
    return render(request, "portal/happiness_code.html", {"drawn": qr_code(address)})
