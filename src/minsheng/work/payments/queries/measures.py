"""What of payments can be counted by area: what the month before owed, what of it arrived, what lies anywhere."""

from minsheng.foundation.access.measures import Measure

# The running month is still being compiled; the one before has been to the bank.
_SINCE = "SELECT (min(month) + interval '1 month')::date FROM payments_line"
_LINES = """
    SELECT area_id, household_id, person_id, amount_fen - deducted_fen AS amount, NULL::text AS label
    FROM payments_line WHERE {condition}
"""
_SENT = "month = %(previous)s AND state IN ('sent', 'unknown', 'paid', 'returned')"
_STUCK = "state IN ('held', 'returned', 'unknown') AND month <= %(on)s"
CAPABILITY = "payments.view"
MEASURES: tuple[Measure, ...] = (
    Measure("payments.lines_sent", "上个月送银行的笔数", CAPABILITY, _LINES.format(condition=_SENT), _SINCE, unit="笔"),
    Measure(
        "payments.lines_paid",
        "上个月到账的笔数",
        CAPABILITY,
        _LINES.format(condition="month = %(previous)s AND state = 'paid'"),
        _SINCE,
        unit="笔",
    ),
    # A line that is sent again gets a new row, and this one keeps the state it has today.
    Measure(
        "payments.stuck_fen",
        "没有到账的钱（暂扣、退回、银行没有答复）",
        CAPABILITY,
        _LINES.format(condition=_STUCK),
        _SINCE,
        "coalesce(sum(amount), 0)",
        unit="分",
        past=False,
    ),
)
