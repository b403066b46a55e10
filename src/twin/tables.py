"""The columns of the district's tables, and how a draft is poured into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from twin.aid import BURIAL, EMERGENCY, SCHOOL, SEVERITY, SUPPORTER
from twin.families import RELATIONS
from twin.kin import STATUS
from twin.life import ABILITY, DISABILITY_CODES, EMPLOYMENT
from twin.quotas import Bools, Column
from twin.sources import EDUCATION, MARITAL, SEXES

CODES: dict[str, tuple[str, ...]] = {
    "sex": SEXES,
    "relation": RELATIONS,
    "marital_status": MARITAL,
    "employment_status": EMPLOYMENT,
    "education": EDUCATION,
    "disability_kind": DISABILITY_CODES,
    "ability_level": ABILITY,
    "father_status": STATUS,
    "mother_status": STATUS,
    "school_stage": SCHOOL,
    "supporter_condition": SUPPORTER,
    "emergency_kind": EMERGENCY,
    "emergency_severity": SEVERITY,
    "burial_kind": BURIAL,
    "household_kind": ("family", "collective", "registered_elsewhere", "deceased"),
}
_CODE = pa.dictionary(pa.int8(), pa.string())
_PLACE = pa.dictionary(pa.int16(), pa.string())

PEOPLE = pa.schema(
    [
        ("person_id", pa.int64()),
        ("household_id", pa.int64()),
        ("community_code", _PLACE),
        ("name", pa.string()),
        ("id_number", pa.string()),
        ("phone", pa.string()),
        ("hukou_division_code", _PLACE),
        ("education", _CODE),
        ("death_date", pa.date32()),
        ("sex", _CODE),
        ("birth_date", pa.date32()),
        ("dead", pa.bool_()),
        ("relation", _CODE),
        ("hukou_local", pa.bool_()),
        ("resident", pa.bool_()),
        ("marital_status", _CODE),
        ("employment_status", _CODE),
        ("full_time_student", pa.bool_()),
        ("in_custody", pa.bool_()),
        ("declared_missing", pa.bool_()),
        ("clergy_living_apart_years", pa.int64()),
        ("wage_income", pa.int64()),
        ("business_income", pa.int64()),
        ("property_income", pa.int64()),
        ("transfer_income", pa.int64()),
        ("other_income", pa.int64()),
        ("exempt_income", pa.int64()),
        ("basic_pension", pa.int64()),
        ("employment_cost", pa.int64()),
        ("disability_kind", _CODE),
        ("disability_grade", pa.int64()),
        ("severe_illness", pa.bool_()),
        ("needs_long_term_care", pa.bool_()),
        ("ability_level", _CODE),
        ("self_care_items_failed", pa.int64()),
        ("capable_supporter", pa.bool_()),
        ("father_status", _CODE),
        ("mother_status", _CODE),
        ("in_welfare_institution", pa.bool_()),
        ("school_stage", _CODE),
        ("work_refusals", pa.int64()),
        ("kin_support", pa.int64()),
        ("resident_insured", pa.bool_()),
        ("home_care_bill", pa.int64()),
        ("institution_bill", pa.int64()),
        ("home_adapted", pa.bool_()),
        ("supporter_condition", _CODE),
        ("supporter_income", pa.int64()),
        ("supporter_property_within_limits", pa.bool_()),
        ("left_assistance_for_work", pa.bool_()),
        ("left_assistance_on", pa.date32()),
        ("assistance_before_exit", pa.int64()),
        ("emergency_kind", _CODE),
        ("emergency_severity", _CODE),
        ("emergency_date", pa.date32()),
        ("temporary_aid_received", pa.int64()),
        ("burial_kind", _CODE),
    ]
)

HOUSEHOLDS = pa.schema(
    [
        ("household_id", pa.int64()),
        ("community_code", _PLACE),
        ("dwelling_id", pa.int64()),
        ("household_kind", _CODE),
        ("address", pa.string()),
        ("grid_no", pa.int64()),
        ("financial_assets", pa.int64()),
        ("vehicles", pa.int64()),
        ("dwellings_owned", pa.int64()),
        ("business_registered", pa.bool_()),
        ("medical_spending", pa.int64()),
        ("education_spending", pa.int64()),
        ("rehabilitation_spending", pa.int64()),
    ]
)

DWELLINGS = pa.schema(
    [
        ("dwelling_id", pa.int64()),
        ("community_code", _PLACE),
        ("estate", pa.string()),
        ("building", pa.int64()),
        ("unit", pa.int64()),
        ("room", pa.int64()),
        ("address", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("grid_no", pa.int64()),
    ]
)


def coded(name: str, value: Column) -> pa.Array:
    """This function will turn code positions into a dictionary column; a negative position is unknown (null)."""
    return dictionary(value, CODES[name], np.int8)


def dictionary(value: Column, words: Sequence[str], width: type[np.signedinteger[Any]]) -> pa.Array:
    """This function will build a dictionary column from positions in `words`; negative means null."""
    indices = pa.array(value.astype(width), mask=np.asarray(value) < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words)))


def whole(value: Column, unknown: Bools | None = None) -> pa.Array:
    """This function will build an int64 column, null where unknown."""
    return pa.array(value.astype(np.int64), mask=unknown)


def truth(value: Column) -> pa.Array:
    """This function will build a bool column; an integer column holds -1 for unknown."""
    if value.dtype == np.bool_:
        return pa.array(value)
    return pa.array(value > 0, mask=value < 0)


def days(value: npt.NDArray[np.datetime64]) -> pa.Array:
    """This function will build a date column; NaT is null."""
    return pa.array(value.astype("datetime64[D]"), type=pa.date32())


def assembled(schema: pa.Schema, columns: dict[str, pa.Array], extra: pa.Table | None = None) -> pa.Table:
    """This function will order columns by the schema and put the rows of `extra` (the stories) before them."""
    main = pa.table([columns.pop(f.name) for f in schema], schema=schema)
    if columns:
        raise KeyError(f"Columns without a place in the schema: {', '.join(columns)}.")
    if extra is not None and extra.num_rows:
        main = pa.concat_tables([extra, main])
    return main.unify_dictionaries().combine_chunks()
