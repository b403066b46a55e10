"""Families are plausible, every row has its place, and no date lies after the day of the district."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import District, generate
from twin.generate import UnableToGenerate


def _ids(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy()


def _text(table: pa.Table, name: str) -> np.ndarray:
    return table[name].combine_chunks().dictionary_decode().to_numpy(zero_copy_only=False)


def _structure(d: District) -> None:
    people, homes = d.people, d.households
    assert np.array_equal(_ids(people, "person_id"), np.arange(1, people.num_rows + 1))
    assert np.array_equal(_ids(homes, "household_id"), np.arange(1, homes.num_rows + 1))
    assert np.array_equal(_ids(d.dwellings, "dwelling_id"), np.arange(1, d.dwellings.num_rows + 1))
    household = _ids(people, "household_id")
    assert (np.diff(household) >= 0).all()
    heads = np.bincount(household[_text(people, "relation") == "head"], minlength=homes.num_rows + 1)
    assert (heads[1:] == 1).all()
    assert set(np.unique(_ids(homes, "dwelling_id"))) == set(_ids(d.dwellings, "dwelling_id"))
    community = _text(homes, "community_code")
    assert (community[household - 1] == _text(people, "community_code")).all()
    assert (_text(d.dwellings, "community_code")[_ids(homes, "dwelling_id") - 1] == community).all()
    addresses = np.array(d.dwellings["address"].to_pylist())
    assert (addresses[_ids(homes, "dwelling_id") - 1] == np.array(homes["address"].to_pylist())).all()
    for table in (d.kin, d.receipts):
        person = pc.drop_null(table["person_id"]).to_numpy()
        assert ((person >= 1) & (person <= people.num_rows)).all()
    relative = pc.drop_null(d.kin["relative_id"]).to_numpy()
    assert ((relative >= 1) & (relative <= people.num_rows)).all()
    assert (d.receipts["household_id"].to_numpy() <= homes.num_rows).all()


def _dates(d: District) -> None:
    last = pa.scalar(d.as_of)
    for table, name in (
        (d.people, "birth_date"),
        (d.people, "death_date"),
        (d.receipts, "since_date"),
        (d.kin, "birth_date"),
    ):
        assert pc.max(table[name]).as_py() <= last.as_py(), name
    dead = d.people.filter(d.people["dead"])
    assert dead["death_date"].null_count == 0
    assert pc.all(pc.greater_equal(dead["death_date"], dead["birth_date"])).as_py()
    assert pc.all(pc.invert(dead["resident"])).as_py()
    assert d.people["death_date"].null_count == d.people.num_rows - dead.num_rows
    oldest = d.as_of.year - pc.year(pc.min(d.people["birth_date"])).as_py()
    assert oldest <= 106


@settings(max_examples=8, deadline=None)
@given(people=st.integers(2_000, 9_000), seed=st.integers(0, 2**31), day=st.dates(date(2020, 2, 29), date(2027, 1, 1)))
def test_any_district_is_whole(people: int, seed: int, day: date) -> None:
    d = generate(people=people, seed=seed, as_of=day)
    _structure(d)
    _dates(d)
    residents = pc.and_(d.people["resident"], pc.invert(d.people["dead"]))
    assert pc.sum(residents).as_py() == people


def test_the_large_district_is_whole(district: District) -> None:
    _structure(district)
    _dates(district)


def test_too_few_people_are_refused() -> None:
    with pytest.raises(UnableToGenerate, match="2000 or more"):
        generate(people=500, seed=1, as_of=date(2026, 11, 1))


def _pairs(d: District, one: str, other: str) -> np.ndarray:
    """Age differences in years (one older is positive) between living members of the same household."""
    people = d.people.filter(pc.invert(d.people["dead"]))
    relation, household = _text(people, "relation"), _ids(people, "household_id")
    birth = people["birth_date"].to_numpy().astype("datetime64[D]").astype(float) / 365.25
    where = np.full(d.households.num_rows + 1, np.nan)
    where[household[relation == one]] = birth[relation == one]
    rows = relation == other
    gap = birth[rows] - where[household[rows]]
    return gap[~np.isnan(gap)]


def test_spouses_are_of_one_generation(district: District) -> None:
    gap = np.abs(_pairs(district, "head", "spouse"))
    assert len(gap) > 10_000
    assert gap.max() < 17
    assert np.quantile(gap, 0.95) < 7


def test_children_are_a_generation_younger(district: District) -> None:
    gap = _pairs(district, "head", "child")
    assert gap.min() > 16
    assert gap.max() < 52
    assert np.mean((gap >= 20) & (gap <= 40)) > 0.95


def test_parents_and_grandchildren(district: District) -> None:
    assert (-_pairs(district, "head", "parent")).min() > 16
    assert np.median(_pairs(district, "head", "grandchild")) > 45


def test_nobody_marries_too_young_and_minors_are_not_heads(district: District) -> None:
    people = district.people
    age = district.as_of.year - pc.year(people["birth_date"]).to_numpy()
    married = _text(people, "marital_status") != "never_married"
    assert age[married].min() >= 20
    lone_minors = (age < 17) & (_text(people, "relation") == "head")
    institution = people["in_welfare_institution"].to_numpy(zero_copy_only=False)
    assert not (lone_minors & ~institution).any()


def test_every_kind_of_family_occurs(district: District) -> None:
    people = district.people
    relation, household = _text(people, "relation"), _ids(people, "household_id")
    size = np.bincount(household)
    elder = pc.less(people["birth_date"], pa.scalar(date(1966, 11, 1))).to_numpy(zero_copy_only=False)
    lone_elders = (elder & (size[household] == 1) & people["resident"].to_numpy(zero_copy_only=False)).sum()
    assert 0.05 < lone_elders / (elder & people["resident"].to_numpy(zero_copy_only=False)).sum() < 0.2
    three = np.intersect1d(household[relation == "parent"], household[relation == "child"])
    assert len(np.union1d(three, household[relation == "grandchild"])) > 1_000
    assert {"head", "spouse", "child", "parent", "grandchild", "sibling", "child_in_law", "other"} <= set(relation)


def test_children_take_a_parents_name(district: District) -> None:
    people = district.people.filter(pc.invert(district.people["dead"]))
    relation, household = _text(people, "relation"), _ids(people, "household_id")
    first = np.array([name[0] for name in people["name"].to_pylist()])
    head = np.full(district.households.num_rows + 1, "", dtype="<U1")
    spouse = head.copy()
    head[household[relation == "head"]] = first[relation == "head"]
    spouse[household[relation == "spouse"]] = first[relation == "spouse"]
    rows = relation == "child"
    same = (first[rows] == head[household[rows]]) | (first[rows] == spouse[household[rows]])
    assert same.mean() > 0.95


def test_kin_outside_agree_with_the_supporter_fact(district: District) -> None:
    kin, people = district.kin, district.people
    helped = kin.filter(pc.and_(kin["capable"], kin["alive"]))["person_id"].to_numpy() - 1
    has = people["capable_supporter"].to_pylist()
    assert not any(has[i] is False for i in helped)
    household = _ids(people, "household_id")
    linked = kin.filter(pc.is_valid(kin["relative_id"]))
    assert (household[_ids(linked, "person_id") - 1] != household[_ids(linked, "relative_id") - 1]).all()
