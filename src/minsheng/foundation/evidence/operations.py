"""Sealing: entries that were committed get their place and a root; roots go to a file outside of the database."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.rules import FIELDS, canonical, leaf_of, root_of
from minsheng.foundation.evidence import outside
from minsheng.foundation.evidence.models import Check, Leaf, Root
from minsheng.foundation.evidence.rules import BATCH, HEARTBEAT, NO_LINE, hash_of, written
from minsheng.foundation.evidence.types import CheckKind, Sealed

_LOCK = 6962  # one sealer at a time: two would give one place to two entries
_WAITING = f"""
    SELECT {", ".join(f"e.{name}" for name in FIELDS)}, e.written_in::text
    FROM audit_entry e
    WHERE e.written_in >= %s::text::xid8 AND e.written_in <= %s::text::xid8
      AND NOT EXISTS (SELECT FROM evidence_leaf l WHERE l.entry_id = e.id)
    ORDER BY e.written_in, e.id LIMIT %s
"""
_ALL_TRANSACTIONS = ("0", str(2**64 - 1))


def seal_waiting(*, actor: Viewer, at: datetime, limit: int = BATCH) -> Sealed:
    """This function will seal up to `limit` entries under one root; without entries a heartbeat, when one is due.

    What is visible is committed, so it can be sealed. What is committed late has the number of an older transaction:
    the next round looks again at every transaction that had not ended, and no entry is passed over. After a dump was
    loaded into another server transaction numbers begin anew; then everything is looked through once.
    """
    require(viewer=actor, capability="audit.view")
    with acting_as(viewer=actor, at=at), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Taken before the entries are read, so that it can only be too low.
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text"
        )
        oldest_running, newest = cursor.fetchone()
        last = Root.objects.order_by("-number").first()
        settled = int(last.settled_before) if last else 0
        bounds = (str(settled), newest) if settled <= int(newest) else _ALL_TRANSACTIONS
        cursor.execute(_WAITING, [*bounds, limit])
        names = [*FIELDS, "written_in"]
        entries = [_entry(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        if not entries and last is not None and at - last.at < HEARTBEAT:
            return Sealed(0, None)
        full = len(entries) == limit
        leaves = [leaf_of(canonical(entry)) for entry in entries]
        first = last.first + last.size if last else 0
        Leaf.objects.bulk_create(
            [Leaf(position=first + i, entry_id=e["id"], digest=leaves[i]) for i, e in enumerate(entries)]
        )
        root = Root.objects.create(
            number=last.number + 1 if last else 1,
            at=at,
            first=first,
            size=len(leaves),
            digest=root_of(leaves),
            previous=hash_of(written(last.line)) if last else NO_LINE,
            settled_before=min(int(oldest_running), int(entries[-1]["written_in"])) if full else int(oldest_running),
        )
        return Sealed(len(leaves), root.number)


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row["detail"], str):  # psycopg hands jsonb over as text where Django has taken its loader away
        row["detail"] = json.loads(row["detail"])
    return row


def publish_roots(*, actor: Viewer, at: datetime, directory: Path, anew: bool = False) -> int:
    """This function will append every root that the outside does not have yet and return how many.

    Raises UnableToPublish where what stands outside is not what the database says: then nothing is written. `anew`
    begins in an empty directory, after the operator has lost the old one.
    """
    require(viewer=actor, capability="audit.view")
    with acting_as(viewer=actor, at=at):
        last = outside.last_line(directory)
        number = 0
        if last is None:
            if not anew and Root.objects.count() > 1:  # the first is published right after it was made
                raise outside.UnableToPublish(
                    f"库外的根目录 {directory} 是空的，而库里早已有根。请先找回原来的文件；确已丢失时用 --anew。"
                )
        else:
            known = Root.objects.filter(number=last.number).first()
            if known is None or known.line != last:
                raise outside.UnableToPublish(
                    f"库外第 {last.number} 个根与库内不同，没有继续写。请停止改动，运行 minsheng audit verify 查明。"
                )
            number = last.number
        waiting = [root.line for root in Root.objects.filter(number__gt=number).order_by("number")]
    outside.append(directory, waiting)
    return len(waiting)


def record_check(
    *, actor: Viewer, at: datetime, kind: CheckKind, holds: bool, summary: str, detail: dict[str, Any]
) -> None:
    """This function will keep what a check has found; nobody changes it afterwards."""
    with transaction.atomic():
        Check.objects.create(
            kind=kind.value, at=at, account_name=actor.name, holds=holds, summary=summary[:300], detail=detail
        )
