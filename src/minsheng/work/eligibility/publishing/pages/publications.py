from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.jobs.queries import run_view
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility.publishing import operations, queries
from minsheng.work.eligibility.publishing.pages.forms import HeaderForm
from minsheng.work.eligibility.publishing.pages.reading import header_from
from minsheng.work.eligibility.publishing.queries import PublicationPage
from minsheng.work.eligibility.publishing.rules import backdating_refusal
from minsheng.work.eligibility.publishing.types import Act, Status

STEPS = (
    ("起草", "写明新数、出处和生效日"),
    ("核对样例", "每个工作样例都要算对"),
    ("全区测算", "谁多、谁少、花多少钱"),
    ("另一人签发", "起草人不能签自己的"),
    ("按日生效", "从生效日起算，不倒签"),
)
REACHED = {
    Status.DRAFTED: 0,
    Status.RETURNED: 0,
    Status.WITHDRAWN: 0,
    Status.CHECKED: 1,
    Status.TRYING: 1,
    Status.TRIED: 2,
    Status.SUBMITTED: 2,
    Status.PUBLISHED: 3,
}


@staff_page(capability="eligibility.view_schemes")
def publications(request: StaffRequest) -> HttpResponse:
    """This function will list the changes to the law's figures, the newest first."""
    rows = queries.publications(viewer=request.viewer)
    waiting = [row for row in rows if row.status is Status.SUBMITTED]
    context = {"rows": rows, "waiting": waiting, "may_draft": request.viewer.can("eligibility.draft_policy")}
    return render(request, "publishing/publications.html", context)


@staff_page(capability="eligibility.view_schemes")
def publication(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will show one change: figures, steps, examples, who gains and loses, cost, and the next act."""
    page = _found(request, publication_id)
    reached = REACHED[page.line.status]
    if page.line.status is Status.PUBLISHED and page.line.in_force_date <= request.at.date():
        reached = 4
    context = {
        "page": page,
        "heading": heading_of(page),
        "steps": [(title, about, place <= reached) for place, (title, about) in enumerate(STEPS)],
        "late": ""
        if page.line.status in (Status.PUBLISHED, Status.WITHDRAWN)
        else backdating_refusal(
            in_force_date=page.line.in_force_date,
            signed_date=request.at.astimezone(BUSINESS_ZONE).date(),
            backdating_basis=page.backdating_basis,
        ),
        "may": {act.value: act in page.acts for act in Act},
        "progress": _progress(request, page),
        "progress_url": reverse("publishing:progress", kwargs={"publication_id": publication_id}),
        "may_see_rows": request.viewer.can("eligibility.view_findings"),
        "may_take_back": page.line.status is Status.PUBLISHED
        and page.taken_back_by is None
        and request.viewer.can("eligibility.draft_policy"),
        "unknown_budgets": [cost for cost in page.costs if cost.outlook.left_fen is None],
        "over_budget": [cost for cost in page.costs if (cost.outlook.left_fen or 0) < 0],
    }
    return render(request, "publishing/publication.html", context)


@staff_page(capability="eligibility.view_schemes")
def progress(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will answer the page's question how far the trial has come; at its end the page is read anew."""
    page = _found(request, publication_id)
    shown = _progress(request, page)
    if page.line.status is not Status.TRYING or shown is None:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context = {"progress": shown, "progress_url": request.path, "title": "全区测算"}
    return render(request, "pages/progress.html", context)


@staff_page(capability="eligibility.draft_policy", methods=("GET", "HEAD", "POST"))
def header(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will change the name, day, reason or grounds of a draft."""
    page = _found(request, publication_id)
    initial = {
        "title": page.line.title,
        "in_force_date": page.line.in_force_date,
        "reason": page.reason,
        "backdating_basis": page.backdating_basis,
    }
    form = HeaderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.revise_header(
                actor=request.viewer, at=request.at, publication_id=publication_id, header=header_from(form)
            )
            messages.success(request, "已改好。样例和测算要重新做。")
            return redirect("publishing:publication", publication_id=publication_id)
        except operations.UnableToDraft as refusal:
            form.add_error(None, str(refusal))
    return render(request, "publishing/header.html", {"form": form, "page": page}, status=422 if form.errors else 200)


def heading_of(page: PublicationPage) -> str:
    """This function will say where a change stands, as one sentence."""
    title = f"“{page.line.title}”"
    day = f"{page.line.in_force_date.year}年{page.line.in_force_date.month}月{page.line.in_force_date.day}日"
    return {
        Status.DRAFTED: f"{title}还在起草，下一步核对样例",
        Status.CHECKED: f"{title}的样例都算对了，下一步全区测算",
        Status.TRYING: f"{title}正在全区测算",
        Status.TRIED: f"{title}已测算，看清增减后提交签发",
        Status.SUBMITTED: f"{title}等待另一人签发",
        Status.PUBLISHED: f"{title}已签发，{day}起生效",
        Status.RETURNED: f"{title}被退回，要修改",
        Status.WITHDRAWN: f"{title}已作废，不会生效",
    }[page.line.status]


def _found(request: StaffRequest, publication_id: int) -> PublicationPage:
    page = queries.publication(viewer=request.viewer, publication_id=publication_id)
    if page is None:
        raise Http404("没有这项改动。")
    return page


def _progress(request: StaffRequest, page: PublicationPage) -> object:
    if page.line.status is not Status.TRYING or page.trial_run_id is None:
        return None
    view = run_view(viewer=request.viewer, run_id=page.trial_run_id, at=request.at)
    return view.progress if view else None
