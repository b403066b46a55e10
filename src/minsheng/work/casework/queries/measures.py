"""What of casework can be counted by area: cases that run, and those whose legal limit has passed."""

from minsheng.foundation.access.measures import Measure
from minsheng.work.casework.types import ENDED

_ENDED = ", ".join(sorted(f"'{status.value}'" for status in ENDED))
# The limit that runs is kept on the case, not its history: an earlier day is answered by what was kept of it.
_RUNNING = f"""
    SELECT area_id, household_id, person_id, NULL::bigint AS amount, NULL::text AS label FROM casework_case
    WHERE status NOT IN ({_ENDED}) AND opened_at < %(until)s
"""
CAPABILITY = "casework.view"
MEASURES: tuple[Measure, ...] = (
    Measure("casework.running", "在办的办件", CAPABILITY, _RUNNING, None, unit="件", past=False),
    Measure(
        "casework.within_limit",
        "没有过法定期限的在办办件",
        CAPABILITY,
        f"{_RUNNING} AND (due_date IS NULL OR due_date >= %(on)s)",
        None,
        unit="件",
        past=False,
    ),
    Measure(
        "casework.late",
        "过了法定期限的办件",
        CAPABILITY,
        f"{_RUNNING} AND due_date < %(on)s",
        None,
        unit="件",
        past=False,
    ),
)
