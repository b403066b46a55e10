"""One month's money by the people who have the duties, with a simulated bank that gives some of it back."""

from collections.abc import Iterator
from datetime import date

from minsheng.config.simulation.handling import account_number
from minsheng.config.simulation.world import World
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer, SimulatedBank
from minsheng.work.payments.types import Outcome, Payee, RunState

BUDGET_FEN = 200_000_000  # two million yuan a scheme and year: finance provides it once
INSTALMENTS = 6


def provide(world: World) -> None:
    """This function will book the year's budget for every scheme that is paid by month and has none yet."""
    schemes = world.rows("SELECT DISTINCT scheme FROM payments_grant ORDER BY scheme")
    known = {row[0] for row in world.rows("SELECT DISTINCT scheme FROM payments_entry WHERE ledger = 'budget'")}
    for (scheme,) in schemes:
        if scheme not in known:
            payments.book_budget(
                actor=world.bureau("district_accountant"),
                at=world.tick(),
                area_id=world.district_id,
                scheme=scheme,
                fen=BUDGET_FEN,
                reference=f"SIM-{world.today.year}-{scheme}",
            )


def pay_month(world: World, month: date) -> Iterator[int]:
    """This generator will compile, check, lock, sign, send, take the answers, settle, and work on what came back."""
    provide(world)
    business, cashier = world.bureau("district_business"), world.bureau("district_cashier")
    try:
        run = payments.compile_run(actor=business, at=world.tick(), area_id=world.district_id, month=month)
    except payments.UnableToCompileRun:
        return  # nobody is due anything yet
    waiting = "SELECT id FROM payments_finding WHERE run_id = %s AND severity = 'review' AND passed IS NULL"
    for (finding,) in world.rows(waiting, [run]):
        payments.settle_finding(
            actor=business, at=world.tick(), finding_id=finding, passed=True, reason="电话核实，本人确认"
        )
    try:
        payments.lock_run(actor=business, at=world.tick(), run_id=run)
    except payments.UnableToMoveRun as refusal:  # everything in it is held
        world.refusals[str(refusal)[:60]] += 1
        return
    state = payments.sign_run(actor=world.bureau("district_review"), at=world.tick(), run_id=run)
    if state is not RunState.SIGNED:
        payments.sign_run(actor=world.bureau("district_leader"), at=world.tick(), run_id=run)
    payments.release_run(actor=cashier, at=world.tick(), run_id=run)
    bank = SimulatedBank(world.bank_folder)
    payments.send_file(step=world.step, run_id=run, bank=bank)
    world.counts["runs"] += 1
    yield 1
    sha256 = world.rows("SELECT sha256 FROM payments_bank_file WHERE run_id = %s", [run])[0][0]
    payments.receive_answers(actor=cashier, at=world.tick(), run_id=run, answers=bank.answers(sha256=sha256))
    yield 2
    slow = world.rows("SELECT id FROM payments_line WHERE run_id = %s AND state = 'unknown' ORDER BY id", [run])
    if slow:
        found = [Answer(line, Outcome.PAID, "成功") for (line,) in slow]
        payments.receive_answers(actor=cashier, at=world.tick(), run_id=run, answers=found)
    payments.settle_run(actor=world.bureau("district_accountant"), at=world.tick(), run_id=run)
    _follow_up(world)
    _differences(world)
    _repaid(world)


def _follow_up(world: World) -> None:
    """What the bank gave back, and what had no account, gets another: entered by one, approved by another."""
    rows = world.rows(
        "SELECT f.id, f.kind, g.id, g.area_id, g.held_reason, g.end_month, l.account_row_id FROM payments_follow_up f"
        " JOIN payments_line l ON l.id = f.line_id JOIN payments_grant g ON g.id = l.grant_id"
        " WHERE f.closed_at IS NULL AND f.kind <> 'unknown' ORDER BY f.id"
    )
    renewed: set[int] = set()
    for work, kind, grant, area, held, ended, account in rows:
        needs = kind == "returned" or account is None
        if needs and not held and ended is None and grant not in renewed:
            renewed.add(grant)
            intake, review = world.staff("street_intake", area), world.staff("street_review", area)
            payee = Payee("本人", "演示银行上城支行", account_number(world, grant, sound=True))
            entered = payments.propose_account(
                actor=intake, at=world.tick(), grant_id=grant, payee=payee, basis="本人持存折到窗口办理"
            )
            payments.approve_account(actor=review, at=world.tick(), account_id=entered)
        payments.close_follow_up(
            actor=world.staff("street_intake", area),
            at=world.tick(),
            follow_up_id=work,
            result="已联系本人，账户已核对",
        )
        world.counts["follow_ups"] += 1


def _differences(world: World) -> None:
    """Every difference that was found is decided by somebody else than who found it."""
    rows = world.rows("SELECT id FROM payments_recalculation WHERE state = 'proposed' ORDER BY id")
    for (number,) in rows:
        try:
            payments.confirm_difference(
                actor=world.bureau("district_review"),
                at=world.tick(),
                recalculation_id=number,
                decision_ref=f"SIM-{number}",
                reason="核对属实",
                months=INSTALMENTS,
            )
        except payments.UnableToDecideDifference as refusal:
            world.refusals[str(refusal)[:60]] += 1


def _repaid(world: World) -> None:
    """Where nothing runs any more, the family pays half of what is left each month, and the rest at the last."""
    rows = world.rows(
        "SELECT id, total_fen - recovered_fen FROM payments_recovery"
        " WHERE closed_at IS NULL AND grant_id IS NULL ORDER BY id"
    )
    for number, left in rows:
        payments.book_repayment(
            actor=world.bureau("district_accountant"),
            at=world.tick(),
            recovery_id=number,
            fen=left if left < 50_000 else left // 2,
            reference=f"SIM-{number}-{world.today.isoformat()}",
        )
        world.counts["repayments"] += 1
