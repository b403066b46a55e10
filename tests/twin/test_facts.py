"""Every fact of the vocabulary is a column by that name and type, with codes the rules know; unknown is rare."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from twin import District

POLICIES = Path(__file__).parents[2] / "policies"
INPUTS = yaml.safe_load((POLICIES / "inputs.yaml").read_text(encoding="utf-8"))

# What only the assessment of one person reads is on no register, and no column here.
ASSESSED = yaml.safe_load((POLICIES / "ability_assessment" / "ordinary.yaml").read_text(encoding="utf-8"))["person"]
FACTS = [(entity, name) for entity in ("person", "household") for name in INPUTS[entity] if name not in ASSESSED]
ARROW = {"bool": pa.bool_(), "int": pa.int64(), "money": pa.int64(), "date": pa.date32()}


def _table(district: District, entity: str) -> pa.Table:
    return district.people if entity == "person" else district.households


@pytest.mark.parametrize(("entity", "name"), FACTS)
def test_each_fact_has_its_column(district: District, entity: str, name: str) -> None:
    kind, column = INPUTS[entity][name]["type"], _table(district, entity)[name]
    if kind == "code":
        assert pa.types.is_dictionary(column.type)
        words = set(pc.unique(column.combine_chunks().dictionary_decode()).to_pylist()) - {None}
        assert words <= set(INPUTS[entity][name]["codes"])
        assert len(words) > 1
    else:
        assert column.type == ARROW[kind]
    if kind in ("int", "money"):
        assert pc.min(column).as_py() >= 0


# Days of something that has not happened to most: unknown (null) elsewhere by design.
ONLY_AFTER = {
    "death_date": ("dead", "false"),
    "left_assistance_on": ("left_assistance_for_work", "false"),
    "emergency_date": ("emergency_kind", "none"),
}
# Facts that belong to an age: unknown (null) elsewhere by design.
BY_AGE = {"ability_level": (60, 200), "father_status": (0, 18), "mother_status": (0, 18)}


@pytest.mark.parametrize(("entity", "name"), FACTS)
def test_unknown_is_rare(district: District, entity: str, name: str) -> None:
    table = _table(district, entity)
    if name in BY_AGE:
        low, high = BY_AGE[name]
        age = district.as_of.year - pc.year(table["birth_date"]).to_numpy()
        table = table.filter(pa.array((age > low) & (age < high)))
    if name in ONLY_AFTER:
        column, none = ONLY_AFTER[name]
        table = table.filter(pc.not_equal(table[column].cast(pa.string()), none))
    assert table[name].null_count / table.num_rows < 0.03


def test_some_things_are_unknown(district: District) -> None:
    for name in ("wage_income", "business_income", "disability_grade", "capable_supporter"):
        assert district.people[name].null_count > 0, name
    assert district.households["financial_assets"].null_count > 0


def test_facts_do_not_contradict_each_other(district: District) -> None:
    def text(name: str) -> np.ndarray:
        return district.people[name].combine_chunks().dictionary_decode().to_numpy(zero_copy_only=False)

    def number(name: str) -> np.ndarray:
        return pc.fill_null(district.people[name], 0).to_numpy()

    def true(name: str) -> np.ndarray:
        return district.people[name].to_numpy(zero_copy_only=False)

    age = district.as_of.year - pc.year(district.people["birth_date"]).to_numpy()
    kind, status = text("disability_kind"), text("employment_status")
    assert ((number("disability_grade") == 0) | (kind != "none")).all()
    assert (status[age < 6] == "preschool").all()
    assert (number("wage_income")[status != "employed"] == 0).mean() > 0.98
    assert (number("wage_income")[age < 15] == 0).all()
    assert (number("basic_pension") <= number("transfer_income")).all()
    total = sum(number(n) for n in ("wage_income", "property_income", "transfer_income", "other_income"))
    assert (number("exempt_income") <= total).all()
    assert ((number("employment_cost") == 0) | (status == "employed")).all()
    assert (status[true("full_time_student")] == "student").all()
    code = district.people["hukou_division_code"].combine_chunks().dictionary_decode()
    here = pc.starts_with(code, "330102").to_numpy(zero_copy_only=False)
    assert (here == true("hukou_local")).all()
    assert set(number("disability_grade")) == {0, 1, 2, 3, 4}
    assert number("self_care_items_failed").max() <= 6
    dead = true("dead")
    for name in ("wage_income", "transfer_income", "business_income"):
        assert (number(name)[dead] == 0).all()


def test_children_nobody_looks_after(district: District) -> None:
    """About sixty in a million, but never fewer than five, so that the scheme has somebody to find."""
    people = district.people.filter(district.people["resident"])
    father, mother = (people[n].combine_chunks().dictionary_decode() for n in ("father_status", "mother_status"))
    gone = pc.and_(pc.not_equal(father, "able"), pc.not_equal(mother, "able"))
    assert 5 <= pc.sum(gone).as_py() <= 40
    assert pc.sum(people["in_welfare_institution"]).as_py() >= 1
