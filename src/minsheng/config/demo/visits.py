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
from minsheng.work.visits import operations, queries
from minsheng.work.visits.models import Visit
from minsheng.work.visits.types import NewSignal, SignalKind, VisitAct
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
MADE = 32  # looked at; every second one has a result
LATE_DAYS = 6


def live_through_a_year(*, plan: Plan, seed: int) -> Facts:
    """This function will note the year's happenings, score everybody, plan, and record a few results."""
    actor = system_viewer(at=plan.at)
    start = plan.at.date() - timedelta(days=MONTHS * 30)
    district = read_from(folder=plan.home / "twin")
    noted = operations.load_signals(
        actor=actor, at=plan.at, signals=list(_on_record(district, seed=seed, start=start, today=plan.at.date()))
    )
    # The list as it stood on the first of the month, then today's: so that the month has a list to be measured by.
    operations.rescore_district(actor=actor, at=plan.at, on=plan.as_of)
    scored = operations.rescore_district(actor=actor, at=plan.at)
    planned = operations.plan_visits(actor=actor, at=plan.at)
    made = _make_some(plan)
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


def _make_some(plan: Plan) -> int:
    """Visits of one street: some have a result, half of the others have been lying for some days."""
    visitor = _staff("street_intake", plan)
    with acting_as(viewer=visitor, at=plan.at):
        page = queries.visits_page(viewer=visitor, at=plan.at, chosen=queries.VisitFilter(), size=MADE)
    for place, row in enumerate(page.rows[::2]):
        result, note = RESULTS[place % len(RESULTS)]
        operations.record_result(actor=visitor, at=plan.at, visit_id=row.id, result=result, way=row.way, note=note)
    with acting_as(viewer=visitor, at=plan.at):
        # Nobody lets a visit lie on purpose: only the demo makes one late, by moving its day.
        for visit in Visit.objects.filter(status="planned", attempts=0).order_by("due_date", "id")[:60:2]:
            visit.due_date = plan.at.date() - timedelta(days=visit.household_id % LATE_DAYS)
            visit.save(update_fields=["due_date"])
    return len(page.rows[::2])


def _staff(role: str, plan: Plan) -> Viewer:
    username, name, _ = STAFF[role]
    number = accounts.account_id(username=username)
    assert number is not None, "accounts are made with the reference data"
    return get_viewer(account_id=number, name=name, username=username, at=plan.at)
