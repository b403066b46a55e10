"""The nightly measuring: what is worse than expected becomes an issue, what has become good closes it."""

from collections.abc import Iterable
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.catalogue.models import Issue, Measurement
from minsheng.insight.catalogue.queries.describing import datasets
from minsheng.insight.catalogue.queries.measuring import measure_all
from minsheng.insight.catalogue.queries.searching import expectations_of
from minsheng.insight.catalogue.rules import state_after
from minsheng.insight.catalogue.types import Expectation, IssueAct, IssueState, Measured
from minsheng.records.registry.days import business_day

Key = tuple[str, str, str]


def measure_quality(*, actor: Viewer, at: datetime) -> tuple[int, int]:
    """This function will measure everything for today and return how many counts were made and issues opened.

    Done twice in a day, the later counts stand. What cannot be counted (no rows yet) opens no issue.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="catalogue.measure")
        day = business_day(at)
        measured = list(measure_all(viewer=actor, at=at))
        Measurement.objects.filter(day_date=day).delete()
        Measurement.objects.bulk_create(
            [
                Measurement(
                    day_date=day,
                    dataset=one.dataset,
                    field=one.field,
                    dimension=one.dimension,
                    looked_at=one.looked_at,
                    failing=one.failing,
                )
                for one in measured
            ],
            batch_size=1000,
        )
        opened = _settle(measured, at)
        audit.record(
            actor=actor,
            at=at,
            action="catalogue.measured",
            object_type="catalogue.measurement",
            object_id=day.isoformat(),
            detail={"counts": len(measured), "opened": opened},
        )
        return len(measured), opened


def _settle(measured: Iterable[Measured], at: datetime) -> int:
    wanted: dict[Key, Expectation] = {
        (e.dataset, e.field, e.dimension): e for one in datasets() for e in expectations_of(one)
    }
    standing = {(i.dataset, i.field, i.dimension): i for i in Issue.objects.exclude(state=IssueState.CLOSED)}
    for old_key, old in standing.items():
        if old_key not in wanted:  # nobody expects it any more
            old.state, old.changed_at, old.why = IssueState.CLOSED, at, "不再这样要求"
            old.save()
    opened = 0
    for one in measured:
        key = (one.dataset, one.field, one.dimension)
        expected, issue = wanted.get(key), standing.get(key)
        if expected is None or one.permille is None:
            continue
        good = one.permille >= expected.least_permille
        if issue is None and not good:
            Issue.objects.create(
                dataset=one.dataset,
                field=one.field,
                dimension=one.dimension,
                opened_day=business_day(at),
                permille=one.permille,
                least_permille=expected.least_permille,
                why=expected.why,
                changed_at=at,
            )
            opened += 1
        elif issue is not None:
            issue.permille, issue.least_permille, issue.why = one.permille, expected.least_permille, expected.why
            after = state_after(IssueState(issue.state), IssueAct.MEASURED_GOOD) if good else None
            if after is not None:
                issue.state, issue.changed_at = after, at
            issue.save()
    return opened
