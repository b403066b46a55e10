"""What residents said and nobody has answered yet, for the office."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.portal.models import Concern, Reply
from minsheng.portal.types import ConcernKind
from minsheng.records.registry.queries import person_names
from minsheng.work.eligibility.queries import scheme_ref


@dataclass(frozen=True)
class Word:
    """One thing that waits for the office: a concern (with words and a day), or an accepted offer."""

    id: int
    name: str
    person_id: int
    kind: str
    words: str
    said_at: datetime
    due_date: date | None
    is_offer: bool


def waiting(*, viewer: Viewer) -> list[Word]:
    """This function will list what waits, the nearest day first, offers behind."""
    require(viewer=viewer, capability="portal.answer")
    concerns = list(Concern.objects.filter(answered_at__isnull=True).order_by("due_date", "id")[:200])
    offers = list(Reply.objects.filter(accepted=True, taken_up_at__isnull=True).order_by("id")[:200])
    names = person_names(person_ids={c.person_id for c in concerns} | {o.said_by for o in offers})
    found = [
        Word(
            c.pk,
            names.get(c.person_id, ""),
            c.person_id,
            ConcernKind(c.kind).label,
            c.words,
            c.said_at,
            c.due_date,
            False,
        )
        for c in concerns
    ]
    for offer in offers:
        reference = scheme_ref(code=offer.scheme)
        title = reference.title if reference else offer.scheme
        found.append(
            Word(
                offer.pk, names.get(offer.said_by, ""), offer.said_by, "同意免申即享", title, offer.said_at, None, True
            )
        )
    return found
