"""What the clock asks of evidence: seal each minute, check each night."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import operations
from minsheng.foundation.evidence.rows import check_rows
from minsheng.foundation.evidence.rules import BATCH
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.evidence.verifying import verify_trail
from minsheng.foundation.jobs.declaring import Step, job

SEALER = "sealer"
"""The machine's account that reads the trail; it holds the audit officer's role and sees no record of a person."""
_NIGHTLY = timedelta(days=2)
logger = logging.getLogger(__name__)


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


@job("evidence.check_rows", idempotent=True, cron="11 3 * * *")
def check_rows_nightly(*, actor: Viewer, at: datetime) -> None:
    """This job will compare decisions, accounts and grants with their MACs and keep the result; see `rows.py`."""
    report = check_rows(viewer=actor, at=at)
    operations.record_check(
        actor=actor,
        at=at,
        kind=CheckKind.MACS,
        holds=not report.broken,
        summary=report.in_words,
        detail=asdict(report) | {"broken": [asdict(one) for one in report.broken[:100]]},
    )
    if report.broken:
        logger.error("%s rows do not bear their MAC, the first in %s", len(report.broken), report.broken[0].table)
