"""Rows of the access matrix: signing in, one's own account, and the pages of the three officers."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import (
    EVERYBODY,
    NO_NUMBER,
    OFFICERS,
    SIGNED_IN,
    Gate,
    Relation,
    Row,
    Target,
    posts,
    reads,
)

CODE = {"code": "000000"}


def _no_key(target: Target) -> dict[str, Any]:
    return {"pk": NO_NUMBER}


def _no_session(target: Target) -> dict[str, Any]:
    return {"session_id": NO_NUMBER}


# What these pages ask for first: another proof, or something that a fresh account does not have (403: no way to prove).
_ASKS_FIRST = (200, 302)
_CONFIRMS = (200, 302, 403)

ENTRANCE = (
    Row(
        "account_login",
        "sign-in/",
        reads(EVERYBODY, answers=(200, 302))
        | posts(EVERYBODY, lambda target: {"username": "nobody", "password": "wrong"}, answers=(200, 302)),
        gate=Gate.OPEN,
    ),
    Row(
        "mfa_authenticate",
        "sign-in/second/",
        reads(EVERYBODY, answers=(302,)) | posts(EVERYBODY, lambda target: CODE),
        gate=Gate.OPEN,
    ),
    Row(
        "mfa_login_webauthn",
        "sign-in/passkey/",
        reads(EVERYBODY, answers=(302,)) | posts(EVERYBODY, lambda target: {"credential": "{}"}),
        gate=Gate.OPEN,
    ),
    Row("account_logout", "sign-out/", posts(EVERYBODY), gate=Gate.OPEN),
    Row(
        "account_reauthenticate",
        "account/confirm/password/",
        reads(SIGNED_IN, answers=_CONFIRMS) | posts(SIGNED_IN, lambda target: {"password": "wrong"}, answers=_CONFIRMS),
    ),
    Row(
        "mfa_reauthenticate",
        "account/confirm/code/",
        reads(SIGNED_IN, answers=_CONFIRMS) | posts(SIGNED_IN, lambda target: CODE, answers=_CONFIRMS),
    ),
    Row(
        "mfa_reauthenticate_webauthn",
        "account/confirm/passkey/",
        reads(SIGNED_IN, answers=_CONFIRMS) | posts(SIGNED_IN, lambda target: {"credential": "{}"}, answers=_CONFIRMS),
    ),
    Row("entrance:confirm", "account/confirm/", reads(SIGNED_IN, answers=(302,))),
    Row("mfa_index", "account/factors/", reads(SIGNED_IN)),
    Row(
        "mfa_activate_totp",
        "account/factors/code/",
        reads(SIGNED_IN, answers=_ASKS_FIRST) | posts(SIGNED_IN, lambda target: CODE, answers=_ASKS_FIRST),
    ),
    Row(
        "mfa_deactivate_totp",
        "account/factors/code/remove/",
        reads(SIGNED_IN, answers=(404,)) | posts(SIGNED_IN, answers=(404,)),
    ),
    Row(
        "mfa_add_webauthn",
        "account/factors/passkey/",
        reads(SIGNED_IN, answers=_ASKS_FIRST)
        | posts(SIGNED_IN, lambda target: {"credential": "{}"}, answers=_ASKS_FIRST),
    ),
    Row(
        "mfa_remove_webauthn",
        "account/factors/passkey/<int:pk>/remove/",
        reads(SIGNED_IN, answers=(302, 404)) | posts(SIGNED_IN, answers=(302, 404)),
        _no_key,
        lacks=frozenset({302, 404}),
    ),
    Row("mfa_view_recovery_codes", "account/recovery-codes/", reads(SIGNED_IN, answers=(404,))),
    Row(
        "mfa_generate_recovery_codes",
        "account/recovery-codes/new/",
        reads(SIGNED_IN, answers=_ASKS_FIRST) | posts(SIGNED_IN, answers=_ASKS_FIRST),
    ),
    # No other service is configured here, so their doors are not there.
    *(
        Row(f"entrance:{name}", f"account/by/{path}", reads(EVERYBODY, answers=(404,)), gate=Gate.OPEN)
        for name, path in (
            ("oidc", "oidc/"),
            ("oidc_back", "oidc/back/"),
            ("zzd", "zzd/"),
            ("zzd_back", "zzd/back/"),
        )
    ),
    Row("entrance:sessions", "account/sessions/", reads(SIGNED_IN)),
    Row(
        "entrance:end_one",
        "account/sessions/<int:session_id>/end/",
        posts(SIGNED_IN),
        _no_session,
        lacks=frozenset({302}),
    ),
    Row("entrance:end_others", "account/sessions/end-others/", posts(SIGNED_IN)),
    Row(
        "entrance:password",
        "account/password/",
        reads(SIGNED_IN) | posts(SIGNED_IN, lambda target: {"password": "short", "current": "wrong"}, answers=(422,)),
    ),
)


# The three officers; what changes anything they may only while on duty (`access_targets.browsers` puts them on duty).
SYSTEM, SECURITY = frozenset({"system_officer"}), frozenset({"security_officer"})
BREAKS = frozenset({"community_worker", "street_intake", "street_review", "street_confirm"})
REVIEWS = frozenset({"district_review", "district_leader"})


def _account(target: Target) -> dict[str, Any]:
    return {"account_id": NO_NUMBER if target.relation is Relation.MISSING else target.account_id}


def _secure(target: Target) -> dict[str, Any]:
    return _account(target) | {"act": "sign-out"}


def _manage(target: Target) -> dict[str, Any]:
    return _account(target) | {"act": "identity"}


def _grant(target: Target) -> dict[str, Any]:
    return {"grant_id": NO_NUMBER if target.relation is Relation.MISSING else target.grant_id, "act": "confirm"}


def _glass(target: Target) -> dict[str, Any]:
    return {"glass_id": NO_NUMBER if target.relation is Relation.MISSING else target.glass_id}


OFFICER_PAGES = (
    Row("officers:accounts", "officers/", reads(OFFICERS)),
    Row("officers:duty", "officers/duty/", posts(OFFICERS, lambda target: {"act": "end"})),
    Row(
        "officers:open",
        "officers/accounts/new/",
        reads(SYSTEM)
        | posts(SYSTEM, lambda target: {"name": "周敏", "holder": "A7", "username": "zhoumin"}, answers=(200,)),
    ),
    Row("officers:account", "officers/accounts/<int:account_id>/", reads(OFFICERS), _account),
    Row(
        "officers:manage",
        "officers/accounts/<int:account_id>/manage/<slug:act>/",
        posts(SYSTEM, lambda target: {"provider": "zzd", "subject": "X1"}),
        _manage,
    ),
    Row("officers:secure", "officers/accounts/<int:account_id>/secure/<slug:act>/", posts(SECURITY), _secure),
    Row("officers:grants", "officers/grants/", reads(OFFICERS)),
    Row(
        "officers:propose",
        "officers/grants/new/",
        reads(SECURITY)
        | posts(
            SECURITY,
            lambda target: {
                "account_id": target.account_id,
                "role": "grid_worker",
                "area_id": target.area_id,
                "valid_from": "2026-11-03",
                "reason": "越权矩阵",
            },
        ),
    ),
    Row("officers:grant_act", "officers/grants/<int:grant_id>/<slug:act>/", posts(SECURITY), _grant),
    Row("glass:mine", "break-glass/", reads(BREAKS) | posts(BREAKS, lambda target: {"reason": "短"}, answers=(422,))),
    Row("glass:close", "break-glass/<int:glass_id>/close/", posts(BREAKS), _glass, lacks=frozenset({302})),
    Row("glass:reviews", "break-glass/reviews/", reads(REVIEWS)),
    Row(
        "glass:report",
        "break-glass/reviews/<int:glass_id>/",
        reads(REVIEWS) | posts(REVIEWS, lambda target: {"justified": "yes", "note": "核实过，有必要"}),
        _glass,
    ),
)
