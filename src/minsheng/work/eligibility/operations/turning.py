from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.incremental import concerned_households
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.models import Run
from minsheng.work.eligibility.operations.evaluation import evaluate_district, received_in, store_run
from minsheng.work.eligibility.population import Population, outcomes_of
from minsheng.work.eligibility.rules import first_of_month
from minsheng.work.eligibility.types import RunSummary


def turn_month(*, actor: Viewer, at: datetime, as_of: date) -> RunSummary | None:
    """This function will bring everybody's results to the month of `as_of`, working out only whom something concerns.

    Results hold by month, so nothing changes between two firsts by time alone: None is returned then. The outcome is
    that of a whole run. A law that changed concerns everybody, and is a whole run.
    """
    month = first_of_month(as_of)
    last = Run.objects.filter(finished_at__isnull=False, whole=True).order_by("-finished_at", "-id").first()
    if last is None or last.as_of > month or law_on(last.as_of).digest != last.law_digest:
        return evaluate_district(actor=actor, at=at, as_of=as_of)
    if last.as_of == month:
        return None
    with acting_as(viewer=actor, at=at):
        before = Population(*registry.population_facts(viewer=actor, at=at, as_of=last.as_of))
        after = Population(*registry.population_facts(viewer=actor, at=at, as_of=month))
        concerned = concerned_households(
            before_law=law_on(last.as_of),
            after_law=law_on(month),
            before=before,
            after=after,
            before_day=last.as_of,
            after_day=month,
        )
        if concerned is None:
            return evaluate_district(actor=actor, at=at, as_of=as_of)
        paid_before, paid_now = received_in(within=Q(), month=last.as_of), received_in(within=Q(), month=month)
        concerned |= {
            key[1] for key in paid_before.keys() | paid_now.keys() if paid_before.get(key) != paid_now.get(key)
        }
        part = after.restricted_to(concerned)
        within = Q(household_id__in=sorted(concerned))
        return store_run(
            actor=actor,
            at=at,
            month=month,
            within=within,
            outcomes=outcomes_of(law=law_on(month), as_of=month, population=part),
            received={key: received for key, received in paid_now.items() if key[1] in concerned},
            cases=part.cases(),
            size=(after.persons.num_rows, after.households.num_rows),
            whole=True,
        )
