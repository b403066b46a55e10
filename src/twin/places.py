"""Where people live: the 203 real communities, invented estates, dwellings with doors and rough coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.families import DORMITORY, Draft
from twin.quotas import Column, Floats, Ints, largest_remainder
from twin.sources import communities, table

# Own assumptions: how full a street's communities are, and how old its people are.
_FULL = {
    "清波街道": 0.7,
    "湖滨街道": 0.6,
    "小营街道": 0.8,
    "丁兰街道": 1.15,
    "笕桥街道": 1.3,
    "彭埠街道": 1.2,
    "九堡街道": 1.35,
}
_OLD = {
    "清波街道": 1.0,
    "湖滨街道": 0.9,
    "小营街道": 0.9,
    "南星街道": 0.7,
    "紫阳街道": 0.9,
    "望江街道": 0.7,
    "采荷街道": 0.7,
}
_OLD |= {
    "凯旋街道": 0.6,
    "闸弄口街道": 0.5,
    "四季青街道": -0.2,
    "彭埠街道": -0.3,
    "笕桥街道": -0.3,
    "丁兰街道": -0.2,
    "九堡街道": -0.6,
}
_ESTATE = ("柳荷桂枫云清锦翠晴秋春月竹兰松槐梅雁鹭霞", "浪影溪塘桥岸泉湾庭林屿沙亭舟渡汀台谷井池")
_SUFFIX = ("苑", "里", "坊", "园", "居", "新村")
ROOMS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5])
"""Dormitory rooms hold 3, 3, 3, 3, 3 and 2 persons: 2.83 on average, as Hangzhou's collective households in 2020."""


@dataclass(frozen=True)
class Dwellings:
    """One entry per dwelling, sorted by community; `community` counts from 0 in code order."""

    community: Ints
    estate: pa.Array
    building: Ints
    unit: Ints
    room: Ints
    address: pa.Array
    lon: Floats
    lat: Floats
    grid_no: Ints


def place(rng: np.random.Generator, draft: Draft) -> Draft:
    """This function will give every household a community and sort households and persons in their final order."""
    rows = communities()
    dormitory = draft.homes["kind"] == DORMITORY
    full = np.array([_FULL.get(r["street"], 1.0) * (0.5 if r["kind"] == "村" else 1.0) for r in rows])
    full *= rng.lognormal(0, 0.30, len(rows))
    old = np.array([_OLD[r["street"]] for r in rows])
    new = full * np.exp(-0.6 * old) * rng.lognormal(0, 0.9, len(rows))
    community = np.empty(draft.households, dtype=np.int64)
    elders = draft.per_household(draft.age >= 60) / np.maximum(draft.per_household(np.ones(len(draft))), 1)
    for mask, weight in ((dormitory, new), (~dormitory, full)):
        mine = np.flatnonzero(mask)
        seats = np.repeat(np.arange(len(rows)), largest_remainder(weight, len(mine)))
        lean = rng.normal(0, 1, len(mine)) + 0.9 * old[seats]
        want = rng.normal(0, 1, len(mine)) + 0.9 * elders[mine]
        community[mine[np.argsort(want, kind="stable")]] = seats[np.argsort(lean, kind="stable")]
    draft.homes["community"] = community
    shuffled = rng.permutation(draft.households)
    order = shuffled[np.lexsort((dormitory[shuffled], community[shuffled]))]
    return _sorted(draft, order)


def _sorted(draft: Draft, order: Ints) -> Draft:
    rank = np.empty(draft.households, dtype=np.int64)
    rank[order] = np.arange(draft.households)
    household = rank[draft.household]
    people = np.lexsort((-draft.age, draft.relation, household))
    where = np.empty(len(people), dtype=np.int64)
    where[people] = np.arange(len(people))

    def moved(link: Ints) -> Ints:
        mine = link[people]
        return np.where(mine >= 0, where[mine], -1)

    return replace(
        draft,
        household=household[people],
        father=moved(draft.father),
        mother=moved(draft.mother),
        spouse=moved(draft.spouse),
        people={name: column[people] for name, column in draft.people.items()},
        homes={name: column[order] for name, column in draft.homes.items()},
        **{name: getattr(draft, name)[people] for name in ("age", "sex", "marital", "kind", "relation")},
    )


def build(rng: np.random.Generator, draft: Draft) -> tuple[Dwellings, Ints]:
    """This function will build the dwellings and return them with the dwelling (from 0) of each household."""
    community, dormitory = draft.homes["community"], draft.homes["kind"] == DORMITORY
    n = draft.households
    starts = np.searchsorted(community, np.arange(len(communities())))
    inside = np.arange(n) - starts[community]
    families = np.bincount(community[~dormitory], minlength=len(starts))
    room_of = inside - families[community]
    key = np.where(dormitory, families[community] + (room_of // 17) * 6 + ROOMS[room_of % 17], inside)
    change = (np.diff(community, prepend=-1) != 0) | (np.diff(key, prepend=-1) != 0)
    dwelling_of = np.cumsum(change) - 1
    first = np.flatnonzero(change)
    return _doors(rng, community[first], key[first], dormitory[first], families), dwelling_of


def _doors(rng: np.random.Generator, community: Ints, index: Ints, dormitory: Column, families: Ints) -> Dwellings:
    rows = communities()
    estates = rng.integers(3, 7, len(rows))
    pairs = [a + b + s for a in _ESTATE[0] for b in _ESTATE[1] for s in _SUFFIX]
    names = [pairs[i] for i in rng.permutation(len(pairs))[: len(rows) * 7]]
    names = [name[:2] + "公寓" if i % 7 == 6 else name for i, name in enumerate(names)]
    per_estate = -(-np.maximum(families, 1) // estates)
    estate = np.where(dormitory, 6, np.minimum(index // per_estate[community], 5))
    within = np.where(dormitory, index - families[community], index % per_estate[community])
    floors = rng.choice(np.array([6, 6, 6, 7, 11, 18]), (len(rows), 7))[community, estate]
    room = (within // 2 % floors + 1) * 100 + within % 2 + 1
    unit = within // (2 * floors) % 3 + 1
    building = within // (6 * floors) + 1
    estate_text = pa.array(names).take(pa.array(community * 7 + estate))
    community_text = pa.array([r["name"] for r in rows]).take(pa.array(community))
    numbers = [pc.cast(pa.array(v), pa.string()) for v in (building, unit, room)]
    address = pc.binary_join_element_wise(
        community_text, " ", estate_text, numbers[0], "幢", numbers[1], "单元", numbers[2], "室", ""
    )
    grids = rng.integers(3, 5, len(rows))
    lon, lat = _points(rng, community, estate, building)
    return Dwellings(
        community=community,
        estate=estate_text,
        building=building,
        unit=unit,
        room=room,
        address=address,
        lon=lon,
        lat=lat,
        grid_no=(estate * 7 + building) % grids[community] + 1,
    )


def centres(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """This function will return an invented middle (lon, lat, WGS84) for each community, near its street's point."""
    points = {r["street_code"]: r for r in table("street_points")}
    seen: dict[str, int] = {}
    size: dict[str, int] = {}
    for row in communities():
        size[row["street_code"]] = size.get(row["street_code"], 0) + 1
    lon, lat = [], []
    for row in communities():
        street = row["street_code"]
        i = seen[street] = seen.get(street, 0) + 1
        point = points[street]
        reach = 0.62 * (float(point["approx_area_km2"]) / np.pi) ** 0.5 * (i / size[street]) ** 0.5
        angle = i * 2.399963 + rng.normal(0, 0.1)
        lon.append(float(point["lon"]) + reach * np.cos(angle) / 96.2)
        lat.append(float(point["lat"]) + reach * np.sin(angle) / 110.9)
    return np.array(lon), np.array(lat)


def _points(rng: np.random.Generator, community: Ints, estate: Ints, building: Ints) -> tuple[Floats, Floats]:
    lon, lat = centres(rng)
    shift = rng.normal(0, 0.0011, (len(lon), 7, 2))[community, estate]
    turn = building * 2.399963
    away = 0.00022 * np.sqrt(building)
    return (
        np.round(lon[community] + shift[:, 0] + away * np.cos(turn), 6),
        np.round(lat[community] + shift[:, 1] + away * np.sin(turn), 6),
    )


def hukou_codes(rng: np.random.Generator, draft: Draft) -> tuple[pa.Array, Ints]:
    """This function will return hukou division codes and the six-digit county of each.

    Local: the twelve-digit community, for 22 % of the households another one than where they live (人户分离 inside
    the district). Not local: a six-digit county, Zhejiang and the usual provinces of origin (own weights).
    """
    codes = [r["code"] for r in communities()]
    counties = np.array([int(r["code"]) for r in table("counties")])
    share = {33: 42, 34: 16, 41: 9, 36: 8, 52: 5, 42: 5, 51: 4, 32: 4, 43: 3, 53: 2, 37: 1, 35: 1}
    province = counties // 10000
    weight = np.array([share[int(p)] for p in province]) / np.bincount(province)[province]
    local = draft.people["hukou_local"]
    household = draft.household
    parted = rng.random(draft.households) < 0.22
    register = np.where(parted, rng.integers(0, len(codes), draft.households), draft.homes["community"])[household]
    origin = rng.choice(len(counties), draft.households, p=weight / weight.sum())[household]
    pool = pa.array([*codes, *(f"{c:06d}" for c in counties)]).dictionary_encode()
    picked = np.where(local, register, len(codes) + origin)
    return pc.take(pool, pa.array(picked)), np.where(local, 330102, counties[origin])
