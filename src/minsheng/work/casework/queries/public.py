"""What anyone may read: one running notice by its address, and whether a letter is genuine. Nothing can be listed.

Both are asked through functions of the database (migration 0002) that return one row for an exact key and nothing
else, so that a fault in a page cannot turn them into a list.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.models import Notice
from minsheng.work.casework.rules.wording import LETTERS
from minsheng.work.casework.types import PublicNotice


def public_notice(*, token: str, at: datetime) -> PublicNotice | None:
    """This function will return the notice at an address while it runs; None after it, and for any other address."""
    today = at.astimezone(BUSINESS_ZONE).date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM casework_public_notice(%s, %s)", [token, today])
        row = cursor.fetchone()
    if row is None:
        return None
    title, name, size, amount, monthly, starts, last, office = row
    return PublicNotice(token, title, name, size, amount, monthly, starts, last, office, True)


@dataclass(frozen=True)
class VerifiedLetter:
    """That a letter was issued: its kind, number, office and day; nothing of the person."""

    title: str
    number: str
    office: str
    issued_date: str
    sha256: str


def verified_letter(*, code: str) -> VerifiedLetter | None:
    """This function will say whether a letter with this code was issued; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM casework_verified_letter(%s)", [code.replace("-", "").strip().upper()])
        row = cursor.fetchone()
    if row is None:
        return None
    kind, number, office, issued, digest = row
    return VerifiedLetter(LETTERS[kind].title, number, office, issued, digest)


def noticeboard(*, viewer: Viewer, at: datetime) -> list[Notice]:
    """This function will list the notices that run in the viewer's areas, for the board on the wall."""
    require(viewer=viewer, capability="casework.view")
    today: date = at.astimezone(BUSINESS_ZONE).date()
    running = Notice.objects.filter(taken_down_date__isnull=True, last_date__gte=today)
    return list(running.order_by("last_date", "id")[:200])
