"""Two months of payments for the demo, by the operations and by whoever has the duty, each at their time.

Whoever is paid already (the district's receipts) gets a grant. Last month's run is settled, with some amounts that came
back; a second batch holds those who were granted late, some of them unknown at the bank; this month's run waits for
signatures. Deaths that were registered since stop what the dead would get, and are found as paid too much.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow.parquet as pq
from django.db import transaction

from minsheng.config.demo.accounts import DISTRICT, STAFF, system_viewer
from minsheng.config.demo.plan import Facts, Plan, Report
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import area_by_code, areas_inside, get_viewer
from minsheng.foundation.accounts.queries import account_id
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.types import Turn
from minsheng.records.registry.queries.households import person_names
from minsheng.records.registry.queries.whereabouts import whereabouts
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import SimulatedBank
from minsheng.work.payments.operations.floats import SCHEME as FLOAT_SCHEME
from minsheng.work.payments.queries.floats import floats as floats_of
from minsheng.work.payments.queries.followups import open_follow_ups
from minsheng.work.payments.queries.runs import run_view
from minsheng.work.payments.queries.samples import asked
from minsheng.work.payments.rules.months import plus
from minsheng.work.payments.types import (
    DecisionRef,
    FloatUse,
    FollowUpKind,
    NewDraw,
    NewGrant,
    Payee,
    RunState,
    SampleResult,
)

BANK = "演示银行"
MOST_GRANTS = 3_000
RETURNED, UNKNOWN, NO_ACCOUNT, LATE = 5, 2, 2, 12
FLOATS_FEN = 200_000_000
STEPS = 6


@dataclass(frozen=True)
class Received:
    """One benefit that somebody receives already: whose, how much in fen, and who takes the money."""

    number: int
    scheme: str
    household_id: int
    person_id: int | None
    payee_id: int
    fen: int


def pay_two_months(*, plan: Plan, report: Report) -> Facts:
    """This function will do all of it in one transaction; an interrupted start leaves nothing, at the bank neither."""
    folder = plan.home / "bank"
    shutil.rmtree(folder, ignore_errors=True)
    with transaction.atomic():
        return _Office(plan, SimulatedBank(folder)).two_months(report)


class _Office:
    """The bureau's people at a time. An older demo, whose people began only this month, does all of it now."""

    def __init__(self, plan: Plan, bank: SimulatedBank) -> None:
        self.plan, self.bank = plan, bank
        self.last_month = plus(plan.as_of, -1)
        area = area_by_code(code=DISTRICT)
        assert area is not None, "reference data are loaded first"
        self.area_id = area.id
        self.in_office = bool(self.viewer("district_business", self._day(1)).grants)

    def two_months(self, report: Report) -> Facts:
        received = _received(self.plan)
        late = _spread(len(received), min(LATE, len(received) // 4))
        first = [one for place, one in enumerate(received) if place not in late]
        second = [one for place, one in enumerate(received) if place in late]
        self._provide(received)
        self._grant(self.at(5), first, endings={"8888": RETURNED, "": NO_ACCOUNT})
        report(1, STEPS)
        settled = self._to_the_bank(self.at(8), self.last_month)
        self._answers(self.at(11), settled)
        payments.settle_run(actor=self.viewer("district_accountant", self.at(12)), at=self.at(12), run_id=settled)
        report(2, STEPS)
        self._follow_up(self.at(15))
        self._grant(self.at(18), second, endings={"9999": UNKNOWN})
        open_run = self._to_the_bank(self.at(20), self.last_month)
        self._answers(self.at(23), open_run)
        self._ask_recipients(self.at(25), settled)
        report(3, STEPS)
        self._keep_floats(received)
        report(4, STEPS)
        self._learn_of_deaths(received)
        report(5, STEPS)
        waiting = self._locked(self.plan.at, self.plan.as_of)
        report(STEPS, STEPS)
        return {"grants": len(received), "runs": 3, "waiting_run": waiting}

    def at(self, day: int) -> datetime:
        """Half past nine on a day of last month."""
        return self._day(day) if self.in_office else self.plan.at

    def _day(self, day: int) -> datetime:
        return datetime.combine(self.last_month.replace(day=day), self.plan.at.timetz().replace(hour=9, minute=30))

    def viewer(self, role: str, at: datetime) -> Viewer:
        username, name, _ = STAFF[role]
        number = account_id(username=username)
        assert number is not None, "the accounts of the demo are made before"
        return get_viewer(account_id=number, name=name, username=username, at=at)

    def _provide(self, received: list[Received]) -> None:
        at = self.at(2)
        accountant = self.viewer("district_accountant", at)
        for number, scheme in enumerate(sorted({one.scheme for one in received}), start=1):
            monthly = sum(one.fen for one in received if one.scheme == scheme)
            payments.book_budget(
                actor=accountant,
                at=at,
                area_id=self.area_id,
                scheme=scheme,
                fen=-(-monthly * 13 // 10_000_00) * 10_000_00,
                reference=f"{at:%Y}{number:03d}",
            )

    def _grant(self, at: datetime, given: list[Received], *, endings: dict[str, int]) -> None:
        """Accounts end as the simulated bank understands: 8888 comes back, 9999 stays unknown, "" is not known yet."""
        actor = self.viewer("district_business", at)
        with acting_as(viewer=actor, at=at):
            names = person_names(person_ids={one.payee_id for one in given})
        tails = {
            place: ending
            for turn, (ending, count) in enumerate(endings.items())
            for place in _spread(len(given), count, shift=turn + 1)
        }
        grants = [
            NewGrant(
                decision=DecisionRef(f"carried-over:{one.number}", hashlib.sha256(repr(one).encode()).hexdigest()),
                scheme=one.scheme,
                household_id=one.household_id,
                person_id=one.person_id,
                payee_person_id=one.payee_id,
                amount_fen=one.fen,
                first_month=self.last_month,
                payee=_payee(names[one.payee_id], one.payee_id, tails.get(place, _tail(one.payee_id))),
            )
            for place, one in enumerate(given)
            if one.payee_id in names
        ]
        payments.open_grants(actor=actor, at=at, grants=grants)

    def _locked(self, at: datetime, month: date) -> int:
        business = self.viewer("district_business", at)
        run_id = payments.compile_run(actor=business, at=at, area_id=self.area_id, month=month)
        while True:  # the page shows so many at a time, as an officer sees them
            with acting_as(viewer=business, at=at):
                view = run_view(viewer=business, run_id=run_id)
            assert view is not None
            if not view.reviews:
                break
            for one in view.reviews:
                payments.settle_finding(
                    actor=business, at=at, finding_id=one.finding_id, passed=True, reason="电话核实，本人确认"
                )
        payments.lock_run(actor=business, at=at, run_id=run_id)
        return run_id

    def _to_the_bank(self, at: datetime, month: date) -> int:
        run_id = self._locked(at, month)
        for role in ("district_review", "district_leader"):
            if payments.sign_run(actor=self.viewer(role, at), at=at, run_id=run_id) is RunState.SIGNED:
                break
        cashier = self.viewer("district_cashier", at)
        payments.release_run(actor=cashier, at=at, run_id=run_id)

        @contextmanager
        def step() -> Iterator[Turn]:
            with acting_as(viewer=cashier, at=at):
                yield Turn(cashier, at)

        payments.send_file(step=step, run_id=run_id, bank=self.bank)
        return run_id

    def _answers(self, at: datetime, run_id: int) -> None:
        cashier = self.viewer("district_cashier", at)
        with acting_as(viewer=cashier, at=at):
            view = run_view(viewer=cashier, run_id=run_id)
        assert view is not None
        assert view.file is not None
        answers = self.bank.answers(sha256=view.file.sha256)
        payments.receive_answers(actor=cashier, at=at, run_id=run_id, answers=answers)

    def _follow_up(self, at: datetime) -> None:
        """Two of those whose money came back brought another account; the next batch pays them."""
        business, review = self.viewer("district_business", at), self.viewer("district_review", at)
        with acting_as(viewer=business, at=at):
            waiting = open_follow_ups(viewer=business, kind=FollowUpKind.RETURNED).rows[:2]
            names = person_names(person_ids={one.payee_id for one in waiting})
        for one in waiting:
            account = payments.propose_account(
                actor=business,
                at=at,
                grant_id=one.grant_id,
                payee=Payee(names[one.payee_id], BANK, f"62990000{one.payee_id:08d}{_tail(one.payee_id + 1)}"),
                basis="本人持新存折到窗口办理",
            )
            payments.approve_account(actor=review, at=at, account_id=account)
            payments.close_follow_up(
                actor=business, at=at, follow_up_id=one.follow_up_id, result="本人更换银行卡，新账户已审核"
            )

    def _ask_recipients(self, at: datetime, run_id: int) -> None:
        """The sample of the settled run is drawn; most were asked, one says that another amount came."""
        business = self.viewer("district_business", at)
        payments.draw_sample(actor=business, at=at, run_id=run_id)
        with acting_as(viewer=business, at=at):
            rows = asked(viewer=business, only_open=True).rows
        for place, one in enumerate(rows[: -(-len(rows) * 2 // 3)]):
            wrong = place == 3
            payments.note_answer(
                actor=business,
                at=at,
                sample_line_id=one.sample_line_id,
                result=SampleResult.WRONG_AMOUNT if wrong else SampleResult.CONFIRMED,
                note="本人说只到账一部分，要查存折" if wrong else "",
            )

    def _keep_floats(self, received: list[Received]) -> None:
        """备用金 of the district and of every street; some relief was handed over, some waits, one count was short."""
        opened, paid, counted = self.at(3), self.at(16), self.at(27)
        accountant, decider = self.viewer("district_accountant", opened), self.viewer("district_business", paid)
        places = [area for area in areas_inside(viewer=accountant) if area.depth <= 1]
        payments.book_budget(
            actor=accountant,
            at=opened,
            area_id=self.area_id,
            scheme=FLOAT_SCHEME,
            fen=FLOATS_FEN,
            reference=f"{opened:%Y}100",
        )
        for number, area in enumerate(places, start=1):
            kept = payments.open_float(actor=accountant, at=opened, area_id=area.id, name=area.name)
            payments.replenish_float(
                actor=accountant,
                at=opened,
                float_id=kept,
                fen=4_000_000 if area.depth else 30_000_000,
                reference=f"{opened:%Y}{200 + number}",
            )
        for number, one in enumerate(received[:: max(1, len(received) // 8)][:8]):
            use = list(FloatUse)[number % 3]
            content = f"{one.number}|{use.value}"
            draw = payments.ask_float(
                actor=decider,
                at=paid,
                draw=NewDraw(
                    DecisionRef(f"urgent:{one.number}", hashlib.sha256(content.encode()).hexdigest()),
                    use,
                    FLOAT_SCHEME,
                    one.household_id,
                    one.person_id,
                    50_000 + 10_000 * (number % 4),
                ),
            )
            if draw is not None and number % 4 != 3:
                cashier = self.viewer("district_cashier", paid)
                payments.pay_draw(actor=cashier, at=paid, draw_id=draw, receipt=f"{opened:%Y%m}{number + 1:03d}")
        reviewer, confirmer = self.viewer("street_review", counted), self.viewer("street_confirm", counted)
        with acting_as(viewer=reviewer, at=counted):
            [own] = floats_of(viewer=reviewer, on=counted.date())
        count = payments.count_float(
            actor=reviewer,
            at=counted,
            float_id=own.float_id,
            counted_fen=own.book_fen - 2_000,
            note="少一张二十元，正在查",
        )
        payments.confirm_count(actor=confirmer, at=counted, count_id=count)

    def _learn_of_deaths(self, received: list[Received]) -> None:
        """What the subscriber does when a death is registered; the demo's registry has them from the beginning."""
        at = self.plan.at
        system = system_viewer(at=at)
        people = {one.person_id or one.payee_id for one in received}
        with acting_as(viewer=system, at=at):
            told = whereabouts(person_ids=people, on=self.plan.as_of, known_at=at)
        for person, one in sorted(told.items()):
            if one.died_on is not None:
                payments.stop_for_death(actor=system, at=at, person_id=person, death_date=one.died_on)


def _received(plan: Plan) -> list[Received]:
    """The receipts with an amount, as the district's tables have them, one for each scheme and beneficiary."""
    folder = plan.home / "twin"
    people = pq.read_table(folder / "people.parquet", columns=["person_id", "household_id", "relation"])
    heads: dict[int, int] = {}
    for person, household, relation in zip(*(column.to_pylist() for column in people.columns), strict=True):
        if relation == "head" or household not in heads:
            heads[household] = person
    found: dict[tuple[str, int, int | None], Received] = {}
    for row in pq.read_table(folder / "receipts.parquet").to_pylist():
        key = row["scheme"], row["household_id"], row["person_id"]
        payee = row["person_id"] or heads.get(row["household_id"])
        if row["amount_fen"] > 0 and payee is not None and len(found) < MOST_GRANTS:
            found.setdefault(key, Received(row["receipt_id"], *key, payee, row["amount_fen"]))
    return list(found.values())


def _payee(name: str, payee_id: int, ending: str) -> Payee | None:
    return Payee(name, BANK, f"62990000{payee_id:08d}{ending}") if ending else None


def _tail(payee_id: int) -> str:
    return f"{payee_id * 37 % 8000:04d}"  # neither 8888 nor 9999


def _spread(length: int, count: int, *, shift: int = 0) -> frozenset[int]:
    """`count` places of `length`, evenly apart; `shift` moves them, so that two spreads do not meet."""
    return frozenset((length * (2 * step + 1) // (2 * count) + shift) % length for step in range(count) if length)
