from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from minsheng.foundation.pages.gate import staff_page
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.records.registry.operations import UnableToFind, search_people
from minsheng.records.registry.queries.person import standing_id
from minsheng.records.registry.types import FoundPage


def must_be_here(*, person_id: int) -> None:
    """This function will answer 404 for a stranger, before a form about them is shown: nobody is there for others."""
    try:
        standing_id(person_id=person_id)
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem


@staff_page(capability="registry.search", methods=("GET", "HEAD", "POST"))
def search(request: HttpRequest) -> HttpResponse:
    """This function will show who answers a text; htmx gets the rows alone while somebody types.

    The forms send by POST, because what is typed may be an identity number and an address lands in logs and histories
    (ASVS 14.2.1). A search by GET still answers, for a link that somebody made of a name.
    """
    typed = request.POST if request.method == "POST" else request.GET
    text = typed.get("q", "").strip()
    found = None
    if text:
        viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
        found = search_people(viewer=viewer, at=at, text=text, token=typed.get("page"))
    context = {
        "text": text,
        "found": found,
        "heading": _heading(text, found, request.viewer.area_name),  # type: ignore[attr-defined]
        "may_create": request.viewer.can("registry.edit"),  # type: ignore[attr-defined]
        "rows": [(row, reverse("registry:person", args=[row.person_id])) for row in found.people] if found else [],
    }
    return page_or_fragment(request, page="registry/search.html", fragment="registry/search_rows.html", context=context)


def _heading(text: str, found: FoundPage | None, area: str) -> str:
    if found is None:
        return f"在{area}找人" if area else "找人"
    if not found.people:
        return f"没有找到“{text}”"
    more = "以上" if found.next_token else ""
    return f"“{text}”找到 {len(found.people)} 人{more}"
