"""Before the application goes in: every answer on one page. After it: the receipt."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, look_at_household
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.casework import queries
from minsheng.work.casework.pages.forms import ActForm, SubmitForm
from minsheng.work.casework.pages.presenting import confirmer_words, sheets_of
from minsheng.work.casework.queries import CaseFile
from minsheng.work.casework.queries.receipt import receipt_of
from minsheng.work.casework.types import Act


def opened_file(request: StaffRequest, case_id: int) -> CaseFile | HttpResponse:
    """This function will return the case once a purpose was stated for its household today; the look is recorded."""
    known = queries.case_ref(viewer=request.viewer, case_id=case_id)
    if known is None:
        raise Http404("没有这件申请，或不在您的管辖范围。")
    try:
        look_at_household(
            actor=request.viewer, at=request.at, household_id=known.household_id, about=f"casework.case:{case_id}"
        )
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=reverse("casework:case", args=[case_id]))
    file = queries.case_file(viewer=request.viewer, at=request.at, case_id=case_id)
    assert file is not None, "the reference was found in the same transaction"
    return file


@staff_page(capability="casework.draft")
def answers(request: StaffRequest, case_id: int) -> HttpResponse:
    """This function will show everything that is about to be handed in, for the applicant to check."""
    file = opened_file(request, case_id)
    return file if isinstance(file, HttpResponse) else answers_page(request, file)


def answers_page(
    request: StaffRequest, file: CaseFile, bound: ActForm | None = None, *, reasons: tuple[str, ...] = ()
) -> HttpResponse:
    """This function will draw the page; `bound` and `reasons` come from a refused submission."""
    handing_in = next((one for one in file.possible if one.act is Act.SUBMIT), None)
    if handing_in is None:
        return redirect("casework:case", case_id=file.id)
    context = {
        "file": file,
        "form": bound or SubmitForm(file=file, today=request.at.date()),
        "missing": reasons or handing_in.why_not,
        "sheets": sheets_of(file, None),
    }
    return render(request, "casework/answers.html", context, status=422 if bound is not None else 200)


@staff_page(capability="casework.view")
def receipt(request: StaffRequest, case_id: int) -> HttpResponse:
    """This function will show the receipt of an application: number, legal date, what happens next, whom to ask."""
    file = opened_file(request, case_id)
    if isinstance(file, HttpResponse):
        return file
    if not file.facts.done(Act.SUBMIT):
        return redirect("casework:case", case_id=file.id)
    context = {"file": file, "receipt": receipt_of(file), "confirmer": confirmer_words(file)}
    return render(request, "casework/receipt.html", context)
