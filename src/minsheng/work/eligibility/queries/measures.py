"""What of entitlement can be counted by area: who is entitled, who receives, who is missed, what is doubtful."""

from minsheng.foundation.access.measures import Measure

# Results hold by month; before the first whole run nobody was evaluated, which is not "nobody was entitled".
_SINCE = "SELECT min(as_of) FROM eligibility_run WHERE whole AND finished_at IS NOT NULL"
# A benefit that stacking leaves nothing of is not missed (rules.is_replaced).
_ENTITLED = """
    SELECT r.area_id, r.household_id, r.person_id, r.payable_fen AS amount, NULL::text AS label
    FROM eligibility_result r
    WHERE r.status = 'entitled' AND r.scheme = ANY(%(schemes)s) AND r.valid_from <= %(first)s
      AND (r.valid_to IS NULL OR r.valid_to > %(first)s)
      AND NOT (coalesce(r.amount_fen, 0) <> 0 AND coalesce(r.payable_fen, 1) = 0)
"""
_PAID = """
    EXISTS (SELECT 1 FROM eligibility_receipt g WHERE g.household_id = r.household_id AND g.scheme = r.scheme
            AND g.person_id IS NOT DISTINCT FROM r.person_id AND g.since_date < %(next)s
            AND (g.until_date IS NULL OR g.until_date > %(first)s))
"""
_RECEIVERS = """
    SELECT area_id, household_id, person_id, amount_fen AS amount, NULL::text AS label FROM eligibility_receipt
    WHERE scheme = ANY(%(schemes)s) AND since_date < %(next)s AND (until_date IS NULL OR until_date > %(first)s)
"""
_DOUBTFUL = """
    SELECT area_id, household_id, person_id, receiving_fen AS amount, NULL::text AS label FROM eligibility_finding
    WHERE kind = 'receiving_not_entitled' AND found_at < %(until)s
      AND (closed_at IS NULL OR closed_at >= %(until)s)
"""
# What the first page counts: what was found, of every scheme that is paid by the month, and is not settled yet.
_FOUND = """
    SELECT area_id, household_id, person_id, amount_fen AS amount, NULL::text AS label FROM eligibility_finding
    WHERE kind = 'entitled_not_receiving' AND found_at < %(until)s
      AND (closed_at IS NULL OR closed_at >= %(until)s)
"""
_FOUND_SINCE = "SELECT min(found_at AT TIME ZONE 'Asia/Shanghai')::date FROM eligibility_finding"
CAPABILITY = "eligibility.view_findings"
MEASURES: tuple[Measure, ...] = (
    Measure("eligibility.entitled", "按规定应当享受的", CAPABILITY, _ENTITLED, _SINCE, unit="人次"),
    Measure("eligibility.reached", "应当享受并且已在领的", CAPABILITY, f"{_ENTITLED} AND {_PAID}", _SINCE, unit="人次"),
    Measure(
        "eligibility.missed", "应当享受、还没有领的", CAPABILITY, f"{_ENTITLED} AND NOT {_PAID}", _SINCE, unit="人次"
    ),
    Measure("eligibility.found", "发现的应享未享（没有了结的）", CAPABILITY, _FOUND, _FOUND_SINCE, unit="人次"),
    Measure(
        "eligibility.receivers", "正在领的", CAPABILITY, _RECEIVERS, "SELECT min(since_date) FROM eligibility_receipt"
    ),
    Measure(
        "eligibility.doubtful_fen",
        "在领但按规定不再符合的金额（月）",
        CAPABILITY,
        _DOUBTFUL,
        _FOUND_SINCE,
        "coalesce(sum(amount), 0)",
        unit="分",
    ),
)
