"""One month's money by the people who have the duties, with a simulated bank that gives some of it back."""

from collections.abc import Iterator
from datetime import date

from minsheng.config.simulation.handling import account_number
from minsheng.config.simulation.world import World
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer, SimulatedBank
from minsheng.work.payments.types import Outcome, Payee, RunState

INSTALMENTS = 6
_WITHOUT_PAYEE = """
SELECT g.id, g.area_id, (
    SELECT p.id FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
    WHERE m.household_id = g.household_id AND m.kind = 'residence' AND m.valid_to IS NULL
      AND p.id <> g.payee_person_id AND p.merged_into_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM registry_statement s
        WHERE s.subject_kind = 'person' AND s.subject_id = p.id AND s.retracted_at IS NULL
          AND (s."values" @> '{"dead": true}' OR s."values" @> '{"in_custody": true}'))
    ORDER BY p.birth_date NULLS LAST, p.id LIMIT 1)
FROM payments_follow_up f JOIN payments_grant g ON g.id = f.grant_id WHERE f.closed_at IS NULL ORDER BY f.id
"""


def provide(world: World) -> None:
    """This function will book a year's budget for every scheme whose fund would not last two months more."""
    rows = world.rows(
        "SELECT due.scheme, due.fen, coalesce(fund.fen, 0) FROM ("
        "  SELECT g.scheme, sum(a.amount_fen) AS fen FROM payments_grant g JOIN payments_amount a ON a.grant_id = g.id"
        "  WHERE g.once AND g.first_month > %s - interval '2 months' OR g.end_month IS NULL AND a.valid_to IS NULL"
        "  GROUP BY g.scheme) due"
        " LEFT JOIN (SELECT scheme, sum(amount_fen) AS fen FROM payments_entry WHERE ledger = 'fund' GROUP BY scheme)"
        " fund ON fund.scheme = due.scheme ORDER BY due.scheme",
        [world.today],
    )
    for scheme, monthly, left in rows:
        if left < 3 * monthly:
            payments.book_budget(
                actor=world.bureau("district_accountant"),
                at=world.tick(),
                area_id=world.district_id,
                scheme=scheme,
                fen=12 * int(monthly),
                reference=f"SIM-{world.today.isoformat()}-{scheme}",
            )


def pay_month(world: World, month: date) -> Iterator[int]:
    """This generator will compile, check, lock, sign, send, take the answers, settle, and work on what came back."""
    provide(world)
    run = _locked(world, month)
    if run is not None and not _sent(world, run):
        again = _locked(world, month)
        if again is not None:
            _sent(world, again)
    yield 1
    bank = SimulatedBank(world.bank_folder)
    cashier = world.bureau("district_cashier")
    released = "SELECT r.id, f.sha256 FROM payments_run r JOIN payments_bank_file f ON f.run_id = r.id"
    for number, sha256 in world.rows(f"{released} WHERE r.state = 'released' ORDER BY r.id"):
        payments.receive_answers(actor=cashier, at=world.tick(), run_id=number, answers=bank.answers(sha256=sha256))
    yield 2
    for number, _ in world.rows(f"{released} WHERE r.state = 'released' ORDER BY r.id"):
        slow = world.rows("SELECT id FROM payments_line WHERE run_id = %s AND state = 'unknown' ORDER BY id", [number])
        if slow:
            known = [Answer(line, Outcome.PAID, "成功") for (line,) in slow]
            payments.receive_answers(actor=cashier, at=world.tick(), run_id=number, answers=known)
        payments.settle_run(actor=world.bureau("district_accountant"), at=world.tick(), run_id=number)
    _follow_up(world)
    _other_payees(world)
    _differences(world)
    _repaid(world)


def pay_relief(world: World, month: date) -> Iterator[int]:
    """This generator will pay relief that is given once in a further batch, where the month's run is out already."""
    waiting = world.rows(
        "SELECT 1 FROM payments_grant g WHERE g.once AND g.held_reason = '' AND g.end_month > g.first_month"
        " AND NOT EXISTS (SELECT 1 FROM payments_line l WHERE l.grant_id = g.id) LIMIT 1"
    )
    if waiting:
        yield from pay_month(world, month)


def _locked(world: World, month: date) -> int | None:
    """The month's run, checked and locked; one that waits for signatures already is taken as it is."""
    waiting = world.rows("SELECT id FROM payments_run WHERE month = %s AND state = 'locked'", [month])
    if waiting:
        return int(waiting[0][0])
    business = world.bureau("district_business")
    try:
        run = payments.compile_run(actor=business, at=world.tick(), area_id=world.district_id, month=month)
        asked = "SELECT id FROM payments_finding WHERE run_id = %s AND severity = 'review' AND passed IS NULL"
        for (finding,) in world.rows(asked, [run]):
            payments.settle_finding(
                actor=business, at=world.tick(), finding_id=finding, passed=True, reason="电话核实，本人确认"
            )
        payments.lock_run(actor=business, at=world.tick(), run_id=run)
    except (payments.UnableToCompileRun, payments.UnableToMoveRun) as refusal:  # nobody is due, or all are held
        world.refusals[str(refusal)[:60]] += 1
        return None
    return run


def _sent(world: World, run: int) -> bool:
    """Signs and sends a run; returns whether it went. One that death has overtaken since the lock goes back instead."""
    state = payments.sign_run(actor=world.bureau("district_review"), at=world.tick(), run_id=run)
    if state is not RunState.SIGNED:
        payments.sign_run(actor=world.bureau("district_leader"), at=world.tick(), run_id=run)
    try:
        payments.release_run(actor=world.bureau("district_cashier"), at=world.tick(), run_id=run)
    except payments.UnableToRelease as refusal:
        payments.return_run(
            actor=world.bureau("district_review"), at=world.tick(), run_id=run, reason=str(refusal).split("，银行")[0]
        )
        world.counts["runs_returned"] += 1
        return False
    payments.send_file(step=world.step, run_id=run, bank=SimulatedBank(world.bank_folder))
    world.counts["runs"] += 1
    return True


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


def _other_payees(world: World) -> None:
    """Where who took the money died, left or was taken away, the eldest of the house takes it, if anybody is left."""
    rows = world.rows(_WITHOUT_PAYEE)
    for grant, area, person in rows:
        if person is None:
            continue
        name = str(world.rows("SELECT name FROM registry_person WHERE id = %s", [person])[0][0])
        payee = Payee(name, "演示银行上城支行", account_number(world, grant, sound=True))
        try:
            entered = payments.propose_account(
                actor=world.staff("street_intake", area),
                at=world.tick(),
                grant_id=grant,
                payee=payee,
                basis="全家商定，当面签字",
                payee_person_id=person,
            )
            payments.approve_account(actor=world.staff("street_review", area), at=world.tick(), account_id=entered)
        except payments.UnableToChangePayee as refusal:
            world.refusals[str(refusal)[:60]] += 1
            continue
        world.counts["payees_changed"] += 1


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
