"""How long rows are kept: a class for every model, and the clearing of what is past its term, but for legal holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.privacy.types import Retention

OURS = "privacy.purge"
_HELD = (
    "AND NOT EXISTS (SELECT FROM privacy_hold h WHERE h.ended_at IS NULL AND h.set_at <= %(now)s"
    " AND h.person_id::text = split_part(t.{person}::text, ':', 2 - (strpos(t.{person}::text, ':') = 0)::int))"
)


@dataclass(frozen=True)
class Cleared:
    """What one round has cleared away: (table, rows), and how many rows a hold has kept."""

    rows: dict[str, int]
    held: dict[str, int]


def retention_table() -> dict[str, Retention]:
    """This function will return the class of each model, by its label, as the installation declares it."""
    return dict(settings.RETENTION)


def purge(*, actor: Viewer, at: datetime) -> Cleared:
    """This function will delete what is past its term and not held, and record how many rows of which table.

    Tables come in the order of the declaration, so that children go before their parents.
    """
    from django.apps import apps

    rows: dict[str, int] = {}
    held: dict[str, int] = {}
    with acting_as(viewer=actor, at=at), connection.cursor() as cursor:
        for label, rule in retention_table().items():
            if rule.cleared_by != OURS or rule.days is None:
                continue
            table = apps.get_model(label)._meta.db_table
            past = {"before": at - timedelta(days=rule.days), "now": at}
            due = f"FROM {table} t WHERE t.{rule.column} < %(before)s"
            free = f"{due} {_HELD.format(person=rule.person)}" if rule.person else due
            cursor.execute(f"SELECT count(*) {due}", past)
            all_due = int(cursor.fetchone()[0])
            cursor.execute(f"DELETE {free}", past)
            rows[table], held[table] = cursor.rowcount, all_due - cursor.rowcount
        if any(rows.values()):
            audit.record(
                actor=actor, at=at, action="privacy.purge_done", object_type="privacy.purge",
                object_id=at.date().isoformat(), detail={"rows": {t: n for t, n in rows.items() if n}, "held": held},
            )  # fmt: skip
    return Cleared(rows, {table: number for table, number in held.items() if number})
