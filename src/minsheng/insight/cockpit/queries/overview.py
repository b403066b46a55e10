"""The cockpit's first page: what is late, who is not reached, where money is at risk; then the plan's chapters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.language import Chapter, book
from minsheng.insight.cockpit.models import Entry, PlanFile
from minsheng.insight.cockpit.queries.figures import Shown, inside_of, newest, newest_many
from minsheng.insight.cockpit.queries.plans import all_tracked
from minsheng.insight.cockpit.queries.projects import ProjectLine, Projects, projects
from minsheng.insight.cockpit.rules.goals import Tracked
from minsheng.insight.cockpit.rules.pace import Standing, standing
from minsheng.insight.cockpit.rules.wording import HIDDEN, NONE_YET, number, with_unit
from minsheng.insight.cockpit.types import Indicator, Side
from minsheng.records.registry.days import business_day

WATCH = "watch"
ROOMS: Mapping[str, str] = {
    "registry": "登记库",
    "eligibility": "按政策计算",
    "visits": "走访",
    "casework": "办件",
    "payments": "发放",
}


@dataclass(frozen=True)
class Card:
    """One indicator in one area as a page shows it, with everything that a figure must carry."""

    indicator: Indicator
    value: Decimal | None
    words: str
    as_of: date | None
    check: str
    source: str
    goal_words: str
    goal_until: date | None
    goal_line: int | None
    standing: Standing
    notes: tuple[str, ...]
    share_of_goal: int | None  # how much of the target is reached, in percent and at most 100

    @property
    def standing_class(self) -> str:
        """The colour that stands beside the word."""
        return {
            Standing.REACHED: "good",
            Standing.ON_TRACK: "good",
            Standing.BEHIND: "attention",
            Standing.OVERDUE: "stop",
        }.get(self.standing, "plain")


@dataclass(frozen=True)
class ChapterCards:
    """The indicators of one chapter of the plan."""

    chapter: Chapter
    cards: tuple[Card, ...]

    @property
    def late(self) -> int:
        """How many are behind or overdue."""
        return sum(card.standing.is_late for card in self.cards)

    @property
    def told(self) -> int:
        """How many have a figure."""
        return sum(card.value is not None for card in self.cards)


@dataclass(frozen=True)
class Overview:
    """The first page for one area."""

    top: AreaRef
    areas: tuple[AreaRef, ...]
    plan: PlanFile | None
    watch: Mapping[str, Card]
    chapters: tuple[ChapterCards, ...]
    kept_on: date | None

    @property
    def cards(self) -> tuple[Card, ...]:
        """All indicators of the plan's chapters."""
        return tuple(card for chapter in self.chapters for card in chapter.cards)

    @property
    def late(self) -> tuple[Card, ...]:
        """Those behind or overdue, the overdue first."""
        late = [card for card in self.cards if card.standing.is_late]
        return tuple(sorted(late, key=lambda card: (card.standing is not Standing.OVERDUE, card.indicator.code)))

    @property
    def reached(self) -> int:
        """How many have reached their target."""
        return sum(card.standing is Standing.REACHED for card in self.cards)

    @property
    def with_goal(self) -> int:
        """How many have a target in the plan."""
        return sum(bool(card.goal_words) for card in self.cards)

    @property
    def untold(self) -> int:
        """How many have no figure yet."""
        return sum(card.standing is Standing.NO_DATA for card in self.cards)


def area_chosen(*, viewer: Viewer, code: str) -> tuple[AreaRef, tuple[AreaRef, ...]] | None:
    """This function will return the chosen area (the viewer's own without a choice) and all areas of the viewer.

    None for a stranger's area, and for who has none.
    """
    areas = tuple(areas_inside(viewer=viewer))
    if not areas:
        return None
    if code:
        chosen = next((area for area in areas if area.code == code), None)
        return (chosen, areas) if chosen else None
    return min(areas, key=lambda area: (area.depth, area.code)), areas


def overview(*, viewer: Viewer, at: datetime, area: str = "", on: date | None = None) -> Overview | None:
    """This function will gather the first page for an area of the viewer; None for a stranger's area.

    It reads kept figures only, so it costs the same for 2,000 people and for 1.3 million.
    """
    require(viewer=viewer, capability="cockpit.view")
    chosen = area_chosen(viewer=viewer, code=area)
    if chosen is None:
        return None
    top, areas = chosen
    today = business_day(at)
    plan, tracked = all_tracked()
    figures = newest(viewer=viewer, area_id=top.id, indicators=list(tracked), until=on or today)
    cards = {
        code: card_of(one, figures.get(code), top=top, today=today)
        for code, one in tracked.items()
        if top.depth <= one.indicator.level.depth
    }
    chapters = tuple(
        ChapterCards(chapter, tuple(card for card in cards.values() if card.indicator.chapter == chapter.code))
        for chapter in book().chapters.values()
        if chapter.code != WATCH
    )
    watch = {code: card for code, card in cards.items() if card.indicator.chapter == WATCH}
    kept = max((shown.on for shown in figures.values() if shown.entry_id is None), default=None)
    return Overview(top, areas, plan, watch, tuple(c for c in chapters if c.cards), kept)


def card_of(tracked: Tracked, shown: Shown | None, *, top: AreaRef, today: date) -> Card:
    """This function will put a figure beside what the plan says of it.

    A target in pieces is the district's; a target that is a ratio holds in each street and community alike.
    """
    indicator = tracked.indicator
    value = shown.value(indicator) if shown else None
    is_own_goal = top.depth == 0 or indicator.is_ratio
    goal = tracked.goal if is_own_goal else None
    start = tracked.start if top.depth == 0 else None
    stands = standing(
        now=(shown.on, float(value)) if shown and value is not None else None,
        start=(start.on, float(start.value)) if start else None,
        target=float(goal.value) if goal else None,
        deadline=goal.until if goal else None,
        today=today,
        good=indicator.good,
    )
    bound = "" if goal is None else {"at_least": "至少 ", "at_most": "不超过 "}.get(goal.bound, "")
    if value is not None:
        words = with_unit(value, indicator.unit)
    elif shown and shown.hidden:
        words = HIDDEN
    else:
        words = NONE_YET if shown is None else "没有可数的"
    share = None
    if goal and value is not None and goal.value > 0:
        share = max(0, min(100, int(value * 100 / goal.value)))
    return Card(
        indicator,
        value,
        words,
        shown.on if shown else None,
        shown.check.label if shown else "",
        source_of(indicator),
        f"{bound}{with_unit(goal.value, indicator.unit)}" if goal else "",
        goal.until if goal else None,
        goal.line if goal else None,
        stands,
        tracked.notes,
        share,
    )


def source_of(indicator: Indicator) -> str:
    """This function will say where both sides of an indicator come from."""
    sides = [side_source(indicator.numerator, indicator)]
    if indicator.denominator is not None and not indicator.denominator.constant:
        sides.append(side_source(indicator.denominator, indicator))
    return "，".join(dict.fromkeys(sides))


def side_source(side: Side, indicator: Indicator) -> str:
    """This function will say where one side comes from."""
    if side.measure:
        return ROOMS[side.measure.split(".")[0]]
    if side.law:
        return "政策库"
    return f"{indicator.owner}填报"


@dataclass(frozen=True)
class WatchCell:
    """One watched figure of one area inside."""

    value: Decimal | None
    words: str


@dataclass(frozen=True)
class WatchRow:
    """One area inside with the figures that are watched daily, by indicator."""

    area: AreaRef
    cells: Mapping[str, WatchCell]
    ordered: tuple[WatchCell, ...]


@dataclass(frozen=True)
class Board:
    """The first page with the areas inside and the projects."""

    overview: Overview
    inside: tuple[WatchRow, ...]
    columns: tuple[Indicator, ...]
    word: str
    late_projects: tuple[ProjectLine, ...]
    projects: Projects | None
    waiting_entries: int


def board(*, viewer: Viewer, at: datetime, area: str = "", on: date | None = None) -> Board | None:
    """This function will gather the first page with what stands around it; None for a stranger's area."""
    found = overview(viewer=viewer, at=at, area=area, on=on)
    if found is None:
        return None
    below = inside_of(found.areas, found.top)
    columns = tuple(card.indicator for card in found.watch.values() if found.top.depth < card.indicator.level.depth)
    figures = newest_many(
        viewer=viewer, areas=below, indicators=[one.code for one in columns], until=on or business_day(at)
    )
    rows = []
    for one in below:
        cells = {
            indicator.code: _watch_cell(indicator, figures.get(indicator.code, {}).get(one.id)) for indicator in columns
        }
        rows.append(WatchRow(one, cells, tuple(cells.values())))
    built = projects(viewer=viewer, at=at) if found.top.depth == 0 else None
    waiting = Entry.objects.filter(confirmed_at__isnull=True, sent_back_at__isnull=True).count()
    return Board(
        found,
        tuple(rows),
        columns,
        "街道" if found.top.depth == 0 else "社区",
        tuple(line for line in built.lines if line.delay.is_late) if built else (),
        built,
        waiting,
    )


def _watch_cell(indicator: Indicator, shown: Shown | None) -> WatchCell:
    if shown is None:
        return WatchCell(None, "—")
    value = shown.value(indicator)
    if value is None:
        return WatchCell(None, HIDDEN)
    return WatchCell(value, with_unit(value, "元").removesuffix(" 元") if indicator.unit == "元" else number(value))
