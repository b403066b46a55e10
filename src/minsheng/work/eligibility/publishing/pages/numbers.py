from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.work.eligibility.publishing import operations, queries
from minsheng.work.eligibility.publishing.pages.forms import VersionForm
from minsheng.work.eligibility.publishing.pages.reading import UnableToReadForm, header_from, version_from

CAPABILITY = "eligibility.draft_policy"


@staff_page(capability="eligibility.view_schemes")
def numbers(request: StaffRequest) -> HttpResponse:
    """This function will show every figure of the law: value, unit, versions, source, doubt; filters in the address."""
    day = request.at.date()
    search, scheme = request.GET.get("q", "").strip()[:40], request.GET.get("scheme", "")
    doubtful = request.GET.get("doubt") == "1"
    everything = queries.figures(viewer=request.viewer, on_date=day)
    rows = queries.figures(viewer=request.viewer, on_date=day, search=search, scheme=scheme, doubtful=doubtful)
    titles = {line.scheme: line.scheme_title for line in everything}
    context = {
        "rows": rows,
        "day": day,
        "search": search,
        "doubtful_count": sum(1 for line in everything if line.current.doubt),
        "total": len(everything),
        "chips": [
            chip_row(
                query=request.GET,
                parameter="doubt",
                label="核实",
                options=[("1", "只看演示参数")],
            ),
            chip_row(
                query=request.GET,
                parameter="scheme",
                label="政策",
                options=list(titles.items()),
            ),
        ],
        "clear": clear_url(request.GET, parameters=["q", "scheme", "doubt"]),
        "may_draft": request.viewer.can(CAPABILITY),
    }
    return page_or_fragment(
        request, page="publishing/numbers.html", fragment="publishing/numbers_list.html", context=context
    )


@staff_page(capability=CAPABILITY, methods=("GET", "HEAD", "POST"))
def new_version(request: StaffRequest, name: str) -> HttpResponse:
    """This function will take a new dated version of one figure, in a change of its own or in one begun before."""
    figure = queries.figure_form(viewer=request.viewer, name=name, on_date=request.at.date())
    if figure is None:
        raise Http404("没有这个数。")
    form = VersionForm(
        request.POST or None,
        figure=figure,
        drafts=queries.open_drafts(viewer=request.viewer),
        initial={"publication": request.GET.get("publication", ""), "title": f"调整{figure.label}"[:80]}
        | {name: text for name, text in request.GET.items() if name.startswith("value")},  # from a trial
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("publishing:publication", publication_id=_draft(request, form))
        except (UnableToReadForm, operations.UnableToDraft) as refusal:
            form.add_error(None, str(refusal))
    context: dict[str, Any] = {"form": form, "figure": figure}
    return render(request, "publishing/new_version.html", context, status=422 if form.errors else 200)


def _draft(request: StaffRequest, form: VersionForm) -> int:
    version = version_from(form)
    into = form.cleaned_data.get("publication")
    if into:
        operations.put_version(actor=request.viewer, at=request.at, publication_id=int(into), version=version)
        number = int(into)
    else:
        header = header_from(form)
        number = operations.draft(actor=request.viewer, at=request.at, header=header, versions=(version,))
    messages.success(request, "已放进改动草稿。下一步：核对样例。")
    return number
