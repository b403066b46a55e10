"""The long work of publishing: the trial over everybody, and the evaluation that follows a signature."""

from datetime import datetime
from uuid import UUID

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs import operations as jobs
from minsheng.foundation.jobs.declaring import Step, job
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.operations import evaluate_district
from minsheng.work.eligibility.population import Population
from minsheng.work.eligibility.publishing import operations
from minsheng.work.eligibility.publishing.amended import drafted_book
from minsheng.work.eligibility.publishing.models import Publication
from minsheng.work.eligibility.publishing.published import law_version
from minsheng.work.eligibility.publishing.rules import first_month_in_force
from minsheng.work.eligibility.publishing.trial import try_laws


@job("eligibility.try_publication", idempotent=False, in_steps=True)
def try_publication(*, step: Step, publication_id: int, run_id: str) -> None:
    """This job will run the drafted law over the whole population, and keep who gains, who loses and the cost."""
    try:
        with step() as turn:
            row = Publication.objects.get(id=publication_id)
            month = first_month_in_force(row.in_force_date)
            before, after, version = law_on(month), drafted_book(row).law_on(month), law_version()
            facts = registry.population_facts(viewer=turn.actor, at=turn.at, as_of=month)

        def report(done: int, total: int) -> None:
            with step() as turn:
                jobs.advance_run(run_id=UUID(run_id), at=turn.at, done=done, total=total)

        trial = try_laws(
            before=before, after=after, month=month, population=Population(*facts), law_version=version, report=report
        )
        with step() as turn:
            operations.record_trial(actor=turn.actor, at=turn.at, publication_id=publication_id, trial=trial)
            jobs.finish_run(
                run_id=UUID(run_id),
                at=turn.at,
                message=f"测算了 {trial.households:,} 户、{trial.persons:,} 人，有变化的 {len(trial.changes):,} 项。",
            )
    except Exception:
        with step() as turn:
            operations.fail_trial(actor=turn.actor, at=turn.at, publication_id=publication_id)
        raise


@job("eligibility.evaluate_publication", idempotent=True)
def evaluate_publication(*, actor: Viewer, at: datetime, publication_id: int) -> None:
    """This job will evaluate the concerned schemes anew for everybody after a publication that holds this month."""
    evaluate_district(actor=actor, at=at, as_of=at.date())
