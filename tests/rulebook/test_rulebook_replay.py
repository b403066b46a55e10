"""A frozen decision replays from itself to the fen, and nothing in it can be changed unnoticed."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, DAYS, SLOW, households, many
from rulebook_populations import POLICIES
from rulebook_small import load, load_folder_of
from test_rulebook_decision_tables import TABLES, facts_of, person

from rulebook import (
    Household,
    Person,
    Rulebook,
    Story,
    UnableToFindInRulebook,
    UnableToReplay,
    evaluate,
    freeze,
    load_stories,
    replay,
)
from rulebook.replay import SCHEMA, canonical, sealed
from rulebook.units import Entity

STORIES = {story.key: story for story in load_stories(POLICIES)}


def frozen_story(key: str = "lin_azhen", scheme: str = "minimum_living_allowance") -> dict[str, Any]:
    story = STORIES[key]
    ev = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of)
    return json.loads(canonical(freeze(ev, scheme)))  # type: ignore[no-any-return]


def leaves(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(item, dict):
        for key, value in item.items():
            yield from leaves(value, (*path, key))
    elif isinstance(item, list):
        for place, value in enumerate(item):
            yield from leaves(value, (*path, place))
    else:
        yield path


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.key)
def test_every_story_replays_to_the_fen(story: Story) -> None:
    ev = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of)
    for wanted in story.expect:
        frozen = json.loads(canonical(freeze(ev, wanted.scheme, wanted.person)))
        found = replay(frozen, BOOK)
        assert (found.identical, found.intact, found.differences, found.law_changes) == (True, True, (), ())


@pytest.mark.parametrize("code", BOOK.schemes)
def test_a_household_of_which_nothing_is_known_replays(code: str) -> None:
    """Everything is open then, so every rule of stacking speaks: also those of schemes that only lend their rules."""
    for day in (date(2022, 10, 20), date(2026, 11, 1)):
        ev = evaluate(BOOK.law_on(day), Household({}, [Person("甲", {}), Person("乙", {})]), day)
        person = None if BOOK.schemes[code].beneficiary is Entity.HOUSEHOLD else "甲"
        assert replay(json.loads(canonical(freeze(ev, code, person)))).differences == ()


@settings(max_examples=many(20), deadline=None, suppress_health_check=SLOW)
@given(households(BOOK), st.sampled_from(DAYS), st.data())
def test_any_household_replays_to_the_fen(home: Household, day: date, data: st.DataObject) -> None:
    ev = evaluate(BOOK.law_on(day), home, day)
    scheme = data.draw(st.sampled_from(list(BOOK.schemes.values())))
    keys = [None] if scheme.beneficiary is Entity.HOUSEHOLD else [member.key for member in home.members]
    for key in keys:
        assert replay(json.loads(canonical(freeze(ev, scheme.code, key)))).identical


@settings(max_examples=many(40), deadline=None, suppress_health_check=SLOW)
@given(facts_of, st.sampled_from([date(2020, 3, 1), date(2021, 3, 1)]))
def test_decision_tables_replay_too(tables: Rulebook, facts: dict[str, Any], day: date) -> None:
    law = tables.law_on(day).with_number("aid.amount__20160101r3", 3500)
    frozen = json.loads(canonical(freeze(evaluate(law, person(**facts), day), "aid", "甲")))
    assert replay(frozen).identical


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("tables"), TABLES)


@settings(max_examples=many(40), deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_a_flipped_value_anywhere_is_noticed(data: st.DataObject) -> None:
    frozen = frozen_story()
    path = data.draw(st.sampled_from(sorted(leaves(frozen), key=str)))
    inner = frozen
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    new = data.draw(
        st.sampled_from([not old, None, "x", 7, 10**12]).filter(lambda value: canonical(value) != canonical(old))
    )
    inner[path[-1]] = new
    if path == ("schema",):
        with pytest.raises(UnableToReplay, match="the schema is"):
            replay(frozen)
    else:
        assert not replay(frozen).intact


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("results", 0, "amount_fen"), 180601, "results[0].amount_fen: 180601 → 180600"),
        (("explanation", "result"), "不符合", 'explanation.result: "不符合" → "符合，每月 1,806.00 元"'),
        (("facts", "household", "dwellings_owned"), 2, 'explanation.status: "entitled" → "not_entitled"'),
        (("law", "numbers", "household.standard", "value"), 110300, "explanation.amount_fen: 180600 → 180900"),
        (("law", "rules", "minimum_living_allowance.amount", "text"), "0", "explanation.amount_fen: 180600 → 0"),
    ],
)
def test_a_forger_who_seals_again_is_found_by_computing_again(path: tuple[Any, ...], value: object, where: str) -> None:
    frozen = frozen_story()
    inner = frozen
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    frozen["sha256"] = sealed(frozen)
    found = replay(frozen)
    assert found.intact
    assert not found.identical
    assert where in found.differences


def test_words_of_an_earlier_edition_make_no_decision_wrong_but_figures_do() -> None:
    """An improved sentence is no forgery; within one edition, and in a figure, any difference is one."""
    earlier = frozen_story()
    del earlier["words"]  # decisions of the first edition do not name it
    earlier["explanation"]["entitled"]["text"] = "旧的说法"
    earlier["explanation"]["entitled"]["children"][0]["branch"] = "旧的分支"
    earlier["sha256"] = sealed(earlier)
    found = replay(earlier)
    assert found.identical
    assert [line.partition(": ")[0] for line in found.retold] == [
        "explanation.entitled.children[0].branch",
        "explanation.entitled.text",
    ]
    earlier["explanation"]["entitled"]["children"][0]["basis"] = "没有这一条"
    earlier["results"][0]["amount_fen"] = 180601
    earlier["sha256"] = sealed(earlier)
    assert [line.partition(": ")[0] for line in replay(earlier).differences] == [
        "explanation.entitled.children[0].basis",
        "results[0].amount_fen",
    ]
    same = frozen_story()
    same["explanation"]["entitled"]["text"] = "新的说法"
    same["sha256"] = sealed(same)
    assert not replay(same).identical
    assert replay(same).retold == ()


def test_a_later_correction_of_the_law_is_told_and_changes_nothing(tmp_path: Path) -> None:
    frozen = frozen_story()
    corrected = load_folder_of(tmp_path, POLICIES, "household/scheme.yaml", "value: 110200", "value: 110900")
    found = replay(frozen, corrected)
    assert found.identical
    assert found.law_changes == ("numbers.household.standard.value: 110200 → 110900",)


def test_a_scheme_or_a_day_that_today_does_not_know_is_told(tmp_path: Path) -> None:
    other = load(tmp_path, TABLES)
    assert replay(frozen_story(), other).law_changes == ("there is no scheme minimum_living_allowance any more",)
    day = date(2019, 1, 1)
    frozen = json.loads(canonical(freeze(evaluate(other.law_on(day), person(), day), "aid", "甲")))
    later = load_folder_of(tmp_path, tmp_path, "household/scheme.yaml", "from: 2016-01-01", "from: 2021-01-01")
    assert "lies before it" in replay(frozen, later).law_changes[0]


def test_a_day_or_a_rule_that_cannot_be_is_no_decision() -> None:
    heads = ("rules", "household.heads", "text")
    for path, value, told in (
        (("day",), "2015-01-01", "2015-01-01 lies before it"),
        (heads, "max(", r"household \(frozen\):1: household.heads: 这条规则读不懂"),
        (heads, "max(heads, heads)", r"household \(frozen\):1: 规则绕成了圈：household.heads → household.heads"),
    ):
        frozen = frozen_story()
        inner = frozen["law"]
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        assert not replay(frozen).identical
        frozen["sha256"] = sealed(frozen)
        with pytest.raises(UnableToReplay, match=f"cannot be read any more.*{told}"):
            replay(frozen)


def test_only_the_facts_and_the_law_that_matter_are_kept() -> None:
    story = STORIES["hu_shoukang"]
    ev = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of)
    frozen = freeze(ev, "old_age_allowance", "胡寿康")
    assert "wage_income" not in frozen["facts"]["members"][0]["facts"]
    assert "birth_date" in frozen["facts"]["members"][0]["facts"]
    assert list(frozen["law"]["schemes"]) == ["old_age_allowance"]
    assert frozen["schema"] == SCHEMA


def test_what_is_no_frozen_decision_is_refused() -> None:
    with pytest.raises(UnableToReplay, match="the schema is None"):
        replay({})
    broken = frozen_story()
    del broken["law"]["rules"]
    assert replay(broken).differences == ("it cannot be read any more: KeyError('rules')",)
    broken["sha256"] = sealed(broken)
    with pytest.raises(UnableToReplay, match="cannot be read any more"):
        replay(broken)


def test_an_unknown_scheme_or_person_is_not_frozen() -> None:
    story = STORIES["lin_azhen"]
    ev = evaluate(BOOK.law_on(story.as_of), story.household, story.as_of)
    with pytest.raises(UnableToFindInRulebook):
        freeze(ev, "no_such")
    with pytest.raises(UnableToFindInRulebook):
        freeze(ev, "old_age_allowance", "nobody")
    assert copy.deepcopy(frozen_story()) == frozen_story()
