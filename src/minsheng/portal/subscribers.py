"""What residents said reaches the office's own lists. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.foundation.pages.wording import day
from minsheng.portal.events import OfferAnswered
from minsheng.portal.models import Reply
from minsheng.work.eligibility.missed.operations import note_what_was_said
from minsheng.work.eligibility.missed.types import WhyNot


def listen() -> None:
    """This function will subscribe to the residents' replies."""
    subscribe(OfferAnswered, offer_answered, name="portal.note_reply")


def offer_answered(happened: OfferAnswered, /, *, actor: Viewer, at: datetime) -> None:
    """This function will mark the finding: whoever said no is not asked again, and the report counts why."""
    row = Reply.objects.filter(pk=happened.reply_id).first()
    if row is None:
        return
    said = f"{day(row.said_at)}本人在自己的页面上"
    until = f"，{day(row.until_date)}以前不再提醒" if row.until_date else ""
    note_what_was_said(
        actor=actor,
        at=at,
        scheme=row.scheme,
        household_id=row.household_id,
        person_id=row.person_id,
        why=WhyNot.IN_PROGRESS if row.accepted else WhyNot.REFUSED,
        note=f"{said}说要，等街道接手" if row.accepted else f"{said}说先不用{until}",
    )
