"""Rows of the access matrix: money."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import (
    DISTRICT_STAFF,
    NO_NUMBER,
    STREET_STAFF,
    Act,
    Fields,
    Relation,
    Row,
    Target,
    nothing,
    posts,
    reads,
)
from architecture.access_groups import BUSINESS

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
    _money_row("enter_payee", "grants/<int:grant_id>/payee/", posts(FOLLOWERS), "grant_id"),
    _money_row("claim_back", "grants/<int:grant_id>/claim/", posts(BUSINESS), "grant_id"),
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
