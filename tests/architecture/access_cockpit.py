"""Rows of the access matrix: the cockpit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from architecture.access_cells import NO_NUMBER, STAFF, Fields, Row, Target, nothing, posts, reads
from architecture.access_groups import BUSINESS

_ALWAYS_THERE = frozenset({200})
OWNERS = frozenset({"street_intake", "district_business"})
CONFIRMERS = frozenset({"street_review", "district_review"})
REPORTERS = frozenset({"district_business", "district_leader"})
SELF_EVALUATING = frozenset({"street_confirm"})
INSPECTORS = frozenset({"district_business", "district_review"})
PAPER_READERS = OWNERS | CONFIRMERS | SELF_EVALUATING | INSPECTORS


def _code(code: str) -> Fields:
    return lambda target: {"code": code}  # an indicator is of all areas; whose figures are shown is tested in the room


def _held(*names: str) -> Fields:
    return lambda target: {name: target.cockpit.get(name, NO_NUMBER) for name in names}


def _paper(target: Target) -> dict[str, Any]:
    return {"file_id": UUID(int=target.cockpit.get("file_id", NO_NUMBER))}


def _entry(target: Target) -> dict[str, Any]:
    return {"area": "", "as_of": "2026-11-01", "numerator": "1", "evidence": "越权矩阵"}


# Everybody in business sees how their own areas stand; whose rows may be opened is said on the page itself.
COCKPIT = (
    Row("cockpit:home", "cockpit/", reads(STAFF)),
    Row("cockpit:screen", "cockpit/screen/", reads(STAFF)),
    Row(
        "cockpit:indicator",
        "cockpit/indicators/<slug:code>/",
        reads(STAFF),
        _code("monthly_visits"),
        lacks=_ALWAYS_THERE,
    ),
    Row(
        "cockpit:rows",
        "cockpit/indicators/<slug:code>/rows/",
        reads(STAFF),
        _code("monthly_visits"),
        lacks=_ALWAYS_THERE,
    ),
    # An area is missing: through the door, and told so there.
    Row(
        "cockpit:enter",
        "cockpit/indicators/<slug:code>/entries/new/",
        reads(OWNERS) | posts(OWNERS, _entry, answers=(422,)),
        _code("party_service_centres"),
        lacks=frozenset({200, 422}),
    ),
    Row("cockpit:entries", "cockpit/entries/", reads(STAFF)),
    Row("cockpit:occasions", "cockpit/occasions/", reads(STAFF)),
    # An empty form: through the door, and refused there with the reason.
    Row("cockpit:record_occasion", "cockpit/occasions/record/", posts(REPORTERS, answers=(422,))),
    Row(
        "cockpit:confirm",
        "cockpit/entries/<int:entry_id>/confirm/",
        posts(CONFIRMERS),
        _held("entry_id"),
        scoped=True,
    ),
    Row(
        "cockpit:send_back",
        "cockpit/entries/<int:entry_id>/send-back/",
        posts(CONFIRMERS, lambda target: {"reason": "越权矩阵"}),
        _held("entry_id"),
        scoped=True,
    ),
    Row("cockpit:streets", "cockpit/streets/", reads(STAFF)),
    Row("cockpit:checks", "cockpit/self-checks/", reads(STAFF)),
    Row(
        "cockpit:evaluate",
        "cockpit/self-checks/new/",
        reads(SELF_EVALUATING) | posts(SELF_EVALUATING, nothing, answers=(422,)),
    ),
    Row(
        "cockpit:inspect",
        "cockpit/self-checks/<int:check_id>/inspect/",
        posts(INSPECTORS, lambda target: {"grade": "behind", "words": "越权矩阵"}),
        _held("check_id"),
        scoped=True,
    ),
    Row("cockpit:projects", "cockpit/projects/", reads(STAFF)),
    # The first project of the plan is the bureau's own: a street may read of it, and is told so when it reports.
    Row(
        "cockpit:project",
        "cockpit/projects/<int:project_id>/",
        reads(STAFF),
        _held("project_id"),
    ),
    Row(
        "cockpit:report_project",
        "cockpit/projects/<int:project_id>/reports/",
        posts(OWNERS, nothing, answers=(422,)),
        _held("project_id"),
    ),
    Row(
        "cockpit:add_photo",
        "cockpit/projects/<int:project_id>/photos/",
        posts(OWNERS, nothing, answers=(422,)),
        _held("project_id"),
    ),
    Row(
        "cockpit:photo",
        "cockpit/projects/<int:project_id>/photos/<int:photo_id>/",
        reads(STAFF),
        _held("project_id", "photo_id"),
        scoped=True,
    ),
    Row(
        "cockpit:withdraw_photo",
        "cockpit/projects/<int:project_id>/photos/<int:photo_id>/withdraw/",
        posts(OWNERS, lambda target: {"reason": "越权矩阵"}),
        _held("project_id", "photo_id"),
        scoped=True,
    ),
    Row("cockpit:paper", "cockpit/papers/<uuid:file_id>/", reads(PAPER_READERS), _paper, scoped=True),
    Row("cockpit:plans", "cockpit/plans/", reads(STAFF)),
    Row("cockpit:import", "cockpit/plans/import/", reads(BUSINESS) | posts(BUSINESS, nothing, answers=(422,))),
    Row("cockpit:plan", "cockpit/plans/<int:plan_id>/", reads(STAFF), _held("plan_id")),
    Row("cockpit:audit", "cockpit/plans/<int:plan_id>/audit/", reads(STAFF), _held("plan_id")),
    Row("cockpit:links", "cockpit/plans/<int:plan_id>/links/", reads(STAFF), _held("plan_id")),
    Row(
        "cockpit:link",
        "cockpit/plans/<int:plan_id>/links/new/",
        posts(BUSINESS, nothing, answers=(422,)),
        _held("plan_id"),
    ),
    Row(
        "cockpit:in_force",
        "cockpit/plans/<int:plan_id>/in-force/",
        posts(BUSINESS),
        _held("plan_id"),
        lacks=frozenset({302}),
    ),
    Row(
        "cockpit:statement",
        "cockpit/plans/statements/<int:statement_id>/",
        reads(STAFF),
        _held("statement_id"),
    ),
    Row(
        "cockpit:correct",
        "cockpit/plans/statements/<int:statement_id>/correct/",
        posts(BUSINESS, nothing, answers=(422,)),
        _held("statement_id"),
    ),
    Row("cockpit:report", "cockpit/report/", reads(REPORTERS)),
    Row(
        "cockpit:report_taken",
        "cockpit/report/<slug:kind>/",
        reads(REPORTERS),
        lambda target: {"kind": "xlsx"},
        lacks=_ALWAYS_THERE,
    ),
)
