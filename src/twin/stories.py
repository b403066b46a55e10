"""The invented lane 青云里: hand-written households that tests, demo and documents share.

A story is a mapping (or an object with the same attributes): key, address, household (facts), people (each with key,
name and facts), receives (person, scheme, amount_fen, since_date). Facts bear the names of policies/inputs.yaml.
What a story leaves out is unknown (null): the generator adds no facts to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from twin.identity import STORY_PREFIX, number_bytes
from twin.tables import DWELLINGS, HOUSEHOLDS, PEOPLE

LANE_STREET = "330102012"
LANE_COMMUNITY = "330102012001"
LANE = "青云里"

Story = Any
"""A mapping or an object; see the module text."""


class UnableToTellStory(ValueError):
    """A story cannot be placed in the district."""


@dataclass(frozen=True)
class Told:
    """The stories as rows of the tables; `receipts` holds (household, person or None, scheme, fen a month, since)."""

    people: pa.Table
    households: pa.Table
    dwellings: pa.Table
    receipts: list[tuple[int, int | None, str, int, date]]
    household_ids: dict[str, int]
    person_ids: dict[str, int]


def tell(stories: Sequence[Story], centre: tuple[float, float], as_of: date) -> Told:
    """This function will put each story into the lane: household ids and dwelling ids 1 … n, person ids from 1.

    `centre` is (lon, lat) of the community. Raises UnableToTellStory on an unknown fact, a repeated key, a date after
    `as_of`, or a household without exactly one head.
    """
    people: list[dict[str, Any]] = []
    households: list[dict[str, Any]] = []
    dwellings: list[dict[str, Any]] = []
    receipts: list[tuple[int, int | None, str, int, date]] = []
    household_ids: dict[str, int] = {}
    person_ids: dict[str, int] = {}
    taken: set[tuple[date, int]] = set()
    for number, story in enumerate(stories, 1):
        key = str(_part(story, "key"))
        if key in household_ids:
            raise UnableToTellStory(f"Two stories have the key {key}; give each its own.")
        household_ids[key] = number
        address = str(_part(story, "address", f"{LANE}{number}号"))
        households.append(
            _checked(key, HOUSEHOLDS, _household_facts(_part(story, "household", None)))
            | {
                "household_id": number,
                "community_code": LANE_COMMUNITY,
                "dwelling_id": number,
                "household_kind": "family",
                "address": address,
                "grid_no": 1,
            }
        )
        dwellings.append(_door(number, address, centre))
        members = _members(story)
        heads = sum(_part(m, "relation", None) == "head" for m in members)
        if heads != 1:
            raise UnableToTellStory(f"Story {key} has {heads} heads of household; name exactly one (relation: head).")
        local_ids: dict[str, int] = {}
        for place, member in enumerate(members, 1):
            row = _person(key, member, place, len(people) + 1, number, taken, as_of)
            local_ids[str(_part(member, "key", place))] = row["person_id"]
            people.append(row)
        person_ids |= {f"{key}/{k}": v for k, v in local_ids.items()}
        for receipt in _receives(story, as_of):
            receipts.append(_receipt(key, receipt, number, local_ids, as_of))
    return Told(
        people=pa.Table.from_pylist(people, schema=PEOPLE),
        households=pa.Table.from_pylist(households, schema=HOUSEHOLDS),
        dwellings=pa.Table.from_pylist(dwellings, schema=DWELLINGS),
        receipts=receipts,
        household_ids=household_ids,
        person_ids=person_ids,
    )


_REQUIRED = object()


def _part(thing: Any, name: str, default: Any = _REQUIRED) -> Any:
    if isinstance(thing, Mapping):
        if name in thing:
            return thing[name]
        facts = thing.get("facts")
    else:
        if hasattr(thing, name):
            return getattr(thing, name)
        facts = getattr(thing, "facts", None)
    if isinstance(facts, Mapping) and name in facts:
        return facts[name]
    if default is _REQUIRED:
        raise UnableToTellStory(f"A story or a person in it lacks “{name}”; write it down.")
    return default


def _household_facts(household: Any) -> dict[str, Any]:
    facts = getattr(household, "facts", household)
    return dict(facts or {})


def _members(story: Story) -> list[Any]:
    """People stand beside the household, or inside it as its members."""
    people = _part(story, "people", None)
    if people is None:
        people = getattr(_part(story, "household", None), "members", None)
    if not people:
        raise UnableToTellStory(f"Story {_part(story, 'key')} has no people; name at least the head of household.")
    return list(people)


def _receives(story: Story, as_of: date) -> list[Any]:
    """A list of receipts, or a mapping (scheme, person or None) → fen a month, then paid since a year before."""
    given = _part(story, "receives", None) or []
    if not isinstance(given, Mapping):
        return list(given)
    since = date(as_of.year - 1, as_of.month, 1)
    return [
        {"scheme": scheme, "person": person, "amount_fen": fen, "since_date": since}
        for (scheme, person), fen in given.items()
    ]


def _checked(key: str, schema: pa.Schema, facts: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(schema.names))
    if unknown:
        raise UnableToTellStory(f"Story {key} names facts that the registry does not know: {', '.join(unknown)}.")
    return facts


def _facts_of(member: Any) -> dict[str, Any]:
    if isinstance(member, Mapping):
        facts = {k: v for k, v in member.items() if k not in ("key", "facts", "title", "note")}
        facts.setdefault("name", str(member.get("key", "")))
        return facts | dict(member.get("facts") or {})
    return {"name": str(getattr(member, "name", "") or member.key)} | dict(member.facts)


def _person(
    key: str, member: Any, place: int, number: int, household: int, taken: set[tuple[date, int]], as_of: date
) -> dict[str, Any]:
    facts = _checked(key, PEOPLE, _facts_of(member))
    row: dict[str, Any] = {"dead": False, "resident": True, "hukou_local": True} | facts
    row |= {"person_id": number, "household_id": household, "community_code": LANE_COMMUNITY}
    for name in ("birth_date", "death_date"):
        value = row.get(name)
        if isinstance(value, str):
            row[name] = value = date.fromisoformat(value)
        if value is not None and value > as_of:
            raise UnableToTellStory(f"Story {key}: {name} {value} lies after {as_of}.")
    if row.get("hukou_division_code") is None:
        row["hukou_division_code"] = LANE_COMMUNITY if row["hukou_local"] else None
    if row.get("phone") is None:
        row["phone"] = f"1009900{household % 100:02d}{place % 100:02d}"
    if row.get("id_number") is None and row.get("birth_date") and row.get("sex"):
        row["id_number"] = _number(f"{key}/{_part(member, 'key', place)}", row["birth_date"], row["sex"], taken)
    return row


def _number(key: str, birth: date, sex: str, taken: set[tuple[date, int]]) -> str:
    """A number that depends on the keys only, so that it stays the same whatever else is generated."""
    step = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 499
    while True:
        sequence = 2 * step + (1 if sex == "male" else 2)
        if (birth, sequence) not in taken:
            break
        step = (step + 1) % 499
    taken.add((birth, sequence))
    day = np.array([birth], dtype="datetime64[D]")
    return number_bytes(np.array([STORY_PREFIX]), day, np.array([sequence])).tobytes().decode()


def _door(number: int, address: str, centre: tuple[float, float]) -> dict[str, Any]:
    return {
        "dwelling_id": number,
        "community_code": LANE_COMMUNITY,
        "estate": LANE,
        "building": number,
        "unit": 1,
        "room": 101,
        "address": address,
        "lon": round(centre[0] + 0.00012 * number, 6),
        "lat": round(centre[1] + 0.00003 * number, 6),
        "grid_no": 1,
    }


def _receipt(
    key: str, receipt: Any, household: int, people: dict[str, int], as_of: date
) -> tuple[int, int | None, str, int, date]:
    who = _part(receipt, "person", None)
    if who is not None and str(who) not in people:
        raise UnableToTellStory(f"Story {key}: “{who}” receives money but is not among its people.")
    since = _part(receipt, "since_date")
    since = date.fromisoformat(since) if isinstance(since, str) else since
    if since > as_of:
        raise UnableToTellStory(f"Story {key}: a payment begins on {since}, after {as_of}.")
    person = None if who is None else people[str(who)]
    return household, person, str(_part(receipt, "scheme")), int(_part(receipt, "amount_fen")), since
