"""What the clock asks of evidence: seal each minute, check each night."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import operations
from minsheng.foundation.evidence.rules import BATCH
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.evidence.verifying import verify_trail
from minsheng.foundation.jobs.declaring import Step, job

SEALER = "sealer"
"""The machine's account that reads the trail; it holds the audit officer's role and sees no record of a person."""
_NIGHTLY = timedelta(days=2)


@job("evidence.seal", idempotent=True, in_steps=True, account=SEALER, cron="* * * * *")
def seal(*, step: Step) -> None:
    """This job will seal what was committed, then append the roots to the file outside."""
    while True:
        with step() as turn:
            done = operations.seal_waiting(actor=turn.actor, at=turn.at)
        if done.entries < BATCH:
            break
    with step() as turn:  # after the commit: what stands outside must be true inside
        operations.publish_roots(actor=turn.actor, at=turn.at, directory=Path(settings.AUDIT_ROOTS))


@job("evidence.check_trail", idempotent=True, account=SEALER, cron="41 2 * * *")
def check_trail(*, actor: Viewer, at: datetime) -> None:
    """This job will check what was sealed in the last two days and keep the result for the auditor's page."""
    report = verify_trail(viewer=actor, at=at, directory=Path(settings.AUDIT_ROOTS), since=at - _NIGHTLY)
    operations.record_check(
        actor=actor,
        at=at,
        kind=CheckKind.TRAIL,
        holds=report.holds,
        summary=report.in_words,
        detail=report.as_detail(),
    )
