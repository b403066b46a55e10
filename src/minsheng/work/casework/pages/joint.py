"""救助“一件事”: what is needed is named once, the plan is looked through, and the parts go their ways from one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.records.registry import queries as registry
from minsheng.records.registry.operations import PurposeNeeded, UnableToFind, look_at_household
from minsheng.records.registry.pages.purposes import ask_purpose
from minsheng.work.casework import operations, queries
from minsheng.work.casework.needs import needs as needs_of_book
from minsheng.work.casework.operations import UnableToFindJoint, UnableToProceed
from minsheng.work.casework.operations.joint import JOINTLY
from minsheng.work.casework.pages.acting import PAGES
from minsheng.work.casework.pages.forms import ActForm
from minsheng.work.casework.queries import CaseFile, JointFile, OwnCase
from minsheng.work.casework.queries.joint import HouseholdPlan, PartState
from minsheng.work.casework.rules.papers import CHECK_SOURCES
from minsheng.work.casework.rules.partners import REFERRAL_OUTCOMES
from minsheng.work.casework.rules.transitions import capability_of, status_after
from minsheng.work.casework.types import Act, Edition

# The order in which the acts of a joint application are offered; the form of a draft stands on each part's own page.
ORDER = tuple(act for act in JOINTLY if act is not Act.SAVE_DRAFT)


class NeedsForm(forms.Form):
    """What the family needs, said once."""

    needs = forms.MultipleChoiceField(
        label="有哪些困难",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一样困难。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].choices = [(one.code, one.question) for one in needs_of_book().values()]  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Which parts and partners are taken from the plan, and why it is asked for."""

    parts = forms.MultipleChoiceField(label="民政办理的", required=False, widget=forms.CheckboxSelectMultiple)
    partners = forms.MultipleChoiceField(label="转给别的部门的", required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="遇到了什么困难",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写一次，每一项都用它。转给别的部门的也写这一句，不写别的。",
        error_messages={"required": "请写一句遇到了什么困难。"},
    )
    contact_time = forms.CharField(label="什么时候上门方便", max_length=100, required=False)

    def __init__(self, *args: Any, plan: HouseholdPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = [part for part in plan.parts if part.can_be_opened]
        self.fields["parts"].choices = [(p.key, part_words(p.standing.title, p.standing.who)) for p in open_ones]  # type: ignore[attr-defined]
        self.fields["parts"].initial = [part.key for part in open_ones if part.proposed]
        self.fields["partners"].choices = [(one.partner, one.label) for one in plan.referrals]  # type: ignore[attr-defined]
        self.fields["partners"].initial = [one.partner for one in plan.referrals]
        self.takers: list[tuple[str, str]] = []
        for one in plan.referrals:
            mine = [
                (taker.id, f"{taker.name}（{taker.duty}）") for taker in plan.takers if taker.partner == one.partner
            ]
            if mine:
                name = f"member_{one.partner}"
                self.fields[name] = forms.TypedChoiceField(
                    label=f"{one.label}交给哪个成员", choices=[("", "不指定成员"), *mine], required=False, coerce=int,
                    empty_value=None,
                )  # fmt: skip
                self.takers.append((one.partner, name))

    def clean(self) -> dict[str, Any]:
        """This method will gather the members that were chosen for the partners that were ticked."""
        given = super().clean() or {}
        told = given.get("partners", [])
        chosen = {partner: given.pop(name, None) for partner, name in self.takers}
        return {**given, "members": [one for partner, one in chosen.items() if one is not None and partner in told]}

    @property
    def taker_fields(self) -> dict[str, forms.BoundField]:
        """This property will be the choice of a member, by partner."""
        return {partner: self[name] for partner, name in self.takers}


class ReferralAnswerForm(forms.Form):
    """What the other department said."""

    outcome = forms.ChoiceField(label="办成了没有", choices=list(REFERRAL_OUTCOMES.items()))
    answer = forms.CharField(label="对方怎么说", max_length=500, error_messages={"required": "请写对方怎么说的。"})


def part_words(title: str, who: str) -> str:
    """This function will name a part: what, for whom."""
    return f"{title}（{who}）"


@dataclass(frozen=True)
class JointAct:
    """One act that may be done to several parts at once, with the form of the first of them."""

    act: Act
    form: ActForm
    titles: tuple[str, ...]
    open: bool = False


@staff_page(capability="casework.view")
def joints(request: StaffRequest) -> HttpResponse:
    """This function will list joint applications, and the referrals that wait for an answer, the nearest day first."""
    waiting = queries.referrals_waiting(viewer=request.viewer, at=request.at)
    lines = queries.joint_list(viewer=request.viewer)
    context = {
        "lines": lines,
        "open": sum(line.open for line in lines),
        "waiting": waiting,
        "late": sum(line.late for line in waiting),
    }
    return render(request, "casework/joints.html", context)


@staff_page(capability="casework.draft", methods=("GET", "HEAD", "POST"))
def new(request: StaffRequest, household_id: int) -> HttpResponse:
    """This function will ask for the needs, show what they could be, and open the joint application."""
    viewer, at = request.viewer, request.at
    try:
        look_at_household(actor=viewer, at=at, household_id=household_id, about="casework.joint_new")
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=request.get_full_path())
    chosen = [code for code in request.GET.getlist("needs") if code in needs_of_book()]
    plan = queries.plan_of_household(viewer=viewer, at=at, household_id=household_id, needs=chosen)
    if plan is None:
        raise Http404("这一户没有可以申请的人。请先核对住户成员。")
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            joint_id = operations.open_joint(
                actor=viewer, at=at, household_id=household_id, needs=chosen, **form.cleaned_data
            )
        except UnableToProceed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已开立联办。请本人签一次授权，再一起提交。")
            return redirect("casework:joint", joint_id=joint_id)
    needs_form = NeedsForm({"needs": chosen}) if "needs" in request.GET else NeedsForm()
    context = {
        "needs_form": needs_form,
        "plan": plan,
        "form": form,
        "openable": sum(p.can_be_opened for p in plan.parts),
    }
    return render(request, "casework/joint_new.html", context, status=422 if form.errors else 200)


@staff_page(capability="casework.view")
def joint(request: StaffRequest, joint_id: int) -> HttpResponse:
    """This function will show a joint application: each part's progress and legal date, each referral's answer."""
    return _page(request, joint_id)


@staff_page(capability="casework.work", methods=("POST",))
def act(request: StaffRequest, joint_id: int, name: str) -> HttpResponse:
    """This function will do one act to every part that is ready for it."""
    if name not in set(Act) or Act(name) not in ORDER:
        raise Http404("没有这一步。")
    chosen = Act(name)
    found = _opened(request, joint_id)
    if isinstance(found, HttpResponse):
        return found
    form = _form(chosen, _ready(chosen, found, request), found, _family(found, request), request, bound=True)
    if form is None or not form.is_valid():
        return _page(request, joint_id, bound=form, bound_act=chosen)
    try:
        done = operations.act_on_parts(
            actor=request.viewer, at=request.at, joint_id=joint_id, act=chosen, **form.cleaned_data
        )
    except UnableToFindJoint as stranger:
        raise Http404(str(stranger)) from stranger
    except UnableToProceed as refusal:
        return _page(request, joint_id, bound=form, bound_act=chosen, reasons=refusal.reasons)
    messages.success(request, f"“{chosen.label}”一次办了 {len(done.done)} 项。")
    numbers = {part.id: part.title for part in found.parts}
    for case_id, why in done.left:
        messages.warning(request, f"{numbers[case_id]}没有办：{why}")
    return redirect("casework:joint", joint_id=joint_id)


@staff_page(capability="casework.work", methods=("POST",))
def answer(request: StaffRequest, joint_id: int, referral_id: int) -> HttpResponse:
    """This function will record the answer of another department."""
    found = _opened(request, joint_id)
    if isinstance(found, HttpResponse):
        return found
    form = ReferralAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, joint_id, reasons=tuple(str(said) for errors in form.errors.values() for said in errors))
    try:
        operations.answer_joint_referral(
            actor=request.viewer, at=request.at, joint_id=joint_id, referral_id=referral_id, **form.cleaned_data
        )
    except UnableToProceed as refusal:
        return _page(request, joint_id, reasons=refusal.reasons)
    messages.success(request, "反馈已登记，这一家在自己的页面上也看得到。")
    return redirect("casework:joint", joint_id=joint_id)


def _opened(request: StaffRequest, joint_id: int) -> JointFile | HttpResponse:
    """The joint application, once a purpose was stated for the household today; the look is recorded."""
    found = queries.joint_file(viewer=request.viewer, at=request.at, joint_id=joint_id)
    if found is None:
        raise Http404("没有这件联办，或不在您的管辖范围。")
    try:
        look_at_household(
            actor=request.viewer, at=request.at, household_id=found.household_id, about=f"casework.joint:{joint_id}"
        )
    except UnableToFind as stranger:
        raise Http404(str(stranger)) from stranger
    except PurposeNeeded as needed:
        return ask_purpose(needed, back=reverse("casework:joint", args=[joint_id]))
    return found


def _page(
    request: StaffRequest,
    joint_id: int,
    *,
    bound: ActForm | None = None,
    bound_act: Act | None = None,
    reasons: tuple[str, ...] = (),
) -> HttpResponse:
    found = _opened(request, joint_id)
    if isinstance(found, HttpResponse):
        return found
    acts, family = [], _family(found, request)
    for one in ORDER:
        ready = _ready(one, found, request)
        mine = one is bound_act and bound is not None
        form = bound if mine else _form(one, ready, found, family, request)
        if form is not None:
            acts.append(JointAct(one, form, tuple(part_words(p.title, p.subject) for p in ready), mine))
    context = {
        "file": found,
        "acts": acts,
        "reasons": reasons,
        "answer_form": ReferralAnswerForm(),
        "may_work": request.viewer.can("casework.work"),
    }
    refused = bool(reasons) or bound_act is not None
    return render(request, "casework/joint.html", context, status=422 if refused else 200)


# Whether an act concerns a part as it stands; whether it may be done is the operation's to say.
_CONCERNS: Mapping[Act, Callable[[PartState], bool]] = {
    Act.AUTHORISE: lambda part: bool(part.sources) and not part.authorised,
    Act.ENTER_ACCOUNT: lambda part: not part.account,
    Act.NAME_PROXY: lambda part: not part.proxied,
    Act.SUBMIT: lambda part: part.authorised or not part.sources,
    Act.ACCEPT: lambda part: part.authorised or not part.sources,
    Act.START_INVESTIGATION: lambda part: Act.START_INVESTIGATION in part.required,
    Act.RECORD_INVESTIGATION: lambda part: not part.visited,
    Act.SIGN_INVESTIGATION: lambda part: part.unsigned,
    Act.REQUEST_CHECK: lambda part: bool(part.sources) and not part.checked,
}


def _ready(act: Act, found: JointFile, request: StaffRequest) -> list[OwnCase]:
    """The parts that an act concerns now, where the viewer may do it."""
    if not request.viewer.can(capability_of(act, delegated=False)):
        return []
    return [p for p in found.parts if status_after(p.status, act) is not None and _CONCERNS[act](found.states[p.id])]


@dataclass(frozen=True)
class Family:
    """What the forms of acts done together read of a case: the family alone, which all parts have in common."""

    members: tuple[tuple[int, str, str], ...]
    applicant_id: int
    applicant_name: str
    edition: Edition
    account: None = None
    proxy: None = None


def _family(found: JointFile, request: StaffRequest) -> Family | None:
    """None where every need went to others: then there is no form either."""
    if not found.parts:
        return None
    today = request.at.date()
    facts = registry.household_facts(
        viewer=request.viewer, household_id=found.household_id, as_of=today, known_at=request.at
    )
    names = facts.names if facts else {}
    members = tuple((number, names[number], facts.about(number, on=today)) for number in sorted(names)) if facts else ()
    return Family(members, found.applicant_id, found.subject, found.parts[0].edition)


def _form(
    act: Act,
    ready: Sequence[OwnCase],
    found: JointFile,
    family: Family | None,
    request: StaffRequest,
    *,
    bound: bool = False,
) -> ActForm | None:
    """The act's form, with the sources of all parts that are ready for it."""
    if not ready or family is None:
        return None
    form = PAGES[act].form(request.POST if bound else None, file=cast(CaseFile, family), today=request.at.date())
    if act is Act.AUTHORISE:
        sources = sorted({code for part in ready for code in found.states[part.id].sources})
        form.fields["sources"].choices = [(code, CHECK_SOURCES[code].label) for code in sources]  # type: ignore[attr-defined]
        form.fields["sources"].initial = sources
    return form
