"""Visits rolled up by street and community, for whoever sees that nobody is left out: figures only, no person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.days import business_day
from minsheng.work.eligibility.queries.findings import area_ids_within
from minsheng.work.visits.models import HouseholdWarning, Refusal, StarRhythm, Visit
from minsheng.work.visits.types import VisitStatus, Weights
from minsheng.work.visits.weights import weights_on

STREET_DEPTH = 1
JOINED_LATE_DAYS = 7  # who came onto the list in the last days of a month is counted from the next one


@dataclass
class Rolled:
    """The figures of one place. `monthly` are households to be met every month, `met` those that were, this month."""

    code: str
    label: str
    open: int = 0
    late: int = 0
    escalated: int = 0
    waiting_help: int = 0
    closed: int = 0
    monthly: int = 0
    met: int = 0
    refused: int = 0

    @property
    def rate(self) -> str:
        """This property will be the rate of the month as one reads it; nobody to meet has none."""
        permille = self.met * 1000 // self.monthly if self.monthly else None
        return "—" if permille is None else f"{permille // 10}.{permille % 10}%"


@dataclass(frozen=True)
class Overview:
    """The month so far: everything, and each place, the most overdue first."""

    month: date
    total: Rolled
    places: tuple[Rolled, ...]
    word: str
    monthly_labels: tuple[str, ...]


def overview(*, viewer: Viewer, at: datetime, area: str = "") -> Overview:
    """This function will roll visits up by street, or by community within one street."""
    require(viewer=viewer, capability="visits.oversee")
    today = business_day(at)
    first = today.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    weights = weights_on(today)
    areas = areas_inside(viewer=viewer)
    inside = area_ids_within(areas, area) if area else [a.id for a in areas]
    deeper = bool(area) or sum(a.depth == STREET_DEPTH for a in areas) <= 1
    shown = _shown(areas, deeper=deeper)
    places: dict[str, Rolled] = {}

    def at_place(area_id: int) -> Rolled:
        code, name = shown[area_id]
        return places.setdefault(code, Rolled(code, name))

    visits = Visit.objects.filter(area_id__in=inside).filter(
        ~Q(status=VisitStatus.CLOSED.value) | Q(closed_at__date__gte=first)
    )
    for area_id, status, due in visits.values_list("area_id", "status", "due_date").iterator(10_000):
        one = at_place(area_id)
        if status == VisitStatus.CLOSED.value:
            one.closed += 1
            continue
        one.open += 1
        one.late += due < today
        one.escalated += status == VisitStatus.ESCALATED.value
        one.waiting_help += status == VisitStatus.REFERRED.value
    met = set(
        Visit.objects.filter(area_id__in=inside, met_date__gte=first, met_date__lt=following).values_list(
            "household_id", flat=True
        )
    )
    for household, area_id in _monthly(inside, first, following, weights).items():
        one = at_place(area_id)
        one.monthly += 1
        one.met += household in met
    refusing = Refusal.objects.filter(area_id__in=inside, from_date__lte=today, until_date__gt=today)
    for area_id in refusing.values_list("area_id", flat=True):
        at_place(area_id).refused += 1
    rows = sorted(places.values(), key=lambda one: (-one.late, -one.open, one.code))
    return Overview(
        first,
        _total(rows),
        tuple(rows),
        "社区" if deeper else "街道",
        tuple(weights.groups[code].label for code in weights.monthly_groups),
    )


def _monthly(inside: Iterable[int], first: date, following: date, weights: Weights) -> dict[int, int]:
    """Households that were to be met every month on a day of this one, without those who joined at its end."""
    member = Q()
    for code in weights.monthly_groups:
        member |= Q(groups__contains=[code])
    rows = HouseholdWarning.objects.filter(
        member,
        Q(valid_to__isnull=True) | Q(valid_to__gt=first),
        area_id__in=list(inside),
        valid_from__lt=following,
        star_since__lt=following - timedelta(days=JOINED_LATE_DAYS),
    )
    return dict(rows.values_list("household_id", "area_id").iterator(10_000))


def _shown(areas: Iterable[AreaRef], *, deeper: bool) -> dict[int, tuple[str, str]]:
    """Each area's line: its street, or its community when one street is looked at."""
    by_id = {area.id: area for area in areas}
    depth = STREET_DEPTH + deeper
    found = {}
    for area in by_id.values():
        line = area
        while line.depth > depth and line.parent_id in by_id:
            line = by_id[line.parent_id]
        found[area.id] = (line.code, line.name)
    return found


def _total(rows: Iterable[Rolled]) -> Rolled:
    total = Rolled("", "合计")
    for row in rows:
        for name in ("open", "late", "escalated", "waiting_help", "closed", "monthly", "met", "refused"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total


@dataclass(frozen=True)
class RhythmLine:
    """What is set for one area from a day on: first and every so many days for the stars 5 to 1."""

    area: str
    valid_from: date
    basis: str
    days: tuple[tuple[int, int], ...]


def rhythms(*, viewer: Viewer) -> list[RhythmLine]:
    """This function will return the rhythms that are set in the viewer's areas and above, the newest first."""
    require(viewer=viewer, capability="visits.warnings")
    found: dict[tuple[int, date], list[StarRhythm]] = defaultdict(list)
    for row in StarRhythm.objects.order_by("-valid_from", "area_id", "-star"):
        found[(row.area_id, row.valid_from)].append(row)
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    return [
        RhythmLine(names[area_id], since, rows[0].basis, tuple((row.first_days, row.every_days) for row in rows))
        for (area_id, since), rows in found.items()
        if area_id in names
    ]


def places_to_set(*, viewer: Viewer) -> list[tuple[str, str]]:
    """This function will return the areas whose rhythm the viewer may set: the district and its streets, by code."""
    return [(area.code, area.name) for area in areas_inside(viewer=viewer) if area.depth <= STREET_DEPTH]
