"""Pure decisions of the cockpit: pace, forecast, small cells, streets compared, what a plan says of an indicator."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.insight.cockpit.indicators.language import UnableToReadIndicators, book, read_book
from minsheng.insight.cockpit.rules import pace
from minsheng.insight.cockpit.rules.cells import between, hidden_among, hidden_in_tree, hidden_together, is_small
from minsheng.insight.cockpit.rules.funnel import Against, compare, limits
from minsheng.insight.cockpit.rules.goals import Written, tracked
from minsheng.insight.cockpit.rules.pace import Standing
from minsheng.insight.cockpit.types import Good, Ratio, ReadAs, StatementKind

TODAY = date(2026, 11, 3)
START, DEADLINE = (date(2020, 12, 31), 50.0), date(2025, 12, 31)


# ---- pace ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "today", "wanted"),
    [
        (None, date(2023, 6, 30), Standing.NO_DATA),
        ((date(2023, 6, 30), 70.0), date(2023, 6, 30), Standing.REACHED),
        ((date(2023, 6, 30), 60.1), date(2023, 6, 30), Standing.ON_TRACK),
        ((date(2023, 6, 30), 59.8), date(2023, 6, 30), Standing.BEHIND),
        ((date(2025, 12, 31), 69.9), TODAY, Standing.OVERDUE),
    ],
)
def test_where_an_indicator_stands(now: tuple[date, float] | None, today: date, wanted: Standing) -> None:
    # Half of the five years is gone: half of the way from 50 to 70 is 60.
    got = pace.standing(now=now, start=START, target=70.0, deadline=DEADLINE, today=today, good=Good.UP)
    assert got is wanted


def test_without_a_target_nothing_is_late_and_without_a_start_only_the_end_counts() -> None:
    now = (date(2023, 6, 30), 10.0)
    assert pace.standing(now=now, start=START, target=None, deadline=None, today=TODAY, good=Good.UP) is (
        Standing.NO_TARGET
    )
    day = date(2023, 6, 30)
    assert pace.standing(now=now, start=None, target=70, deadline=DEADLINE, today=day, good=Good.UP) is (
        Standing.ON_TRACK
    )


def test_fewer_is_better_when_the_definition_says_so() -> None:
    now = (date(2023, 6, 30), 12.0)
    got = pace.standing(now=now, start=(START[0], 20.0), target=10, deadline=DEADLINE, today=now[0], good=Good.DOWN)
    assert got is Standing.ON_TRACK


@given(
    slope=st.floats(-0.05, 0.05, allow_nan=False),
    level=st.floats(0, 1000, allow_nan=False),
    days=st.lists(st.integers(0, 3000), min_size=2, max_size=12, unique=True),
)
def test_a_straight_line_is_found_exactly(slope: float, level: float, days: list[int]) -> None:
    points = [(START[0] + timedelta(days=day), level + slope * day) for day in days]
    line = pace.fit(points)
    assert line is not None
    assert line.slope == pytest.approx(slope, abs=1e-6)
    for day, value in points:
        assert line.at(day) == pytest.approx(value, abs=1e-6)


def test_the_interval_holds_eight_times_out_of_ten() -> None:
    dice = random.Random(7)
    days = [START[0] + timedelta(days=365 * year) for year in range(6)]
    then = START[0] + timedelta(days=365 * 7)
    held = 0
    for _ in range(1000):
        line = pace.fit([(day, 50 + 4 * year + dice.gauss(0, 2)) for year, day in enumerate(days)])
        assert line is not None
        low, high = line.interval(then) or (0, 0)
        held += low <= 50 + 4 * 7 + dice.gauss(0, 2) <= high
    assert 770 <= held <= 830


def test_earliest_and_latest_stand_around_the_day_and_few_points_say_neither() -> None:
    points = [(date(2020 + year, 12, 31), value) for year, value in enumerate((50.0, 53.5, 57.5, 62.0, 65.0))]
    found = pace.forecast(points=points, target=80, deadline=date(2030, 12, 31), today=date(2025, 1, 1), good=Good.UP)
    assert found is not None
    assert found.reached_on
    assert found.earliest
    assert found.latest
    assert found.earliest < found.reached_on < found.latest
    assert found.line.at(found.reached_on) >= 80 > found.line.at(found.reached_on - timedelta(days=1))
    few = pace.forecast(points=points[:3], target=80, deadline=None, today=date(2023, 1, 1), good=Good.UP)
    assert few is not None
    assert few.reached_on is not None
    assert few.earliest is None
    assert few.interval is None
    falling = pace.forecast(
        points=[(d, 100 - v) for d, v in points], target=80, deadline=None, today=TODAY, good=Good.UP
    )
    assert falling is not None
    assert falling.reached_on is None


def test_what_if_and_what_would_be_needed() -> None:
    now = (date(2024, 1, 1), 50.0)
    assert pace.what_if(now=now, target=60, a_year=10, good=Good.UP) == date(2024, 12, 31) + timedelta(days=1)
    assert pace.what_if(now=now, target=60, a_year=-1, good=Good.UP) is None
    assert pace.what_if(now=now, target=40, a_year=0, good=Good.UP) == now[0]
    assert pace.needed_a_year(now=now, target=60, deadline=date(2026, 1, 1)) == pytest.approx(5.0, abs=0.01)
    assert pace.needed_a_year(now=now, target=60, deadline=date(2023, 1, 1)) is None


def test_targets_that_ask_nothing_are_doubted() -> None:
    first, start = (date(2016, 12, 31), 744.0), (date(2020, 12, 31), 1102.0)

    def said(target: float, *, capped: bool = False, begun: float = 1102.0) -> list[str]:
        return pace.target_warnings(
            first=first, start=(start[0], begun), target=target, deadline=DEADLINE, good=Good.UP, is_capped=capped
        )

    assert "已经达到" in said(1102)[0]
    assert "已经超过" in said(1000)[0]
    assert "太弱" in said(1166)[0]
    assert said(1500) == []
    assert "只是守住" in said(100, capped=True, begun=100)[0]


# ---- small cells -----------------------------------------------------------------------------------------------
_RATIOS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda pair: Ratio(Decimal(min(pair)), Decimal(max(pair)))
)


@given(st.dictionaries(st.integers(1, 12), _RATIOS, max_size=12))
def test_no_hidden_cell_can_be_worked_out_from_its_siblings(siblings: dict[int, Ratio]) -> None:
    hidden = hidden_among(siblings)
    assert {key for key, ratio in siblings.items() if is_small(ratio)} <= hidden
    told = [key for key, ratio in siblings.items() if ratio.numerator or ratio.denominator]
    if hidden and len(hidden) < len(told):
        assert len(hidden) > 1
        together = Ratio(
            sum((siblings[key].numerator for key in hidden), Decimal(0)),
            sum((siblings[key].denominator or Decimal(0) for key in hidden), Decimal(0)),
        )
        assert not is_small(together)


def test_what_lies_inside_of_a_hidden_area_is_hidden_and_so_are_relatives() -> None:
    figures = {1: Ratio(Decimal(60)), 2: Ratio(Decimal(3)), 3: Ratio(Decimal(20)), 4: Ratio(Decimal(37)),
               5: Ratio(Decimal(0)), 6: Ratio(Decimal(20))}  # fmt: skip
    parents: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 1, 5: 2, 6: 3}
    assert hidden_in_tree(figures, parents) == {2, 3, 5, 6}
    assert hidden_in_tree({1: Ratio(Decimal(60)), 4: Ratio(Decimal(60))}, parents) == frozenset()
    # Three people of a whole district single nobody out; of a street they do.
    assert hidden_in_tree({1: Ratio(Decimal(3)), 2: Ratio(Decimal(3)), 4: Ratio(Decimal(0))}, parents) == {2}
    indicators = book().indicators
    together = hidden_together(indicators, {"benefit_reach": frozenset({2}), "benefits_missed": frozenset({3})})
    assert together["benefit_reach"] == together["benefits_missed"] == {2, 3}


def test_what_lies_between_a_count_and_a_part_of_it_is_looked_at_too() -> None:
    reach = {
        1: Ratio(Decimal(60), Decimal(100)),
        2: Ratio(Decimal(30), Decimal(50)),
        3: Ratio(Decimal(30), Decimal(50)),
    }
    missed = {1: Ratio(Decimal(52)), 2: Ratio(Decimal(22)), 3: Ratio(Decimal(30)), 4: Ratio(Decimal(9))}
    found = between(missed, reach)
    assert found == {
        1: Ratio(Decimal(40), Decimal(52)),
        2: Ratio(Decimal(20), Decimal(22)),
        3: Ratio(Decimal(20), Decimal(30)),
    }
    assert hidden_among({key: found[key] for key in (2, 3)}) >= {2}, "two people are in the one and not in the other"
    assert hidden_among({key: missed[key] for key in (2, 3)}) == frozenset(), "the control: alone it told nothing"


# ---- streets compared -----------------------------------------------------------------------------------------
def test_limits_are_those_of_the_binomial() -> None:
    # 20 throws of a fair coin: 95 % lie within 6 … 14 (tails of 2.07 % each), 99.8 % within 3 … 17.
    assert limits(size=20, rate=0.5, tail=0.025, is_share=True) == (6 / 20, 14 / 20)
    assert limits(size=20, rate=0.5, tail=0.001, is_share=True) == (3 / 20, 17 / 20)
    low, high = limits(size=10_000_000, rate=0.5, tail=0.025, is_share=True)
    assert (low, high) == pytest.approx((0.5 - 0.00031, 0.5 + 0.00031), abs=1e-5)


@given(size=st.integers(1, 3000), rate=st.floats(0.001, 0.999), share=st.booleans())
def test_limits_stand_around_the_rate_and_wide_ones_outside(size: int, rate: float, share: bool) -> None:
    low, high = limits(size=size, rate=rate, tail=0.025, is_share=share)
    wide_low, wide_high = limits(size=size, rate=rate, tail=0.001, is_share=share)
    assert 0 <= wide_low <= low <= high <= wide_high
    assert low <= rate + 1 / size
    assert high >= rate - 1 / size


def test_a_small_street_at_the_bottom_is_chance_and_a_large_one_is_not() -> None:
    streets = {
        "small": Ratio(Decimal(0), Decimal(3)),
        "large": Ratio(Decimal(300), Decimal(1000)),
        "rest": Ratio(Decimal(1400), Decimal(2000)),
        "none": Ratio(Decimal(0), Decimal(0)),
    }
    rate, rows = compare(streets, whole=None, is_share=True, good=Good.UP)
    against = {row.key: row.against for row in rows}
    assert rate == pytest.approx(1700 / 3003)
    assert against == {
        "small": Against.WITHIN,
        "large": Against.WORSE,
        "rest": Against.BETTER,
        "none": Against.NONE,
    }
    turned = {row.key: row.against for row in compare(streets, whole=None, is_share=True, good=Good.DOWN)[1]}
    assert turned["large"] is Against.BETTER


def test_streets_that_are_not_shown_count_in_the_whole() -> None:
    shown = {"low": Ratio(Decimal(300), Decimal(500))}
    rate, rows = compare(shown, whole=Ratio(Decimal(900), Decimal(1000)), is_share=True, good=Good.UP)
    assert rate == pytest.approx(0.9)
    assert rows[0].against is Against.WORSE
    assert compare(shown, whole=None, is_share=True, good=Good.UP)[1][0].against is Against.WITHIN


def test_streets_that_differ_by_chance_alone_are_seldom_called_out() -> None:
    dice = random.Random(3)
    called = 0
    for _ in range(60):
        streets = {}
        for street in range(14):
            size = dice.choice((8, 40, 200, 900))
            streets[str(street)] = Ratio(Decimal(sum(dice.random() < 0.8 for _ in range(size))), Decimal(size))
        _, rows = compare(streets, whole=None, is_share=True, good=Good.UP)
        called += sum(row.against in (Against.WORSE, Against.BETTER) for row in rows)
    assert called <= 6  # 840 streets at 0.2 % each: 1.7 expected


# ---- definitions -----------------------------------------------------------------------------------------------
MINIMAL = """
chapters: {a: {label: 甲, heading: ""}}
indicators:
  - {code: x, label: 甲率, chapter: a, means: 某, numerator: {entered: 子}, denominator: {entered: 母}, unit: "%",
     scale: 100, period: year, level: district, good: up, owner: 科, as_of: 年末}
"""


def test_the_smallest_definition_is_read() -> None:
    found = read_book(MINIMAL, measures=frozenset(), laws=frozenset()).indicators["x"]
    assert found.is_ratio
    assert not found.is_live


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("label: 甲率, ", ""), "缺少 label"),
        (("chapter: a", "chapter: b"), "没有“b”这一章"),
        (("scale: 100", "scale: 1000"), "scale 要写 100"),
        (("denominator: {entered: 母}, ", ""), "要写分母"),
        (("{entered: 子}", "{measure: nowhere.rows}"), "没有“nowhere.rows”"),
        (("{entered: 子}", "{entered: 子, constant: 1}"), "里的一样"),
        (("good: up", "good: sideways"), "不认识的词"),
        (("owner: 科", "owner: 科, colour: red"), "不认识 colour"),
    ],
)
def test_a_wrong_definition_says_what_is_wrong(change: tuple[str, str], says: str) -> None:
    assert change[0] in MINIMAL
    with pytest.raises(UnableToReadIndicators, match=says):
        read_book(MINIMAL.replace(*change), measures=frozenset(), laws=frozenset())


# ---- what a plan says of an indicator --------------------------------------------------------------------------
def _written(kind: StatementKind, unit: str, *values: tuple[int | None, str, str], line: int = 1) -> Written:
    cells = tuple({"year": year, "role": role, "value": value, "printed": value} for year, role, value in values)
    return Written(line, kind, line, "原文", "社会工作专业人才占总人口比例", unit, "", "", cells, ReadAs.READ)


def test_a_figure_in_another_unit_is_shown_and_not_used() -> None:
    talent = book().indicators["social_work_talent"]
    rows = [
        _written(StatementKind.INDICATOR, "%", (2020, "actual", "1"), line=131),
        _written(StatementKind.INDICATOR, "‰", (2020, "actual", "1"), (2025, "target", "1.5"), line=204),
    ]
    found = tracked(talent, rows, first_year=2021, last_year=2025)
    assert found.goal is not None
    assert (found.goal.value, found.goal.until, found.goal.line) == (Decimal("1.5"), DEADLINE, 204)
    assert [(point.on, point.value) for point in found.facts] == [(date(2020, 12, 31), Decimal(1))]
    assert any("第 131 行的单位是“%”" in note for note in found.notes)


def test_a_statement_that_was_set_aside_does_not_count() -> None:
    talent = book().indicators["social_work_talent"]
    row = _written(StatementKind.INDICATOR, "‰", (2025, "target", "1.5"))
    aside = Written(**{**row.__dict__, "read_as": ReadAs.SET_ASIDE})
    assert tracked(talent, [aside], first_year=2021, last_year=2025).goal is None
    assert tracked(talent, [row], first_year=2021, last_year=2025).goal is not None
