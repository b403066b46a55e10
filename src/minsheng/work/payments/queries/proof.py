"""What must hold of the ledger and of all payments, asked of the rows themselves; each count but two must be zero."""

from datetime import datetime

from django.db import connection

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.queries.whereabouts import whereabouts
from minsheng.work.payments.rules.months import first_of
from minsheng.work.payments.types import Proof

_LIVE = "('planned', 'sent', 'unknown', 'paid')"


def prove(*, viewer: Viewer, at: datetime) -> Proof:
    """This function will prove the ledger and the payments that the viewer may see; call it inside the viewer's scope.

    Balanced postings; sum zero; one live line per beneficiary, scheme and month, and per part of relief given once; no
    decision paid by a float and by a run; nothing released for a month after the month of a death that was known when
    it was released; every sent line in the ledger with its own amount; every bank file equal to its lines.
    """
    require(viewer=viewer, capability="payments.view_runs")
    with connection.cursor() as cursor:

        def one(query: str) -> int:
            cursor.execute(query)
            return int(cursor.fetchone()[0] or 0)

        return Proof(
            postings=one("SELECT count(DISTINCT posting_id) FROM payments_entry"),
            entries=one("SELECT count(*) FROM payments_entry"),
            unbalanced=one(
                "SELECT count(*) FROM (SELECT 1 FROM payments_entry GROUP BY posting_id HAVING sum(amount_fen) <> 0) x"
            ),
            sum_fen=one("SELECT coalesce(sum(amount_fen), 0) FROM payments_entry"),
            paid_twice=one(
                "SELECT count(*) FROM (SELECT 1 FROM payments_line WHERE kind = 'regular'"
                f" AND state IN {_LIVE} GROUP BY scheme, household_id, person_id, month HAVING count(*) > 1"
                " UNION ALL SELECT 1 FROM payments_line WHERE kind = 'once'"
                f" AND state IN {_LIVE} GROUP BY amount_row_id HAVING count(*) > 1"
                " UNION ALL SELECT 1 FROM payments_grant g JOIN payments_float_draw d USING (decision_ref)) x"
            ),
            paid_after_death=_paid_after_death(at),
            lines_without_entries=one(
                "SELECT count(*) FROM payments_line l LEFT JOIN ("
                " SELECT line_id, sum(amount_fen) FILTER (WHERE amount_fen > 0 AND ledger = 'payable') AS due,"
                "        coalesce(sum(amount_fen) FILTER (WHERE ledger = 'payable'), 0) AS open,"
                "        coalesce(sum(amount_fen) FILTER (WHERE ledger = 'paid'), 0) AS paid"
                " FROM payments_entry WHERE line_id IS NOT NULL GROUP BY line_id) e ON e.line_id = l.id"
                " WHERE l.state IN ('sent', 'unknown', 'paid', 'returned') AND (e.due IS DISTINCT FROM l.amount_fen"
                " - l.deducted_fen OR e.open <> CASE WHEN l.state IN ('sent', 'unknown') THEN l.amount_fen"
                " - l.deducted_fen ELSE 0 END OR l.state = 'paid' AND e.paid < l.amount_fen"
                " OR l.state <> 'paid' AND e.paid <> 0)"
            ),
            file_mismatches=one(
                "SELECT count(*) FROM payments_bank_file f JOIN payments_run r ON r.id = f.run_id LEFT JOIN ("
                " SELECT run_id, count(*) AS lines, sum(amount_fen - deducted_fen) AS fen FROM payments_line"
                " WHERE state IN ('sent', 'unknown', 'paid', 'returned') GROUP BY run_id) l ON l.run_id = f.run_id"
                " WHERE (l.lines, l.fen) IS DISTINCT FROM (f.lines::bigint, f.total_fen::numeric)"
                " OR f.total_fen <> r.total_locked_fen"
            ),
        )


def _paid_after_death(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(l.person_id, g.payee_person_id), l.month, r.released_at FROM payments_line l"
            " JOIN payments_grant g ON g.id = l.grant_id JOIN payments_run r ON r.id = l.run_id"
            " WHERE l.state IN ('sent', 'unknown', 'paid') AND l.kind IN ('regular', 'once')"
        )
        lines = cursor.fetchall()
    told = whereabouts(person_ids={row[0] for row in lines}, on=at.date(), known_at=at)
    suspects = [
        (person, month, released)
        for person, month, released in lines
        if person in told and (died := told[person].died_on) is not None and month > first_of(died)
    ]
    # A death that was registered only afterwards is an over-payment to recover, not a payment against knowledge.
    late = {}
    for _, _, released in suspects:
        if released not in late:
            late[released] = whereabouts(person_ids={p for p, _, _ in suspects}, on=at.date(), known_at=released)
    return sum(
        1
        for person, month, released in suspects
        if person in late[released] and (died := late[released][person].died_on) is not None and month > first_of(died)
    )
