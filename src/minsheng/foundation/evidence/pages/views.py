"""The auditor's pages: the trail with filters, one entry and its proof, roots and checks. Nothing is changed here."""

import json
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.evidence import paper, queries
from minsheng.foundation.evidence.pages.words import act_in_words, purpose_in_words, rooms, thing_in_words
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.gate import StaffRequest, staff_page

CAPABILITY = "audit.view"
SPANS = (("1", "今天"), ("7", "七天内"), ("30", "三十天内"))
FILTERS = ("room", "days", "account", "object")


@staff_page(capability=CAPABILITY)
def trail(request: StaffRequest) -> HttpResponse:
    """This function will show the trail, the newest first, and what was last checked."""
    rows, page = queries.trail(
        viewer=request.viewer, at=request.at, wanted=_wanted(request), token=request.GET.get("page")
    )
    context = {
        "rows": [_shown(row) for row in rows],
        "page": page,
        "chips": [
            chip_row(query=request.GET, parameter="days", label="时间", options=SPANS),
            chip_row(query=request.GET, parameter="room", label="哪一方面", options=rooms()),
        ],
        "clear": clear_url(request.GET, parameters=FILTERS),
        "account": request.GET.get("account", ""),
        "object": request.GET.get("object", ""),
        "checks": queries.checks(viewer=request.viewer, at=request.at, kind=CheckKind.TRAIL, limit=1),
    }
    return render(request, "evidence/trail.html", context)


@staff_page(capability=CAPABILITY)
def roots(request: StaffRequest) -> HttpResponse:
    """This function will show the checks, the days whose roots can be printed, and the newest roots."""
    viewer, at = request.viewer, request.at
    context = {
        "checks": queries.checks(viewer=viewer, at=at),
        "late": queries.drill_is_late(viewer=viewer, at=at) if settings.BACKUPS not in ("", "none") else "",
        "days": queries.days_with_roots(viewer=viewer, at=at),
        "roots": [
            {"root": one, "hash": paper.in_groups(one.line_hash)}
            for one in queries.roots(viewer=viewer, at=at, limit=50)
        ],
    }
    return render(request, "evidence/roots.html", context)


@staff_page(capability=CAPABILITY)
def entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """This function will show one entry, where it is sealed, and how to prove it without us."""
    found = queries.entry_view(viewer=request.viewer, at=request.at, entry_id=entry_id)
    if found is None:
        raise Http404("没有这条记录。")
    row, position, root = found
    context = {
        "one": _shown(row),
        "detail": [(key, json.dumps(value, ensure_ascii=False)) for key, value in row.detail.items()],
        "position": position,
        "root": root,
        "hash": paper.in_groups(root.line_hash) if root else "",
    }
    return render(request, "evidence/entry.html", context)


@staff_page(capability=CAPABILITY)
def proof(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """This function will hand over the proof of one entry as a file."""
    try:
        told = queries.proof_of(viewer=request.viewer, at=request.at, entry_id=entry_id)
    except queries.UnableToProve as problem:
        raise Http404(str(problem)) from problem
    response = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{entry_id}.json"'
    return response


@staff_page(capability=CAPABILITY)
def day_of_roots(request: StaffRequest, day: str) -> HttpResponse:
    """This function will hand over the printable page of one day's roots."""
    try:
        content = paper.day_page(viewer=request.viewer, at=request.at, day=date.fromisoformat(day))
    except (ValueError, queries.UnableToProve) as problem:
        raise Http404("这一天没有根。") from problem
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="roots-{day}.pdf"'
    return response


def _wanted(request: StaffRequest) -> queries.TrailFilter:
    account, days = request.GET.get("account", ""), request.GET.get("days", "")
    kind, _, number = request.GET.get("object", "").partition(":")
    since = None
    if days.isdigit() and 0 < int(days) <= 3660:
        today = datetime.combine(request.at.astimezone(BUSINESS_ZONE).date(), time(), BUSINESS_ZONE)
        since = today - timedelta(days=int(days) - 1)
    return queries.TrailFilter(
        room=request.GET.get("room", "")[:20],
        account_id=int(account) if account.isdigit() and len(account) < 16 else None,
        object_type=kind[:40],
        object_id=number[:64],
        since=since,
    )


def _shown(row: queries.EntryView) -> dict[str, object]:
    roles = role_definitions()
    return {
        "row": row,
        "act": act_in_words(row.action),
        "thing": thing_in_words(row.object_id),
        "purpose": purpose_in_words(row.purpose),
        "role": roles[row.role].label if row.role in roles else row.role,
    }
