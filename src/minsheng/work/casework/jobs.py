"""Work by the clock: put questions to the sources, raise what is overdue, end gradual exits."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import job


@job("casework.ask_sources", idempotent=True)
def ask_sources(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This job will put the waiting questions of a case to the sources, where an adapter is installed."""
    from minsheng.work.casework.checking.asking import provider
    from minsheng.work.casework.operations import checking

    source = provider(viewer=actor)
    if source is not None:
        checking.collect_answers(actor=actor, at=at, case_id=case_id, source=source)
