"""Rows of the access matrix: accounts, people, tables, places and calendars."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from architecture.access_cells import (
    STAFF,
    Relation,
    Row,
    Target,
    posts,
    reads,
)
from architecture.access_groups import BUSINESS, EXPORT_APPROVERS, EXPORTERS, RECORD_READERS, household, person

EDITORS = frozenset({"community_worker", "street_intake", "district_business"})
LABELLERS = EDITORS | {"child_director", "street_review", "street_confirm", "district_review"}


def _boundary(target: Target) -> dict[str, Any]:
    return {"import_id": target.boundary_import_id}


def _division(target: Target) -> dict[str, Any]:
    return {"division_id": target.division_id}


def _year(target: Target) -> dict[str, Any]:
    return {"year": 1999 if target.relation is Relation.MISSING else 2026}


def _boundary_file(target: Target) -> dict[str, Any]:
    content = b'{"type": "FeatureCollection", "features": []}'  # read, and refused for holding nothing
    file = SimpleUploadedFile("street.geojson", content)
    return {"level": "street", "effective_date": "2026-12-01", "source": "区勘界办", "file": file}


def _batch(target: Target) -> dict[str, Any]:
    return {"batch_id": target.batch_id}


def _table_file(target: Target) -> dict[str, Any]:
    file = SimpleUploadedFile("people.csv", "姓名,证件种类,社区代码\n滕栖迟,没有证件,330102012001\n".encode())
    told = {"kind": "persons", "source": "import", "valid_from": "2026-11-01", "purpose": "越权矩阵"}
    return told | {"file": file}


def _new_person(target: Target) -> dict[str, Any]:
    return {"name": "滕栖梧", "id_kind": "none", "area": target.area_id, "source": "self_report"}


REGISTRY = (
    Row(
        "registry:search",
        "people/",
        reads(RECORD_READERS) | posts(RECORD_READERS, lambda target: {"q": "王"}, answers=(200,)),
        asks=lambda target: {"q": "王"},
    ),
    Row("registry:create", "people/new/", reads(EDITORS) | posts(EDITORS, _new_person)),
    Row("registry:duplicates", "people/new/duplicates/", posts(EDITORS, _new_person, answers=(200,))),
    Row("registry:person", "people/<int:person_id>/", reads(RECORD_READERS), person, scoped=True),
    Row(
        "registry:purpose",
        "people/<int:person_id>/purpose/",
        reads(RECORD_READERS) | posts(RECORD_READERS, lambda target: {"purpose": "case"}),
        person,
        scoped=True,
    ),
    Row(
        "registry:reveal",
        "people/<int:person_id>/numbers/<slug:which>/",
        posts(RECORD_READERS, lambda target: {"reason": "核对证件"}, answers=(200,)),
        lambda target: {"person_id": target.person_id, "which": "id-number"},
        scoped=True,
    ),
    # One and the same sentence for every number; it asks the registry for nothing.
    Row(
        "registry:hidden",
        "people/<int:person_id>/numbers/",
        reads(RECORD_READERS),
        person,
        lacks=frozenset({200}),
    ),
    Row(
        "registry:record_fact",
        "people/<int:person_id>/facts/new/",
        reads(EDITORS)
        | posts(EDITORS, lambda target: {"value": "1200", "source": "self_report", "valid_from": "2026-11-01"}),
        person,
        asks=lambda target: {"attribute": "wage_income"},
        scoped=True,
    ),
    Row(
        "registry:death",
        "people/<int:person_id>/death/",
        reads(EDITORS) | posts(EDITORS, lambda target: {"death_date": "2026-11-01", "source": "police"}),
        person,
        scoped=True,
    ),
    Row(
        "registry:merge",
        "people/<int:person_id>/merge/",
        reads(BUSINESS) | posts(BUSINESS, lambda target: {"other": target.twin_id, "reason": "当面核对过户口簿"}),
        person,
        asks=lambda target: {"other": target.twin_id},
        scoped=True,
    ),
    Row(
        "registry:unmerge",
        "people/<int:person_id>/unmerge/",
        posts(BUSINESS),
        lambda target: {"person_id": target.merged_id},
        scoped=True,
    ),
    Row(
        "registry:protection",
        "people/<int:person_id>/protection/",
        reads(LABELLERS) | posts(LABELLERS, lambda target: {"level": "1", "reason": "child", "note": "派出所来函"}),
        person,
        scoped=True,
    ),
    # Whoever proposed to lower is told that another must decide, on the same page.
    Row(
        "registry:decide_protection",
        "people/<int:person_id>/protection/<int:labelling_id>/",
        posts(LABELLERS, lambda target: {"agreed": "no", "answer": "情形还在"}),
        lambda target: {"person_id": target.protected_id, "labelling_id": target.labelling_id},
        scoped=True,
    ),
    Row(
        "registry:retract",
        "statements/<int:statement_id>/retract/",
        posts(EDITORS, lambda target: {"reason": "记错了", "person": target.person_id}),
        lambda target: {"statement_id": target.statement_id},
        scoped=True,
    ),
    Row("registry:household", "households/<int:household_id>/", reads(RECORD_READERS), household, scoped=True),
)


IMPORTS = (
    Row("imports:index", "imports/", reads(BUSINESS) | posts(BUSINESS, _table_file)),
    Row(
        "imports:template",
        "imports/template/<str:kind>.xlsx",
        reads(BUSINESS),
        lambda target: {"kind": "nothing" if target.relation is Relation.MISSING else "persons"},
    ),
    Row("imports:preview", "imports/<int:batch_id>/", reads(BUSINESS), _batch, scoped=True),
    Row(
        "imports:decide",
        "imports/<int:batch_id>/rows/<int:number>/decide/",
        posts(BUSINESS, lambda target: {"decision": "skip"}),
        lambda target: {"batch_id": target.batch_id, "number": 2},
        scoped=True,
    ),
    Row(
        "imports:decide_open",
        "imports/<int:batch_id>/decide/",
        posts(BUSINESS, lambda target: {"decision": "skip"}),
        _batch,
        scoped=True,
    ),
    Row("imports:apply", "imports/<int:batch_id>/apply/", posts(BUSINESS), _batch, scoped=True),
    Row(
        "imports:undo",
        "imports/<int:batch_id>/undo/",
        posts(BUSINESS, lambda target: {"reason": "导错了"}),
        _batch,
        scoped=True,
    ),
    Row("imports:discard", "imports/<int:batch_id>/discard/", posts(BUSINESS), _batch, scoped=True),
    Row("imports:errors", "imports/<int:batch_id>/errors.xlsx", reads(BUSINESS), _batch, scoped=True),
)


PLACES = (
    Row("places:index", "places/", reads(STAFF)),
    Row("places:division", "places/<int:division_id>/", reads(STAFF), _division),
    Row(
        "places:boundaries",
        "places/boundaries/",
        reads(BUSINESS) | posts(BUSINESS, _boundary_file, answers=(422,)),
    ),
    Row("places:boundary_import", "places/boundaries/<int:import_id>/", reads(BUSINESS), _boundary),
    Row("places:boundary_shapes", "places/boundaries/<int:import_id>/shapes.geojson", reads(BUSINESS), _boundary),
    Row("places:boundary_apply", "places/boundaries/<int:import_id>/apply/", posts(BUSINESS), _boundary),
    Row("places:boundary_undo", "places/boundaries/<int:import_id>/undo/", posts(BUSINESS), _boundary),
    Row("places:boundary_discard", "places/boundaries/<int:import_id>/discard/", posts(BUSINESS), _boundary),
)


AUDITORS = frozenset({"auditor", "audit_officer"})


def _entry(target: Target) -> dict[str, Any]:
    return {"entry_id": target.entry_id}


EVIDENCE = (
    Row("evidence:trail", "audit/", reads(AUDITORS)),
    Row("evidence:roots", "audit/roots/", reads(AUDITORS)),
    Row("evidence:day", "audit/days/<str:day>.pdf", reads(AUDITORS), lambda target: {"day": target.day_of_roots}),
    Row("evidence:entry", "audit/entries/<uuid:entry_id>/", reads(AUDITORS), _entry),
    Row("evidence:proof", "audit/entries/<uuid:entry_id>/proof.json", reads(AUDITORS), _entry),
)


def _yes(target: Target) -> dict[str, Any]:
    return {"answer": "approve"}


def _export(target: Target) -> dict[str, Any]:
    return {"code": target.export_code}


# The planted one is the bureau's own and waits for another's word: nobody can take it yet, strangers find none.
EXPORTS = (
    Row("exports:index", "exports/", reads(EXPORTERS | EXPORT_APPROVERS)),
    Row(
        "exports:trace",
        "exports/trace/",
        reads(AUDITORS) | posts(AUDITORS, lambda target: {"code": target.export_code}, answers=(200,)),
    ),
    Row(
        "exports:one",
        "exports/<str:code>/",
        # Colleagues who may not approve find none of another's, wherever it is.
        reads(EXPORTERS | EXPORT_APPROVERS, answers=(200, 404)),
        _export,
        scoped=True,
    ),
    Row(
        "exports:take",
        "exports/<str:code>/file/",
        posts(EXPORTERS | EXPORT_APPROVERS, answers=(404, 410)),
        _export,
        scoped=True,
    ),
    Row("exports:decide", "exports/<str:code>/decide/", posts(EXPORT_APPROVERS, _yes), _export, scoped=True),
)


CALENDARS = (
    Row("calendars:index", "calendars/", reads(BUSINESS)),
    Row(
        "calendars:enter",
        "calendars/enter/",
        reads(BUSINESS)
        | posts(
            BUSINESS,
            lambda target: {"year": "2027", "source": "通知", "text": "2027-01-01 放假 元旦"},
            answers=(200,),
        ),
    ),
    Row("calendars:year", "calendars/<int:year>/", reads(BUSINESS), _year),
)
