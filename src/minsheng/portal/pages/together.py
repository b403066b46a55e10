"""救助“一件事” for a resident: one question a page, then everything on one page to look through and hand in."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from minsheng.portal import operations
from minsheng.portal.pages.asking import Questions, ReasonForm, VisitTimeForm
from minsheng.portal.pages.gate import ResidentRequest, resident_page
from minsheng.work.casework import queries as casework
from minsheng.work.casework.needs import needs as needs_of_book


class NeedsForm(forms.Form):
    """What the family needs; as many as there are."""

    needs = forms.MultipleChoiceField(
        label="您家有哪些困难？可以选几样",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一样。说不清的，打电话给我们。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].choices = [(one.code, one.question) for one in needs_of_book().values()]  # type: ignore[attr-defined]


class CheckedForm(forms.Form):
    """Vouched for, with the consent to the check and to telling the departments."""

    declared_true = forms.BooleanField(
        label="上面的情况都是真的；同意为这次申请核对我本人的收入和财产，并把困难告诉打了钩的部门",
        error_messages={"required": "请在方框里打钩，再提交。"},
    )


QUESTIONS = Questions(
    "几样困难一起办",
    "几样困难，说一次一起办",
    (("needs", NeedsForm), ("reason", ReasonForm), ("contact_time", VisitTimeForm)),
)


@resident_page(methods=("GET", "HEAD", "POST"))
def together(request: ResidentRequest) -> HttpResponse:
    """This function will ask the needs, the difficulty and the time of a visit, show the plan, and hand it in."""
    asked = QUESTIONS.next_page(request)
    if asked is not None:
        return asked
    return _check(request, request.POST, handing_in=QUESTIONS.step(request.POST) == QUESTIONS.last)


def _check(request: ResidentRequest, sent: QueryDict, *, handing_in: bool) -> HttpResponse:
    resident, needs = request.resident, sent.getlist("needs")
    plan = casework.plan_of_household(
        viewer=resident.viewer, at=request.at, household_id=resident.household_id, needs=needs
    )
    assert plan is not None, "the household of the sitting is visible to it, and somebody of it is signed in"
    form = CheckedForm(sent if handing_in else None)
    if handing_in and form.is_valid():
        try:
            request.session["receipt"] = operations.apply_together(
                resident=resident,
                at=request.at,
                needs=needs,
                parts=sent.getlist("parts"),
                partners=sent.getlist("partners"),
                reason=sent.get("reason", ""),
                contact_time=sent.get("contact_time", ""),
                declared_true=True,
            )
        except operations.UnableToHandIn as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("portal:progress")
    chosen_parts = set(sent.getlist("parts")) if handing_in else {part.key for part in plan.parts if part.proposed}
    chosen_partners = set(sent.getlist("partners")) if handing_in else {one.partner for one in plan.referrals}
    context = {
        "plan": plan,
        "form": form,
        "step": QUESTIONS.last,
        "kept": QUESTIONS.kept(sent),
        "reason": sent["reason"],
        "contact_time": sent.get("contact_time", ""),
        "chosen_parts": chosen_parts,
        "chosen_partners": chosen_partners,
    }
    return render(request, "portal/together_check.html", context, status=422 if handing_in else 200)
