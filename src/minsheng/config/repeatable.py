"""POSTs that may be sent again and again without a key, each with its reason; all others are done once for a key.

A test sends each of them twice and looks at the tables that were written.
"""

REPEATABLE = {
    "account_login": "opens a session; wrong tries are counted by axes",
    "mfa_login_webauthn": "opens a session; a challenge is good for one answer",
    "mfa_authenticate": "opens a session; a code is good once, and tries are counted",
    "account_reauthenticate": "proves who is there; tries are counted",
    "mfa_reauthenticate": "proves who is there; a code is good once, and tries are counted",
    "mfa_reauthenticate_webauthn": "proves who is there; a challenge is good for one answer",
    "account_logout": "ends a session",
    "portal:sign_in": "opens a sitting; a code is used up by its first use, and tries are counted",
    "portal:sign_out": "ends a sitting",
    "registry:search": "looks for people; a POST so that names stay out of addresses",
    "registry:duplicates": "looks for people while a form is filled in",
    "registry:reveal": "shows a number; every look is recorded by itself",
    "exports:take": "gives the prepared file; every taking is recorded by itself",
    "exports:trace": "compares a file with what was exported; every look is recorded by itself",
    "payments:file": "gives the bank file as it was made; every taking is recorded by itself",
    "casework:replay": "computes a decision again and compares",
    "api-v1:api-root": "answers 404 to every method",
    "api-v1:calculate": "computes, keeps nothing",
    "api-v1:explain": "computes, keeps nothing",
    **dict.fromkeys(
        (f"exchange-api:{name}" for name in ("search", "subscribe", "unsubscribe", "txn_status")),
        "another office's system: the message's own id, which is signed, makes it once",
    ),
    **dict.fromkeys(
        (f"exchange-api:{name}" for name in ("sync_search", "sync_txn_status")),
        "another office's system: the message's own id, which is signed, is taken once",
    ),
}
# Where a gate sends whoever must sign in first: such an answer did nothing, so the form's key stays free.
DOORS = frozenset({"account_login", "portal:sign_in", "entrance:confirm"})
