import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.catalogue import operations
from minsheng.insight.catalogue.queries import exporting, searching
from minsheng.insight.catalogue.types import IssueAct

VIEW, ANSWER = "catalogue.view", "catalogue.answer"
_FILTERS = ("q", "room", "kind", "secrecy")


@staff_page(capability=VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """This function will show what data there are, and find them by word, room, kind and secrecy."""
    asked = {name: request.GET.get(name, "")[:60] for name in _FILTERS}
    hits, fields = searching.search(
        viewer=request.viewer, text=asked["q"], room=asked["room"], kind=asked["kind"], secrecy=asked["secrecy"]
    )
    rows = [
        chip_row(query=request.GET, parameter="kind", label="种类", options=searching.kinds()),
        chip_row(query=request.GET, parameter="secrecy", label="敏感程度", options=searching.secrecies()),
        chip_row(query=request.GET, parameter="room", label="模块", options=searching.rooms(viewer=request.viewer)),
    ]
    context = {
        "hits": hits,
        "fields": fields,
        "asked": asked,
        "rows": rows,
        "clear": clear_url(request.GET, parameters=_FILTERS),
        "issues": searching.issues(viewer=request.viewer),
        "narrow": any(asked.values()),
    }
    return render(request, "catalogue/index.html", context)


@staff_page(capability=VIEW)
def dataset(request: StaffRequest, code: str) -> HttpResponse:
    """This function will show one dataset: its fields, who answers for it, and how good it is."""
    found = searching.dataset_page(viewer=request.viewer, code=code)
    if found is None:
        raise Http404
    one, quality = found
    counted = [line for line in quality if line.permille is not None]
    context = {
        "one": one,
        "quality": counted,
        "nothing_yet": len({line.field for line in quality} - {line.field for line in counted}),
        "bad": [line for line in counted if not line.good],
    }
    return render(request, "catalogue/dataset.html", context)


@staff_page(capability=VIEW)
def issues(request: StaffRequest) -> HttpResponse:
    """This function will list data issues with what may be done about each."""
    with_closed = request.GET.get("closed") == "1"
    rows = searching.issues(viewer=request.viewer, with_closed=with_closed)
    waiting = sum(1 for row in rows if row.state == "open")
    return render(request, "catalogue/issues.html", {"rows": rows, "waiting": waiting, "with_closed": with_closed})


@staff_page(capability=ANSWER, methods=("POST",))
def act(request: StaffRequest, issue_id: int, act: str) -> HttpResponse:
    """This function will do one act to an issue and lead back to the list."""
    if act not in set(IssueAct):
        raise Http404
    try:
        state = operations.act_on_issue(
            actor=request.viewer,
            at=request.at,
            issue_id=issue_id,
            act=IssueAct(act),
            words=request.POST.get("words", ""),
        )
    except operations.UnableToFindIssue as refusal:
        raise Http404 from refusal
    except operations.UnableToChangeIssue as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"这个问题现在是“{state.label}”。")
    return redirect("catalogue:issues")


@staff_page(capability=VIEW)
def dcat(request: StaffRequest) -> HttpResponse:
    """This function will give the catalogue as DCAT JSON-LD."""
    address = request.build_absolute_uri(reverse("catalogue:index"))
    said = exporting.as_dcat(viewer=request.viewer, address=address)
    response = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/ld+json")
    response.headers["Content-Disposition"] = 'attachment; filename="catalogue.jsonld"'
    return response
