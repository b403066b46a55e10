from django.db import connection

from minsheng.work.payments.types import RunTotals


def totals_of(*, run_id: int) -> RunTotals:
    """This function will return what a run holds, of what the transaction's viewer may see; sums are net, in fen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state <> 'held'),"
            " count(DISTINCT (scheme, household_id, person_id)) FILTER (WHERE state <> 'held'),"
            " coalesce(sum(amount_fen - deducted_fen) FILTER (WHERE state <> 'held'), 0),"
            " count(*) FILTER (WHERE state = 'held'),"
            " coalesce(sum(amount_fen - deducted_fen) FILTER (WHERE state = 'held'), 0)"
            " FROM payments_line WHERE run_id = %s",
            [run_id],
        )
        row = cursor.fetchone()
    return RunTotals(*(int(value) for value in row))
