"""Work by the clock: put questions to the sources, raise what is overdue, end gradual exits."""

from contextlib import suppress
from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import Step, job


@job("casework.ask_sources", idempotent=True)
def ask_sources(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This job will put the waiting questions of a case to the sources, where an adapter is installed."""
    from minsheng.work.casework.acting import UnableToProceed
    from minsheng.work.casework.checking.asking import provider
    from minsheng.work.casework.operations import checking

    source = provider(viewer=actor)
    if source is not None:
        # The case may have moved on before the job ran; what it shares with others is collected by `collect_waiting`.
        with suppress(UnableToProceed):
            checking.collect_answers(actor=actor, at=at, case_id=case_id, source=source)


@job("casework.collect_waiting", idempotent=True, in_steps=True, cron="*/20 * * * *")
def collect_waiting(*, step: Step) -> None:
    """This job will ask again for answers that were still to come, one case per transaction."""
    from minsheng.work.casework.acting import today_of
    from minsheng.work.casework.checking.asking import provider
    from minsheng.work.casework.operations import checking
    from minsheng.work.casework.queries.lists import ids_waiting_for_answers

    with step() as turn:
        waiting = ids_waiting_for_answers(on=today_of(turn.at))
    for case_id in waiting:
        with step() as turn:
            source = provider(viewer=turn.actor)
            if source is not None:
                checking.collect_answers(actor=turn.actor, at=turn.at, case_id=case_id, source=source)


@job("casework.raise_overdue", idempotent=True, cron="10 * * * *")
def raise_overdue(*, actor: Viewer, at: datetime) -> None:
    """This job will bring what passed its day before whoever supervises."""
    from minsheng.work.casework import operations

    operations.raise_overdue(actor=actor, at=at)
