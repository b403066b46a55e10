"""From grants to a settled month: compile, check, lock, sign, release, send, receive, settle."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from builders import DISTRICT
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.types import Turn
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer, SimulatedBank, read_file
from minsheng.work.payments.models import BankFile, Duty, Entry, Finding, FollowUp, Line, Run
from minsheng.work.payments.operations import compiling
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.types import FileState, LineState, Outcome, Payee, RunState
from work.payments.payments_office import (
    DECEMBER,
    NOVEMBER,
    Office,
    decision,
    granted,
    home,
    new_grant,
    open_office,
    seen_by,
)

pytestmark = pytest.mark.django_db
SCHEME = "minimum_living_allowance"


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000_000, reference="2026-001"
    )
    return made


def stepping(viewer: Viewer, at: datetime):
    @contextmanager
    def step() -> Iterator[Turn]:
        with seen_by(viewer, at):
            yield Turn(viewer, at)

    return step


def released(office: Office, at: datetime) -> int:
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    return run


def states(office: Office, at: datetime, **which: object) -> list[str]:
    with seen_by(office.business, at):
        return list(Line.objects.filter(**which).order_by("id").values_list("state", flat=True))


def test_a_month_from_grants_to_settled(office: Office, at: datetime, tmp_path: Path) -> None:
    for name in "甲乙丙":
        granted(office, at, f"钟阿{name}", fen=110_200)
    bank = SimulatedBank(tmp_path)
    run = released(office, at)
    assert payments.send_file(step=stepping(office.system, at), run_id=run, bank=bank) is FileState.SENT
    with seen_by(office.business, at):
        file = BankFile.objects.get(run_id=run)
    answers = bank.answers(sha256=file.sha256)
    assert payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=answers) == {"paid": 3}
    payments.settle_run(actor=office.accountant, at=at, run_id=run)
    with seen_by(office.business, at):
        assert Run.objects.get(id=run).state == RunState.SETTLED
        places = {}
        for ledger, fen in Entry.objects.values_list("ledger", "amount_fen"):
            places[ledger] = places.get(ledger, 0) + fen
        assert places == {"budget": -1_000_000_000, "fund": 1_000_000_000 - 330_600, "payable": 0, "paid": 330_600}
        proof = prove(viewer=office.business, at=at)
        assert proof.holds
        assert proof.entries > 8
    again = payments.receive_answers
    with pytest.raises(payments.UnableToMoveRun):
        again(actor=office.cashier, at=at, run_id=run, answers=answers)


def test_the_file_is_made_once_and_holds_what_was_signed(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水", fen=123_456)
    run = released(office, at)
    first = payments.file_content(actor=office.cashier, at=at, run_id=run, purpose="bank")
    file = payments.release_run(actor=office.cashier, at=at, run_id=run)
    assert payments.release_run(actor=office.cashier, at=at, run_id=run) == file
    assert payments.file_content(actor=office.cashier, at=at, run_id=run, purpose="bank") == first
    [row] = read_file(first[1])
    assert (row["金额（元）"], row["户名"], row["序号"]) == ("1234.56", "户名", "1")
    with seen_by(office.business, at):
        assert BankFile.objects.count() == 1
        assert Duty.objects.filter(run_id=run, act="release").count() == 1


def test_one_person_has_one_duty(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    with seen_by(office.business, at), pytest.raises(IntegrityError, match="one_each"), transaction.atomic():
        Duty.objects.create(
            run_id=run,
            round=1,
            act="sign",
            account_id=office.business.account_id,
            account_name="",
            at=at,
            lines=1,
            total_fen=1,
        )
    with seen_by(office.business, at), pytest.raises(IntegrityError, match="no releaser"), transaction.atomic():
        Run.objects.filter(id=run).update(state="released")


def test_a_large_run_needs_two_different_signers(office: Office, at: datetime) -> None:
    for name in "甲乙丙":  # twelve months each, 540,000 yuan together
        granted(office, at, f"钟阿{name}", fen=1_500_000, first_month=NOVEMBER.replace(year=2025, month=12))
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    assert payments.sign_run(actor=office.review, at=at, run_id=run) is RunState.LOCKED
    with pytest.raises(payments.UnableToMoveRun, match="已经做过签字"):
        payments.sign_run(actor=office.review, at=at, run_id=run)
    with pytest.raises(payments.UnableToMoveRun):
        payments.release_run(actor=office.cashier, at=at, run_id=run)
    with seen_by(office.business, at), pytest.raises(IntegrityError, match="1 of 2 signatures"), transaction.atomic():
        Run.objects.filter(id=run).update(state="signed")
    assert payments.sign_run(actor=office.leader, at=at, run_id=run) is RunState.SIGNED


def test_a_returned_run_forgets_its_signatures(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    with pytest.raises(payments.UnableToMoveRun, match="原因"):
        payments.return_run(actor=office.review, at=at, run_id=run, reason="")
    payments.return_run(actor=office.review, at=at, run_id=run, reason="金额要核对")
    with pytest.raises(payments.UnableToMoveRun):
        payments.release_run(actor=office.cashier, at=at, run_id=run)
    assert payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER) == run
    payments.lock_run(actor=office.business, at=at, run_id=run)
    assert payments.sign_run(actor=office.review, at=at, run_id=run) is RunState.SIGNED


def test_what_blocks_is_held_and_made_up_later(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水", account=None)
    granted(office, at, "钟阿土")
    run = released(office, at)
    assert states(office, at, run_id=run) == ["held", "sent"]
    entered = payments.propose_account(
        actor=office.intake,
        at=at,
        grant_id=grant,
        payee=Payee("钟阿水", "演示银行", "6228480000000000123"),
        basis="存折",
    )
    payments.approve_account(actor=office.street_review, at=at, account_id=entered)
    second = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        assert Run.objects.get(id=second).number == 2
        [line] = Line.objects.filter(run_id=second)
        assert (line.grant_id, line.month, line.state) == (grant, NOVEMBER, "planned")
        [finding] = Finding.objects.filter(run_id=second)
        assert (finding.check_code, finding.severity) == ("changed_account", "review")
    with pytest.raises(payments.UnableToMoveRun, match="等人工核实"):
        payments.lock_run(actor=office.business, at=at, run_id=second)
    payments.settle_finding(actor=office.business, at=at, finding_id=finding.id, passed=True, reason="电话核实")
    payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)  # keeps what was settled
    payments.lock_run(actor=office.business, at=at, run_id=second)


def test_a_late_grant_is_paid_from_its_first_month(office: Office, at: datetime) -> None:
    lives = home(office, at, "钟阿水")
    payments.open_grant(
        actor=office.business, at=at, grant=new_grant(lives, "D-1", first_month=NOVEMBER.replace(month=8))
    )
    run = released(office, at)
    with seen_by(office.business, at):
        assert list(Line.objects.filter(run_id=run).order_by("month").values_list("month", flat=True)) == [
            NOVEMBER.replace(month=number) for number in (8, 9, 10, 11)
        ]
    with pytest.raises(payments.UnableToCompileRun, match="没有要发的"):
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)


def test_the_dead_the_moved_and_the_imprisoned(office: Office, at: datetime) -> None:
    dead, jailed = home(office, at, "钟阿水"), home(office, at, "钟阿土")
    for number, lives in enumerate((dead, jailed)):
        payments.open_grant(
            actor=office.business,
            at=at,
            grant=new_grant(lives, f"D-{number}", person=True, first_month=NOVEMBER.replace(month=10)),
        )
    granted(office, at, "钟阿木")
    registry.register_death(
        actor=office.business, at=at, person_id=dead.person_id, death_date=NOVEMBER.replace(month=10, day=9)
    )
    registry.record_statement(
        actor=office.business,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=jailed.person_id,
        source="justice",
        values={"in_custody": True},
        valid_from=NOVEMBER,
    )
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        found = {(f.check_code, Line.objects.get(id=f.line_id).month.month) for f in Finding.objects.filter(run_id=run)}
        # The month of the death is still due; the next one is not.
        assert found == {("dead", 11), ("custody", 10), ("custody", 11)}
        paid = Line.objects.filter(run_id=run, state="planned", household_id=dead.household_id)
        assert [line.month.month for line in paid] == [10]


def test_no_money_no_lock(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水", scheme="old_age_allowance")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with pytest.raises(payments.UnableToMoveRun, match="余额不够"):
        payments.lock_run(actor=office.business, at=at, run_id=run)


def test_two_households_on_one_account_are_looked_at(office: Office, at: datetime) -> None:
    for name in "甲乙":
        granted(office, at, f"钟阿{name}", account="6228480000000000123")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        assert [f.check_code for f in Finding.objects.filter(run_id=run)] == ["duplicate_account"] * 2


def test_what_came_back_is_paid_again_only_after_somebody_saw_to_it(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水")
    run = released(office, at)
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    [line] = lines_of(office, at, run)
    payments.receive_answers(
        actor=office.cashier, at=at, run_id=run, answers=[Answer(line, Outcome.RETURNED, "户名不符")]
    )
    payments.settle_run(actor=office.accountant, at=at, run_id=run)
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with seen_by(office.business, at):
        work = FollowUp.objects.get(line_id=line)
    payments.close_follow_up(actor=office.intake, at=at, follow_up_id=work.id, result="户名改正")
    again = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    assert states(office, at, run_id=again) == ["planned"]
    with seen_by(office.business, at):
        proof = prove(viewer=office.business, at=at)
        assert proof.holds
        assert sum(Entry.objects.filter(ledger="returned").values_list("amount_fen", flat=True)) == 0


def lines_of(office: Office, at: datetime, run: int) -> list[int]:
    with seen_by(office.business, at):
        return list(Line.objects.filter(run_id=run).order_by("id").values_list("id", flat=True))


def test_unknown_is_a_state_and_is_never_resent(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水")
    run = released(office, at)
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    [line] = lines_of(office, at, run)
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=[Answer(line, Outcome.UNKNOWN, "处理中")])
    with seen_by(office.business, at):
        work = FollowUp.objects.get(line_id=line)
    with pytest.raises(payments.UnableToClose, match="不能重发"):
        payments.close_follow_up(actor=office.intake, at=at, follow_up_id=work.id, result="再发一次")
    with pytest.raises(payments.UnableToCompileRun):
        payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    with pytest.raises(payments.UnableToMoveRun, match="没有答复"):
        payments.settle_run(actor=office.accountant, at=at, run_id=run)
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=[Answer(line, Outcome.PAID, "成功")])
    with seen_by(office.business, at):
        assert FollowUp.objects.get(id=work.id).result == "银行已答复"
        assert prove(viewer=office.business, at=at).holds
    with pytest.raises(payments.UnableToReceive, match="相反"):
        payments.receive_answers(
            actor=office.cashier, at=at, run_id=run, answers=[Answer(line, Outcome.RETURNED, "退")]
        )


def test_answers_for_another_run_are_refused_whole(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水")
    run = released(office, at)
    [line] = lines_of(office, at, run)
    with pytest.raises(payments.UnableToReceive, match="不在这一批"):
        payments.receive_answers(
            actor=office.cashier,
            at=at,
            run_id=run,
            answers=[Answer(line, Outcome.PAID, ""), Answer(line + 999, Outcome.PAID, "")],
        )
    assert states(office, at, run_id=run) == ["sent"]


def test_december_follows_november(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水", fen=100_000)
    released(office, at)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=DECEMBER)
    with seen_by(office.business, at):
        assert [line.month for line in Line.objects.filter(run_id=run)] == [DECEMBER]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_line SET amount_fen = amount_fen + 1",
        "UPDATE payments_line SET state = 'planned'",
        "UPDATE payments_line SET account_row_id = account_row_id + 1",
        "DELETE FROM payments_line",
        "UPDATE payments_bank_file SET total_fen = total_fen + 1",
        "UPDATE payments_bank_file SET state = 'sent'",
        "DELETE FROM payments_bank_file",
        "UPDATE payments_run SET total_locked_fen = total_locked_fen + 1",
        "UPDATE payments_run SET state = 'compiled'",
        "UPDATE payments_run SET id = id + 1",
        "DELETE FROM payments_run",
    ],
)
def test_what_was_released_does_not_change(office: Office, at: datetime, change: str) -> None:
    granted(office, at, "钟阿水")
    released(office, at)
    with (
        seen_by(office.business, at),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        cursor.execute(change)


@pytest.mark.parametrize(
    ("orphan", "why"),
    [
        (
            "INSERT INTO payments_line (run_id, area_id, grant_id, amount_row_id, account_row_id, scheme, household_id,"
            " person_id, month, kind, amount_fen, deducted_fen, state, bank_code)"
            " SELECT run_id + 1, area_id, grant_id, amount_row_id, account_row_id, scheme, household_id, person_id,"
            " '2027-03-01', kind, amount_fen, deducted_fen, 'planned', '' FROM payments_line",
            "lines do not fit the state of their run",
        ),
        (
            "INSERT INTO payments_entry (posting_id, ledger, fund, scheme, area_id, line_id, subject, amount_fen)"
            " SELECT p.id + 1000, e.ledger, e.fund, e.scheme, e.area_id, e.line_id, '', e.amount_fen"
            " FROM payments_entry e JOIN payments_posting p ON p.id = e.posting_id",
            "payments_balance_due_posting",
        ),
    ],
)
def test_no_line_is_without_its_run_and_no_entry_without_its_posting(
    office: Office, at: datetime, orphan: str, why: str
) -> None:
    """Neither has a foreign key: a trigger looks each statement's parents up once."""
    granted(office, at, "钟阿水")
    released(office, at)
    with (
        seen_by(office.business, at),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match=why),
        transaction.atomic(),
    ):
        cursor.execute(orphan)


def test_whoever_holds_a_line_held_it_for_a_reason(office: Office, at: datetime) -> None:
    grant = granted(office, at, "钟阿水")
    granted(office, at, "钟阿土")
    payments.hold_grant(actor=office.business, at=at, grant_id=grant, reason="核实居住")
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    assert states(office, at, grant_id=grant) == []
    assert states(office, at, run_id=run) == [LineState.PLANNED]
    payments.end_grant(
        actor=office.business, at=at, grant_id=grant, decision=decision("D-x"), from_month=DECEMBER, reason="own_wish"
    )
    payments.resume_grant(actor=office.business, at=at, grant_id=grant)
    payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    assert states(office, at, grant_id=grant) == ["planned"], "an ended grant still owes the months before its end"


@pytest.mark.parametrize("statement", [compiling.COMPILE, compiling.RELIEF, compiling.ARREARS])
def test_compiling_never_compares_grants_with_all_lines(office: Office, at: datetime, statement: str) -> None:
    """Whatever the planner believes of sizes: earlier lines are found by their grant's place in an index."""
    values = {"run": 1, "month": NOVEMBER, "earliest": NOVEMBER, "most": 1}
    with seen_by(office.business, at), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement, values)
        (plan,) = cursor.fetchone()
    nodes = list(plan_nodes(plan[0]["Plan"]))
    assert "Anti" not in {node.get("Join Type") for node in nodes}
    reads = [node for node in nodes if node.get("Relation Name") == "payments_line" and "Scan" in node["Node Type"]]
    assert len(reads) >= 2
    assert all("grant_id" in str(node) or "amount_row_id" in node["Index Cond"] for node in reads)


def plan_nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from plan_nodes(below)
