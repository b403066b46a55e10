"""Experiment E5: two operators act at the same moment, one clicks twice, and yesterday's form is sent again today.

Real threads with a connection and a session each meet at a barrier before they send. Whatever they do, money moves
once, the second gets the first one's answer or a sentence that says so, and the trail names who did what.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from builders import DISTRICT, STREET_CAIHE, staff
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.foundation.sealing.keyring import create_keyring
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import BankFile, Duty, Entry, FloatDraw, Line, Posting
from minsheng.work.payments.operations import releasing
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.types import FloatUse, NewDraw
from work.payments.payments_office import NOVEMBER, Office, decision, granted, home, open_office, seen_by

pytestmark = [pytest.mark.experiment, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
SCHEME = "minimum_living_allowance"
ROUNDS = 3


@pytest.fixture(autouse=True)
def keys(settings: object, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keyring(path)
    settings.SEALING_KEY_FILE = path  # type: ignore[attr-defined]


@pytest.fixture
def now(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    clock = [at]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    yield clock


@pytest.fixture
def office(at: datetime, now: list[datetime]) -> Office:
    made = open_office(at=at)
    for number, scheme in enumerate((SCHEME, "emergency_assistance")):
        payments.book_budget(
            actor=made.accountant, at=at, area_id=DISTRICT, scheme=scheme, fen=100_000_000, reference=f"2026-{number}"
        )
    for name in "甲乙":
        granted(made, at, f"钟阿{name}")
    return made


def signed(office: Office, at: datetime) -> int:
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    return run


def at_once(*acts: Callable[[], object]) -> list[object]:
    """This function will do all acts at the same moment, each in a thread with its own connection; errors come back."""
    barrier = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            answers[place] = acts[place]()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def sending(viewer: Viewer, path: str, key: str | None = None, **fields: object) -> Callable[[], object]:
    """A form that is ready to be sent by somebody who has signed in; says where it led and what was said there."""
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")

    def send() -> object:
        answer = client.post(path, fields, headers={"Idempotency-Key": key or uuid4().hex})
        return answer.status_code, answer.headers.get("Location", "")

    return send


def wrongs(office: Office, at: datetime, run: int) -> list[str]:
    """Whatever is there twice, or does not balance."""
    with seen_by(office.business, at):
        counted = {
            "bank files": BankFile.objects.filter(run_id=run).count(),
            "releases in the ledger": Posting.objects.filter(run_id=run, kind="release").count(),
            "releasers": Duty.objects.filter(run_id=run, act="release").count(),
        }
        found = [f"{number} {what}" for what, number in counted.items() if number != 1]
        sent = Entry.objects.filter(posting__run_id=run, ledger="payable")
        due = Line.objects.filter(run_id=run).values_list("amount_fen", flat=True)
        if sum(sent.values_list("amount_fen", flat=True)) != sum(due):
            found.append("the ledger has another sum than the lines")
        if not prove(viewer=office.business, at=at).holds:
            found.append("the ledger does not hold")
    return found


def test_two_cashiers_release_at_the_same_moment(office: Office, at: datetime) -> None:
    second = staff(at=at, role="district_cashier", area_id=DISTRICT, username="second")
    for _ in range(ROUNDS):
        run = signed(office, at)
        where = f"/payments/{run}/release/"
        answers = at_once(sending(office.cashier, where), sending(second, where))
        assert answers == [(302, f"/payments/{run}/")] * 2, "both get the same answer: the run as it is now"
        assert wrongs(office, at, run) == []
        with seen_by(office.business, at):
            releaser = Duty.objects.get(run_id=run, act="release").account_id
        trail = AuditEntry.objects.filter(action="payments.run_released", object_id=str(run))
        assert [one.account_id for one in _all(trail)] == [releaser]
        again = AuditEntry.objects.filter(action="payments.release_repeated", object_id=str(run))
        assert [one.account_id for one in _all(again)] == [
            ({office.cashier.account_id, second.account_id} - {releaser}).pop()
        ]
        granted(office, at, f"钟阿{chr(0x4E10 + run)}")  # the next round has somebody to pay


def _all(entries: object) -> list[AuditEntry]:
    """The trail as the owner of the tables sees it: nobody of the office reads all of it."""
    return list(entries.using("owner"))  # type: ignore[attr-defined]


def test_without_the_lock_the_constraints_still_let_one_through(
    office: Office, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test: both are past every question before either writes, and one of them fails aloud."""
    second = staff(at=at, role="district_cashier", area_id=DISTRICT, username="second")
    run = signed(office, at)
    barrier = threading.Barrier(2)
    content = releasing._content_of

    def late(one: object) -> object:
        barrier.wait(timeout=10)
        return content(one)  # type: ignore[arg-type]

    monkeypatch.setattr(releasing, "_content_of", late)
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **given: self.all())
    answers = at_once(
        lambda: payments.release_run(actor=office.cashier, at=at, run_id=run),
        lambda: payments.release_run(actor=second, at=at, run_id=run),
    )
    assert sum(isinstance(one, int) for one in answers) == 1, answers
    assert any(isinstance(one, Exception) for one in answers)
    assert wrongs(office, at, run) == []


def test_a_double_click_and_yesterdays_form(office: Office, at: datetime, now: list[datetime]) -> None:
    run = signed(office, at)
    where, key = f"/payments/{run}/release/", uuid4().hex
    answers = at_once(sending(office.cashier, where, key), sending(office.cashier, where, key))
    assert answers == [(302, f"/payments/{run}/")] * 2
    assert wrongs(office, at, run) == []
    with seen_by(office.business, at):
        before = (BankFile.objects.get(run_id=run).sha256, Posting.objects.count(), Line.objects.count())
    now[0] = at + timedelta(days=1)
    assert sending(office.cashier, where, key)() == (302, f"/payments/{run}/"), "the same answer a day later"
    assert sending(office.cashier, where)() == (302, f"/payments/{run}/"), "the same form by hand, with a fresh key"
    with seen_by(office.business, now[0]):
        assert (BankFile.objects.get(run_id=run).sha256, Posting.objects.count(), Line.objects.count()) == before
    assert wrongs(office, now[0], run) == []
    stranger = sending(office.accountant, where, key)()
    assert stranger != (302, f"/payments/{run}/"), "another's key opens nothing"


def test_two_pay_out_the_same_draw(office: Office, at: datetime) -> None:
    kept = payments.open_float(actor=office.accountant, at=at, area_id=STREET_CAIHE, name="采荷街道")
    payments.replenish_float(actor=office.accountant, at=at, float_id=kept, fen=1_000_000, reference="F-1")
    asked = NewDraw(
        decision("U-1"), FloatUse.URGENT, "emergency_assistance", home(office, at, "钟阿水").household_id, None, 80_000
    )
    draw = payments.ask_float(actor=office.confirm, at=at, draw=asked)
    assert draw is not None
    answers = at_once(
        lambda: payments.pay_draw(actor=office.intake, at=at, draw_id=draw, receipt="R-1"),
        lambda: payments.pay_draw(actor=office.cashier, at=at, draw_id=draw, receipt="R-2"),
    )
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "UnableToUseFloat"], answers
    with seen_by(office.business, at):
        assert FloatDraw.objects.get(pk=draw).receipt in ("R-1", "R-2")
        assert Posting.objects.filter(kind="float_paid").count() == 1
        assert prove(viewer=office.business, at=at).holds


def test_two_compile_two_sign_two_close(office: Office, at: datetime) -> None:
    """Whoever comes second compiles nothing of its own, and two signatures of one band are one too many."""
    second = staff(at=at, role="district_business", area_id=DISTRICT, username="second")
    given = {"at": at, "area_id": DISTRICT, "month": NOVEMBER}
    answers = at_once(
        lambda: payments.compile_run(actor=office.business, **given),  # type: ignore[arg-type]
        lambda: payments.compile_run(actor=second, **given),  # type: ignore[arg-type]
    )
    assert sorted(type(one).__name__ for one in answers) == ["UnableToCompileRun", "int"], answers
    run = next(one for one in answers if isinstance(one, int))
    compiler = office.business if isinstance(answers[0], int) else second
    payments.lock_run(actor=compiler, at=at, run_id=run)
    answers = at_once(
        lambda: payments.sign_run(actor=office.review, at=at, run_id=run),
        lambda: payments.sign_run(actor=office.leader, at=at, run_id=run),
    )
    with seen_by(office.business, at):
        assert Duty.objects.filter(run_id=run, act="sign").count() == 1, answers
        assert Line.objects.filter(run_id=run).count() == 2
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    assert wrongs(office, at, run) == []
