from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events import operations as events
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.bulk import copy_findings, copy_results
from minsheng.work.eligibility.events import DistrictEvaluated
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.models import Finding, Receipt, Result, Run
from minsheng.work.eligibility.population import Case, Population, Report, outcomes_of, outcomes_of_case
from minsheng.work.eligibility.rules import change_of_intervals, findings, first_of_month
from minsheng.work.eligibility.stored_law import digests_of, keep_law
from minsheng.work.eligibility.subjects import People
from minsheng.work.eligibility.types import FindingKind, Found, Key, Outcome, Received, RunSummary, Status, Stored
from rulebook import Period


def evaluate_district(
    *, actor: Viewer, at: datetime, as_of: date, report: Report = lambda done, total: None
) -> RunSummary:
    """This function will evaluate every scheme for every household the actor sees, for the month of `as_of`.

    Stores results as validity intervals and findings by difference: the same facts and law a second time change
    nothing. One transaction: it happens whole or not at all.
    """
    month = first_of_month(as_of)
    with acting_as(viewer=actor, at=at):
        population = Population(*registry.population_facts(viewer=actor, at=at, as_of=month))
        outcomes = outcomes_of(law=law_on(month), as_of=month, population=population, report=report)
        received = received_in(within=Q(), month=month)
        concerned = population.restricted_to({key[1] for key in (*outcomes, *received)})
        size = (population.persons.num_rows, population.households.num_rows)
        return store_run(
            actor=actor, at=at, month=month, within=Q(), outcomes=outcomes, received=received,
            cases=concerned.cases(), size=size, whole=True,
        )  # fmt: skip


def evaluate_households(*, actor: Viewer, at: datetime, as_of: date, household_ids: Iterable[int]) -> RunSummary:
    """This function will evaluate some households anew, after a fact of theirs has changed.

    A household outside the actor's areas, or one that has gone, counts as having no result.
    """
    month = first_of_month(as_of)
    wanted = sorted(set(household_ids))
    within = Q(household_id__in=wanted)
    with acting_as(viewer=actor, at=at):
        cases = []
        for number in wanted:
            found = registry.household_facts(viewer=actor, household_id=number, as_of=month, known_at=at)
            if found is not None:
                cases.append(Case(number, found.area_id, found.household, found.members))
        outcomes: dict[Key, Outcome] = {}
        for case in cases:
            outcomes |= outcomes_of_case(law=law_on(month), as_of=month, case=case)
        size = (sum(len(case.members) for case in cases), len(cases))
        return store_run(
            actor=actor, at=at, month=month, within=within, outcomes=outcomes,
            received=received_in(within=within, month=month), cases=cases, size=size, whole=False,
        )  # fmt: skip


def offers() -> frozenset[str]:
    """This function will return the schemes that are paid once or by the year: to be applied for, never missed."""
    return frozenset(s.code for s in book().schemes.values() if s.period in (Period.ONCE, Period.YEAR))


def store_run(
    *,
    actor: Viewer,
    at: datetime,
    month: date,
    within: Q,
    outcomes: dict[Key, Outcome],
    received: dict[Key, Received],
    cases: Iterable[Case],
    size: tuple[int, int],
    whole: bool,
) -> RunSummary:
    """This function will store outcomes as intervals and findings by difference, `within` the households worked out.

    `whole`: with it everybody's results are those of the month. Call it inside the actor's scope.
    """
    law = law_on(month)
    digests = digests_of(law)
    run = Run.objects.create(as_of=month, started_at=at, law_digest=law.digest, schemes=sorted(book().schemes))
    change = change_of_intervals(stored=_stored(within), outcomes=outcomes.values(), month=month, digests=digests)
    Result.objects.filter(id__in=change.end).update(valid_to=month)
    Result.objects.filter(id__in=change.remove).delete()
    copy_results(change.add, month=month, law_digest=law.digest, digests=digests, run_id=run.id)
    keep_law(law, digests, {outcome.key[0] for outcome in change.add})
    people = People(cases, month)
    found = findings(outcomes=outcomes, received=received, reason_of=people.reason, offers=offers())
    counts = _store_findings(found, people, run, at, within)
    entitled = sum(outcome.status is Status.ENTITLED for outcome in outcomes.values())
    run.persons, run.households = size
    run.counts = {"entitled": entitled, "unknown": len(outcomes) - entitled, **counts}
    run.whole = whole
    run.finished_at = at
    run.save()
    audit.record(
        actor=actor,
        at=at,
        action="eligibility.evaluated",
        object_type="eligibility.run",
        object_id=str(run.id),
        detail={"as_of": month.isoformat(), "law": law.digest, "households": run.households, **run.counts},
    )
    if run.whole:
        events.publish(DistrictEvaluated(run.id, month, at), at=at)
    return RunSummary(
        run.id,
        month,
        run.persons,
        run.households,
        len(run.schemes),
        entitled,
        len(outcomes) - entitled,
        counts,
        law.digest,
    )


def _stored(within: Q) -> list[Stored]:
    rows = Result.objects.filter(within, valid_to__isnull=True).values_list(
        "id",
        "scheme",
        "household_id",
        "person_id",
        "status",
        "amount_fen",
        "payable_fen",
        "valid_from",
        "scheme_digest",
    )
    return [
        Stored(number, (scheme, household, person), Status(status), amount, payable, since, digest)
        for number, scheme, household, person, status, amount, payable, since, digest in rows.iterator(20_000)
    ]


def received_in(*, within: Q, month: date) -> dict[Key, Received]:
    """This function will return what is paid in a month, by beneficiary and scheme; call it inside a scope."""
    rows = (
        Receipt.objects.filter(within, since_date__lt=_next_month(month))
        .filter(Q(until_date__isnull=True) | Q(until_date__gt=month))
        .values_list("scheme", "household_id", "person_id", "area_id", "amount_fen")
    )
    received: dict[Key, Received] = {}
    for scheme, household, person, area, amount in rows.iterator(20_000):
        key = (scheme, household, person)
        before = received[key].amount_fen if key in received else 0
        received[key] = Received(key, area, before + amount)
    return received


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _store_findings(found: list[Found], people: People, run: Run, at: datetime, within: Q) -> dict[str, int]:
    open_rows = {
        (kind, (scheme, household, person)): (number, amount, receiving)
        for number, kind, scheme, household, person, amount, receiving in Finding.objects.filter(
            within, closed_at__isnull=True
        ).values_list("id", "kind", "scheme", "household_id", "person_id", "amount_fen", "receiving_fen")
    }
    fresh = []
    for one in found:
        stored = open_rows.pop((one.kind.value, one.key), None)
        if stored is None:
            fresh.append(one)
        elif stored[1:] != (one.amount_fen, one.receiving_fen):
            # The same person, another amount: the finding keeps its first day and shows today's figure.
            Finding.objects.filter(id=stored[0]).update(
                amount_fen=one.amount_fen, receiving_fen=one.receiving_fen, as_of=run.as_of, run=run
            )
    Finding.objects.filter(id__in=[number for number, *_ in open_rows.values()]).update(closed_at=at)
    names = registry.person_names(
        person_ids={p for one in fresh if (p := people.subject(one.key).get("person_id")) is not None}
    )
    copy_findings(fresh, people=people, names=names, run_id=run.id, as_of=run.as_of, at=at)
    counts = Counter(one.kind for one in found)
    return {kind.value: counts.get(kind, 0) for kind in FindingKind}
