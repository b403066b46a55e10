"""Rows of the access matrix: cases and visits."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import (
    COMMUNITY_STAFF,
    EVERYBODY,
    Gate,
    Row,
    Target,
    posts,
    reads,
)
from architecture.access_groups import RECORD_READERS, SCHEME, household, person

CASE_WORKERS = frozenset({"community_worker", "street_intake", "street_review", "street_confirm", "district_business"})


CASE_READERS = CASE_WORKERS | {"auditor"}


OVERSEERS = frozenset({"street_confirm", "district_business", "district_leader", "auditor"})


DRAFTERS = frozenset({"community_worker", "street_intake"})


def _case(target: Target) -> dict[str, Any]:
    return {"case_id": target.case_id}


def _member(target: Target) -> dict[str, Any]:
    return {"member_id": target.member_id}


def _joint(target: Target) -> dict[str, Any]:
    return {"joint_id": target.joint_id}


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
        lambda target: person(target) | household(target) | {"scheme": "disability_care_subsidy"},
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
    Row("casework:joints", "cases/together/", reads(CASE_READERS)),
    Row(
        "casework:joint_new",
        "cases/together/new/<int:household_id>/",
        reads(DRAFTERS, answers=(200, 302)) | posts(DRAFTERS, answers=(422,)),
        household,
        scoped=True,
    ),
    Row("casework:joint", "cases/together/<int:joint_id>/", reads(CASE_READERS), _joint, scoped=True),
    # Nothing that is ready, and an empty answer: through the door, and refused there with the reason.
    Row(
        "casework:joint_act",
        "cases/together/<int:joint_id>/acts/<slug:name>/",
        posts(CASE_WORKERS, answers=(422,)),
        lambda target: _joint(target) | {"name": "submit"},
        scoped=True,
    ),
    Row(
        "casework:joint_answer",
        "cases/together/<int:joint_id>/referrals/<int:referral_id>/",
        posts(CASE_WORKERS, answers=(422,)),
        lambda target: _joint(target) | {"referral_id": 999_999_999},
        scoped=True,
    ),
    Row("casework:alliance", "cases/alliance/", reads(CASE_READERS)),
    # Empty forms: through the door, and refused there with the reason.
    Row("casework:admit_member", "cases/alliance/admit/", posts({"district_business"}, answers=(422,))),
    Row(
        "casework:member",
        "cases/alliance/<int:member_id>/",
        reads(CASE_READERS),
        _member,
        scoped=True,
        serves_below=True,
    ),
    Row(
        "casework:end_member",
        "cases/alliance/<int:member_id>/end/",
        posts({"district_business"}, answers=(422,)),
        _member,
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
    Row("visits:household", "visits/households/<int:household_id>/", reads(VISIT_READERS), household, scoped=True),
    Row(
        "visits:note",
        "visits/households/<int:household_id>/signals/new/",
        reads(VISITORS)
        | posts(VISITORS, lambda target: {"kind": "job_lost", "happened_date": "2026-11-01", "source": "grid"}),
        household,
        scoped=True,
    ),
    # Whether the happening is there is the operation's word; it leads back to the household with the reason.
    Row(
        "visits:withdraw",
        "visits/households/<int:household_id>/signals/<int:signal_id>/withdraw/",
        posts(VISITORS, lambda target: {"reason": "记错了"}),
        lambda target: household(target) | {"signal_id": target.signal_id},
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
