"""Experiment E10: everything about persons is gone at T by an accident; the server is restored to the moment before.

Pass: in the restored place the people, the ledger, the audit roots, the MACs and the sealed fields hold, and what is
lost is told by the roots outside. Controls: in the running database, and in one restored past the accident, the people
are gone; with another installation's keys nothing opens.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.test import override_settings

from builders import DISTRICT, staff
from conftest import point_at, server_home
from connecting import connected_as
from minsheng.config.backups.checking import check_database
from minsheng.config.backups.restoring import restored
from minsheng.config.backups.taking import newest_base, receive_wal, take_base
from minsheng.config.database import Address, start_embedded
from minsheng.foundation.accounts.types import APP_ROLE, OWNER_ROLE
from minsheng.foundation.evidence import operations as evidence
from minsheng.foundation.sealing.keyring import create_keyring
from work.payments.payments_office import granted, open_office

pytestmark = [
    pytest.mark.experiment,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="restores the embedded server; another server is its own"),
]


@contextmanager
def looking_at(admin: Address, database: str) -> Iterator[None]:
    """This function will let this process speak with another server, as the app role, and come back."""
    plain = {alias: connections[alias].settings_dict.copy() for alias in ("default", "owner")}
    owner, app = (Address(admin.host, admin.port, role, "", database) for role in (OWNER_ROLE, APP_ROLE))
    point_at(owner=owner, app=app)
    try:
        yield
    finally:
        for alias, settings in plain.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """This fixture will be a short folder: the socket of a server has about 100 characters."""
    folder = Path("/tmp") / f"minsheng-e10-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_the_moment_before_the_accident_comes_back_whole(at: datetime, place: Path) -> None:
    admin, database = start_embedded(home=server_home()), connections["default"].settings_dict["NAME"]
    roots, backups, wal = place / "roots", place / "backups", place / "backups" / "wal"
    office = open_office(at=at)
    officer = staff(at=at, role="audit_officer", area_id=DISTRICT, name="严谨")
    receiver = receive_wal(admin=admin, to=backups)
    try:
        base = take_base(admin=admin, to=backups, roots=roots, files=place / "none", at=at)
        # As when other processes, a web server and a worker, use the same server while it is copied.
        (base / "postgres" / ".handle_pids.json").write_text(json.dumps([os.getpid(), os.getppid()]))
        for name in "甲乙丙":
            granted(office, at, f"钟阿{name}")
        evidence.seal_waiting(actor=officer, at=at)
        evidence.publish_roots(actor=officer, at=at, directory=roots)
        before = datetime.now(UTC)
        time.sleep(0.3)
        with connected_as("owner") as owner:
            owner.execute("TRUNCATE registry_person, registry_membership, registry_statement CASCADE")
        granted_again = evidence.seal_waiting(actor=officer, at=at + timedelta(minutes=11))
        assert granted_again.root_number == 2
        evidence.publish_roots(actor=officer, at=at, directory=roots)
        with psycopg.connect(admin.url(), autocommit=True) as connection:
            row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        wait_for(lambda: (wal / row[0]).exists(), "the last changes were received")
    finally:
        receiver.terminate()
        receiver.wait(timeout=10)

    def check() -> dict[str, object]:
        return check_database(system=office.system, sealer=officer, at=at + timedelta(minutes=12), roots=roots)

    running = check()
    assert running["counts"]["registry_person"] == 0  # type: ignore[index]
    started = time.monotonic()
    assert newest_base(backups) == base
    with restored(base=base, backups=backups, scratch=place / "a", until=before) as there, looking_at(there, database):
        told = check()
        with override_settings(SEALING_KEY_FILE=place / "foreign.json"):
            create_keyring(place / "foreign.json")
            foreign = check()
    assert time.monotonic() - started < 60  # the aim for a district is two hours
    assert told["holds"], told
    assert told["counts"]["registry_person"] == 3  # type: ignore[index]
    assert told["counts"]["payments_grant"] == 3  # type: ignore[index]
    assert told["sealed_opened"] >= 6  # type: ignore[operator]
    assert told["audit"]["roots"] == 1  # type: ignore[index]
    assert told["lost"]["roots_outside_beyond"] == 1  # type: ignore[index]
    # The controls: other keys open nothing, and whoever restores to the end restores the accident.
    assert not foreign["holds"]
    assert foreign["sealed_opened"] == 0
    with restored(base=base, backups=backups, scratch=place / "b", until=None) as there, looking_at(there, database):
        assert check()["counts"]["registry_person"] == 0  # type: ignore[index]
