"""比学赶超: streets (or communities) side by side on everything that can be compared fairly; no ranks within chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import SelfCheck
from minsheng.insight.cockpit.queries.evidence import Proof, proof_of
from minsheng.insight.cockpit.queries.figures import Shown, inside_of, newest_many
from minsheng.insight.cockpit.queries.overview import area_chosen
from minsheng.insight.cockpit.rules.funnel import Against, compare
from minsheng.insight.cockpit.rules.wording import HIDDEN, with_unit
from minsheng.insight.cockpit.types import Grade, Indicator
from minsheng.records.registry.days import business_day

FEWEST = 3


@dataclass(frozen=True)
class Cell:
    """One street on one indicator."""

    words: str
    against: Against


@dataclass(frozen=True)
class StreetRow:
    """One street on all of them."""

    area: AreaRef
    cells: tuple[Cell, ...]

    @property
    def worse(self) -> int:
        """On how many it is clearly worse."""
        return sum(cell.against is Against.WORSE for cell in self.cells)

    @property
    def better(self) -> int:
        """On how many it is clearly better."""
        return sum(cell.against is Against.BETTER for cell in self.cells)

    @property
    def look(self) -> int:
        """On how many a look is worth it."""
        return sum(cell.against is Against.LOOK for cell in self.cells)


@dataclass(frozen=True)
class StreetsView:
    """The comparison."""

    top: AreaRef
    word: str
    indicators: tuple[Indicator, ...]
    rows: tuple[StreetRow, ...]


def streets_view(*, viewer: Viewer, at: datetime, area: str = "") -> StreetsView | None:
    """This function will compare the areas inside of one; None for a stranger's area."""
    require(viewer=viewer, capability="cockpit.view")
    chosen = area_chosen(viewer=viewer, code=area)
    if chosen is None:
        return None
    top, areas = chosen
    inside = inside_of(areas, top)
    depth = top.depth + 1
    candidates = {c: i for c, i in book().indicators.items() if i.is_ratio and i.comparable and i.level.depth >= depth}
    figures = newest_many(viewer=viewer, areas=[top, *inside], indicators=list(candidates), until=business_day(at))
    columns: list[tuple[Indicator, Mapping[int, Shown], Mapping[str, Against]]] = []
    for code, indicator in candidates.items():
        found = figures.get(code, {})
        ratios = {a.code: found[a.id].ratio for a in inside if a.id in found and not found[a.id].hidden}
        if sum(bool(ratio.denominator) for ratio in ratios.values()) < FEWEST:
            continue
        whole = found[top.id].ratio if top.id in found else None
        _, compared = compare(ratios, whole=whole, is_share=indicator.is_share, good=indicator.good)
        columns.append((indicator, found, {one.key: one.against for one in compared}))
    rows = [
        StreetRow(one, tuple(_cell(one, indicator, found, against) for indicator, found, against in columns))
        for one in inside
    ]
    return StreetsView(
        top,
        "街道" if top.depth == 0 else "社区",
        tuple(indicator for indicator, _, _ in columns),
        tuple(sorted(rows, key=lambda row: (-row.worse, row.area.code))),
    )


def _cell(area: AreaRef, indicator: Indicator, found: Mapping[int, Shown], against: Mapping[str, Against]) -> Cell:
    shown = found.get(area.id)
    if shown is None:
        return Cell("—", Against.NONE)
    if shown.hidden:
        return Cell(HIDDEN, Against.NONE)
    value = shown.value(indicator)
    words = "没有可数的" if value is None else with_unit(value, indicator.unit)
    return Cell(words, against.get(area.code, Against.NONE))


@dataclass(frozen=True)
class SelfCheckLine:
    """One self-evaluation beside what the bureau found."""

    id: int
    place: str
    indicator: Indicator
    year: int
    grade: Grade
    words: str
    proof: Proof
    by: str
    inspected_grade: Grade | None
    inspected_words: str
    inspected_by: str
    differs: bool
    is_own: bool


def self_checks(*, viewer: Viewer, year: int, areas: Mapping[int, str]) -> tuple[SelfCheckLine, ...]:
    """This function will list the self-evaluations of a year in the viewer's areas, the uninspected first."""
    require(viewer=viewer, capability="cockpit.view")
    said = SelfCheck.objects.filter(year=year).select_related("file").defer("file__content_sealed")
    rows = list(said.order_by("inspected_at", "area_id", "indicator"))
    names = accounts.display_names(
        account_ids={n for row in rows for n in (row.checked_by, row.inspected_by) if n is not None}
    )
    known = book().indicators
    return tuple(
        SelfCheckLine(
            row.pk,
            areas.get(row.area_id, ""),
            known[row.indicator],
            row.year,
            Grade(row.grade),
            row.words,
            proof_of(row, viewer),
            names.get(row.checked_by, ""),
            Grade(row.inspected_grade) if row.inspected_grade else None,
            row.inspected_words,
            names.get(row.inspected_by or 0, ""),
            bool(row.inspected_grade) and row.inspected_grade != row.grade,
            row.checked_by == viewer.account_id,
        )
        for row in sorted(rows, key=lambda row: row.inspected_at is not None)
        if row.indicator in known
    )
