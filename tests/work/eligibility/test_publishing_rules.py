"""The publishing gate without a database: every (status, act) pair, four eyes, days, effects, budgets."""

from datetime import date
from itertools import product

import pytest

from minsheng.work.eligibility.publishing.figures import (
    UnableToReadFigure,
    change_words,
    is_far_off,
    read_figure,
    typed,
)
from minsheng.work.eligibility.publishing.rules import (
    TRANSITIONS,
    WHOSE,
    acts_open_to,
    backdating_refusal,
    content_of,
    effect_of,
    first_month_in_force,
    next_law_version,
    outlook,
    refusal,
    status_after,
)
from minsheng.work.eligibility.publishing.types import Act, Effect, GivenVersion, Status
from rulebook.units import Unit

AUTHOR, OTHER = 1, 2


@pytest.mark.parametrize(("status", "act"), list(product(Status, Act)))
def test_every_status_and_act(status: Status, act: Act) -> None:
    after = status_after(status, act)
    told = {who: refusal(status=status, act=act, author_id=AUTHOR, actor_id=who) for who in (AUTHOR, OTHER)}
    if after is None:
        assert all(status.label in why for why in told.values())
        return
    allowed = {"author": {AUTHOR}, "another": {OTHER}, "system": {AUTHOR, OTHER}}[WHOSE[act]]
    assert {who for who, why in told.items() if not why} == allowed
    assert TRANSITIONS[status, act] is after


def test_what_is_published_or_withdrawn_moves_no_more() -> None:
    for status in (Status.PUBLISHED, Status.WITHDRAWN):
        assert not any(status_after(status, act) for act in Act)


def test_the_only_way_to_publish_leads_through_examples_trial_and_signature() -> None:
    """The control: no shorter way through the table exists."""
    ways, found = [(Status.DRAFTED, ())], []
    while ways:
        status, trail = ways.pop()
        if status is Status.PUBLISHED:
            found.append(trail)
            continue
        ways += [
            (after, (*trail, act)) for (at, act), after in TRANSITIONS.items() if at is status and act not in trail
        ]
    assert found
    for trail in found:
        steps = [trail.index(act) for act in (Act.CHECK, Act.START_TRIAL, Act.RECORD_TRIAL, Act.SUBMIT, Act.SIGN)]
        assert steps == sorted(steps)


def test_the_author_is_never_offered_to_sign() -> None:
    assert Act.SIGN not in acts_open_to(status=Status.SUBMITTED, author_id=AUTHOR, actor_id=AUTHOR)
    assert Act.SIGN in acts_open_to(status=Status.SUBMITTED, author_id=AUTHOR, actor_id=OTHER)


def test_a_day_that_has_passed_needs_its_grounds() -> None:
    day = date(2026, 11, 3)
    assert backdating_refusal(in_force_date=day, signed_date=day, backdating_basis="") == ""
    assert "已经过了" in backdating_refusal(in_force_date=date(2026, 11, 2), signed_date=day, backdating_basis=" ")
    assert not backdating_refusal(in_force_date=date(2026, 1, 1), signed_date=day, backdating_basis="文号第×条：追溯")


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2026, 12, 2), date(2027, 1, 1)),
        (date(2026, 1, 31), date(2026, 2, 1)),
    ],
)
def test_the_first_month_whose_money_follows(day: date, month: date) -> None:
    assert first_month_in_force(day) == month


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (("not_entitled", 0), ("entitled", 100), Effect.GAINS),
        (("entitled", 100), ("not_entitled", 0), Effect.LOSES),
        (("entitled", 100), ("entitled", 120), Effect.MORE),
        (("entitled", 100), ("entitled", 80), Effect.LESS),
        (("entitled", 100), ("entitled", 100), None),
        (("unknown", None), ("entitled", 100), Effect.UNSETTLED),
        (("entitled", 100), ("unknown", None), Effect.UNSETTLED),
        (("unknown", None), ("unknown", None), None),
        (("entitled", None), ("entitled", 100), Effect.UNSETTLED),
    ],
)
def test_effects(before: tuple[str, int | None], after: tuple[str, int | None], effect: Effect | None) -> None:
    assert effect_of(before, after) is effect


def test_the_year_of_a_budget() -> None:
    """10 months paid with 1,000,000 fen; November as before, December at the new figure: 1,000,000 + 100 + 150."""
    found = outlook(
        year=2026,
        amount_fen=1_000_300,
        spent_fen=1_000_000,
        spent_until=date(2026, 11, 1),
        first_month=date(2026, 12, 1),
        before_fen=100,
        after_fen=150,
    )
    assert (found.forecast_fen, found.left_fen) == (1_000_250, 50)


@pytest.mark.parametrize(("amount", "spent"), [(None, None), (500, None)])
def test_an_unknown_budget_is_unknown_and_not_zero(amount: int | None, spent: int | None) -> None:
    found = outlook(
        year=2026, amount_fen=amount, spent_fen=spent, spent_until=None, first_month=date(2026, 12, 1),
        before_fen=1, after_fen=2,
    )  # fmt: skip
    assert found.left_fen is None
    assert found.forecast_fen is None
    assert found.why_unknown


def test_the_chain_names_what_was_signed_and_in_which_order() -> None:
    one = content_of(in_force_date=date(2027, 1, 1), versions=[GivenVersion("a.b", "文号", 1)])
    two = content_of(in_force_date=date(2027, 1, 1), versions=[GivenVersion("a.b", "文号", 2)])
    assert one != two
    first = next_law_version(previous="", content=one)
    assert next_law_version(previous=first, content=two) != next_law_version(previous="", content=two)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1102", "fen/person/month", 110_200),
        ("1,102.50 元", "fen/person/month", 110_250),
        ("0.01", "fen", 1),
        ("80", "age", 80),
        ("150", "percent", 150),
    ],
)
def test_figures_are_read_exactly(text: str, unit: str, value: int) -> None:
    assert read_figure(text, Unit.parse(unit)) == value
    assert read_figure(typed(value, Unit.parse(unit)), Unit.parse(unit)) == value


@pytest.mark.parametrize(
    ("before", "after", "unit", "words", "far"),
    [
        (110_200, 130_000, "fen/person/month", "多 198.00 元（18.0%）", False),
        (110_200, 110_200, "fen/person/month", "", False),
        (110_200, 0, "fen/person/month", "少 1,102.00 元（100.0%）", True),
        (110_200, 11_020, "fen/person/month", "少 991.80 元（90.0%）", True),
        (110_200, 1_102_000, "fen/person/month", "多 9,918.00 元（900.0%）", True),
        (100, 299, "fen", "多 1.99 元（199.0%）", False),
        (100, 300, "fen", "多 2.00 元（200.0%）", True),
        (0, 5_000, "fen", "多 50.00 元", False),
        (24, 120, "month", "多 96 个月", False),
    ],
)
def test_a_new_figure_is_told_beside_the_old_one(before: int, after: int, unit: str, words: str, far: bool) -> None:
    assert change_words(before, after, Unit.parse(unit)) == words
    assert is_far_off(before, after, Unit.parse(unit)) is far


@pytest.mark.parametrize(
    ("text", "unit"),
    [("", "fen"), ("一千", "fen"), ("1.005", "fen"), ("1.5", "age"), ("NaN", "age"), ("Infinity", "fen")],
)
def test_what_is_no_figure_is_refused_with_a_remedy(text: str, unit: str) -> None:
    with pytest.raises(UnableToReadFigure):
        read_figure(text, Unit.parse(unit))
