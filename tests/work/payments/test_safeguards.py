"""What a run, a line and a file allow, against the tables; and what a change in the database itself does (E12)."""

from datetime import datetime
from itertools import product

import pytest
from django.db import connection

from builders import DISTRICT
from connecting import connected_as
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import Finding, Line, Run
from minsheng.work.payments.rules.runs import FILE_MOVES, LINE_MOVES, TRANSITIONS, state_after
from minsheng.work.payments.types import FileState, LineState, RunAct, RunState
from work.payments.payments_office import NOVEMBER, Office, granted, open_office, seen_by

SCHEME = "minimum_living_allowance"
ALLOWED = {
    (RunState.COMPILED, RunAct.COMPILE),
    (RunState.COMPILED, RunAct.LOCK),
    (RunState.LOCKED, RunAct.SIGN),
    (RunState.LOCKED, RunAct.RETURN),
    (RunState.SIGNED, RunAct.RETURN),
    (RunState.SIGNED, RunAct.RELEASE),
    (RunState.RELEASED, RunAct.RECEIVE),
    (RunState.RELEASED, RunAct.SETTLE),
}


@pytest.mark.parametrize(("state", "act"), list(product(RunState, RunAct)))
def test_every_state_and_act(state: RunState, act: RunAct) -> None:
    assert (state_after(state, act) is not None) is ((state, act) in ALLOWED)


def test_nothing_leaves_an_end() -> None:
    assert {s for s in LineState if not LINE_MOVES[s]} == {LineState.PAID, LineState.RETURNED}
    assert not FILE_MOVES[FileState.SENT]
    assert all(LineState.PLANNED not in LINE_MOVES[s] for s in (LineState.SENT, LineState.UNKNOWN))
    assert all(FileState.MADE not in after for after in FILE_MOVES.values())
    assert RunState.SETTLED not in {before for before, _ in TRANSITIONS}


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000_000, reference="2026-001"
    )
    return made


def acts_of(office: Office, at: datetime, run: int) -> dict[RunAct, object]:
    return {
        RunAct.COMPILE: lambda: payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER),
        RunAct.LOCK: lambda: payments.lock_run(actor=office.business, at=at, run_id=run),
        RunAct.SIGN: lambda: payments.sign_run(actor=office.leader, at=at, run_id=run),
        RunAct.RETURN: lambda: payments.return_run(actor=office.leader, at=at, run_id=run, reason="再核"),
        RunAct.RELEASE: lambda: payments.release_run(actor=office.cashier, at=at, run_id=run),
        RunAct.RECEIVE: lambda: payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=[]),
        RunAct.SETTLE: lambda: payments.settle_run(actor=office.accountant, at=at, run_id=run),
    }


REFUSALS = (
    payments.UnableToCompileRun,
    payments.UnableToMoveRun,
    payments.UnableToReceive,
    payments.UnableToRelease,
)


@pytest.mark.django_db
def test_no_operation_skips_a_step(office: Office, at: datetime) -> None:
    """E19: in every state every act that the table does not allow is refused and changes nothing."""
    granted(office, at, "钟阿水")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    acts = acts_of(office, at, run)
    way = [
        (RunState.COMPILED, RunAct.LOCK),
        (RunState.LOCKED, RunAct.SIGN),
        (RunState.SIGNED, RunAct.RELEASE),
        (RunState.RELEASED, None),
    ]
    for state, forward in way:
        for act in set(RunAct) - {a for s, a in ALLOWED if s is state}:
            if (state, act) in {(RunState.RELEASED, RunAct.COMPILE), (RunState.RELEASED, RunAct.RELEASE)}:
                continue  # a further batch; the same file again: neither changes this run
            with pytest.raises(REFUSALS):
                acts[act]()  # type: ignore[operator]
            with seen_by(office.business, at):
                assert Run.objects.get(pk=run).state == state, (state, act)
        if forward is not None:
            acts[forward]()  # type: ignore[operator]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_amount SET amount_fen = amount_fen * 10",
        "UPDATE payments_amount a SET seal = b.seal FROM payments_amount b WHERE b.id <> a.id",
        "UPDATE payments_account a SET number_sealed = b.number_sealed FROM payments_account b WHERE b.id <> a.id",
        "UPDATE payments_amount SET decision_sha256 = repeat('0', 64)",
    ],
)
def test_what_a_database_administrator_changes_is_not_paid(office: Office, at: datetime, change: str) -> None:
    """E12: the seals notice an amount, a decision or an account that was changed or exchanged past the operations."""
    for name in "甲乙":
        granted(office, at, f"钟阿{name}")
    with seen_by(office.business, at), connection.cursor() as cursor:
        cursor.execute(change)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        assert set(Line.objects.filter(run_id=run).values_list("state", flat=True)) == {"held"}
        assert set(Finding.objects.filter(run_id=run).values_list("check_code", flat=True)) >= {"broken_seal"}
    with pytest.raises(payments.UnableToMoveRun, match="没有可以发的"):
        payments.lock_run(actor=office.business, at=at, run_id=run)


# ---- what a line's state costs -----------------------------------------------------------------------------------
NAMES_STATE = """
    SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
    WHERE i.indrelid = 'payments_line'::regclass AND a.attname = 'state' AND (a.attnum = ANY(i.indkey)
        OR pg_get_expr(i.indpred, i.indrelid) ~ '\\mstate\\M' OR pg_get_expr(i.indexprs, i.indrelid) ~ '\\mstate\\M')
"""


@pytest.mark.django_db
def test_no_index_of_a_line_names_its_state_and_control() -> None:
    """Else each of the 20,000 lines of a month writes all its indexes anew with every step (models.runs.Line)."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES_STATE)
        assert cursor.fetchall() == []
    with connected_as("owner") as owner:
        for made in ("(id, state)", "(id) WHERE state = 'sent'", "(upper(state))"):
            owner.execute(f"BEGIN; CREATE INDEX planted ON payments_line {made}")
            assert owner.execute(NAMES_STATE).fetchall() == [("planted",)], made
            owner.execute("ROLLBACK")


@pytest.mark.django_db
def test_a_line_is_live_until_it_is_held_or_given_back(office: Office, at: datetime) -> None:
    granted(office, at, "沈一")
    payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        line = Line.objects.get()
        assert line.live
        Line.objects.filter(pk=line.pk).update(state="held")
        assert not Line.objects.get(pk=line.pk).live
