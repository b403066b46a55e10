"""The legal clocks of all cases rolled up, for whoever supervises: figures only, no person."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.models import Case, Delay
from minsheng.work.casework.procedures import edition_of
from minsheng.work.casework.types import ENDED

STREET_DEPTH = 1


@dataclass(frozen=True)
class ClockRow:
    """Running limits of one kind: how many, how many passed, and how many of those without a named reason."""

    label: str
    about: str
    running: int
    late: int
    unexplained: int


@dataclass(frozen=True)
class Overview:
    """All running limits of the viewer's areas, by step and by street."""

    open: int
    late: int
    unexplained: int
    by_step: tuple[ClockRow, ...]
    by_street: tuple[ClockRow, ...]


def overview(*, viewer: Viewer, at: datetime) -> Overview:
    """This function will count running limits by step and by street (three statements)."""
    require(viewer=viewer, capability="casework.oversee")
    today: date = at.astimezone(BUSINESS_ZONE).date()
    cases = Case.objects.exclude(status__in=[status.value for status in ENDED])
    named = set(Delay.objects.exclude(reason="").values_list("case_id", "due_date"))
    areas = {area.id: area for area in areas_inside(viewer=viewer)}
    steps: dict[tuple[str, str], list[int]] = {}
    streets: dict[tuple[str, str], list[int]] = {}
    total = [0, 0, 0]
    found = cases.values_list("id", "area_id", "procedure", "edition", "due_limit", "due_date")
    for number, area_id, procedure, code, limit, due in found:
        late = due is not None and due < today
        counts = (1, int(late), int(late and (number, due) not in named))
        total = [a + b for a, b in zip(total, counts, strict=True)]
        edition = edition_of(procedure, code)
        label = next((rule.label for rule in edition.limits if rule.code == limit), "没有在走的期限")
        for groups, key in ((steps, (label, edition.title)), (streets, (_street(areas, area_id), ""))):
            held = groups.setdefault(key, [0, 0, 0])
            groups[key] = [a + b for a, b in zip(held, counts, strict=True)]
    return Overview(total[0], total[1], total[2], _rows(steps), _rows(streets))


def _rows(groups: dict[tuple[str, str], list[int]]) -> tuple[ClockRow, ...]:
    rows = [ClockRow(label, about, *counts) for (label, about), counts in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.unexplained, -row.late, -row.running, row.label, row.about)))


def _street(areas: dict[int, AreaRef], area_id: int) -> str:
    area = areas.get(area_id)
    while area is not None and area.depth > STREET_DEPTH:
        area = areas.get(area.parent_id or 0)
    return area.name if area else "本辖区"
