from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.exports import operations as exports
from minsheng.foundation.files.workbooks import Column
from minsheng.foundation.pages.chips import chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.masking import Audience, mask_name
from minsheng.work.eligibility.publishing import operations, queries
from minsheng.work.eligibility.publishing.queries import EffectLine
from minsheng.work.eligibility.publishing.types import Effect
from minsheng.work.eligibility.queries import schemes
from minsheng.work.eligibility.rules import EXPORT_PURPOSES

COLUMNS = (
    Column("姓名"),
    Column("政策", width=28),
    Column("社区"),
    Column("变化"),
    Column("现在每月（元）", kind="fen"),
    Column("改后每月（元）", kind="fen"),
)


@staff_page(capability="eligibility.view_findings")
def effects(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will list whom a change touches, in the viewer's areas."""
    page = queries.publication(viewer=request.viewer, publication_id=publication_id)
    if page is None:
        raise Http404("没有这项改动。")
    effect = request.GET.get("effect", "")
    counts = queries.effect_counts(viewer=request.viewer, publication_id=publication_id)
    rows = queries.effects_page(
        viewer=request.viewer, publication_id=publication_id, effect=effect, token=request.GET.get("page")
    )
    titles = _titles(request)
    total = sum(count for kind, (count, _) in counts.items() if not effect or kind.value == effect)
    context = {
        "publication": page,
        "total": total,
        "effect": effect,
        "chips": [
            chip_row(
                query=request.GET,
                parameter="effect",
                label="变化",
                options=[(kind.value, kind.label) for kind in Effect],
                counts={kind.value: count for kind, (count, _) in counts.items()},
            )
        ],
        "rows": [_row(line, titles, request.viewer) for line in rows.rows],
        "page": rows,
        "purposes": EXPORT_PURPOSES.items(),
        "may_export": request.viewer.can("eligibility.export") and total > 0,
    }
    return render(request, "publishing/effects.html", context)


@staff_page(capability="eligibility.export", methods=("POST",))
def export(request: StaffRequest, publication_id: int) -> HttpResponse:
    """This function will prepare the list as a workbook and lead to it; refusals lead back to the list."""
    effect, purpose = request.POST.get("effect", ""), request.POST.get("purpose", "")
    try:
        lines = operations.export_effects(
            actor=request.viewer, at=request.at, publication_id=publication_id, effect=effect, purpose=purpose
        )
    except operations.UnableToExportEffects as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('publishing:effects', args=[publication_id])}?effect={effect}")
    titles = _titles(request)
    body = [
        [
            _name(line, request.viewer),
            titles.get(line.scheme, line.scheme),
            line.place,
            line.effect.label,
            line.before_fen,
            line.after_fen,
        ]
        for line in lines
    ]
    code = exports.prepare(
        actor=request.viewer,
        at=request.at,
        sheet="谁多谁少",
        stem=f"effects-{publication_id}",
        about=f"政策改动第 {publication_id} 号：谁多谁少",
        purpose=EXPORT_PURPOSES[purpose],
        columns=COLUMNS,
        rows=body,
        names_people=True,
    )
    return redirect("exports:one", code=code)


def _titles(request: StaffRequest) -> dict[str, str]:
    return {line.code: line.title for line in schemes(viewer=request.viewer, on_date=request.at.date())}


def _name(line: EffectLine, viewer: Viewer) -> str:
    opens = viewer.can("registry.view_person")
    name = mask_name(line.subject_name, Audience.OWN_AREA if opens else Audience.STAFF)
    return name if line.person_id is not None else f"{name}一家"


def _row(line: EffectLine, titles: dict[str, str], viewer: Viewer) -> dict[str, object]:
    arguments: dict[str, object] = {"code": line.scheme, "household_id": line.household_id}
    if line.person_id is not None:
        arguments["person_id"] = line.person_id
    kind = "explain_household" if line.person_id is None else "explain_person"
    url = reverse(f"eligibility:{kind}", kwargs=arguments) if viewer.can("eligibility.explain") else ""
    return {"line": line, "name": _name(line, viewer), "scheme": titles.get(line.scheme, line.scheme), "url": url}
