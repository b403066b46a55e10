"""Experiment E19 for payments: random people do random acts, again and out of turn, and no fen moves past a step.

The oracle keeps a diary of its own of what succeeded and knows nothing of the tables of `rules`: a run is paid only
after one person compiled and locked it, as many as its total asks for signed it since, and another sent it; once.
Cases have the same experiment in `tests/work/casework/test_model.py`.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from builders import DISTRICT, staff
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.models import BankFile, FollowUp, Line, Posting, Run
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.rules import runs as rules
from minsheng.work.payments.types import Outcome, RunAct, RunState
from work.payments.payments_office import DECEMBER, NOVEMBER, Office, granted, open_office, seen_by

pytestmark = [pytest.mark.experiment, pytest.mark.django_db]
SCHEME = "minimum_living_allowance"
ACTS = ["compile", "lock", "sign", "sign", "return", "release", "hand_over", "receive", "receive", "settle", "close"]
LARGE = 60_000_000  # fen: a run of it needs two signatures


@pytest.fixture
def office(at: datetime) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=100_000_000_000, reference="2026-001"
    )
    for name, fen in (("甲", 100_000), ("乙", 120_000), ("丙", 140_000)):
        granted(made, at, f"钟阿{name}", fen=fen)
    return made


class Walk:
    """One walk: who did what, in the oracle's own words, and what it found wrong."""

    def __init__(self, office: Office, at: datetime, seed: int) -> None:
        self.office, self.at, self.dice = office, at, random.Random(seed)
        second = staff(at=at, role="district_business", area_id=DISTRICT, username="second-business")
        self.people: list[Viewer] = [
            office.business, second, office.review, office.leader, office.cashier, office.accountant, office.intake,
        ]  # fmt: skip
        self.diary: dict[int, list[tuple[str, int]]] = {}
        self.faults: list[str] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.last: tuple[str, Callable[[], Any], int] | None = None

    def step(self) -> None:
        if self.last is not None and self.dice.random() < 0.15:
            self._try(*self.last, again=True)
            return
        with seen_by(self.office.business, self.at):
            runs = list(Run.objects.order_by("id").values_list("id", flat=True))
        run = self.dice.choice(runs[-2:]) if runs else 0
        name = self.dice.choice(ACTS)
        who = self._who(name)
        self._try(name, self._act(name, run, who), run, who=who)

    def _who(self, name: str) -> Viewer:
        """Mostly somebody who may, else anybody."""
        usual = {
            "compile": [0], "lock": [0], "sign": [2, 3], "return": [2, 3], "release": [4], "hand_over": [4],
            "receive": [4], "settle": [5], "close": [6],
        }  # fmt: skip
        if self.dice.random() < 0.7:
            return self.people[self.dice.choice(usual[name])]
        return self.dice.choice(self.people)

    def _act(self, name: str, run: int, who: Viewer) -> Callable[[], Any]:
        given: dict[str, Any] = {"actor": who, "at": self.at}
        month = self.dice.choice((NOVEMBER, DECEMBER))
        with seen_by(self.office.business, self.at):
            lines = list(Line.objects.filter(run_id=run).values_list("id", flat=True))
            work = FollowUp.objects.filter(closed_at__isnull=True).values_list("id", flat=True).first() or 0
        outcomes = [Outcome.PAID] * 6 + [Outcome.RETURNED, Outcome.UNKNOWN]
        answers = [Answer(line, self.dice.choice(outcomes), "") for line in lines]
        return {
            "compile": lambda: payments.compile_run(**given, area_id=DISTRICT, month=month),
            "lock": lambda: payments.lock_run(**given, run_id=run),
            "sign": lambda: payments.sign_run(**given, run_id=run),
            "return": lambda: payments.return_run(**given, run_id=run, reason="再核"),
            "release": lambda: payments.release_run(**given, run_id=run),
            "hand_over": lambda: payments.hand_over(**given, run_id=run),
            "receive": lambda: payments.receive_answers(**given, run_id=run, answers=answers),
            "settle": lambda: payments.settle_run(**given, run_id=run),
            "close": lambda: payments.close_follow_up(**given, follow_up_id=work, result="核实"),
        }[name]

    def _try(
        self, name: str, act: Callable[[], Any], run: int, *, who: Viewer | None = None, again: bool = False
    ) -> None:
        before = self._state()
        try:
            with transaction.atomic():
                told = act()
        except (ValueError, UnableToAct):
            self.refused[name] += 1
            if self._state() != before:
                self.faults.append(f"{name} was refused and changed something")
            return
        except DatabaseError as error:
            self.faults.append(f"{name}: only the database refused: {str(error).splitlines()[0]}")
            return
        self.done[name] += 1
        number = int(told) if name == "compile" else run
        if again and name in ("release", "hand_over") and self._state() != before:
            self.faults.append(f"{name} done again changed something")
        if who is not None:
            self.last = (name, act, number)
            diary = self.diary.setdefault(number, [])
            diary[:] = [] if name == "return" else diary
            diary.append((name, who.account_id))
            if name == "release":
                self._judge_release(number)
        self._judge()

    def _state(self) -> tuple[Any, ...]:
        with seen_by(self.office.business, self.at):
            return (
                tuple(Run.objects.order_by("id").values_list("id", "state", "round")),
                tuple(Line.objects.order_by("id").values_list("id", "state")),
                Posting.objects.count(),
                BankFile.objects.count(),
            )

    def _judge_release(self, run: int) -> None:
        """By the diary alone: what must have come before, since the run was last given back."""
        by: dict[str, set[int]] = {}
        for name, who in self.diary[run]:
            by.setdefault(name, set()).add(who)
        with seen_by(self.office.business, self.at):
            total = sum(Line.objects.filter(run_id=run).exclude(state="held").values_list("amount_fen", flat=True))
        needed = 2 if total >= 50_000_000 else 1
        if "lock" not in by:
            self.faults.append("released without a lock")
        if len(by.get("sign", set())) < needed:
            self.faults.append("released without its signatures")
        duties = [by.get("lock", set()), by.get("sign", set()), by.get("release", set())]
        if any(one & other for place, one in enumerate(duties) for other in duties[place + 1 :]):
            self.faults.append("one person did two duties")

    def _judge(self) -> None:
        with seen_by(self.office.business, self.at):
            gone = ("sent", "unknown", "paid")
            twice = Counter(Line.objects.filter(state__in=gone).values_list("grant_id", "month"))
            early = Line.objects.filter(
                state__in=(*gone, "returned"), run__state__in=["compiled", "locked", "signed"]
            ).count()
            if early or any(number > 1 for number in twice.values()):
                self.faults.append("paid twice, or before its release")
            if not prove(viewer=self.office.business, at=self.at).holds:
                self.faults.append("the ledger does not hold")


def walked(office: Office, at: datetime, *, steps: int, seed: int) -> Walk:
    walk = Walk(office, at, seed)
    for number in range(steps):
        walk.step()
        if number % 60 == 59:  # somebody new is granted, so that there is always something to pay
            large = walk.dice.random() < 0.3
            granted(office, at, f"钟{chr(0x4E00 + number)}", fen=LARGE if large else 90_000)
    return walk


def test_a_walk_over_the_month_finds_no_shortcut(office: Office, at: datetime) -> None:
    walk = walked(office, at, steps=260, seed=4)
    assert walk.faults == []
    assert walk.done["release"] >= 1, "a walk that pays nobody proves nothing"
    assert sum(walk.refused.values()) > 50, "acts out of turn are what is tried"


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
def test_twenty_thousand_steps_find_no_shortcut(office: Office, at: datetime, seed: int) -> None:
    """Twenty walks of 1,000 steps, each a test of its own: `-n 2` takes two at a time, `-s` prints the figures."""
    walk = walked(office, at, steps=1_000, seed=seed)
    done, refused = sum(walk.done.values()), sum(walk.refused.values())
    told = f"seed {seed}: {done} acts done, {refused} refused, {walk.done['release']} runs paid"
    print(f"{told}, {walk.faults or 'no fault'}")
    assert walk.faults == []
    assert walk.done["release"] >= 1, "a walk that pays nobody proves nothing"


def test_the_oracle_notices_a_planted_shortcut(office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a rule that lets an unsigned run go to the bank. Only the trigger is left, and the walk says so."""
    table = dict(rules.TRANSITIONS) | {(RunState.LOCKED, RunAct.RELEASE): RunState.RELEASED}
    monkeypatch.setattr(rules, "TRANSITIONS", table)
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    walk = Walk(office, at, 1)
    walk._try("release", walk._act("release", run, office.cashier), run, who=office.cashier)
    assert any("only the database refused" in fault for fault in walk.faults), walk.faults
    walk.diary[run] = [("lock", 1), ("sign", 1), ("release", 2)]
    walk._judge_release(run)
    assert "one person did two duties" in walk.faults
