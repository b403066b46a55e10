"""Who gets through which door: the access matrix, declared by hand and compared with the running site by E13.

Nothing here is derived from the roles' capabilities: the table is a second opinion. A new URL fails
`test_access_matrix.py` until somebody has written its row. `docs/access.md` is made from this table:
`PYTHONPATH=src:tests python tests/architecture/access_matrix.py > docs/access.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from architecture.access_cells import (
    ANONYMOUS,
    COMMUNITY_STAFF,
    DISTRICT_STAFF,
    EVERYBODY,
    FINANCE,
    METHODS,
    NO_GRANT,
    RESIDENT,
    ROLES,
    SIGNED_IN,
    STAFF,
    STREET_STAFF,
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

# Leaders see figures and findings of the district; the record of a person is none of their work.
RECORD_READERS = STAFF - {"district_leader"} - FINANCE
# Who pays reads no findings: they are about people who are not paid.
FINDING_READERS = STAFF - FINANCE
BUSINESS = frozenset({"district_business"})
EXPORTERS = frozenset({"street_intake", "street_review", "district_business"})
REASON_NOTERS = frozenset({"grid_worker", "community_worker", "child_director", "street_intake", "district_business"})
SIGNERS = frozenset({"district_business", "district_leader"})
EDITORS = frozenset({"community_worker", "street_intake", "district_business"})

CASE_WORKERS = frozenset({"community_worker", "street_intake", "street_review", "street_confirm", "district_business"})
CASE_READERS = CASE_WORKERS | {"auditor"}
OVERSEERS = frozenset({"street_confirm", "district_business", "district_leader", "auditor"})
DRAFTERS = frozenset({"community_worker", "street_intake"})

TRYING = frozenset({"district_business", "district_leader", "auditor"})  # who tries figures on the whole district

SCHEME, PERSONAL_SCHEME = "minimum_living_allowance", "old_age_allowance"


def _household_scheme(target: Target) -> dict[str, Any]:
    return {"code": SCHEME, "household_id": target.household_id}


def _person_scheme(target: Target) -> dict[str, Any]:
    return {"code": PERSONAL_SCHEME, "household_id": target.household_id, "person_id": target.person_id}


def _person(target: Target) -> dict[str, Any]:
    return {"person_id": target.person_id}


def _household(target: Target) -> dict[str, Any]:
    return {"household_id": target.household_id}


def _case(target: Target) -> dict[str, Any]:
    return {"case_id": target.case_id}


def _code(target: Target) -> dict[str, Any]:
    return {"code_id": target.code_id}


def _boundary(target: Target) -> dict[str, Any]:
    return {"import_id": target.boundary_import_id}


def _division(target: Target) -> dict[str, Any]:
    return {"division_id": target.division_id}


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


ACCOUNTS = (
    Row(
        "accounts:sign_in",
        "sign-in/",
        reads(EVERYBODY, answers=(200, 302))
        | posts(EVERYBODY, lambda target: {"username": "nobody", "password": "wrong"}, answers=(200, 302)),
        gate=Gate.OPEN,
    ),
    Row("accounts:sign_out", "sign-out/", posts(EVERYBODY), gate=Gate.OPEN),
)
ELIGIBILITY = (
    # The first page after sign-in: it shows no record, and says so, to whoever holds no role that sees records.
    Row("eligibility:today", "", reads(SIGNED_IN)),
    Row("eligibility:findings", "findings/", reads(FINDING_READERS)),
    Row(
        "eligibility:export",
        "findings/export/",
        posts(EXPORTERS, lambda target: {"purpose": "visit", "kind": "one_datum_missing"}, answers=(200,)),
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
        posts(EXPORTERS, lambda target: {"purpose": "report"}, answers=(200, 302)),
    ),
    Row(
        "missed:export",
        "missed/people/export/",
        posts(EXPORTERS, lambda target: {"purpose": "visit"}, answers=(200, 302)),
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
REGISTRY = (
    Row(
        "registry:search",
        "people/",
        reads(RECORD_READERS) | posts(RECORD_READERS, lambda target: {"q": "王"}, answers=(200,)),
        asks=lambda target: {"q": "王"},
    ),
    Row("registry:create", "people/new/", reads(EDITORS) | posts(EDITORS, _new_person)),
    Row("registry:duplicates", "people/new/duplicates/", posts(EDITORS, _new_person, answers=(200,))),
    Row("registry:person", "people/<int:person_id>/", reads(RECORD_READERS), _person, scoped=True),
    Row(
        "registry:purpose",
        "people/<int:person_id>/purpose/",
        reads(RECORD_READERS) | posts(RECORD_READERS, lambda target: {"purpose": "case"}),
        _person,
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
        _person,
        lacks=frozenset({200}),
    ),
    Row(
        "registry:record_fact",
        "people/<int:person_id>/facts/new/",
        reads(EDITORS)
        | posts(EDITORS, lambda target: {"value": "1200", "source": "self_report", "valid_from": "2026-11-01"}),
        _person,
        asks=lambda target: {"attribute": "wage_income"},
        scoped=True,
    ),
    Row(
        "registry:death",
        "people/<int:person_id>/death/",
        reads(EDITORS) | posts(EDITORS, lambda target: {"death_date": "2026-11-01", "source": "police"}),
        _person,
        scoped=True,
    ),
    Row(
        "registry:merge",
        "people/<int:person_id>/merge/",
        reads(BUSINESS) | posts(BUSINESS, lambda target: {"other": target.twin_id, "reason": "当面核对过户口簿"}),
        _person,
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
        "registry:retract",
        "statements/<int:statement_id>/retract/",
        posts(EDITORS, lambda target: {"reason": "记错了", "person": target.person_id}),
        lambda target: {"statement_id": target.statement_id},
        scoped=True,
    ),
    Row("registry:household", "households/<int:household_id>/", reads(RECORD_READERS), _household, scoped=True),
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
CASEWORK = (
    Row("casework:mine", "cases/", reads(CASE_READERS)),
    Row(
        "casework:new_household",
        "cases/new/<slug:scheme>/<int:household_id>/",
        reads(DRAFTERS, answers=(200, 302)) | posts(DRAFTERS, lambda target: {"procedure": SCHEME}),
        lambda target: {"scheme": "low_income_margin", "household_id": target.household_id},
        scoped=True,
    ),
    Row(
        "casework:new_person",
        "cases/new/<slug:scheme>/<int:household_id>/<int:person_id>/",
        reads(DRAFTERS, answers=(200, 302)) | posts(DRAFTERS, lambda target: {"procedure": "disability_subsidies"}),
        lambda target: _person(target) | _household(target) | {"scheme": "disability_care_subsidy"},
        scoped=True,
    ),
    Row("casework:case", "cases/<int:case_id>/", reads(CASE_READERS), _case, scoped=True),
    Row("casework:save", "cases/<int:case_id>/form/", posts(DRAFTERS), _case, scoped=True),
    Row("casework:answers", "cases/<int:case_id>/answers/", reads(DRAFTERS), _case, scoped=True),
    Row(
        "casework:receipt", "cases/<int:case_id>/receipt/", reads(CASE_READERS, answers=(200, 302)), _case, scoped=True
    ),
    # An empty form: through the door, and refused there with the reason.
    Row(
        "casework:act",
        "cases/<int:case_id>/acts/<slug:name>/",
        posts(CASE_WORKERS, answers=(422,)),
        lambda target: _case(target) | {"name": "explain_delay"},
        scoped=True,
    ),
    Row(
        "casework:replay",
        "cases/<int:case_id>/decisions/<int:decision_id>/replay/",
        posts(CASE_READERS),
        lambda target: _case(target) | {"decision_id": target.decision_id},
        scoped=True,
    ),
    Row(
        "casework:document",
        "cases/documents/<int:document_id>/",
        reads(CASE_READERS),
        lambda target: {"document_id": target.document_id},
        scoped=True,
    ),
    Row("casework:overview", "cases/clock/", reads(OVERSEERS)),
    Row("casework:noticeboard", "noticeboard/", reads(CASE_READERS)),
    # Whoever holds the address reads three facts of one notice; another address is no address.
    Row(
        "casework:notice",
        "notices/<str:token>/",
        reads(EVERYBODY) | posts(EVERYBODY, answers=(422,)),
        lambda target: {"token": target.notice_token},
        gate=Gate.OPEN,
    ),
    Row("casework:verify", "verify/", reads(EVERYBODY), gate=Gate.OPEN),
)
RUN_READERS = DISTRICT_STAFF
RUN_SIGNERS = frozenset({"district_review", "district_leader"})
CASHIER, ACCOUNTANT = frozenset({"district_cashier"}), frozenset({"district_accountant"})


def _run(target: Target) -> dict[str, Any]:
    return {"run_id": target.run_id}


def _run_act(name: str, who: frozenset[str], sends: Fields = nothing) -> Row:
    """Whether the run allows the act is the operation's word; it leads back to the run with the reason."""
    return Row(f"payments:{name.replace('-', '_')}", f"payments/<int:run_id>/{name}/", posts(who, sends), _run)


# Streets follow up and keep floats; leaders and auditors read. Nobody of a community handles money.
MONEY_READERS = STREET_STAFF | DISTRICT_STAFF
FOLLOWERS = frozenset({"street_intake", "district_business"})
ACCOUNT_APPROVERS = frozenset({"street_review", "district_review"})
DIFFERENCE_DECIDERS = frozenset({"street_confirm", "district_review"})
PAYERS = frozenset({"street_intake", "district_cashier"})
FLOAT_COUNTERS = frozenset({"street_review", "district_review"})
COUNT_CONFIRMERS = frozenset({"street_confirm", "district_accountant"})
NO_NUMBER = 999_999_999


def _money_row(name: str, path: str, acts: dict[str, Act], *takes: str) -> Row:
    return Row(
        f"payments:{name}",
        f"payments/{path}",
        acts,
        lambda target: {key: target.money.get(key, NO_NUMBER) for key in takes},
    )


PAYMENTS = (
    Row("payments:runs", "payments/", reads(RUN_READERS)),
    Row("payments:compile", "payments/compile/", posts(BUSINESS)),
    Row("payments:run", "payments/<int:run_id>/", reads(RUN_READERS), _run),
    _run_act("lock", BUSINESS),
    _run_act("sign", RUN_SIGNERS),
    _run_act("return", BUSINESS | RUN_SIGNERS, lambda target: {"reason": "越权矩阵"}),
    _run_act("release", CASHIER),
    _run_act("file", CASHIER),
    _run_act("hand-over", CASHIER),
    _run_act("answers", CASHIER),
    _run_act("settle", ACCOUNTANT),
    Row(
        "payments:settle_finding",
        "payments/<int:run_id>/findings/<int:finding_id>/",
        posts(BUSINESS),
        lambda target: _run(target) | {"finding_id": target.finding_id},
    ),
    Row("payments:desk", "payments/desk/", reads(MONEY_READERS)),
    Row("payments:follow_ups", "payments/follow-ups/", reads(MONEY_READERS)),
    _money_row("close_follow_up", "follow-ups/<int:follow_up_id>/", posts(FOLLOWERS), "follow_up_id"),
    _money_row("grant", "grants/<int:grant_id>/", reads(MONEY_READERS), "grant_id"),
    _money_row("enter_account", "grants/<int:grant_id>/account/", posts(FOLLOWERS), "grant_id"),
    _money_row("approve_account", "grants/<int:grant_id>/approve/", posts(ACCOUNT_APPROVERS), "grant_id"),
    Row("payments:differences", "payments/differences/", reads(MONEY_READERS)),
    _money_row("difference", "differences/<int:recalculation_id>/", reads(MONEY_READERS), "recalculation_id"),
    *(
        _money_row(name, f"differences/<int:recalculation_id>/{path}/", posts(who), "recalculation_id")
        for name, path, who in (
            ("confirm_difference", "confirm", DIFFERENCE_DECIDERS),
            ("dismiss_difference", "dismiss", DIFFERENCE_DECIDERS),
            ("ease", "ease", DIFFERENCE_DECIDERS),
            ("repay", "repay", ACCOUNTANT),
        )
    ),
    Row("payments:recoveries", "payments/recoveries/", reads(MONEY_READERS)),
    Row("payments:forecast", "payments/forecast/", reads(RUN_READERS)),
    Row("payments:accounts", "payments/ledger/", reads(RUN_READERS)),
    Row("payments:book_budget", "payments/ledger/budget/", posts(ACCOUNTANT)),
    Row(
        "payments:account",
        "payments/ledger/<slug:ledger>/entries/",
        reads(RUN_READERS),
        lambda target: {"ledger": "no-such-account" if target.relation is Relation.MISSING else "fund"},
    ),
    Row("payments:samples", "payments/samples/", reads(MONEY_READERS)),
    Row(
        "payments:draw_sample",
        "payments/samples/draw/<int:run_id>/",
        posts(BUSINESS),
        lambda target: {"run_id": target.money.get("settled_run_id", NO_NUMBER)},
    ),
    _money_row("close_sample", "samples/<int:sample_id>/close/", posts(BUSINESS), "sample_id"),
    _money_row("note_answer", "samples/lines/<int:sample_line_id>/", posts(FOLLOWERS), "sample_line_id"),
    Row("payments:floats", "payments/floats/", reads(MONEY_READERS)),
    Row("payments:open_float", "payments/floats/open/", posts(ACCOUNTANT)),
    _money_row("float", "floats/<int:float_id>/", reads(MONEY_READERS), "float_id"),
    *(
        _money_row(name, f"floats/<int:float_id>/{path}/", posts(who), "float_id")
        for name, path, who in (
            ("fill_float", "fill", ACCOUNTANT),
            ("float_ceiling", "ceiling", ACCOUNTANT),
            ("count_float", "count", FLOAT_COUNTERS),
            ("confirm_count", "confirm", COUNT_CONFIRMERS),
        )
    ),
    *(
        _money_row(
            f"{act}_draw", f"floats/<int:float_id>/draws/<int:draw_id>/{act}/", posts(PAYERS), "float_id", "draw_id"
        )
        for act in ("pay", "withdraw")
    ),
)
VISIT_READERS = RECORD_READERS - {"street_review", "district_review"}
VISITORS = COMMUNITY_STAFF | {"street_intake"}
VISIT_MOVERS = frozenset({"community_worker", "street_intake", "street_confirm", "district_business"})


VISIT_OVERSEERS = frozenset({"street_intake", "street_confirm", "district_business", "district_leader", "auditor"})
VISIT_SETTERS = frozenset({"street_confirm", "district_business"})


def _rhythm(target: Target) -> dict[str, Any]:
    days = {f"{name}_{star}": str(8 - star) for star in range(1, 6) for name in ("first", "every")}
    return days | {"area": "330102012000", "valid_from": "2026-12-01", "basis": "越权矩阵"}


def _visit(target: Target) -> dict[str, Any]:
    return {"visit_id": target.visit_id}


VISITS = (
    Row("visits:mine", "visits/", reads(VISIT_READERS)),
    Row("visits:overview", "visits/overview/", reads(VISIT_OVERSEERS)),
    Row("visits:warnings", "visits/warnings/", reads(VISIT_READERS)),
    Row("visits:table", "visits/weights/", reads(VISIT_READERS)),
    Row("visits:rhythm", "visits/weights/rhythm/", posts(VISIT_SETTERS, _rhythm)),
    Row("visits:household", "visits/households/<int:household_id>/", reads(VISIT_READERS), _household, scoped=True),
    Row(
        "visits:note",
        "visits/households/<int:household_id>/signals/new/",
        reads(VISITORS)
        | posts(VISITORS, lambda target: {"kind": "job_lost", "happened_date": "2026-11-01", "source": "grid"}),
        _household,
        scoped=True,
    ),
    # Whether the happening is there is the operation's word; it leads back to the household with the reason.
    Row(
        "visits:withdraw",
        "visits/households/<int:household_id>/signals/<int:signal_id>/withdraw/",
        posts(VISITORS, lambda target: {"reason": "记错了"}),
        lambda target: _household(target) | {"signal_id": target.signal_id},
        scoped=True,
    ),
    Row("visits:visit", "visits/<int:visit_id>/", reads(VISIT_READERS), _visit, scoped=True),
    Row(
        "visits:record",
        "visits/<int:visit_id>/result/",
        posts(VISITORS, lambda target: {"result": "fine", "way": "home"}),
        _visit,
        scoped=True,
    ),
    Row(
        "visits:take_up",
        "visits/<int:visit_id>/help/",
        posts(VISITORS, lambda target: {"outcome": "已送药"}),
        lambda target: {"visit_id": target.referred_id},
        scoped=True,
    ),
    # Nobody refused this visit: through the door, and told so there.
    Row(
        "visits:refusal",
        "visits/<int:visit_id>/refusal/",
        posts(VISITORS, lambda target: {"until_date": "2027-01-01"}, answers=(422,)),
        _visit,
        scoped=True,
    ),
    # The other account makes no visits in all these places: through the door, and told so there.
    Row(
        "visits:hand_over",
        "visits/<int:visit_id>/hand-over/",
        posts(VISIT_MOVERS, lambda target: {"username": "nobody-of-this-name"}, answers=(422,)),
        _visit,
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
COUNTER = frozenset({"community_worker", "street_intake"})
RESIDENTS = frozenset({RESIDENT})


def _own_page(name: str, route: str, acts: Mapping[str, Act] | None = None, takes: Fields | None = None) -> Row:
    """A page of a resident: what it shows is decided by the sitting, never by the address alone."""
    return Row(f"portal:{name}", route, acts or reads(RESIDENTS), takes, gate=Gate.RESIDENT)


def _own_scheme(target: Target) -> dict[str, Any]:
    return {"scheme": "no-such-scheme" if target.relation is Relation.MISSING else SCHEME}


def _nobodys_scheme(target: Target) -> dict[str, Any]:
    """Somebody of another household: no page of a resident may open it (tests/portal opens the own ones)."""
    return {"scheme": PERSONAL_SCHEME, "person_id": target.person_id}


def _letter(target: Target) -> dict[str, Any]:
    return {"document_id": target.document_id}


def _forged(target: Target) -> dict[str, Any]:
    return {"signed": "forged"}


def _no_concern(target: Target) -> dict[str, Any]:
    return {"concern_id": 999_999_999}


def _no_reply(target: Target) -> dict[str, Any]:
    return {"reply_id": 999_999_999}


def _asks_and_takes(sends: dict[str, Any], answer: int, shows: int = 200) -> dict[str, Act]:
    return reads(RESIDENTS, answers=(shows,)) | posts(RESIDENTS, lambda target: sends, answers=(answer,))


# Whoever may open persons is told that a forged code opens nothing; everybody else reads what a code is.
_OPEN_CODE = reads(EVERYBODY) | posts(EVERYBODY, answers=(200, 422))
PORTAL = (
    Row(
        "portal:sign_in",
        "my/sign-in/",
        reads(EVERYBODY, answers=(200, 302))
        | posts(EVERYBODY, lambda target: {"code": "0000 0000 0000"}, answers=(422,)),
        gate=Gate.OPEN,
    ),
    Row("portal:sign_out", "my/sign-out/", posts(EVERYBODY), gate=Gate.OPEN),
    _own_page("home", "my/"),
    _own_page("question", "my/question/", reads(RESIDENTS) | posts(RESIDENTS, answers=(200,))),
    _own_page("benefit", "my/benefits/<slug:scheme>/", takes=_own_scheme),
    _own_page(
        "own_benefit", "my/benefits/<slug:scheme>/<int:person_id>/", reads(RESIDENTS, answers=(404,)), _nobodys_scheme
    ),
    _own_page("apply", "my/apply/<slug:scheme>/", _asks_and_takes({}, 422), _own_scheme),
    _own_page("own_apply", "my/apply/<slug:scheme>/<int:person_id>/", _asks_and_takes({}, 404, 404), _nobodys_scheme),
    _own_page("reply", "my/reply/<slug:scheme>/", posts(RESIDENTS, answers=(404,)), _own_scheme),
    _own_page(
        "own_reply", "my/reply/<slug:scheme>/<int:person_id>/", posts(RESIDENTS, answers=(404,)), _nobodys_scheme
    ),
    _own_page("progress", "my/progress/"),
    _own_page("letter", "my/letters/<int:document_id>/", reads(RESIDENTS, answers=(404,)), _letter),
    _own_page("looks", "my/looks/"),
    _own_page("say", "my/say/", _asks_and_takes({"kind": "correction", "words": "电话号码不对"}, 200)),
    _own_page("happiness_code", "my/code/", _asks_and_takes({}, 200)),
    Row(
        "portal:open_code", "code/<str:signed>/", _OPEN_CODE, gate=Gate.OPEN, takes=_forged, lacks=frozenset({200, 422})
    ),
    Row("portal:desk", "desk/", reads(COUNTER)),
    Row("portal:answer", "desk/concerns/<int:concern_id>/", posts(COUNTER, answers=(404,)), _no_concern),
    Row("portal:take_up", "desk/offers/<int:reply_id>/", posts(COUNTER, answers=(404,)), _no_reply),
    Row(
        "portal:issue_code",
        "people/<int:person_id>/resident-code/",
        reads(COUNTER) | posts(COUNTER, lambda target: {"identity_check": "id_card"}, answers=(200,)),
        _person,
        scoped=True,
    ),
    Row("portal:revoke_code", "resident-codes/<int:code_id>/revoke/", posts(COUNTER), _code, scoped=True),
)
TABLE: tuple[Row, ...] = (
    *ACCOUNTS,
    *PORTAL,
    *ELIGIBILITY,
    *PUBLISHING,
    *MISSED,
    *CASEWORK,
    *PAYMENTS,
    *VISITS,
    *REGISTRY,
    *IMPORTS,
    *PLACES,
    *CALENDARS,
    *INTERFACE,
)

HEADER = """# Who may open what

Made from `tests/architecture/access_matrix.py`; do not edit. Experiment E13 tries every address with every method as
every role, on objects of the own community, a sibling community, the street, another street, another district and on
none, and fails for an address that is missing here.

A resident signs in by a code from the counter, without an account; the database shows them one household (a role of its
own, `portal` migration 0002), and a page of theirs sends everybody else to the residents' door.

Refusals: not signed in → the sign-in page (API: 401) · without the right → 403 · object of another area, or none →
404 · other method → 405. HEAD goes with GET.

Column *area*: yes means that the object must lie in the area that the role is held for (grid and community staff:
their community; street staff: their street; bureau: the district).

| address | name | method | who | area |
|---|---|---|---|---|
"""


def as_markdown(table: Iterable[Row], labels: Mapping[str, str]) -> str:
    """This function will write the table for people, one line per address and method."""
    lines = []
    for row in sorted(table, key=lambda row: row.route):
        for method, act in row.acts.items():
            if method != "HEAD":
                area = "yes" if row.scoped else ""
                lines.append(f"| `/{row.route}` | `{row.name}` | {method} | {_who(act.who, labels)} | {area} |")
    return HEADER + "\n".join(lines) + "\n"


def _who(who: frozenset[str], labels: Mapping[str, str]) -> str:
    for group, word in (
        (EVERYBODY, "everybody, signed in or not"),
        (SIGNED_IN, "every account"),
        (STAFF, "all business roles"),
    ):
        if who == group:
            return word
    if who < STAFF and len(STAFF - who) <= 3:
        return f"all business roles but {'、'.join(labels[role] for role in ROLES if role in STAFF - who)}"
    return "、".join(labels[role] for role in ROLES if role in who)


def role_labels() -> dict[str, str]:
    """This function will return the Chinese names of the roles."""
    from minsheng.config.roles import ROLES as DEFINED

    return {role.code: role.label for role in DEFINED} | {
        NO_GRANT: "没有岗位的账号",
        ANONYMOUS: "未登录",
        RESIDENT: "居民本人",
    }


if __name__ == "__main__":
    sys.stdout.write(as_markdown(TABLE, role_labels()))
