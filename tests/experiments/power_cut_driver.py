"""A small installation of its own whose database is killed under load: run in a process by the test of experiment E6.

Three clerks send vouchers through the site's own doors, one after another, each with its key, and send what was not
answered again; a clerk of the registry makes news for the worker. The worker runs as in production, under somebody who
starts it again. Then the postmaster gets SIGKILL, and half a second later its keeper starts the server again.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

CLERKS, BEFORE_SECONDS, AFTER_SECONDS, LONGEST = 3, 1.5, 2.0, 60.0
KEEPER_TRIES = 5
KEEPER = """
import sys
from pathlib import Path
from minsheng.config.database import start_embedded
print(start_embedded(home=Path(sys.argv[1])).url(), flush=True)
sys.stdin.read()
"""


class Supervised:
    """A process that is started again whenever it ends, as the operator's service manager does."""

    def __init__(self, command: list[str]) -> None:
        self.command, self.starts, self._over = command, 0, False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over:
            self.starts += 1
            self._process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            self._process.wait()
            time.sleep(0.3)

    def stop(self) -> None:
        self._over = True
        self._process.terminate()
        self._process.wait(timeout=20)


def keeper(home: Path) -> "subprocess.Popen[str]":
    """This function will start the database server and whoever keeps it, again where it fails, as a service manager.

    A server may be refused while a process of the one before still ends.
    """
    for _ in range(KEEPER_TRIES):
        started = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert started.stdout is not None
        if started.stdout.readline().strip():
            return started
        started.wait()
        time.sleep(0.5)
    raise AssertionError("the database server did not start")


def main() -> None:
    """This function will live through a power cut of the database and print what came of it as one JSON line."""
    home = Path(sys.argv[1])
    from minsheng.config.demo.stages import prepare_home

    prepare_home(home=home)
    server = keeper(home)
    from minsheng.config.database import EMBEDDED_DATABASE, Address, provision, socket_directory

    host = socket_directory(home=home)
    provision(admin=Address(host, "", "postgres", "", "postgres"), database=EMBEDDED_DATABASE)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    print(json.dumps(_lived(home, server)))


def _lived(home: Path, server: "subprocess.Popen[str]") -> dict[str, Any]:
    from django.db import close_old_connections, connection, connections
    from django.utils import timezone

    from builders import COMMUNITY_QINGHE, plant_small_tree, staff
    from minsheng.foundation.accounts import operations as accounts
    from minsheng.foundation.accounts.rules import AccountKind
    from minsheng.records.registry import operations as registry
    from minsheng.records.registry.types import IdKind

    at = timezone.now()
    plant_small_tree()
    accounts.open_account(username="system", display_name="后台", kind=AccountKind.SYSTEM, at=at)
    _give_role(at)
    clerks = [
        staff(at=at, role="district_accountant", area_id=1, username=f"clerk-{number}") for number in range(CLERKS)
    ]
    registrar = staff(at=at, role="district_business", area_id=1, username="registrar")
    worker = Supervised([sys.executable, "-m", "minsheng.config", "worker"])
    told: list[tuple[float, str, bool]] = []
    over = threading.Event()

    def client_of(number: int) -> Any:
        from django.test import Client

        from minsheng.foundation.accounts.models import Account

        client = Client(raise_request_exception=False, headers={"host": "localhost"})
        who = Account.objects.get(pk=clerks[number].account_id)
        client.force_login(who, "django.contrib.auth.backends.ModelBackend")
        return client

    def sends(number: int) -> None:
        client, count = client_of(number), 0
        while not over.is_set():
            count += 1
            voucher, key = f"V-{number}-{count}", uuid4().hex
            fields = {"scheme": "minimum_living_allowance", "amount": "1", "voucher": voucher}
            while not over.is_set():  # what was not answered is sent again, with the same key
                close_old_connections()  # as a real server does before each request; the test client does not
                answer = client.post("/payments/ledger/budget/", fields, headers={"Idempotency-Key": key})
                told.append((time.monotonic(), voucher, answer.status_code == 302))
                if answer.status_code == 302:
                    break
                time.sleep(0.1)
        connections.close_all()

    made: list[int] = []

    def registers() -> None:
        while not over.is_set():
            try:
                person = registry.create_person(
                    actor=registrar,
                    at=timezone.now(),
                    area_id=COMMUNITY_QINGHE,
                    particulars=registry.Particulars(name=f"钟{chr(0x4E00 + len(made))}", id_kind=IdKind.NONE),
                )
            except Exception:
                connection.close()
                time.sleep(0.1)
                continue
            made.append(person)
            time.sleep(0.05)
        connections.close_all()

    threads = [threading.Thread(target=sends, args=(number,)) for number in range(CLERKS)]
    threads.append(threading.Thread(target=registers))
    for thread in threads:
        thread.start()
    time.sleep(BEFORE_SECONDS)
    answered = _until(lambda: sum(ok for *_, ok in list(told)) >= CLERKS and made)
    cut_at, registered = time.monotonic(), len(made)
    os.kill(_postmaster(home), signal.SIGKILL)
    server.kill()
    server.wait()
    time.sleep(0.5)
    server = keeper(home)
    back_at = time.monotonic()
    back = _until(lambda: {voucher[2] for when, voucher, ok in list(told) if ok and when > back_at} == set("012"))
    back = back and _until(lambda: len(made) > registered)
    time.sleep(AFTER_SECONDS)
    over.set()
    for thread in threads:
        thread.join(timeout=LONGEST)
    if not (answered and back):  # said at once: everything below would wait for its minute as well
        worker.stop()
        raise AssertionError(
            "the site answered nobody before the cut" if not answered else "the site did not come back"
        )
    drained = _until(lambda: not _rows("SELECT 1 FROM events_outbox WHERE delivered_at IS NULL LIMIT 1"))
    drained_at = time.monotonic()
    idle = _until(lambda: not _rows("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' LIMIT 1"))
    worker.stop()
    acknowledged = {voucher for _, voucher, ok in told if ok}
    booked = [row[0] for row in _rows("SELECT reference FROM payments_posting")]
    result = {
        "acknowledged": len(acknowledged),
        "errors": sum(not ok for *_, ok in told),
        "lost": sorted(acknowledged - {one.removeprefix("budget:") for one in booked})[:5],
        "twice": len(booked) - len(set(booked)),
        "persons_lost": len(set(made) - {row[0] for row in _rows("SELECT id FROM registry_person")}),
        "unbalanced": len(
            _rows("SELECT posting_id FROM payments_entry GROUP BY posting_id HAVING sum(amount_fen) <> 0")
        ),
        "web_seconds": round(
            max(
                min(when for when, voucher, ok in told if ok and when > back_at and voucher[2] == number)
                for number in "012"
            )
            - cut_at,
            2,
        ),
        "longest_error_seconds": round(
            max((when for when, _, ok in told if not ok and when > cut_at), default=cut_at) - cut_at, 2
        ),
        "news_seconds": round(drained_at - back_at, 2),
        "drained": drained,
        "stuck_jobs": 0 if idle else len(_rows("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'")),
        "worker_starts": worker.starts,
    }
    connections.close_all()
    os.kill(_postmaster(home), signal.SIGINT)
    server.kill()
    return result


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def _give_role(at: Any) -> None:
    """The system account of jobs has its role, proposed and approved as any."""
    from builders import security_officer
    from minsheng.foundation.access import operations as access
    from minsheng.foundation.accounts.queries import account_id

    number = account_id(username="system")
    assert number is not None
    first, second = (security_officer(at=at, username=f"power-{one}") for one in "ab")
    grant = access.propose_grant(
        actor=first, at=at, account_id=number, role="system", area_id=1, valid_from=at.date(), reason="后台作业"
    )
    access.approve_grant(actor=second, at=at, grant_id=grant)


def _rows(query: str) -> list[tuple[Any, ...]]:
    """What the owner of the tables sees, over a connection of its own."""
    import psycopg
    from django.db import connections

    known = connections["owner"].settings_dict
    with psycopg.connect(host=known["HOST"], user=known["USER"], dbname=known["NAME"], autocommit=True) as direct:
        return list(direct.execute(query).fetchall())  # type: ignore[arg-type, call-overload]


def _until(holds: Any) -> bool:
    """Wait until something holds, a minute at most."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        try:
            if holds():
                return True
        except Exception:
            time.sleep(0.1)
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    main()
