from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs import operations as jobs
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.bulk import insert_many
from minsheng.work.eligibility.publishing.acting import locked, record
from minsheng.work.eligibility.publishing.models import Publication, TrialLine
from minsheng.work.eligibility.publishing.published import law_version
from minsheng.work.eligibility.publishing.trial import Change, Trial
from minsheng.work.eligibility.publishing.types import Act, Status

COLUMNS = (
    "publication_id",
    "effect",
    "scheme",
    "area_id",
    "household_id",
    "person_id",
    "subject_name",
    "before_fen",
    "after_fen",
    "difference_fen",
)


class UnableToTry(ValueError):
    """The trial cannot begin or be recorded: says why and what to do."""


def start_trial(*, actor: Viewer, at: datetime, publication_id: int) -> UUID:
    """This function will put the run over the whole population in the queue and return its number for the progress."""
    from minsheng.work.eligibility.publishing.jobs import try_publication

    require(viewer=actor, capability="eligibility.draft_policy")
    with transaction.atomic():
        row = locked(publication_id, Act.START_TRIAL, actor, UnableToTry)
        run_id = jobs.start_run(owner=actor, at=at, kind=try_publication.name, label=f"全区测算：{row.title}"[:120])
        row.trial_run_id = run_id
        row.save(update_fields=["status", "trial_run_id"])
        enqueue(try_publication, lock=f"publishing.{row.pk}", publication_id=row.pk, run_id=run_id)
        record(row, actor=actor, at=at, action="trial_started")
    return run_id


def record_trial(*, actor: Viewer, at: datetime, publication_id: int, trial: Trial) -> None:
    """This function will keep who gains and loses and what it costs; refused when the draft or the law moved on."""
    with acting_as(viewer=actor, at=at):
        row = _of_the_system(publication_id, Act.RECORD_TRIAL, actor)
        if trial.law_version != law_version():
            raise UnableToTry("测算期间签发了别的改动，结果不能用。请重新测算。")
        TrialLine.objects.filter(publication=row).delete()
        names = registry.person_names(person_ids={c.subject_id for c in trial.changes if c.subject_id is not None})
        insert_many("publishing_trial_line", COLUMNS, (_line(row.pk, change, names) for change in trial.changes))
        row.trial = trial.summary()
        row.tried_at, row.tried_on_version = at, trial.law_version
        row.save(update_fields=["status", "trial", "tried_at", "tried_on_version"])
        record(row, actor=actor, at=at, action="tried", changes=len(trial.changes))


def fail_trial(*, actor: Viewer, at: datetime, publication_id: int) -> None:
    """This function will let a draft be tried again after a trial that came to nothing; a second time does nothing."""
    with transaction.atomic():
        row = Publication.objects.select_for_update(no_key=True).get(id=publication_id)
        if row.status == Status.TRYING.value:
            row = _of_the_system(publication_id, Act.FAIL_TRIAL, actor)
            row.save(update_fields=["status"])
            record(row, actor=actor, at=at, action="trial_failed")


def _of_the_system(publication_id: int, act: Act, actor: Viewer) -> Publication:
    return locked(publication_id, act, actor, UnableToTry)


def _line(publication_id: int, change: Change, names: dict[int, str]) -> tuple[object, ...]:
    known = change.before_fen is not None and change.after_fen is not None
    return (
        publication_id,
        change.effect.value,
        change.key[0],
        change.area_id,
        change.key[1],
        change.key[2],
        names.get(change.subject_id or 0, "（登记库中没有姓名）"),
        change.before_fen,
        change.after_fen,
        (change.after_fen or 0) - (change.before_fen or 0) if known else None,
    )
