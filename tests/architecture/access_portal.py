"""Rows of the access matrix: residents, the counter and the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from architecture.access_cells import (
    EVERYBODY,
    RESIDENT,
    Act,
    Fields,
    Gate,
    Relation,
    Row,
    Target,
    posts,
    reads,
)
from architecture.access_groups import PERSONAL_SCHEME, SCHEME, person


def _code(target: Target) -> dict[str, Any]:
    return {"code_id": target.code_id}


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


def _case(target: Target) -> dict[str, Any]:
    return {"case_id": target.case_id}


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
    # Not connected: there is no such door, and nobody comes back from it.
    Row("portal:identity_start", "my/door/", posts(EVERYBODY, answers=(404,)), gate=Gate.OPEN),
    Row("portal:identity_back", "my/door/back/", reads(EVERYBODY, answers=(422,)), gate=Gate.OPEN),
    Row("layout", "layout/", posts(EVERYBODY), gate=Gate.OPEN),
    Row("portal:sign_out", "my/sign-out/", posts(EVERYBODY), gate=Gate.OPEN),
    _own_page("home", "my/"),
    _own_page("data", "my/data/"),
    _own_page("ask", "my/data/ask/", _asks_and_takes({}, 422)),
    # The matrix asks for somebody else's; tests/portal opens the own ones.
    _own_page("facts", "my/data/facts/<int:person_id>/", reads(RESIDENTS, answers=(404,)), person),
    _own_page("copy", "my/data/facts/<int:person_id>/copy.json", reads(RESIDENTS, answers=(404,)), person),
    _own_page(
        "consent",
        "my/data/consents/<int:person_id>/<slug:activity>/",
        posts(RESIDENTS, answers=(404,)),
        lambda target: {"person_id": target.person_id, "activity": "photo"},
    ),
    _own_page(
        "withdraw",
        "my/data/withdrawals/<int:consent_id>/",
        posts(RESIDENTS, answers=(404,)),
        lambda target: {"consent_id": target.consent_id},
    ),
    _own_page("question", "my/question/", reads(RESIDENTS) | posts(RESIDENTS, answers=(200,))),
    _own_page("benefit", "my/benefits/<slug:scheme>/", takes=_own_scheme),
    _own_page(
        "own_benefit", "my/benefits/<slug:scheme>/<int:person_id>/", reads(RESIDENTS, answers=(404,)), _nobodys_scheme
    ),
    _own_page("apply", "my/apply/<slug:scheme>/", _asks_and_takes({}, 422), _own_scheme),
    _own_page("own_apply", "my/apply/<slug:scheme>/<int:person_id>/", _asks_and_takes({}, 404, 404), _nobodys_scheme),
    _own_page("together", "my/together/", _asks_and_takes({}, 422)),
    _own_page("reply", "my/reply/<slug:scheme>/", posts(RESIDENTS, answers=(404,)), _own_scheme),
    _own_page(
        "own_reply", "my/reply/<slug:scheme>/<int:person_id>/", posts(RESIDENTS, answers=(404,)), _nobodys_scheme
    ),
    _own_page("progress", "my/progress/"),
    _own_page("end_proxy", "my/cases/<int:case_id>/proxy/end/", posts(RESIDENTS, answers=(404,)), _case),
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
        person,
        scoped=True,
    ),
    Row("portal:revoke_code", "resident-codes/<int:code_id>/revoke/", posts(COUNTER), _code, scoped=True),
)
