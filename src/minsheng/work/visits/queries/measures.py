"""What of visits can be counted by area: who is to be met each month, who was, whose visit is overdue."""

from collections.abc import Mapping
from datetime import date

from minsheng.foundation.access.measures import Measure, Parameter
from minsheng.work.visits.queries.overview import JOINED_LATE_DAYS
from minsheng.work.visits.weights import weights_on

_SINCE = "SELECT min(valid_from) FROM visits_warning"
# The same people as queries.overview: on the list on a day of the month, without those who joined at its end.
_MONTHLY = f"""
    SELECT DISTINCT ON (w.household_id) w.area_id, w.household_id, NULL::bigint AS person_id, NULL::bigint AS amount,
           NULL::text AS label
    FROM visits_warning w
    WHERE w.groups ?| %(groups)s AND (w.valid_to IS NULL OR w.valid_to > %(first)s) AND w.valid_from < %(next)s
      AND w.star_since < %(next)s::date - {JOINED_LATE_DAYS}
    ORDER BY w.household_id, w.valid_from DESC
"""
_MET = """
    EXISTS (SELECT 1 FROM visits_visit v WHERE v.household_id = listed.household_id
            AND v.met_date >= %(first)s AND v.met_date < %(next)s AND v.met_date <= %(on)s)
"""
_OVERDUE = """
    SELECT area_id, household_id, person_id, NULL::bigint AS amount, NULL::text AS label FROM visits_visit
    WHERE opened_at < %(until)s AND (closed_at IS NULL OR closed_at >= %(until)s) AND due_date < %(on)s
"""


def _groups(on: date) -> Mapping[str, Parameter]:
    return {"groups": list(weights_on(on).monthly_groups)}


def _listed(condition: str) -> str:
    return f"SELECT * FROM ({_MONTHLY}) listed WHERE {condition}"


CAPABILITY = "visits.warnings"
MEASURES: tuple[Measure, ...] = (
    Measure("visits.to_meet", "这个月该见面的户", CAPABILITY, _listed("true"), _SINCE, unit="户", parameters=_groups),
    Measure("visits.met", "这个月见到的户", CAPABILITY, _listed(_MET), _SINCE, unit="户", parameters=_groups),
    Measure(
        "visits.not_met",
        "这个月还没见到的户",
        CAPABILITY,
        _listed(f"NOT {_MET}"),
        _SINCE,
        unit="户",
        parameters=_groups,
    ),
    Measure(
        "visits.overdue",
        "走访过期的户",
        CAPABILITY,
        _OVERDUE,
        "SELECT min(opened_at AT TIME ZONE 'Asia/Shanghai')::date FROM visits_visit",
        unit="户",
    ),
)
