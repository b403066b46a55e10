"""Hand-written households stand first, unchanged, in the invented lane."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from rulebook import load_stories
from twin import calibrate, generate
from twin.stories import LANE_COMMUNITY, UnableToTellStory

AS_OF = date(2026, 11, 1)


def lane() -> list[dict[str, Any]]:
    return [
        {
            "key": "lin",
            "address": "青云里1号",
            "household": {"financial_assets": 2_140_000, "vehicles": 0},
            "people": [
                {"key": "azhen", "name": "林阿珍", "relation": "head", "sex": "female", "birth_date": date(1962, 3, 8)},
                {"key": "xiaoyu", "name": "陈小雨", "relation": "child", "sex": "female", "birth_date": "2001-09-02"},
            ],
            "receives": [
                {
                    "person": "azhen",
                    "scheme": "disability_care_subsidy",
                    "amount_fen": 50_000,
                    "since_date": "2024-05-01",
                }
            ],
        },
        {
            "key": "fan",
            "address": "青云里2号",
            "people": [{"key": "a", "name": "范文", "relation": "head", "sex": "male", "birth_date": date(1962, 3, 8)}],
        },
    ]


def test_stories_come_first_with_their_facts_and_nothing_more() -> None:
    d = generate(people=3_000, seed=5, as_of=AS_OF, stories=lane())
    assert d.story_ids == {"lin": 1, "fan": 2}
    assert d.story_people == {"lin/azhen": 1, "lin/xiaoyu": 2, "fan/a": 3}
    row = d.people.slice(0, 1).to_pylist()[0]
    assert (row["person_id"], row["household_id"], row["name"]) == (1, 1, "林阿珍")
    assert row["community_code"] == LANE_COMMUNITY
    assert row["community_code"].startswith("330102012")
    assert row["wage_income"] is None  # not told, therefore unknown
    home = d.households.slice(0, 1).to_pylist()[0]
    assert (home["financial_assets"], home["vehicles"], home["dwellings_owned"]) == (2_140_000, 0, None)
    assert home["address"] == "青云里1号"
    receipt = d.receipts.slice(0, 1).to_pylist()[0]
    assert (receipt["household_id"], receipt["person_id"], receipt["amount_fen"]) == (1, 1, 50_000)


def test_a_storys_number_does_not_depend_on_the_rest() -> None:
    one = generate(people=3_000, seed=5, as_of=AS_OF, stories=lane()).people["id_number"].slice(0, 2).to_pylist()
    two = generate(people=2_500, seed=6, as_of=AS_OF, stories=lane()[:1]).people["id_number"].slice(0, 2).to_pylist()
    assert one == two
    assert all(number.startswith("990199") for number in one)


def test_the_rest_does_not_depend_on_the_stories() -> None:
    told = generate(people=3_000, seed=5, as_of=AS_OF, stories=lane())
    plain = generate(people=3_000, seed=5, as_of=AS_OF)
    assert told.people["name"].slice(3).to_pylist() == plain.people["name"].to_pylist()
    numbers = [n for n in told.people["id_number"].to_pylist() if n]
    assert len(set(numbers)) == len(numbers)
    assert [r.error for r in calibrate(told).rows] == [r.error for r in calibrate(plain).rows]
    assert pc.max(told.receipts["person_id"]).as_py() <= told.people.num_rows


@dataclass(frozen=True)
class Case:
    """The shape in which the rules' own loader hands over a story."""

    key: str
    address: str
    household: Any
    receives: dict[tuple[str, str | None], int]


@dataclass(frozen=True)
class Facts:
    facts: dict[str, Any]
    members: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Member:
    key: str
    facts: dict[str, Any] = field(default_factory=dict)
    name: str = ""


def test_objects_tell_stories_too() -> None:
    member = Member("范金土", {"relation": "head", "sex": "male", "birth_date": date(1935, 4, 2), "dead": True})
    receives: dict[tuple[str, str | None], int] = {("old_age_allowance", "范金土"): 10_000}
    case = Case("fan", "青云里5幢1单元102室", Facts({"vehicles": 0}, (member,)), receives)
    d = generate(people=2_000, seed=5, as_of=AS_OF, stories=[case])
    row = d.people.slice(0, 1).to_pylist()[0]
    assert (row["name"], row["dead"]) == ("范金土", True)
    receipt = d.receipts.slice(0, 1).to_pylist()[0]
    assert (receipt["person_id"], receipt["amount_fen"], receipt["scheme"]) == (1, 10_000, "old_age_allowance")


def test_the_projects_own_stories_stand_in_the_lane() -> None:
    told = load_stories(Path(__file__).parents[2] / "policies")
    d = generate(people=2_000, seed=5, as_of=AS_OF, stories=told)
    assert list(d.story_ids) == [story.key for story in told]
    members = sum(len(story.household.members) for story in told)
    people = d.people.slice(0, members)
    assert all(people["name"].to_pylist())
    assert pc.max(people["household_id"]).as_py() == len(told)
    unborn = pc.or_(pc.is_null(people["birth_date"]), pc.is_null(people["sex"]))
    assert pc.equal(pc.is_null(people["id_number"]), unborn).to_pylist() == [True] * members
    paid = sum(len(story.receives) for story in told)
    assert d.receipts["household_id"].slice(0, paid).to_numpy().max() <= len(told) if paid else True


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: s[0]["people"][0].update(wages=1), "wages"),
        (lambda s: s[0]["people"][1].update(relation="head"), "2 heads"),
        (lambda s: s[0]["people"][0].update(birth_date="2030-01-01"), "lies after"),
        (lambda s: s[1].update(key="lin"), "two stories|Two stories"),
        (lambda s: s[0]["receives"][0].update(person="nobody"), "not among"),
        (lambda s: s[0].update(people=[]), "no people"),
        (lambda s: s[0]["household"].update(car=1), "car"),
    ],
)
def test_a_broken_story_is_refused_with_the_reason(spoil: Any, message: str) -> None:
    stories = lane()
    spoil(stories)
    with pytest.raises(UnableToTellStory, match=message):
        generate(people=2_000, seed=5, as_of=AS_OF, stories=stories)
