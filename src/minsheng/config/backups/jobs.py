"""What the clock asks of backups: each week a drill and then a pruning, each day whether the drill is late."""

import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from minsheng.config.backups import drill as drills
from minsheng.config.backups.pruning import prune
from minsheng.config.backups.taking import UnableToBackUp
from minsheng.config.database import start_embedded
from minsheng.foundation.evidence import operations, queries
from minsheng.foundation.evidence.jobs import SEALER
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.jobs.declaring import Step, job

logger = logging.getLogger(__name__)


class UnableToTrustBackups(RuntimeError):
    """The last drill is too long ago, or found something wrong: the job fails, so that whoever watches is called."""


@job("backups.drill", idempotent=False, in_steps=True, account=SEALER, cron="20 19 * * 6")
def drill(*, step: Step) -> None:
    """This job will restore the newest backup in a scratch place on Sundays at 03:20, record it, and prune old ones.

    Nothing is pruned by a drill that does not hold.
    """
    if settings.BACKUPS in ("", "none"):
        return
    backups = Path(settings.BACKUPS)
    told = drilled(backups=backups)
    with step() as turn:
        operations.record_check(
            actor=turn.actor, at=turn.at, kind=CheckKind.RESTORE, holds=told["holds"], summary=drills.sentence(told),
            detail=told,
        )  # fmt: skip
        proven = queries.proven_copies(viewer=turn.actor, at=turn.at)
    if not told["holds"]:
        logger.error("the drill of a restore did not hold")
        return
    gone = prune(backups=backups, at=timezone.now(), proven=proven)
    logger.warning("old backups pruned: %s copies, %s pieces of the log of changes", len(gone.copies), gone.pieces)


@job("backups.watch", idempotent=False, in_steps=True, account=SEALER, cron="5 1 * * *")
def watch(*, step: Step) -> None:
    """This job will fail, and be seen among the failed jobs, where no drill of the last eight days held."""
    if settings.BACKUPS in ("", "none"):
        return
    with step() as turn:
        late = queries.drill_is_late(viewer=turn.actor, at=turn.at)
    if late:
        raise UnableToTrustBackups(late)


def drilled(*, backups: Path) -> dict[str, Any]:
    """This function will drill the newest backup and keep the dated record; what cannot be tried is a record too."""
    if not os.environ.get("DATABASE_URL"):
        start_embedded(home=settings.HOME)
    at = timezone.now()
    try:
        told = drills.drill(
            backups=backups, until=None, at=at, database=settings.DATABASES["default"]["NAME"],
            roots=Path(settings.AUDIT_ROOTS),
        )  # fmt: skip
    except (UnableToBackUp, OSError) as problem:
        told = {"at": at.isoformat(), "base": drills.NONE, "until": None, "holds": False, "counts": {}}
        told["failed"] = str(problem)
    drills.write_record(folder=settings.HOME / "drills", told=told)
    return told
