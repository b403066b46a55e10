"""A month's payments for 20,000 people: granted, compiled, checked, signed, sent, answered and reconciled.

`make bench ONLY=payments` copies the database of the demo that the environment names, else of the largest there is,
does each act in a transaction of its own as the bureau does (the bank does not answer in the one that sends it the
file), and drops the copy. The last line is JSON: for every act the seconds altogether, the seconds that the database
worked, what its constraints check at the end included, and the people per second of each; also the processor seconds
that the database used (on a machine that others use too, waiting for a processor is no work), and the load.
`times_bare` compares with the same rows written bare, in the same run: lines and entries into tables without a key, an
index, a trigger or a policy, and the lines' state changed twice. What a run costs beyond that is what keeps it right.
`MINSHENG_BENCH=quick` takes 500 people.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.search import installation

PEOPLE = 20_000
TARGET_PER_SECOND = 10_000
SCHEME = "benchmark"


@dataclass
class Clock:
    """Seconds of each act: altogether, those in which a statement was with the database, and its processor's."""

    backend: int | None = None
    total: dict[str, float] = field(default_factory=dict)
    database: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    _spent: float = 0.0

    def around(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._spent += time.perf_counter() - begun

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """One act in its transaction; what is checked at the commit is checked by a statement, to be counted."""
        from django.db import connection, transaction

        begun, before, worked = time.perf_counter(), self._spent, _processor_seconds(self.backend)
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.total[name] = time.perf_counter() - begun
        self.database[name] = self._spent - before
        if worked is not None:
            self.processor[name] = (_processor_seconds(self.backend) or worked) - worked


def _processor_seconds(pid: int | None) -> float | None:
    """What a process of this machine has used of a processor so far; None where it is not here."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _backend() -> int | None:
    """The process of our connection, where it is one of this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), inet_server_addr() IS NULL")
        pid, is_local = cursor.fetchone()
    return int(pid) if is_local else None


def bench_payments(*, people: int = PEOPLE) -> dict[str, Any]:
    """This function will take `people` persons through one month, in the database at hand, and return the figures."""
    from django.db import connection, transaction

    from minsheng.config.demo.accounts import DISTRICT, STAFF
    from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
    from minsheng.foundation.access.queries import area_by_code, get_viewer
    from minsheng.foundation.accounts.queries import account_id
    from minsheng.work.payments import operations as payments
    from minsheng.work.payments.bank import Answer
    from minsheng.work.payments.models import Line
    from minsheng.work.payments.queries.proof import prove
    from minsheng.work.payments.rules.months import first_of, plus
    from minsheng.work.payments.types import DecisionRef, NewGrant, Outcome, Payee, RunState

    at = datetime.now(BUSINESS_ZONE)
    month = plus(first_of(at.date()), 1)  # the demo has a run of this month already

    def somebody(role: str) -> Any:
        username, name, _ = STAFF[role]
        number = account_id(username=username)
        assert number is not None, "build a demo first: minsheng demo --no-serve"
        return get_viewer(account_id=number, name=name, username=username, at=at)

    business, cashier, accountant = map(somebody, ("district_business", "district_cashier", "district_accountant"))
    area = area_by_code(code=DISTRICT)
    assert area is not None
    load_before = os.getloadavg()[0]
    clock = Clock(_backend())
    with transaction.atomic(), acting_as(viewer=business, at=at), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_grant SET held_reason = '测量' WHERE held_reason = ''")  # ours alone
        cursor.execute(
            "SELECT DISTINCT ON (person_id) person_id, household_id FROM registry_membership"
            " WHERE valid_to IS NULL ORDER BY person_id, household_id LIMIT %s",
            [people],
        )
        members = cursor.fetchall()
    grants = [
        NewGrant(
            decision=DecisionRef(f"bench:{person}", hashlib.sha256(str(person).encode()).hexdigest()),
            scheme=SCHEME,
            household_id=household,
            person_id=person,
            payee_person_id=person,
            amount_fen=10_000 + person % 90_000,
            first_month=month,
            payee=Payee("户名", "演示银行", f"62990000{person:012d}"),
        )
        for person, household in members
    ]
    with transaction.atomic():
        payments.book_budget(
            actor=accountant, at=at, area_id=area.id, scheme=SCHEME, fen=10**12, reference=f"bench-{at.timestamp()}"
        )
    with connection.execute_wrapper(clock.around):
        with clock.act("grant"):
            payments.open_grants(actor=business, at=at, grants=grants)
        with clock.act("compile_and_check"):
            run = payments.compile_run(actor=business, at=at, area_id=area.id, month=month)
        with transaction.atomic():
            _settle_reviews(business, at, run)
        with clock.act("lock"):
            payments.lock_run(actor=business, at=at, run_id=run)
        with clock.act("sign"):
            for role in ("district_review", "district_leader"):
                if payments.sign_run(actor=somebody(role), at=at, run_id=run) is RunState.SIGNED:
                    break
        with clock.act("file_and_post"):
            payments.release_run(actor=cashier, at=at, run_id=run)
        with transaction.atomic():
            payments.hand_over(actor=cashier, at=at, run_id=run)
            with acting_as(viewer=business, at=at):
                lines = list(Line.objects.filter(run_id=run, state="sent").values_list("id", flat=True))
        with clock.act("answers_and_post"):
            answers = [Answer(line, Outcome.PAID, "成功") for line in lines]
            payments.receive_answers(actor=cashier, at=at, run_id=run, answers=answers)
        with clock.act("reconcile"):
            payments.settle_run(actor=accountant, at=at, run_id=run)
    with transaction.atomic(), acting_as(viewer=business, at=at):
        proof = prove(viewer=business, at=at)
        bare = _bare_seconds(run)
    return _figures(clock, len(lines), proof.holds, bare) | {
        "load": [round(load_before, 1), round(os.getloadavg()[0], 1)]
    }


def _settle_reviews(actor: Any, at: datetime, run_id: int) -> None:
    """Officers' words are no part of what is measured: those lines are held at once."""
    from django.db import connection

    from minsheng.foundation.access.context import acting_as

    with acting_as(viewer=actor, at=at), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_line SET state = 'held' WHERE state = 'planned' AND id IN ("
            " SELECT line_id FROM payments_finding WHERE run_id = %s AND severity = 'review')",
            [run_id],
        )
        cursor.execute("UPDATE payments_finding SET passed = false WHERE run_id = %s AND severity = 'review'", [run_id])


def _bare_seconds(run_id: int) -> float:
    """The seconds that the database needs to write the rows of this run without anything that keeps them right."""
    from django.db import connection

    spent = 0.0
    with connection.cursor() as cursor:
        for table, where in (
            ("payments_line", "run_id = %(run)s"),
            ("payments_entry", "line_id IN (SELECT id FROM payments_line WHERE run_id = %(run)s)"),
        ):
            cursor.execute(
                f"CREATE TEMP TABLE bench_source ON COMMIT DROP AS SELECT * FROM {table} WHERE {where}", {"run": run_id}
            )
            cursor.execute(f"CREATE TEMP TABLE bench_{table} ON COMMIT DROP AS SELECT * FROM {table} WHERE false")
            begun = time.perf_counter()
            cursor.execute(f"INSERT INTO bench_{table} SELECT * FROM bench_source")
            spent += time.perf_counter() - begun
            cursor.execute("DROP TABLE bench_source")
        for state in ("sent", "paid"):
            begun = time.perf_counter()
            cursor.execute("UPDATE bench_payments_line SET state = %s, answered_at = now()", [state])
            spent += time.perf_counter() - begun
    return spent


def _figures(clock: Clock, people: int, holds: bool, bare: float) -> dict[str, Any]:
    run = [name for name in clock.total if name != "grant"]
    total, database = sum(clock.total[name] for name in run), sum(clock.database[name] for name in run)
    processor = sum(clock.processor.get(name, 0) for name in run)
    return {
        "benchmark": "payments",
        "people": people,
        "proof_holds": holds,
        "seconds": {name: round(clock.total[name], 2) for name in clock.total},
        "database_seconds": {name: round(clock.database[name], 2) for name in clock.database},
        "database_processor_seconds": {name: round(spent, 2) for name, spent in clock.processor.items()},
        "run_seconds": round(total, 2),
        "run_database_seconds": round(database, 2),
        "people_per_second": round(people / total),
        "people_per_second_of_database": round(people / database),
        "people_per_second_of_database_processor": round(people / processor) if processor else None,
        "bare_seconds": round(bare, 2),
        "times_bare": round(database / bare, 1),
        "target": TARGET_PER_SECOND,
        "share_of_target": round(people / database / TARGET_PER_SECOND, 2),
    }


@contextmanager
def _copied(admin: Any) -> Iterator[None]:
    """This function will point the app at a copy of its database, and drop the copy afterwards."""
    import psycopg
    from django.db import connections

    settings = connections["default"].settings_dict
    copy = f"{settings['NAME']}_bench"
    with psycopg.connect(admin.url(), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {copy} TEMPLATE {settings['NAME']}")
        settings["NAME"] = copy
        try:
            yield
        finally:
            connections["default"].close()
            server.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def main() -> None:
    """This function will measure on the largest demo there is (built first where there is none); JSON comes last."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    if os.environ.pop("DATABASE_URL", ""):
        print("DATABASE_URL is not used: money is only moved in a copy of a demo's own database")
    home = installation()
    os.environ |= {"MINSHENG_HOME": str(home), "MINSHENG_DEMO": "1"}
    from minsheng.config.database import start_embedded

    admin = start_embedded(home=home)
    import django

    django.setup()
    people = 500 if os.environ.get("MINSHENG_BENCH") == "quick" else PEOPLE
    with _copied(admin):
        print(json.dumps(bench_payments(people=people), ensure_ascii=False))


if __name__ == "__main__":
    main()
