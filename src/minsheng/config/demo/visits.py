"""A year of invented happenings in the demo, what the score makes of them, and a few visits that were made."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow.compute as pc

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.config.demo.district import read_from
from minsheng.config.demo.plan import Facts, Plan
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.visits import operations
from minsheng.work.visits.models import Visit
from minsheng.work.visits.types import NewSignal, SignalKind, VisitAct, Way
from twin import District
from twin.shocks import strike

MONTHS = 12
# What came of the first visits of the demo street, over and over in this order.
RESULTS = (
    (VisitAct.FINE, "血压稳定，女儿每周来一次。"),
    (VisitAct.FINE, "水费忘了交，已经补上。"),
    (VisitAct.NOT_MET, "邻居说出去买菜了。"),
    (VisitAct.FINE, "家里都好，煤气报警器换了电池。"),
    (VisitAct.NEEDS_HELP, "药费欠着，想问能不能申请救助。"),
    (VisitAct.FINE, ""),
    (VisitAct.REFUSED, "说孩子会照顾，不用来。"),
    (VisitAct.MOVED, "已搬去女儿家。"),
)
MADE = 16
LATE_DAYS = 6


def live_through_a_year(*, plan: Plan, seed: int) -> Facts:
    """This function will note the year's happenings, score everybody, plan, and record a few results."""
    actor = system_viewer(at=plan.at)
    start = plan.at.date() - timedelta(days=MONTHS * 30)
    district = read_from(folder=plan.home / "twin")
    stories = frozenset(district.story_ids.values())  # the families of 青云里 are told by hand
    happened = _on_record(district, seed=seed, start=start, today=plan.at.date())
    signals = [one for one in happened if one.household_id not in stories]
    noted = operations.load_signals(actor=actor, at=plan.at, signals=signals)
    # The list as it stood on the first of the month, then today's: so that the month has a list to be measured by.
    operations.rescore_district(actor=actor, at=plan.at, on=plan.as_of)
    scored = operations.rescore_district(actor=actor, at=plan.at)
    planned = operations.plan_visits(actor=actor, at=plan.at)
    made = _make_some(plan, stories)
    return {"signals": noted, "scored": scored.households, "planned": planned.new, "made": made}


def _on_record(district: District, *, seed: int, start: date, today: date) -> Iterator[NewSignal]:
    signals = strike(district, months=MONTHS, seed=seed, start=start).signals
    signals = signals.filter(pc.less_equal(signals["known_date"], today))
    for row in signals.to_pylist():
        yield NewSignal(
            row["household_id"],
            SignalKind(row["kind"]),
            row["happened_date"],
            row["source"],
            row["value"],
            row["person_id"],
        )


def _make_some(plan: Plan, stories: frozenset[int]) -> int:
    """Visits of one street: some have a result, some have been lying for some days."""
    visitor = _staff("street_intake", plan)
    with acting_as(viewer=visitor, at=plan.at):
        planned = Visit.objects.exclude(household_id__in=stories).order_by("due_date", "id")
        chosen = list(planned[: 2 * MADE : 2])
    for place, row in enumerate(chosen):
        result, note = RESULTS[place % len(RESULTS)]
        way = Way(row.way)
        operations.record_result(actor=visitor, at=plan.at, visit_id=row.pk, result=result, way=way, note=note)
    with acting_as(viewer=visitor, at=plan.at):
        # Nobody lets a visit lie on purpose: only the demo makes one late, by moving its day.
        for row in planned.filter(status="planned", attempts=0)[:30]:
            row.due_date = plan.at.date() - timedelta(days=row.household_id % LATE_DAYS)
            row.save(update_fields=["due_date"])
    return len(chosen)


def _staff(role: str, plan: Plan) -> Viewer:
    username, name, _ = STAFF[role]
    number = accounts.account_id(username=username)
    assert number is not None, "accounts are made with the reference data"
    return get_viewer(account_id=number, name=name, username=username, at=plan.at)
