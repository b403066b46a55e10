from datetime import date, datetime

from django.db.models import Max

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.models import Run
from minsheng.work.eligibility.population import Population
from minsheng.work.eligibility.rules import first_of_month
from minsheng.work.eligibility.whatif.snapshots import Taken, write


class UnableToTakeSnapshot(RuntimeError):
    """There is nobody in the actor's areas, so a snapshot would hold nothing."""


def take_snapshot(*, actor: Viewer, at: datetime, as_of: date) -> Taken:
    """This function will put the facts of everybody in the actor's areas, for the month of `as_of`, on disk for trials.

    It is for the system account of the district, whose areas are all; what a viewer then sees is narrowed again.
    A job follows that compiles the rules, if there are so many people that trials need it.
    Raises UnableToTakeSnapshot when the actor sees nobody.
    """
    from minsheng.work.eligibility.whatif.jobs import compile_rules

    month = first_of_month(as_of)
    with acting_as(viewer=actor, at=at):
        run_id = Run.objects.aggregate(last=Max("id"))["last"] or 0
        population = Population(*registry.population_facts(viewer=actor, at=at, as_of=month))
        if not population.persons.num_rows:
            raise UnableToTakeSnapshot("这个账号的管辖范围里没有人，没有做快照。请用管辖全区的系统账号。")
        taken = Taken(month, run_id, at, population.persons.num_rows)
        write(population, taken)
        enqueue(compile_rules, once=compile_rules.name)
        audit.record(
            actor=actor,
            at=at,
            action="eligibility.snapshot_taken",
            object_type="eligibility.snapshot",
            object_id=month.isoformat(),
            detail={"persons": taken.persons, "households": population.households.num_rows},
        )
    return taken


def ask_for_snapshot(*, actor: Viewer, at: datetime) -> None:
    """This function will queue a fresh snapshot; a second wish while one waits changes nothing."""
    from minsheng.work.eligibility.whatif.jobs import snapshot

    require(viewer=actor, capability="eligibility.what_if")
    enqueue(snapshot, once="eligibility.snapshot")
    audit.record(
        actor=actor, at=at, action="eligibility.snapshot_asked", object_type="eligibility.snapshot", object_id=""
    )
