from datetime import datetime

from django.db import transaction

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events import operations as events
from minsheng.work.eligibility.publishing.acting import content, locked, record
from minsheng.work.eligibility.publishing.events import PolicyPublished
from minsheng.work.eligibility.publishing.models import LawHead, Publication
from minsheng.work.eligibility.publishing.published import forget_law_version
from minsheng.work.eligibility.publishing.rules import backdating_refusal, next_law_version
from minsheng.work.eligibility.publishing.types import Act

CAPABILITY = "eligibility.sign_policy"


class UnableToPublish(ValueError):
    """The publication cannot go on: says why and what to do."""


def submit(*, actor: Viewer, at: datetime, publication_id: int, examples_note: str = "") -> None:
    """This function will hand a tried draft to the signer; examples that change need a sentence that says so.

    Refused for a day that has passed without grounds for reaching back: the signer could only return it.
    """
    require(viewer=actor, capability="eligibility.draft_policy")
    with transaction.atomic():
        row = locked(publication_id, Act.SUBMIT, actor, UnableToPublish)
        if row.examples.get("changed") and not examples_note.strip():
            raise UnableToPublish("有样例的结果会因这项改动而变。请写一句话说明已经核对过，再提交。")
        _refuse_passed_day(row, at)
        row.examples_note, row.submitted_at = examples_note.strip(), at
        row.save(update_fields=["status", "examples_note", "submitted_at"])
        record(row, actor=actor, at=at, action="submitted")


def return_draft(*, actor: Viewer, at: datetime, publication_id: int, reason: str) -> None:
    """This function will send a submitted draft back to its author, with the reason."""
    require(viewer=actor, capability=CAPABILITY)
    if not reason.strip():
        raise UnableToPublish("请写明退回的原因，起草人要照着改。")
    with transaction.atomic():
        row = locked(publication_id, Act.RETURN, actor, UnableToPublish)
        row.returned_by_id, row.returned_at, row.return_reason = actor.account_id, at, reason.strip()
        row.save(update_fields=["status", "returned_by", "returned_at", "return_reason"])
        record(row, actor=actor, at=at, action="returned")


def sign(*, actor: Viewer, at: datetime, publication_id: int) -> None:
    """This function will publish a draft as its second signer: the law's chain moves, every process sees it.

    Refused for the author, for a day that has passed without grounds for reaching back, and when another publication
    was signed after the trial, because then the trial tried another law.
    """
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        LawHead.objects.bulk_create([LawHead(id=1, sequence=0, law_version="")], ignore_conflicts=True)
        head = LawHead.objects.select_for_update(no_key=True).get(id=1)
        row = locked(publication_id, Act.SIGN, actor, UnableToPublish)
        if row.tried_on_version != head.law_version:
            raise UnableToPublish("测算之后又签发了别的改动，测算结果不再作数。请退回，重新测算后再签。")
        _refuse_passed_day(row, at)
        row.law_version = next_law_version(previous=head.law_version, content=content(row))
        row.sequence = head.sequence + 1
        row.signed_by_id, row.signed_at = actor.account_id, at
        row.signed_date = at.astimezone(BUSINESS_ZONE).date()
        row.save()
        head.sequence, head.law_version = row.sequence, row.law_version
        head.save()
        forget_law_version()
        record(row, actor=actor, at=at, action="published", sequence=row.sequence, law_version=row.law_version)
        events.publish(PolicyPublished(row.pk, row.in_force_date, at), at=at)


def _refuse_passed_day(row: Publication, at: datetime) -> None:
    why = backdating_refusal(
        in_force_date=row.in_force_date,
        signed_date=at.astimezone(BUSINESS_ZONE).date(),
        backdating_basis=row.backdating_basis,
    )
    if why:
        raise UnableToPublish(why)
