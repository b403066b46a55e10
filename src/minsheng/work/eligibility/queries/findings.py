from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.missed.models import Reason
from minsheng.work.eligibility.missed.types import WhyNot
from minsheng.work.eligibility.models import Finding, Run, SavedView
from minsheng.work.eligibility.rules import masked_count
from minsheng.work.eligibility.types import AgeBand, FindingKind, FindingLine
from rulebook import Period

STREET_DEPTH, COMMUNITY_DEPTH = 1, 2


@dataclass(frozen=True)
class FindingFilter:
    """What a list of findings is narrowed to; every field stands in the address of the page."""

    kind: FindingKind = FindingKind.ENTITLED_NOT_RECEIVING
    scheme: str = ""
    area: str = ""
    age: str = ""

    @classmethod
    def read(cls, values: dict[str, str]) -> "FindingFilter":
        """This function will read a filter from address parameters; what it does not know it leaves out."""
        kind = values.get("kind", "")
        return cls(
            kind=FindingKind(kind) if kind in set(FindingKind) else FindingKind.ENTITLED_NOT_RECEIVING,
            scheme=values.get("scheme", "") if values.get("scheme", "") in book().schemes else "",
            area=values.get("area", "") if values.get("area", "").isdigit() else "",
            age=values.get("age", "") if values.get("age", "") in set(AgeBand) else "",
        )

    def query(self, **changes: str) -> str:
        """This function will write the filter as address parameters, with some of them changed."""
        changed = {"kind": self.kind.value, "scheme": self.scheme, "area": self.area, "age": self.age} | changes
        return urlencode({name: value for name, value in changed.items() if value})

    def without(self, name: str) -> "FindingFilter":
        """This function will return the filter with one field cleared."""
        return replace(self, **cast(dict[str, Any], {name: ""}))


@dataclass(frozen=True)
class Group:
    """One line of a breakdown: what, how many beneficiaries, how many fen of what is paid by month."""

    key: str
    label: str
    count: int
    amount_fen: int

    @property
    def shown_count(self) -> int | None:
        return masked_count(self.count)


@dataclass(frozen=True)
class Totals:
    """Open findings of one kind within a filter; `amount_fen` adds up what is paid by month, and nothing else."""

    count: int
    households: int
    amount_fen: int


def _open(viewer: Viewer, chosen: FindingFilter) -> QuerySet[Finding]:
    require(viewer=viewer, capability="eligibility.view_findings")
    rows = Finding.objects.filter(kind=chosen.kind.value, closed_at__isnull=True)
    if chosen.scheme:
        rows = rows.filter(scheme=chosen.scheme)
    if chosen.age:
        rows = rows.filter(age_band=chosen.age)
    if chosen.area:
        rows = rows.filter(area_id__in=area_ids_within(areas_inside(viewer=viewer), chosen.area))
    return rows


def area_ids_within(areas: Iterable[AreaRef], code: str) -> list[int]:
    """This function will return the ids of an area and of everything inside it, out of the areas given."""
    inside: set[int] = set()
    for area in sorted(areas, key=lambda a: a.depth):
        if area.code == code or area.parent_id in inside:
            inside.add(area.id)
    return sorted(inside)


def _monthly() -> Sum:
    """The sum of what is paid by month: a sum paid once or by the year is not added to it."""
    codes = [code for code, scheme in book().schemes.items() if scheme.period is Period.MONTH]
    return Sum("amount_fen", filter=Q(scheme__in=codes))


def totals(*, viewer: Viewer, chosen: FindingFilter) -> Totals:
    """This function will count the open findings of a filter, their households and their fen per month."""
    row = _open(viewer, chosen).aggregate(
        count=Count("id"), households=Count("household_id", distinct=True), amount=_monthly()
    )
    return Totals(row["count"], row["households"], row["amount"] or 0)


@dataclass(frozen=True)
class FindingsPage:
    """One page of findings with the tokens of its neighbours."""

    rows: tuple[FindingLine, ...]
    next_token: str | None
    previous_token: str | None


def findings_page(*, viewer: Viewer, chosen: FindingFilter, token: str | None = None, size: int = 30) -> FindingsPage:
    """This function will return one page of open findings, the largest amount first."""
    page = keyset_page(_open(viewer, chosen), order=("-amount_fen", "id"), token=token, size=size)
    return FindingsPage(_lines(viewer, page.rows), page.next_token, page.previous_token)


def largest_findings(*, viewer: Viewer, chosen: FindingFilter, limit: int) -> tuple[FindingLine, ...]:
    """This function will return the first `limit` findings of a list; exports and first pages need no more."""
    largest = Coalesce("amount_fen", "receiving_fen").desc(nulls_last=True)
    return _lines(viewer, _open(viewer, chosen).order_by(largest, "id")[:limit])


def _lines(viewer: Viewer, rows: Iterable[Finding]) -> tuple[FindingLine, ...]:
    rows = list(rows)
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    noted = _noted(rows)
    return tuple(_line(row, names.get(row.area_id, ""), noted.get(_key(row), "")) for row in rows)


def _key(row: Finding | Reason) -> tuple[str, int, int | None]:
    return row.scheme, row.household_id, row.person_id


def _noted(rows: list[Finding]) -> dict[tuple[str, int, int | None], str]:
    """What was found out last about why these people do not receive: 本人不愿申请（11月3日）."""
    households = {row.household_id for row in rows if row.kind == FindingKind.ENTITLED_NOT_RECEIVING}
    said = Reason.objects.filter(household_id__in=households).order_by("id") if households else ()
    return {_key(one): f"{WhyNot(one.why).label}（{one.noted_date:%-m月%-d日}）" for one in said}


def _line(row: Finding, place: str, noted: str) -> FindingLine:
    return FindingLine(
        row.id,
        FindingKind(row.kind),
        row.scheme,
        row.household_id,
        row.person_id,
        row.subject_name,
        place,
        row.age_band,
        row.amount_fen,
        row.receiving_fen,
        row.reason,
        tuple(dict.fromkeys(str(datum["question"]) for datum in row.missing)),
        noted,
    )


def breakdown(*, viewer: Viewer, chosen: FindingFilter, by: str) -> list[Group]:
    """This function will count open findings by `scheme`, `street`, `community` or `age`, the most first."""
    if by in ("street", "community"):
        return _by_area(viewer, chosen, STREET_DEPTH if by == "street" else COMMUNITY_DEPTH)
    column = {"scheme": "scheme", "age": "age_band"}[by]
    rows = (
        _open(viewer, chosen).values(column).annotate(count=Count("id"), amount=_monthly()).order_by("-count", column)
    )
    titles: dict[str, str] = {band.value: band.label for band in AgeBand}
    if by == "scheme":
        titles = {code: scheme.title for code, scheme in book().schemes.items()}
    return [
        Group(row[column], titles.get(row[column], row[column] or "未知"), row["count"], row["amount"] or 0)
        for row in rows
    ]


def _by_area(viewer: Viewer, chosen: FindingFilter, depth: int) -> list[Group]:
    areas = {area.id: area for area in areas_inside(viewer=viewer)}
    counts: dict[int, tuple[int, int]] = {}
    rows = _open(viewer, chosen).values("area_id").annotate(count=Count("id"), amount=_monthly())
    for row in rows.order_by("area_id"):
        area = areas[row["area_id"]]
        while area.depth > depth and area.parent_id in areas:
            area = areas[area.parent_id]
        before = counts.get(area.id, (0, 0))
        counts[area.id] = (before[0] + row["count"], before[1] + (row["amount"] or 0))
    groups = [Group(areas[key].code, areas[key].name, *value) for key, value in counts.items()]
    return sorted(groups, key=lambda group: (-group.count, group.key))


def counts_by_street(*, viewer: Viewer, chosen: FindingFilter) -> list[Group]:
    """This function will count open findings by street for the map; every street of the viewer is listed, also zero."""
    found = {group.key: group for group in breakdown(viewer=viewer, chosen=chosen.without("area"), by="street")}
    streets = [area for area in areas_inside(viewer=viewer) if area.depth == STREET_DEPTH]
    return [found.get(street.code, Group(street.code, street.name, 0, 0)) for street in streets]


def last_run() -> Run | None:
    """This function will return the last finished evaluation of the whole district."""
    return Run.objects.filter(finished_at__isnull=False, whole=True).order_by("-finished_at").first()


def saved_views(*, viewer: Viewer) -> list[SavedView]:
    """This function will return the lists that the viewer has kept, by name."""
    return list(SavedView.objects.filter(account_id=viewer.account_id).order_by("name"))
