from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import Step, job
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.whatif import snapshots
from minsheng.work.eligibility.whatif.operations import take_snapshot
from rulebook import kernel_runner


@job("eligibility.snapshot", idempotent=True, cron="40 5 * * *")
def snapshot(*, actor: Viewer, at: datetime) -> None:
    """This job will take a fresh snapshot, each morning and when somebody asks."""
    take_snapshot(actor=actor, at=at, as_of=at.date())


@job("eligibility.compile_rules", idempotent=True, in_steps=True)
def compile_rules(*, step: Step) -> None:
    """This job will compile the rules in force for trials on many people: no request ever waits for that.

    It follows each snapshot and each publication. For fewer people SQL is fast enough and nothing is compiled.
    """
    with step():
        taken = snapshots.last_taken()
        law = law_on(taken.as_of) if taken is not None and taken.persons >= snapshots.COMPILED_FROM else None
    if law is not None:
        kernel_runner.compile_ahead(law, law.day)
