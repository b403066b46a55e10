"""Experiment E7: the disk is full: the database's own, the one where what is sent in waits, the one of the log.

Pass: pages say in words what became of what was typed; a payment run is there whole or not at all, however far it came;
`/readyz` says which place is full; what was acknowledged is there afterwards, every page of the database is readable,
and all goes on once there is space. Control: the same acts with space are done. The disks are small file systems in
memory; where the machine may not mount them, the tests are skipped and say so. The roots' disk: `test_sealing.py`.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from builders import DISTRICT
from conftest import point_at, server_home
from connecting import connected_as
from experiments.served import Site, Told, session_of, until
from minsheng.config.backups.restoring import restored
from minsheng.config.backups.taking import program, take_base
from minsheng.config.database import Address, start_embedded
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import APP_ROLE, OWNER_ROLE
from minsheng.foundation.pages.views import story_of
from minsheng.foundation.running.space import LEAST_FREE
from minsheng.work.payments import operations as payments
from minsheng.work.payments.queries.proof import prove
from work.payments.payments_office import Office, home, new_grant, open_office

pytestmark = [pytest.mark.experiment, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SCHEME = "minimum_living_allowance"
MB = 2**20


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """This function will mount a small file system in memory, or skip and say why."""
    place = Path("/tmp") / f"minsheng-e7-{os.getpid()}-{megabytes}"
    place.mkdir(mode=0o755)
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "minsheng-e7", str(place)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"E7, a full disk: this machine may not mount one ({done.stderr.strip()}); run as root")
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
        with suppress(OSError):
            place.rmdir()


def fill(place: Path, *, leave: int = 0) -> None:
    """This function will take all space but so many bytes."""
    free = shutil.disk_usage(place).free - leave
    with (place / "ballast").open("ab") as ballast:
        os.posix_fallocate(ballast.fileno(), ballast.tell(), max(4096, free) if free > 0 else 1)


def make_space(place: Path) -> None:
    """This function will give it all back."""
    (place / "ballast").unlink(missing_ok=True)


def booked() -> set[str]:
    """What the owner of the tables sees posted to the budget."""
    with connected_as("owner") as owner:
        rows = owner.execute("SELECT reference FROM payments_posting").fetchall()
    return {str(row[0]).removeprefix("budget:") for row in rows}


class Accountant:
    """Somebody who books vouchers through the site, and remembers which were acknowledged."""

    def __init__(self, site: Site, office: Office) -> None:
        self.site, self.session = site, session_of(office.accountant)
        self.acknowledged: set[str] = set()
        self.count = 0

    def books(self) -> Told:
        self.count += 1
        return self.sends(f"V-{self.count}", uuid4().hex)

    def sends(self, voucher: str, key: str) -> Told:
        fields = {"scheme": SCHEME, "amount": "1", "voucher": voucher}
        told = self.site.ask("/payments/ledger/budget/", fields, session=self.session, key=key)
        if told.status == 302:
            self.acknowledged.add(voucher)
        return told


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="fills the disk of an embedded server; another is its own")
def test_the_disk_of_the_database_is_full(tmp_path: Path) -> None:
    at, database = timezone.localtime(), connections["default"].settings_dict["NAME"]
    office = open_office(at=at)
    payments.book_budget(
        actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=100_000_000, reference="2026-001"
    )
    month = at.date().replace(day=1)
    homes = [home(office, at, f"钟{chr(0x4E00 + number)}") for number in range(6)]
    grants = [new_grant(one, f"D-{one.household_id}", first_month=month) for one in homes]
    payments.open_grants(actor=office.business, at=at, grants=grants)
    with small_disk(500) as place, Copy(place, database) as there:
        site = Site(database_url=there.app.url(), MINSHENG_HOME=str(place / "home"))
        try:
            site.wait()
            accountant = Accountant(site, office)
            assert accountant.books().status == 302
            assert site.ask("/readyz").status == 200

            fill(place)
            refused = next(told for told in (accountant.books() for _ in range(400)) if told.status != 302)
            assert refused.status == 503, refused.text
            for words in ("存东西的地方满了", "没有只办一半", "留在上一页", "请过一会儿"):
                assert words in refused.text
            ready = site.ask("/readyz")
            assert (ready.status, json.loads(ready.text)["disks"]) == (503, "full: home, audit_roots, database")
            assert site.ask("/livez").status == 200
            assert site.ask("/payments/ledger/", session=accountant.session).status == 200, "one may still look"

            tries = payroll_in_too_little_space(office, at, month, place)
            print({"tries of the payroll that found no space": tries})

            downs = log_of_the_database_is_full(accountant, there, place)
            print({"answers while the database had no place for its log": sorted(downs)})
            assert downs <= {302, 503}

            make_space(place)
            there.start_again()
            key = uuid4().hex
            until(lambda: accountant.sends("V-after", key).status == 302)
            until(lambda: site.ask("/readyz").status == 200)
            assert accountant.acknowledged <= booked()
            with acting_as(viewer=office.accountant, at=at):
                assert prove(viewer=office.accountant, at=at).holds
            assert there.unreadable_tables() == []
        finally:
            site.stop()


def payroll_in_too_little_space(office: Office, at: datetime, month, place: Path) -> int:  # type: ignore[no-untyped-def]
    """Give it a little more space each time until it is through: wherever it ran out, nothing of the run is there."""
    tries = 0
    while True:
        try:
            payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=month)
            break
        except OperationalError as problem:
            heading = story_of(problem).heading
        assert heading.startswith("存东西的地方满了")
        with connected_as("owner") as owner:
            left = owner.execute(
                "SELECT (SELECT count(*) FROM payments_run), (SELECT count(*) FROM payments_line),"
                " (SELECT count(*) FROM audit_entry WHERE action = 'payments.run_compiled')"
            ).fetchone()
        assert left == (0, 0, 0), "half a run"
        tries += 1
        assert tries < 100
        make_space(place)
        fill(place, leave=tries * 6 * 4096)
    assert tries > 1, "there was space all the time"
    with connected_as("owner") as owner:
        row = owner.execute("SELECT count(*) FROM payments_line").fetchone()
    assert row == (6,)
    return tries


def log_of_the_database_is_full(accountant: Accountant, there: "Copy", place: Path) -> set[int]:
    """Where PostgreSQL cannot write its log it stops; what it had acknowledged is in it."""
    fill(place)
    told = set()
    with suppress(psycopg.OperationalError), psycopg.connect(there.admin.url(), autocommit=True) as admin:
        for _ in range(60):
            told.add(accountant.books().status)
            admin.execute("SELECT pg_switch_wal()")  # each begins a piece of 16 MB
    assert not there.answers(), "the server still had space for its log"
    lost = accountant.books()
    told.add(lost.status)
    assert "暂时办不了" in lost.text or "不知道办成了没有" in lost.text
    return told


class Copy:
    """A copy of the test server whose data lie on the small disk; this process speaks with it meanwhile."""

    def __init__(self, place: Path, database: str) -> None:
        self._place, self._database = place, database

    def __enter__(self) -> "Copy":
        backups = Path("/tmp") / f"minsheng-e7-backup-{os.getpid()}"
        self._backups = backups
        admin = start_embedded(home=server_home())
        base = take_base(admin=admin, to=backups, roots=backups / "no", files=backups / "no", at=timezone.now())
        self._server = restored(base=base, backups=backups, scratch=self._place / "home", until=None)
        self.admin = self._server.__enter__()
        self.owner, self.app = (
            Address(self.admin.host, self.admin.port, role, "", self._database) for role in (OWNER_ROLE, APP_ROLE)
        )
        self._plain = {alias: connections[alias].settings_dict.copy() for alias in ("default", "owner")}
        point_at(owner=self.owner, app=self.app)
        with psycopg.connect(self.admin.url(), autocommit=True) as connection:
            for _ in range(3):  # pieces of the log to go on with, as any server has that ran for a while
                connection.execute("SELECT pg_switch_wal()")
                connection.execute("CHECKPOINT")
        return self

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.admin.url(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start_again(self) -> None:
        """What the service manager of the database does."""
        for alias in ("default", "owner"):
            connections[alias].close()
        if not self.answers():
            self._pg_ctl("start", "-w", "-o", f"-h '' -k {self.admin.host}", "-l", str(self._data / "log"))
        until(self.answers)

    @property
    def _data(self) -> Path:
        return self._place / "home" / "postgres"

    def _pg_ctl(self, *words: str) -> None:
        who = {"user": "pgserver"} if os.geteuid() == 0 else {}
        subprocess.run(
            [program("pg_ctl"), "-D", str(self._data), *words], check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **who,  # type: ignore[call-overload]
        )  # fmt: skip

    def unreadable_tables(self) -> list[str]:
        """Read every table to its end: each page has a checksum."""
        found = []
        with connected_as("owner") as owner:
            names = owner.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (name,) in names:
                try:
                    owner.execute(f"SELECT count(*) FROM {name}")
                except psycopg.Error as problem:
                    found.append(f"{name}: {problem}")
        return found

    def __exit__(self, *problem: object) -> None:
        make_space(self._place)
        for alias, settings in self._plain.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
        self._pg_ctl("stop", "-w", "-m", "immediate")
        with suppress(Exception):  # it finds its server gone
            self._server.__exit__(None, None, None)
        shutil.rmtree(self._backups, ignore_errors=True)


def test_the_disks_of_what_is_sent_in_and_of_the_log_are_full(small: Path) -> None:
    office = open_office(at=timezone.now())
    with small_disk(81) as other:
        log = other / "log"
        site = Site(database_url=here().url(), log=log, TMPDIR=str(small), DJANGO_SETTINGS_MODULE="experiments.till")
        try:
            site.wait()
            files_wait_in_vain(site, office, small)
            nothing_can_be_logged(site, office, other, log)
        finally:
            site.stop()


def files_wait_in_vain(site: Site, office: Office, small: Path) -> None:
    """What is sent in waits in a file (a body above 512 KB, in whatever form)."""
    session = session_of(office.business)
    boundary = "part"

    def sends(megabytes: int) -> Told:
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n{'x' * megabytes * MB}\r\n--{boundary}--\r\n"
        ).encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return site.ask("/imports/new/", body=body, content_type=kind, session=session, key=uuid4().hex)

    def free() -> float:
        told = re.search(r'minsheng_disk_free_bytes{place="uploads"} (\S+)', site.ask("/metrics").text)
        assert told is not None
        return float(told[1])

    with_space = sends(1)
    assert with_space.status != 503, "the control: there it is read (and refused, for it is no table)"
    assert free() >= LEAST_FREE
    fill(small)
    full = sends(6)  # more than the first one still holds, and lets go of, while the disk is being filled
    assert full.status == 503
    for words in ("存东西的地方满了", "没有收下", "留在上一页", "重新选文件"):
        assert words in full.text
    ready = site.ask("/readyz")
    assert (ready.status, json.loads(ready.text)["disks"]) == (503, "full: uploads")
    assert free() < LEAST_FREE, "what was sent before may be let go of late, so it need not be nothing"
    assert site.ask("/imports/", session=session).status == 200, "all else goes on"
    make_space(small)
    assert sends(6).status == with_space.status
    assert site.ask("/readyz").status == 200


def nothing_can_be_logged(site: Site, office: Office, other: Path, log: Path) -> None:
    """Lines are lost and counted; nobody's work stops."""
    accountant = Accountant(site, office)
    assert accountant.books().status == 302
    before = told_in(log)
    assert before > 0
    fill(other)
    told = [accountant.books().status for _ in range(4)] + [site.ask("/nowhere/").status for _ in range(30)]
    assert set(told) == {302, 404}, "nobody's work stops for want of a log"
    lost = float(site.ask("/metrics").text.partition("\nminsheng_log_lines_lost_total ")[2].split()[0])
    assert lost > 0
    make_space(other)
    for _ in range(3):
        site.ask("/nowhere/")
    until(lambda: told_in(log) > before, seconds=10)
    assert accountant.acknowledged <= booked()
    print({"lines lost": lost})


def told_in(log: Path) -> int:
    """How many whole lines stand in the log."""
    return sum(
        1 for line in log.read_text(errors="replace").splitlines() if line.startswith("{") and line.endswith("}")
    )


@pytest.fixture
def small() -> Iterator[Path]:
    """This fixture will be a small disk of 80 MB."""
    with small_disk(80) as place:
        place.chmod(0o777)
        yield place


def here() -> Address:
    """The database of the tests, as the app knows it."""
    known = connections["default"].settings_dict
    return Address(known["HOST"], str(known["PORT"]), known["USER"], known["PASSWORD"], known["NAME"])


def test_an_infected_file_that_finds_no_place_is_refused_all_the_same(
    small: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from minsheng.foundation.files import scanning

    fill(small)
    settings.QUARANTINE, settings.VIRUS_SCANNER = small / "quarantine", "planted"  # type: ignore[attr-defined]
    monkeypatch.setattr(scanning, "scan", lambda chunks, address: (scanning.Verdict.INFECTED, "Eicar"))
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.txt", b"x" * 10_000)})
    answer = scanning.ScanUploads(lambda _: HttpResponse()).process_view(request, None, (), {})
    assert answer is not None
    assert answer.status_code == 422
    assert list(small.rglob("*.infected")) == [], "no half of it stays"
