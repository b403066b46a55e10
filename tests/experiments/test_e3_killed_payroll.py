"""Experiments E3 and E4: a payroll killed at random steps and gone on with pays everybody once and nobody twice.

By default a small month and a dozen kills; by hand many: `MINSHENG_KILLS=200 MINSHENG_PAYROLL=20000`.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from builders import DISTRICT
from experiments.payroll_driver import RecordingBank
from minsheng.config.database import Address
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import SimulatedBank, read_file
from minsheng.work.payments.models import BankFile, Duty, Entry, Grant, Line
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.types import FileState
from work.payments.payments_office import Office, home, new_grant, open_office, seen_by
from work.payments.test_runs import released, stepping

pytestmark = [pytest.mark.experiment, pytest.mark.django_db(transaction=True)]
KILLS = int(os.environ.get("MINSHENG_KILLS", "12"))
PAYROLL = int(os.environ.get("MINSHENG_PAYROLL", "25"))
SCHEME = "minimum_living_allowance"


@pytest.fixture
def keys(settings: object, tmp_path: Path) -> Path:
    from minsheng.foundation.sealing.keyring import create_keyring

    path = tmp_path / "keys.json"
    create_keyring(path)
    settings.SEALING_KEY_FILE = path  # type: ignore[attr-defined]
    return path


@pytest.fixture
def office(at: datetime, keys: Path) -> Office:
    made = open_office(at=at)
    payments.book_budget(
        actor=made.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=100_000_000_000, reference="2026-001"
    )
    homes = [home(made, at, f"钟{chr(0x4E00 + number)}") for number in range(PAYROLL)]
    grants = [new_grant(one, f"D-{one.household_id}", fen=10_000 + n) for n, one in enumerate(homes)]
    payments.open_grants(actor=made.business, at=at, grants=grants)
    return made


def driven(office: Office, at: datetime, keys: Path, folder: Path, **told: object) -> dict[str, int]:
    """Run the month in another process, killed as told, until it is reconciled."""
    database = connection.settings_dict
    address = Address(database["HOST"], str(database["PORT"]), database["USER"], database["PASSWORD"], database["NAME"])
    roles = ("business", "review", "cashier", "accountant")
    order = {
        "at": at.isoformat(),
        "folder": str(folder),
        "district": DISTRICT,
        "people": {role: getattr(office, role).account_id for role in roles},
        "careless": False,
        **told,
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("payroll_driver.py"))],
        input=json.dumps(order),
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "minsheng.config.settings",
            "DATABASE_URL": address.url(),
            "MINSHENG_KEY_FILE": str(keys),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, int] = json.loads(done.stdout)
    assert said["exit"] == 0, done.stderr
    return said


def wrongs(office: Office, at: datetime, bank: RecordingBank) -> list[str]:
    """Whatever is not as it must be: at the bank, in the lines and in the ledger."""
    found = []
    taken = bank.taken()
    if len(taken) != 1:
        found.append(f"the bank was given {len(taken)} files")
    paid_out = Counter(row["账号"] for one in taken for row in read_file(one["content"]))
    with seen_by(office.business, at):
        grants = set(Grant.objects.values_list("id", flat=True))
        lines = Counter(Line.objects.filter(state="paid").values_list("grant_id", flat=True))
        if lines != Counter(grants):
            found.append(f"{len(grants - set(lines))} lost, {sum(n > 1 for n in lines.values())} twice in the lines")
        if len(paid_out) != len(grants) or set(paid_out.values()) != {1}:
            found.append("the bank pays somebody twice, or nobody")
        proof = prove(viewer=office.business, at=at)
        if not proof.holds:
            found.append(f"the ledger does not hold: {proof}")
        if sum(Entry.objects.filter(ledger="payable").values_list("amount_fen", flat=True)) != 0:
            found.append("money hangs between us and the bank")
        due = Line.objects.aggregate(x=Sum("amount_fen"))["x"]
        if Entry.objects.filter(ledger="paid").aggregate(x=Sum("amount_fen"))["x"] != due:
            found.append("what is booked as paid is not what was due")
        acts = Counter(Duty.objects.values_list("act", flat=True))
        if acts != Counter(["compile", "sign", "release", "settle"]):
            found.append(f"duties: {acts}")
    return found


def test_killed_anywhere_everybody_is_paid_once(office: Office, at: datetime, keys: Path, tmp_path: Path) -> None:
    said = driven(office, at, keys, tmp_path, kills=KILLS, seed=20261103, reach=90)
    assert said["kills"] == KILLS or said["attempts"] <= KILLS
    assert said["kills"] >= min(KILLS, 5), "killed too seldom to say anything"
    assert wrongs(office, at, RecordingBank(tmp_path, lambda: None)) == []
    with seen_by(office.business, at):
        releases = AuditEntry.objects.filter(action="payments.run_released").count()
    assert releases in (0, 1), "0 where the business officer does not see audit entries"


def test_killed_while_the_bank_has_the_file(office: Office, at: datetime, keys: Path, tmp_path: Path) -> None:
    """E4: the process dies between the bank's taking the file and our writing so; the next asks, and sends nothing."""
    bank = RecordingBank(tmp_path, lambda: None)
    run = released(office, at)
    with pytest.raises(RuntimeError, match="dead"):
        payments.send_file(step=stepping(office.cashier, at), run_id=run, bank=Dying(bank))  # type: ignore[arg-type]
    with seen_by(office.business, at):
        assert BankFile.objects.get(run_id=run).state == FileState.SENDING
    assert driven(office, at, keys, tmp_path, kills=0, seed=1, reach=1)["kills"] == 0
    assert wrongs(office, at, bank) == []


class Dying:
    """Takes the file, and the process that brought it is gone."""

    def __init__(self, bank: RecordingBank) -> None:
        self.bank = bank

    def send(self, **given: str) -> None:
        self.bank.send(**given)
        raise RuntimeError("dead")


def test_without_the_guard_the_bank_has_it_twice(office: Office, at: datetime, keys: Path, tmp_path: Path) -> None:
    """The control: a payroll that sends what it does not know to have arrived is found out by the same questions."""
    bank = RecordingBank(tmp_path, lambda: None)
    run = released(office, at)
    with seen_by(office.business, at):
        file = BankFile.objects.get(run_id=run)
    content = payments.file_content(actor=office.cashier, at=at, run_id=run, purpose="bank")[1]
    bank.send(name=file.name, sha256=file.sha256, content=content)  # and then the careless process was killed
    driven(office, at, keys, tmp_path, kills=0, seed=1, reach=1, careless=True)
    assert wrongs(office, at, bank) == ["the bank was given 2 files", "the bank pays somebody twice, or nobody"]


def test_a_bank_that_takes_the_file_and_says_nothing(office: Office, at: datetime, tmp_path: Path) -> None:
    """E4: unknown is a state; only the bank's own word ends it, and nothing is sent again."""
    run = released(office, at)
    silent = SimulatedBank(tmp_path, silent=True)
    assert payments.send_file(step=stepping(office.cashier, at), run_id=run, bank=silent) is FileState.UNKNOWN
    assert len(list(tmp_path.glob("*.json"))) == 1 + 1, "the file and the keys"
    nobody = SimulatedBank(tmp_path / "another")
    assert payments.send_file(step=stepping(office.cashier, at), run_id=run, bank=nobody) is FileState.UNKNOWN
    assert not nobody.folder.exists(), "a bank that does not know the file is not sent it either"
    assert payments.send_file(step=stepping(office.cashier, at), run_id=run, bank=silent) is FileState.SENT
