"""What owners have stated: what waits for a second person, and which indicators wait for their owner."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import Entry, Figure
from minsheng.insight.cockpit.queries.evidence import EntryLine, entry_line, with_papers
from minsheng.insight.cockpit.types import Indicator
from minsheng.records.registry.days import business_day

MOST = 200


@dataclass(frozen=True)
class Waiting:
    """An entry that waits, with what it is about."""

    indicator: Indicator
    place: str
    line: EntryLine


@dataclass(frozen=True)
class ToEnter:
    """An indicator that only its owner can state, and the newest day that is confirmed for the viewer's own area."""

    indicator: Indicator
    newest: str
    is_old: bool


@dataclass(frozen=True)
class EntriesView:
    """The desk of entries."""

    waiting: tuple[Waiting, ...]
    sent_back: tuple[Waiting, ...]
    to_enter: tuple[ToEnter, ...]
    top: AreaRef | None


def entries_view(*, viewer: Viewer, at: datetime) -> EntriesView:
    """This function will list what waits in the viewer's areas, and what its owners have not stated for a year."""
    require(viewer=viewer, capability="cockpit.view")
    areas = areas_inside(viewer=viewer)
    names = {area.id: area.name for area in areas}
    top = min(areas, key=lambda area: (area.depth, area.code), default=None)
    rows = list(with_papers(Entry.objects.filter(confirmed_at__isnull=True)).order_by("sent_back_at", "id")[:MOST])
    people = accounts.display_names(account_ids={row.entered_by for row in rows})
    known = book().indicators
    lines = [
        (row, Waiting(known[row.indicator], names.get(row.area_id, ""), entry_line(row, people, viewer)))
        for row in rows
        if row.indicator in known
    ]
    return EntriesView(
        tuple(one for row, one in lines if row.sent_back_at is None),
        tuple(one for row, one in lines if row.sent_back_at is not None and row.entered_by == viewer.account_id),
        _to_enter(top, at) if top and viewer.can("cockpit.enter") else (),
        top,
    )


def _to_enter(top: AreaRef, at: datetime) -> tuple[ToEnter, ...]:
    today = business_day(at)
    newest = dict(
        Figure.objects.filter(area_id=top.id, entry_id__isnull=False)
        .order_by("indicator", "-as_of")
        .distinct("indicator")
        .values_list("indicator", "as_of")
    )
    found = []
    for code, indicator in book().indicators.items():
        if indicator.is_live or top.depth > indicator.level.depth:
            continue
        day = newest.get(code)
        is_old = day is None or day.year < today.year - 1
        found.append(ToEnter(indicator, f"{day:%Y-%m-%d}" if day else "还没有填过", is_old))
    return tuple(sorted(found, key=lambda one: not one.is_old))


def places_to_enter(*, viewer: Viewer, indicator: Indicator) -> list[tuple[str, str]]:
    """This function will return the areas for which the viewer may state an indicator, by code."""
    return [(a.code, a.name) for a in areas_inside(viewer=viewer) if a.depth <= indicator.level.depth]
