"""What must hold of a restored database: counts, ledger, audit roots, MACs, and that sealed fields open."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import outside
from minsheng.foundation.evidence.rows import check_rows
from minsheng.foundation.evidence.rules import moment
from minsheng.foundation.evidence.types import ProblemKind
from minsheng.foundation.evidence.verifying import verify_trail
from minsheng.foundation.sealing.operations import UnableToOpenSealed, current_keyring, open_sealed
from minsheng.foundation.sealing.types import SealedColumn
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE
from minsheng.work.payments.queries.proof import prove
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER, AMOUNT

COUNTED = (
    "registry_person", "registry_household", "registry_statement", "casework_case", "casework_decision",
    "payments_grant", "payments_line", "payments_entry",
)  # fmt: skip
SEALED: tuple[tuple[SealedColumn, str], ...] = (
    (ID_NUMBER, "id_sealed"), (PHONE, "phone_sealed"), (ACCOUNT_NUMBER, "number_sealed"), (AMOUNT, "seal")
)  # fmt: skip
SAMPLE = 100


def check_database(*, system: Viewer, sealer: Viewer, at: datetime, roots: Path) -> dict[str, Any]:
    """This function will check the database that this process is connected to and say all of it as plain JSON."""
    with acting_as(viewer=system, at=at):
        counts = dict(_counts())
        proof = prove(viewer=system, at=at)
        opened, refused = _open_samples()
        last_act = _last_act()
    rows = check_rows(viewer=system, at=at)
    trail = verify_trail(viewer=sealer, at=at, directory=roots)
    counts["audit_entry"] = trail.entries + trail.waiting  # all of it, as who seals sees it
    # Roots that stand outside and not in the database are what happened after the instant restored to.
    beyond = [
        p for p in trail.problems if p.kind is ProblemKind.ROOT_MISSING and (p.root_number or 0) > trail.last_number
    ]
    wrong = [p.words for p in trail.problems if p.kind.is_tampering and p not in beyond]
    held = bool(proof.holds and not wrong and not rows.broken and not refused)
    newest = outside.last_line(roots)
    return {
        "holds": held,
        "counts": counts,
        "ledger_holds": proof.holds,
        "audit": {"entries": trail.entries, "roots": trail.roots, "wrong": wrong[:20]},
        "lost": {
            "last_act": last_act.isoformat() if last_act else None,
            "roots_outside_beyond": len(beyond),
            "newest_root_outside": moment(newest).isoformat() if newest else None,
        },
        "rows_with_mac": sum(rows.rows.values()),
        "rows_broken": len(rows.broken),
        "sealed_opened": opened,
        "sealed_refused": refused,
    }


def _counts() -> Iterable[tuple[str, int]]:
    with connection.cursor() as cursor:
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            yield table, int(cursor.fetchone()[0])


def _last_act() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(at) FROM audit_entry")
        found: datetime | None = cursor.fetchone()[0]
        return found


def _open_samples() -> tuple[int, int]:
    keyring, opened, refused = current_keyring(), 0, 0
    with connection.cursor() as cursor:
        for context, column in SEALED:
            cursor.execute(
                f"SELECT id, {column} FROM {context.table} WHERE {column} IS NOT NULL ORDER BY random() LIMIT %s",
                [SAMPLE],
            )
            for number, sealed in cursor.fetchall():
                try:
                    open_sealed(context=context, row_id=number, sealed=sealed, keyring=keyring)
                    opened += 1
                except UnableToOpenSealed:
                    refused += 1
    return opened, refused


def print_check(*, system: Viewer, sealer: Viewer, at: datetime, roots: Path) -> int:
    """This function will print the check as one JSON line; exit code 1 where something does not hold."""
    told = check_database(system=system, sealer=sealer, at=at, roots=roots)
    print(json.dumps(told, ensure_ascii=False))
    return 0 if told["holds"] else 1
