"""The score by itself: no database, no clock. What is known counts, what is not known is asked, what is old fades."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from minsheng.work.visits.rules.circumstances import CIRCUMSTANCES, age_of, turning_days
from minsheng.work.visits.rules.facts import signal_of_fact
from minsheng.work.visits.rules.planning import changed_settings, due_on, is_raised, rhythm_of
from minsheng.work.visits.rules.scoring import score, star_of
from minsheng.work.visits.types import HouseholdState, Rhythm, Signal, SignalKind
from minsheng.work.visits.weights import UnableToReadWeights, read_edition, weights_on

DAY = date(2026, 11, 3)
W = weights_on(DAY)
KNOWN = {
    "birth_date": date(1981, 5, 1),
    "disability_kind": "none",
    "severe_illness": False,
    "needs_long_term_care": False,
    "employment_status": "employed",
    "capable_supporter": True,
    "wage_income": 9_000_000,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
}


def member(**facts: Any) -> dict[str, Any]:
    return {k: v for k, v in (KNOWN | {"relation": "head"} | facts).items() if v is not None}


def home(*members: dict[str, Any], assisted: bool = False) -> HouseholdState:
    return HouseholdState(1, 4, {}, members or (member(),), assisted)


def happened(kind: SignalKind, days_ago: int, value: int | None = None) -> Signal:
    return Signal(kind, DAY - timedelta(days=days_ago), "hospital", value)


def points(state: HouseholdState, *signals: Signal, on: date = DAY, fine_on: date | None = None) -> int:
    return score(state, signals, weights=W, on=on, fine_on=fine_on).points


def test_a_household_in_order_has_no_points_and_no_star() -> None:
    found = score(home(), (), weights=W, on=DAY)
    assert (found.points, found.could_be, found.unknown, star_of(found, weights=W)) == (0, 0, (), 0)


def test_every_reason_is_said_and_adds_up() -> None:
    old = member(birth_date=date(1941, 1, 1), employment_status="retired", capable_supporter=False)
    found = score(
        home(old),
        [happened(SignalKind.UTILITY_UNPAID, 10, 3), happened(SignalKind.MEDICAL_BILL, 20, 2_000_000)],
        weights=W,
        on=DAY,
    )
    said = {one.code: one.points for one in found.contributions}
    assert said == {"utility_unpaid": 22, "medical_bill": 16, "no_supporter": 12, "old_alone": 10}
    assert found.across == 3 * W.across_bonus
    assert found.points == sum(said.values()) + found.across
    assert star_of(found, weights=W) == 5
    assert all(one.label and one.dimension in W.dimensions for one in found.contributions)


def test_unknown_is_neither_nothing_nor_bad() -> None:
    """A missing income adds no point, is asked for, and shows how far the score could rise."""
    poor = score(home(member(wage_income=1_000_000)), (), weights=W, on=DAY)
    open_ = score(home(member(wage_income=None)), (), weights=W, on=DAY)
    well = score(home(), (), weights=W, on=DAY)
    assert (poor.points, open_.points, well.points) == (14, 0, 0)
    assert (open_.could_be, well.could_be) == (14, 0)
    assert [u.code for u in open_.unknown] == ["low_income"]
    assert open_.unknown[0].question


def test_an_amount_that_is_not_known_is_at_least_the_lowest_and_is_asked() -> None:
    low, high = (W.signals[SignalKind.MEDICAL_BILL].tiers[i][1] for i in (0, -1))
    found = score(home(), [happened(SignalKind.MEDICAL_BILL, 5)], weights=W, on=DAY)
    assert (found.points, found.could_be) == (low, high)
    assert [u.code for u in found.unknown] == ["medical_bill"]
    assert points(home(), happened(SignalKind.MEDICAL_BILL, 5, 0)) == 0, "nothing was paid: that is known"


def test_a_happening_fades_by_its_steps_and_ends() -> None:
    weighed = W.signals[SignalKind.JOB_LOST]
    (first, _), (second, share) = weighed.steps
    full = weighed.tiers[0][1]
    assert [points(home(), happened(SignalKind.JOB_LOST, d)) for d in (0, first, first + 1, second, second + 1)] == [
        full, full, full * share // 1000, full * share // 1000, 0,
    ]  # fmt: skip
    assert points(home(), happened(SignalKind.JOB_LOST, -1)) == 0, "tomorrow has not happened yet"


@given(ago=st.integers(-5, 400), later=st.integers(1, 400), kind=st.sampled_from(list(SignalKind)))
def test_between_two_changes_the_score_stands_still(ago: int, later: int, kind: SignalKind) -> None:
    """`next_change` is the day until which nobody has to be scored again: the nightly job rests on it."""
    signal = happened(kind, ago, 3)
    found = score(home(), [signal], weights=W, on=DAY)
    day = DAY + timedelta(days=later)
    if found.next_change is None or day < found.next_change:
        assert points(home(), signal, on=day) == found.points


def test_of_one_kind_the_strongest_counts_and_a_dimension_has_a_cap() -> None:
    twice = points(home(), happened(SignalKind.UTILITY_UNPAID, 5, 1), happened(SignalKind.UTILITY_UNPAID, 35, 3))
    assert twice == points(home(), happened(SignalKind.UTILITY_UNPAID, 35, 3))
    both = points(home(), happened(SignalKind.UTILITY_UNPAID, 5, 3), happened(SignalKind.RENT_UNPAID, 5, 3))
    assert both == W.dimensions["debt"][1] < 22 + 22


def test_a_visit_that_found_all_well_settles_what_was_before_it_only() -> None:
    bill = happened(SignalKind.MEDICAL_BILL, 10, 9_000_000)
    assert points(home(), bill, fine_on=DAY - timedelta(days=5)) == 26 * W.settled_permille // 1000
    assert points(home(), bill, fine_on=DAY - timedelta(days=11)) == 26


def test_several_dimensions_are_worse_than_their_sum() -> None:
    job, debt = happened(SignalKind.JOB_LOST, 5), happened(SignalKind.UTILITY_UNPAID, 5, 2)
    assert points(home(), job, debt) == points(home(), job) + points(home(), debt) + W.across_bonus


@given(
    st.lists(
        st.tuples(st.sampled_from(list(SignalKind)), st.integers(0, 400), st.one_of(st.none(), st.integers(0, 10**7))),
        max_size=8,
    )
)
def test_more_happenings_never_lower_the_score(rows: list[tuple[SignalKind, int, int | None]]) -> None:
    signals = [happened(*row) for row in rows]
    found = [score(home(), signals[:n], weights=W, on=DAY) for n in range(len(signals) + 1)]
    assert [f.points for f in found] == sorted(f.points for f in found)
    assert all(f.could_be >= f.points for f in found)


def test_groups_are_visited_whatever_the_points() -> None:
    alone = score(home(member(birth_date=date(1941, 1, 1), employment_status="retired")), (), weights=W, on=DAY)
    assert alone.groups == ("old_alone",)
    assert star_of(alone, weights=W) == 4
    assert not is_raised(alone, 4, weights=W), "nothing happened: a routine visit"
    frail = member(birth_date=date(1950, 1, 1), employment_status="retired", ability_level="severe")
    assert score(home(frail, member()), (), weights=W, on=DAY).groups == ("elder_disabled",)
    assert score(home(assisted=True), (), weights=W, on=DAY).groups == ("assisted",)


def test_circumstances_are_three_valued() -> None:
    child = member(birth_date=date(2016, 1, 1), employment_status="student", wage_income=0)
    orphan = child | {"father_status": "dead", "mother_status": "out_of_contact"}
    half = child | {"father_status": "dead"}
    cases = {
        "single_parent": (home(member(), child), home(member(), member(), child), home(member(birth_date=None), child)),
        "child_unprotected": (home(member(), orphan), home(member()), home(member(), half)),
        "severe_disability": (
            home(member(disability_kind="physical", disability_grade=1)),
            home(member(disability_kind="physical", disability_grade=4)),
            home(member(disability_kind="physical")),
        ),
        "nobody_earns": (
            home(member(employment_status="unemployed")),
            home(member(employment_status="unemployed"), member()),
            home(member(employment_status=None)),
        ),
        "old_alone": (
            home(member(birth_date=date(1941, 1, 1))),
            home(member(birth_date=date(1941, 1, 1)), member()),
            home(member(birth_date=None)),
        ),
    }
    for code, states in cases.items():
        answers = tuple(CIRCUMSTANCES[code](state, DAY, W.circumstances[code]) for state in states)
        assert answers == (True, False, None), code


def test_the_dead_and_those_who_left_do_not_count() -> None:
    widow = member(birth_date=date(1941, 1, 1), employment_status="retired")
    assert "old_alone" in score(home(widow, member(dead=True)), (), weights=W, on=DAY).groups
    assert "old_alone" in score(home(widow, member(resident=False)), (), weights=W, on=DAY).groups


def test_who_comes_of_an_age_today() -> None:
    assert turning_days(date(2026, 11, 3)) == [date(2008, 11, 3), date(1966, 11, 3)]
    assert turning_days(date(2026, 3, 1)) == [date(2008, 3, 1), date(2008, 2, 29), date(1966, 3, 1)]
    assert turning_days(date(2028, 2, 29)) == [date(1968, 2, 29)]
    for born in turning_days(date(2026, 3, 1)):
        ages = [age_of({"birth_date": born}, day) for day in (date(2026, 2, 28), date(2026, 3, 1))]
        assert ages in ([17, 18], [59, 60])


def test_facts_tell_what_happened() -> None:
    assert signal_of_fact("employment_status", "unemployed") == (SignalKind.JOB_LOST, None)
    assert signal_of_fact("employment_status", "employed") is None
    assert signal_of_fact("disability_grade", 1) == (SignalKind.DISABILITY_CERTIFIED, 4)
    assert signal_of_fact("disability_grade", 0) is None
    assert signal_of_fact("medical_spending", None) is None
    assert signal_of_fact("medical_spending", 700_000) == (SignalKind.MEDICAL_BILL, 700_000)


def test_the_day_of_a_visit() -> None:
    star5, star4 = W.stars[0], W.stars[1]
    raised = due_on(star5, since=DAY, last_met=None, raised=True, household_id=9)
    assert raised == DAY + timedelta(days=star5.first_days)
    met = DAY - timedelta(days=10)
    assert due_on(star4, since=DAY - timedelta(days=60), last_met=met, raised=False, household_id=9) == met + timedelta(
        days=30
    )
    assert due_on(star4, since=DAY, last_met=met, raised=True, household_id=9) == DAY + timedelta(days=3)
    routine = {due_on(star4, since=DAY, last_met=None, raised=False, household_id=n) for n in range(400)}
    assert min(routine) > DAY
    assert max(routine) <= DAY + timedelta(days=30)
    assert len(routine) == 30, "spread over the whole month"


def test_the_nearest_setting_in_force_counts() -> None:
    held = [
        Rhythm(1, 4, 5, 40, DAY - timedelta(days=90)),
        Rhythm(2, 4, 2, 20, DAY - timedelta(days=30)),
        Rhythm(2, 4, 2, 15, DAY - timedelta(days=1)),
        Rhythm(2, 4, 2, 10, DAY + timedelta(days=1)),
    ]

    def every(*path: int) -> int:
        return rhythm_of(4, path=path, rhythms=held, weights=W, on=DAY).every_days

    assert (every(4, 2, 1), every(5, 3, 1), every(9)) == (15, 40, W.stars[1].every_days)
    assert changed_settings({5: (1, 7), 4: (3, 30)}) == ""
    assert changed_settings({5: (1, 40), 4: (3, 30)})
    assert changed_settings({5: (9, 7)})


def test_the_table_is_checked_when_it_is_read() -> None:
    given_ = yaml.safe_load((settings.POLICIES / "early_warning.yaml").read_text(encoding="utf-8"))["editions"][0]
    read_edition(given_)
    faults: list[dict[str, Any]] = [
        {"signals": {k: v for k, v in given_["signals"].items() if k != "lead"}},
        {"signals": given_["signals"] | {"lead": given_["signals"]["lead"] | {"dimension": "weather"}}},
        {"signals": given_["signals"] | {"lead": given_["signals"]["lead"] | {"steps": [[90, 500], [30, 1000]]}}},
        {"signals": given_["signals"] | {"lead": given_["signals"]["lead"] | {"tiers": [[0, 9], [1, 3]]}}},
        {"signals": given_["signals"] | {"lead": given_["signals"]["lead"] | {"basis": ""}}},
        {"stars": given_["stars"][:4]},
    ]
    for fault in faults:
        with pytest.raises(UnableToReadWeights):
            read_edition(given_ | fault)


def test_the_score_sees_facts_happenings_and_the_day_only() -> None:
    """Two households that look the same are scored the same, whoever they are."""
    one, other = home(), replace(home(), household_id=77, area_id=6)
    signals = [happened(SignalKind.JOB_LOST, 3)]
    assert score(one, signals, weights=W, on=DAY) == score(other, signals, weights=W, on=DAY)
    assert age_of(member(), DAY) == 45
