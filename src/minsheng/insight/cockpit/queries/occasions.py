"""How the occasions of the leadership stand: what was held, what was decided, what is due."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import display_names
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import Occasion
from minsheng.insight.cockpit.rules.occasions import Due, group_due, hearing_due, meeting_due
from minsheng.insight.cockpit.types import OccasionKind
from minsheng.records.registry.days import business_day


@dataclass(frozen=True)
class OccasionLine:
    """One occasion as it was recorded."""

    id: int
    kind: OccasionKind
    held_on: date
    until: date | None
    document_number: str
    words: str
    by: str


@dataclass(frozen=True)
class Occasions:
    """The occasions, the newest first, and how each kind with a rhythm stands."""

    hearing: Due
    meeting: Due
    group: Due
    lines: tuple[OccasionLine, ...]

    @property
    def open(self) -> list[tuple[OccasionKind, Due]]:
        """This property will be what somebody has to see to now."""
        each = [(OccasionKind.HEARING, self.hearing), (OccasionKind.MEETING, self.meeting)]
        return [(kind, due) for kind, due in each if due.open]


def occasions(*, viewer: Viewer, at: datetime) -> Occasions:
    """This function will return all occasions of the district; they are of the leadership and name no resident."""
    require(viewer=viewer, capability="cockpit.view")
    rows = list(Occasion.objects.order_by("-held_on", "-id")[:500])
    today = business_day(at)

    def held(kind: OccasionKind) -> list[date]:
        return [row.held_on for row in rows if row.kind == kind.value]

    terms = [(row.held_on, row.until) for row in sorted(rows, key=lambda r: -r.pk) if row.until is not None]
    term = next(((first, end) for first, end in terms if first <= today < end), None)
    names = display_names(account_ids={row.recorded_by for row in rows}) if rows else {}
    return Occasions(
        hearing_due(held(OccasionKind.HEARING), today=today),
        meeting_due(held(OccasionKind.MEETING), term=term, today=today),
        group_due(held(OccasionKind.GROUP), today=today),
        tuple(
            OccasionLine(
                row.pk,
                OccasionKind(row.kind),
                row.held_on,
                row.until,
                row.document_number,
                row.words,
                names.get(row.recorded_by, ""),
            )
            for row in rows
        ),
    )
