"""Rows of the access matrix: what a person may ask about their data, and what they consent to."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import Row, Target, posts, reads
from architecture.access_groups import BUSINESS, person
from architecture.access_portal import COUNTER

HANDLERS = COUNTER | BUSINESS


def _request(target: Target) -> dict[str, Any]:
    return {"request_id": target.request_id}


def _consent(target: Target) -> dict[str, Any]:
    return {"consent_id": target.consent_id}


def _asked(target: Target) -> dict[str, Any]:
    told = {"kind": "access", "asked_by": "self", "identity": "看了身份证", "words": "想看看"}
    return told | {"person": target.person_id}


def _consented(target: Target) -> dict[str, Any]:
    return {"activity": "survey", "how": "当面签字"}


def _held(target: Target) -> dict[str, Any]:
    return {"person": target.person_id, "basis": "越权矩阵（2026）2号"}


HOLDERS = BUSINESS | {"district_review"}


PRIVACY = (
    Row("privacy:requests", "privacy/", reads(HANDLERS)),
    Row("privacy:new", "privacy/new/", reads(HANDLERS) | posts(HANDLERS, _asked)),
    Row("privacy:request", "privacy/<int:request_id>/", reads(HANDLERS), _request, scoped=True),
    Row(
        "privacy:close",
        "privacy/<int:request_id>/close/",
        posts(HANDLERS, lambda target: {"how": "withdrawn", "answer": "本人不要了"}),
        _request,
        scoped=True,
    ),
    # Only a request for access or a copy hands anything over; the planted ones ask for a deletion.
    Row("privacy:copy", "privacy/<int:request_id>/copy.json", reads(HANDLERS, answers=(404,)), _request, scoped=True),
    Row(
        "privacy:consents",
        "people/<int:person_id>/consents/",
        reads(HANDLERS) | posts(HANDLERS, _consented),
        person,
        scoped=True,
    ),
    Row("privacy:holds", "privacy/holds/", reads(HOLDERS) | posts(HOLDERS, _held)),
    # Nobody has asked for its end yet: the refusal stands on the page to which it leads back.
    Row(
        "privacy:lift",
        "privacy/holds/<int:hold_id>/lift/",
        posts(HOLDERS, lambda target: {"how": "ask", "reason": "结案"}),
        lambda target: {"hold_id": target.hold_id},
        scoped=True,
    ),
    Row("privacy:hold", "people/<int:person_id>/hold/", reads(HOLDERS), person, lacks=frozenset({200})),
    Row("privacy:withdraw", "consents/<int:consent_id>/withdraw/", posts(HANDLERS), _consent, scoped=True),
)
