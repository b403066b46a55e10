"""What the office does with what residents said: answer, or take up an offer that was accepted."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.portal.models import Concern, Reply


class UnableToAnswer(ValueError):
    """The answer cannot be given: says why and what to do."""


class UnableToFindWord(LookupError):
    """There is no such word of a resident in the viewer's areas."""


def answer_concern(*, actor: Viewer, at: datetime, concern_id: int, answer: str) -> None:
    """This function will answer what a resident said; they read the answer on their own page."""
    require(viewer=actor, capability="portal.answer")
    with acting_as(viewer=actor, at=at):
        row = Concern.objects.select_for_update(no_key=True).filter(pk=concern_id).first()
        if row is None:
            raise UnableToFindWord("没有这一条，或者不在您的管辖范围。")
        if row.answered_at is not None:
            raise UnableToAnswer("这一条已经答复过了，不能再改。有新情况请打电话告诉本人。")
        if not answer.strip():
            raise UnableToAnswer("请写明答复，本人看得懂的话。")
        row.answered_at, row.answered_by, row.answered_by_name = at, actor.account_id, actor.name
        row.answer = answer.strip()[:1000]
        row.save(update_fields=["answered_at", "answered_by", "answered_by_name", "answer"])
        _record(actor, at, "portal.concern_answered", row.household_id, row.area_id, concern=row.pk)


def take_up_reply(*, actor: Viewer, at: datetime, reply_id: int) -> None:
    """This function will note that somebody of the office has taken up an offer that was accepted."""
    require(viewer=actor, capability="portal.answer")
    with acting_as(viewer=actor, at=at):
        row = Reply.objects.select_for_update(no_key=True).filter(pk=reply_id, accepted=True).first()
        if row is None:
            raise UnableToFindWord("没有这一条，或者不在您的管辖范围。")
        if row.taken_up_at is not None:
            raise UnableToAnswer("这一条已经有人接手了，无需再接。")
        row.taken_up_at, row.taken_up_by = at, actor.account_id
        row.save(update_fields=["taken_up_at", "taken_up_by"])
        _record(actor, at, "portal.reply_taken_up", row.household_id, row.area_id, reply=row.pk)


def _record(actor: Viewer, at: datetime, action: str, household_id: int, area_id: int, **detail: object) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="registry.household",
        object_id=str(household_id),
        area_id=area_id,
        detail=detail,
    )
