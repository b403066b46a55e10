"""One indicator: its definition, its figure against the plan, its forecast, and the areas inside compared fairly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.measuring import UnableToMeasure, measured
from minsheng.insight.cockpit.indicators.sources import LAW_LABELS, MEASURES
from minsheng.insight.cockpit.models import Entry
from minsheng.insight.cockpit.queries.evidence import EntryLine, entry_line, with_papers
from minsheng.insight.cockpit.queries.figures import Shown, history, inside_of, newest, newest_of_areas
from minsheng.insight.cockpit.queries.overview import Card, area_chosen, card_of, side_source
from minsheng.insight.cockpit.queries.plans import all_tracked
from minsheng.insight.cockpit.rules import pace
from minsheng.insight.cockpit.rules.funnel import Against, Compared, compare
from minsheng.insight.cockpit.rules.goals import Tracked
from minsheng.insight.cockpit.rules.wording import HIDDEN, NONE_YET, with_unit
from minsheng.insight.cockpit.types import Indicator, Point, Ratio, Side
from minsheng.records.registry.days import business_day

FEWEST_TO_COMPARE = 3


@dataclass(frozen=True)
class Part:
    """One side of an indicator in words, with its number and whether its rows can be opened."""

    name: str
    part: str
    label: str
    source: str
    number: str
    opens: bool


@dataclass(frozen=True)
class Inside:
    """One area inside, with its figure and how it stands against what chance would make of its size."""

    area: AreaRef
    words: str
    counts: str
    on: date | None
    value: Decimal | None
    against: Against


@dataclass(frozen=True)
class Outlook:
    """Pace and forecast in words, for a page that says how sure it is."""

    sentences: tuple[str, ...]
    forecast: pace.Forecast | None
    needed: float | None


@dataclass(frozen=True)
class IndicatorView:
    """The page of one indicator in one area."""

    top: AreaRef
    way: tuple[AreaRef, ...]
    card: Card
    tracked: Tracked
    parts: tuple[Part, ...]
    points: tuple[Point, ...]
    inside: tuple[Inside, ...]
    inside_word: str
    compared: tuple[Compared, ...]
    rate: float | None
    outlook: Outlook
    warnings: tuple[str, ...]
    what_if: str
    recount: str
    entries: tuple[EntryLine, ...]

    @property
    def indicator(self) -> Indicator:
        """The definition."""
        return self.tracked.indicator


def indicator_view(
    *,
    viewer: Viewer,
    at: datetime,
    code: str,
    area: str = "",
    on: date | None = None,
    recount: bool = False,
    a_year: Decimal | None = None,
    other_target: Decimal | None = None,
) -> IndicatorView | None:
    """This function will gather the page of an indicator; None for an unknown one and for a stranger's area.

    `recount`: count it anew for the day, under the viewer's own rights, and say whether it is what was kept.
    `a_year`, `other_target`: what if it went on at this pace, or the target were another one.
    """
    require(viewer=viewer, capability="cockpit.view")
    chosen = area_chosen(viewer=viewer, code=area)
    _, all_of_them = all_tracked()
    tracked = all_of_them.get(code)
    if chosen is None or tracked is None:
        return None
    top, areas = chosen
    indicator, today = tracked.indicator, business_day(at)
    day = min(on or today, today)
    shown = newest(viewer=viewer, area_id=top.id, indicators=[code], until=day).get(code)
    card = card_of(tracked, shown, top=top, today=today)
    kept = history(viewer=viewer, area_id=top.id, indicator=indicator, until=day)
    facts = tracked.facts if top.depth == 0 else ()
    points = (*(point for point in facts if point.on not in {one.on for one in kept}), *kept)
    below = [one for one in inside_of(areas, top) if one.depth <= indicator.level.depth]
    figures = newest_of_areas(viewer=viewer, areas=below, indicator=indicator, until=day)
    rate, compared = _compared(indicator, below, figures, shown)
    return IndicatorView(
        top,
        _way(top, areas),
        card,
        tracked,
        _parts(indicator, shown, viewer),
        tuple(sorted(points, key=lambda point: point.on)),
        _inside(indicator, below, figures, compared),
        "街道" if top.depth == 0 else "社区",
        compared,
        rate,
        _outlook(tracked, points, card, today),
        tuple(_warnings(tracked)) if top.depth == 0 else (),
        _what_if(tracked, points, card, a_year, other_target),
        _recounted(indicator, top, areas, shown, day, today, viewer) if recount else "",
        _entries(viewer, indicator, top),
    )


def _way(top: AreaRef, areas: Sequence[AreaRef]) -> tuple[AreaRef, ...]:
    by_id = {area.id: area for area in areas}
    way = [top]
    while (parent := by_id.get(way[0].parent_id or 0)) is not None:
        way.insert(0, parent)
    return tuple(way)


def _parts(indicator: Indicator, shown: Shown | None, viewer: Viewer) -> tuple[Part, ...]:
    ratio = shown.ratio if shown and not shown.hidden else None
    found = [_part(indicator, indicator.numerator, "分子", "numerator", ratio.numerator if ratio else None, viewer)]
    if indicator.denominator is not None and not indicator.denominator.constant:
        number = ratio.denominator if ratio else None
        found.append(_part(indicator, indicator.denominator, "分母", "denominator", number, viewer))
    if indicator.gap is not None:
        number = ratio.denominator - ratio.numerator if ratio and ratio.denominator is not None else None
        found.append(_part(indicator, indicator.gap, "还差的", "gap", number, viewer))
    return tuple(found)


def _part(indicator: Indicator, side: Side, name: str, part: str, number: Decimal | None, viewer: Viewer) -> Part:
    measure = MEASURES.get(side.measure)
    label = measure.label if measure else LAW_LABELS.get(side.law, side.entered)
    opens = (
        measure is not None
        and viewer.can(measure.capability)
        and (not indicator.people or viewer.can("registry.view_person"))
    )
    unit = measure.unit if measure else "分" if side.law else ""
    words = NONE_YET if number is None else with_unit(number, unit).strip()
    if unit == "分" and number is not None:
        words = with_unit(number / 100, "元")
    return Part(name, part, label, side_source(side, indicator), words, opens)


def _compared(
    indicator: Indicator, below: Sequence[AreaRef], figures: dict[int, Shown], top: Shown | None
) -> tuple[float | None, tuple[Compared, ...]]:
    ratios = {
        area.code: figures[area.id].ratio
        for area in below
        if area.id in figures and not figures[area.id].hidden and figures[area.id].ratio.denominator is not None
    }
    if not (indicator.is_ratio and indicator.comparable) or len(ratios) < FEWEST_TO_COMPARE:
        return None, ()
    return compare(ratios, whole=top.ratio if top else None, is_share=indicator.is_share, good=indicator.good)


def _inside(
    indicator: Indicator, below: Sequence[AreaRef], figures: dict[int, Shown], compared: Sequence[Compared]
) -> tuple[Inside, ...]:
    against = {one.key: one.against for one in compared}
    rows = []
    for area in below:
        shown = figures.get(area.id)
        value = shown.value(indicator) if shown else None
        if shown is None:
            words, counts = NONE_YET, ""
        elif shown.hidden:
            words, counts = HIDDEN, ""
        else:
            words = "没有可数的" if value is None else with_unit(value, indicator.unit)
            counts = _counts(shown.ratio) if indicator.is_ratio else ""
        rows.append(
            Inside(area, words, counts, shown.on if shown else None, value, against.get(area.code, Against.NONE))
        )
    return tuple(rows)


def _counts(ratio: Ratio) -> str:
    return f"{ratio.numerator:,.0f} / {ratio.denominator:,.0f}"


def _outlook(tracked: Tracked, points: Sequence[Point], card: Card, today: date) -> Outlook:
    indicator, goal = tracked.indicator, tracked.goal if card.goal_words else None
    series = [(point.on, float(point.value)) for point in points]
    target = float(goal.value) if goal else None
    deadline = goal.until if goal else None
    found = pace.forecast(points=series, target=target, deadline=deadline, today=today, good=indicator.good)
    sentences: list[str] = []
    needed = None
    if goal and series and deadline:
        start, now = tracked.start, series[-1]
        if start and card.standing is not pace.Standing.REACHED and now[0] < deadline:
            wanted = pace.expected_on(
                day=now[0], start=(start.on, float(start.value)), target=float(goal.value), deadline=deadline
            )
            sentences.append(f"按直线进度，到{_day(now[0])}应当是 {_words(wanted, indicator)}。")
            needed = pace.needed_a_year(now=now, target=float(goal.value), deadline=deadline)
        if card.standing is pace.Standing.OVERDUE:
            sentences.append(f"期限是{_day(deadline)}，已经过了。")
    if needed is not None:
        sentences.append(f"要按期达到，每年要变化 {_words(needed, indicator)}。")
    sentences += _forecast_words(found, indicator, deadline, today, card.standing is pace.Standing.REACHED)
    return Outlook(tuple(sentences), found, needed)


def _forecast_words(
    found: pace.Forecast | None, indicator: Indicator, deadline: date | None, today: date, reached: bool
) -> list[str]:
    if found is None:
        return ["不同日子的数还不到两个，画不出趋势。"]
    words = [
        f"照以往的趋势，每年变化 {_words(found.line.slope * 365.25, indicator)}"
        f"（{found.line.points} 个数的最小二乘直线）。"
    ]
    if deadline and deadline > today and found.at_deadline is not None:
        span = ""
        if found.interval:
            span = f"，八成把握在 {_words(found.interval[0], indicator)} 到 {_words(found.interval[1], indicator)} 之间"
        words.append(f"到{_day(deadline)}预计 {_words(found.at_deadline, indicator)}{span}。")
    if reached or found.at_deadline is None:
        return words
    if found.reached_on is None:
        words.append(f"照这个趋势，{pace.FARTHEST_YEARS} 年内达不到目标。")
    elif found.earliest or found.latest:
        latest = _day(found.latest) if found.latest else f"{pace.FARTHEST_YEARS} 年以后"
        earliest = _day(found.earliest) if found.earliest else "不知道"
        words.append(f"预计{_day(found.reached_on)}达到，最早{earliest}，最晚{latest}（八成把握）。")
    else:
        words.append(f"预计{_day(found.reached_on)}达到；数太少，说不出最早和最晚。")
    return words


def _warnings(tracked: Tracked) -> list[str]:
    facts, goal = tracked.facts, tracked.goal
    return pace.target_warnings(
        first=(facts[0].on, float(facts[0].value)) if len(facts) > 1 else None,
        start=(facts[-1].on, float(facts[-1].value)) if facts else None,
        target=float(goal.value) if goal else None,
        deadline=goal.until if goal else None,
        good=tracked.indicator.good,
        is_capped=tracked.indicator.unit == "%",
    )


def _what_if(
    tracked: Tracked, points: Sequence[Point], card: Card, a_year: Decimal | None, other_target: Decimal | None
) -> str:
    indicator = tracked.indicator
    if a_year is None and other_target is None:
        return ""
    target = other_target if other_target is not None else tracked.goal.value if tracked.goal else None
    if not points or target is None:
        return "还没有数据或者目标，算不出来。"
    last = points[-1]
    now = (last.on, float(last.value))
    pace_a_year = a_year
    if pace_a_year is None:
        line = pace.fit([(point.on, float(point.value)) for point in points])
        if line is None:
            return "不同日子的数还不到两个。请同时填每年变化多少。"
        pace_a_year = Decimal(str(round(line.slope * 365.25, 4)))
    day = pace.what_if(now=now, target=float(target), a_year=float(pace_a_year), good=indicator.good)
    about = f"目标定为 {with_unit(target, indicator.unit)}、每年变化 {with_unit(pace_a_year, indicator.unit)}"
    if day is None:
        return f"如果{about}，{pace.FARTHEST_YEARS} 年内达不到。"
    if day == last.on:
        return f"如果{about}，现在就已经达到。"
    return f"如果{about}，从{_day(last.on)}的 {with_unit(last.value, indicator.unit)} 起，{_day(day)}达到。"


def _recounted(
    indicator: Indicator,
    top: AreaRef,
    areas: Sequence[AreaRef],
    shown: Shown | None,
    day: date,
    today: date,
    viewer: Viewer,
) -> str:
    try:
        now = measured(indicator, on=day, today=today, areas=areas)[top.id]
    except UnableToMeasure as reason:
        return str(reason)
    if shown is not None and shown.hidden:
        return "人数太少，不显示。"
    if shown is None or shown.on != day:
        # Nothing was kept of this day, so nothing says whether it may be shown; few people are not singled out.
        from minsheng.insight.cockpit.rules.cells import is_small

        if indicator.people and is_small(now) and not viewer.can("registry.view_person"):
            return "人数太少，不显示。"
        value = now.value(indicator.scale)
        words = "没有可数的" if value is None else with_unit(value, indicator.unit)
        return f"按{_day(day)}现算：{words}（{_pair(now)}）。那一天没有留数，所以没有可比的。"
    value = now.value(indicator.scale)
    words = "没有可数的" if value is None else with_unit(value, indicator.unit)
    if now == shown.ratio:
        return f"按{_day(day)}重新算过：{words}（{_pair(now)}），与留下的数一致。"
    return (
        f"按{_day(day)}重新算过：{words}（{_pair(now)}），留下的是 {_pair(shown.ratio)}。后来补到的情况会改变过去的数。"
    )


def _pair(ratio: Ratio) -> str:
    return f"{ratio.numerator:,.0f}" if ratio.denominator is None else _counts(ratio)


def _entries(viewer: Viewer, indicator: Indicator, top: AreaRef) -> tuple[EntryLine, ...]:
    if indicator.is_live:
        return ()
    stated = with_papers(Entry.objects.filter(indicator=indicator.code, area_id=top.id))
    rows = list(stated.order_by("-as_of", "-id")[:20])
    names = accounts.display_names(account_ids={n for row in rows for n in (row.entered_by, row.confirmed_by) if n})
    return tuple(entry_line(row, names, viewer) for row in rows)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _words(value: float, indicator: Indicator) -> str:
    unit = "个百分点" if indicator.unit == "%" else indicator.unit
    return f"{value:+,.2f} {unit}" if value < 0 else f"{value:,.2f} {unit}"
