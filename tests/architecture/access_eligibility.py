"""Rows of the access matrix: findings, policies, trials and the interface."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import (
    EVERYBODY,
    FINANCE,
    METHODS,
    SIGNED_IN,
    STAFF,
    Act,
    Fields,
    Gate,
    Relation,
    Row,
    Target,
    nothing,
    only_get,
    posts,
    reads,
)
from architecture.access_groups import BUSINESS, EXPORTERS, PERSONAL_SCHEME, RECORD_READERS, SCHEME

# Who pays reads no findings: they are about people who are not paid.
FINDING_READERS = STAFF - FINANCE


REASON_NOTERS = frozenset({"grid_worker", "community_worker", "child_director", "street_intake", "district_business"})


SIGNERS = frozenset({"district_business", "district_leader"})


TRYING = frozenset({"district_business", "district_leader", "auditor"})  # who tries figures on the whole district


def _household_scheme(target: Target) -> dict[str, Any]:
    return {"code": SCHEME, "household_id": target.household_id}


def _person_scheme(target: Target) -> dict[str, Any]:
    return {"code": PERSONAL_SCHEME, "household_id": target.household_id, "person_id": target.person_id}


def _scheme(target: Target) -> dict[str, Any]:
    return {"code": "no_such_scheme" if target.relation is Relation.MISSING else SCHEME}


def _figure(target: Target) -> dict[str, Any]:
    return {"name": "nothing.at_all" if target.relation is Relation.MISSING else "household.standard"}


def _change(target: Target) -> dict[str, Any]:
    return {"publication_id": target.publication_id}


def _change_header(target: Target) -> dict[str, Any]:
    return {"title": "提高标准", "in_force_date": "2027-01-01", "reason": "越权矩阵"}


def _budget(target: Target) -> dict[str, Any]:
    return {"scheme": SCHEME, "year": "2026", "amount": "100", "source": "文号"}


def _change_act(name: str, who: frozenset[str], sends: Fields = nothing) -> Row:
    """A refusal leads back to the page of the change with the reason, a change that does not exist as well."""
    route = f"policies/changes/<int:publication_id>/{name}/"
    return Row(f"publishing:{name.replace('-', '_')}", route, posts(who, sends), _change, lacks=frozenset({302}))


def _day(target: Target) -> dict[str, Any]:
    return {"as_of": "2026-11-01"}


def _typed_household() -> dict[str, Any]:
    return {"as_of": "2026-11-01", "household": {}, "people": [{"key": "a", "facts": {"relation": "head"}}]}


ELIGIBILITY = (
    # The first page after sign-in: it shows no record, and says so, to whoever holds no role that sees records.
    Row("eligibility:today", "", reads(SIGNED_IN)),
    Row("eligibility:findings", "findings/", reads(FINDING_READERS)),
    Row(
        "eligibility:export",
        "findings/export/",
        posts(EXPORTERS, lambda target: {"purpose": "visit", "kind": "one_datum_missing"}),
    ),
    Row("eligibility:save_view", "findings/views/", posts(FINDING_READERS, lambda target: {"name": "我的名单"})),
    Row("eligibility:map", "map/", reads(FINDING_READERS)),
    Row("whatif:what_if", "policies/what-if/", reads(TRYING)),
    Row("whatif:months", "policies/what-if/months/", reads(TRYING)),
    Row("whatif:ceiling", "policies/what-if/ceiling/", reads(TRYING)),
    Row("whatif:households", "policies/what-if/households/", reads(TRYING - {"district_leader"})),
    Row("whatif:snapshot", "policies/what-if/snapshot/", posts(TRYING)),
    Row("eligibility:schemes", "policies/", reads(STAFF)),
    Row("eligibility:scheme", "policies/<slug:code>/", reads(STAFF), _scheme),
    Row(
        "eligibility:explain_household",
        "explanations/<slug:code>/<int:household_id>/",
        reads(RECORD_READERS),
        _household_scheme,
        scoped=True,
    ),
    Row(
        "eligibility:explain_person",
        "explanations/<slug:code>/<int:household_id>/<int:person_id>/",
        reads(RECORD_READERS),
        _person_scheme,
        scoped=True,
    ),
    Row(
        "eligibility:document_household",
        "explanations/<slug:code>/<int:household_id>/document/",
        reads(RECORD_READERS),
        _household_scheme,
        scoped=True,
    ),
    Row(
        "eligibility:document_person",
        "explanations/<slug:code>/<int:household_id>/<int:person_id>/document/",
        reads(RECORD_READERS),
        _person_scheme,
        scoped=True,
    ),
)


PUBLISHING = (
    Row("publishing:numbers", "policies/numbers/", reads(STAFF)),
    Row(
        "publishing:new_version",
        "policies/numbers/new/<str:name>/",
        reads(BUSINESS) | posts(BUSINESS, lambda t: _change_header(t) | {"value": "1,300", "basis": "文号"}),
        _figure,
    ),
    Row("publishing:budgets", "policies/budgets/", reads(STAFF) | posts(BUSINESS, _budget)),
    Row("publishing:publications", "policies/changes/", reads(STAFF)),
    Row("publishing:publication", "policies/changes/<int:publication_id>/", reads(STAFF), _change),
    Row(
        "publishing:header",
        "policies/changes/<int:publication_id>/header/",
        reads(BUSINESS) | posts(BUSINESS, _change_header),
        _change,
    ),
    Row(
        "publishing:progress",
        "policies/changes/<int:publication_id>/progress/",
        reads(STAFF, answers=(204,)),
        _change,
    ),
    Row("publishing:effects", "policies/changes/<int:publication_id>/effects/", reads(FINDING_READERS), _change),
    Row(
        "publishing:export_effects",
        "policies/changes/<int:publication_id>/effects/export/",
        posts(EXPORTERS, lambda target: {"purpose": "review"}),  # not tried yet: the list is empty, and says so
        _change,
        lacks=frozenset({302}),
    ),
    _change_act("drop", BUSINESS, lambda target: {"name": "household.nothing"}),
    _change_act("check", BUSINESS),
    _change_act("trial", BUSINESS),
    _change_act("submit", BUSINESS),
    _change_act("sign", SIGNERS),
    _change_act("return", SIGNERS, lambda target: {"reason": "文号写错了"}),
    _change_act("withdraw", BUSINESS),
    _change_act("take-back", BUSINESS, lambda target: {"reason": "改回", "in_force_date": "2027-01-01"}),
)


MISSED = (
    Row("missed:report", "missed/", reads(FINDING_READERS)),
    Row("missed:people", "missed/people/", reads(FINDING_READERS)),
    # A report or list that is empty is refused with the reason, back on its page.
    Row(
        "missed:export_report",
        "missed/export/",
        posts(EXPORTERS, lambda target: {"purpose": "report"}),
    ),
    Row(
        "missed:export",
        "missed/people/export/",
        posts(EXPORTERS, lambda target: {"purpose": "visit"}),
    ),
    Row(
        "missed:reason",
        "missed/people/<int:finding_id>/",
        reads(REASON_NOTERS)
        | posts(REASON_NOTERS, lambda target: {"why": "refused", "noted_date": "2026-11-02", "note": "本人说不需要"}),
        lambda target: {"finding_id": target.finding_id},
        scoped=True,
    ),
)


INTERFACE = (
    # Below it stand operations; it is none itself.
    Row(
        "api-v1:api-root",
        "api/v1/",
        {method: Act(EVERYBODY, answers=frozenset({404})) for method in METHODS},
        gate=Gate.OPEN,
    ),
    Row("api-v1:openapi-json", "api/v1/openapi.json", only_get(SIGNED_IN), gate=Gate.API),
    Row(
        "api-v1:calculate",
        "api/v1/rules/calculate",
        posts(STAFF, lambda target: _typed_household(), answers=(200,)),
        gate=Gate.API,
    ),
    Row(
        "api-v1:explain",
        "api/v1/rules/explain",
        posts(STAFF, lambda target: _typed_household() | {"scheme": SCHEME}, answers=(200,)),
        gate=Gate.API,
    ),
    Row("api-v1:schemes", "api/v1/rules/schemes", only_get(STAFF), asks=_day, gate=Gate.API),
    Row("api-v1:scheme", "api/v1/rules/schemes/<code>", only_get(STAFF), _scheme, asks=_day, gate=Gate.API),
    Row("api-v1:numbers", "api/v1/rules/numbers", only_get(STAFF), asks=_day, gate=Gate.API),
)
