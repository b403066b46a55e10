"""The district lies within one percentage point of every published margin, and a distorted one is caught."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from twin import District, calibrate, generate


def test_every_margin_is_met_within_one_point(district: District) -> None:
    report = calibrate(district)
    assert len(report.rows) > 100
    assert not report.outside(1.0), "\n".join(f"{r.margin} {r.cell} {r.error:+.2f}" for r in report.outside(1.0))
    assert abs(report.worst.error) == max(abs(r.error) for r in report.rows)


def test_the_margins_hold_for_another_seed_and_day() -> None:
    assert not calibrate(generate(people=66_000, seed=7, as_of=date(2024, 2, 29))).outside(1.0)


def test_headline_figures_counted_without_the_report(district: District) -> None:
    people = district.people
    here = people.filter(pc.and_(people["resident"], pc.invert(people["dead"])))
    assert here.num_rows == 66_000
    # 七普 Hangzhou: 2 013 297 of 11 936 010 were 60 or over; 6 215 953 were men.
    elders = pc.sum(pc.less_equal(here["birth_date"], pa.scalar(date(1966, 11, 1)))).as_py()
    assert abs(elders / 66_000 - 2_013_297 / 11_936_010) < 0.001
    men = pc.sum(pc.equal(here["sex"].combine_chunks().dictionary_decode(), "male")).as_py()
    assert abs(men / 66_000 - 6_215_953 / 11_936_010) < 0.001
    disabled = pc.sum(pc.not_equal(here["disability_kind"].combine_chunks().dictionary_decode(), "none")).as_py()
    assert abs(disabled / 66_000 - 0.0634) < 0.001
    homes = district.households
    family = homes.filter(pc.equal(homes["household_kind"].combine_chunks().dictionary_decode(), "family"))
    size = np.bincount(here["household_id"].to_numpy())[family["household_id"].to_numpy()]
    assert abs(size[size > 0].mean() - 2.36) < 0.01
    # 浙江统计年鉴2023: 88.2797 万 registered, 137.1 万 resident.
    registered = pc.sum(pc.and_(people["hukou_local"], pc.invert(people["dead"]))).as_py()
    assert abs(registered / 66_000 - 88.2797 / 137.1) < 0.001


def _without(district: District, keep: pa.ChunkedArray) -> District:
    return replace(district, people=district.people.filter(keep))


def _text(table: pa.Table, name: str) -> pa.Array:
    return table[name].combine_chunks().dictionary_decode()


def _put(table: pa.Table, name: str, value: pa.Array) -> pa.Table:
    field = table.schema.field(name)
    return table.set_column(table.schema.names.index(name), field, value.cast(field.type))


def _recoded(table: pa.Table, name: str, old: str, new: str) -> pa.Table:
    words = _text(table, name)
    return _put(table, name, pc.if_else(pc.equal(words, old), new, words))


DISTORTIONS = {
    "elders gone": ("年龄", lambda d: _without(d, pc.greater(d.people["birth_date"], pa.scalar(date(1956, 1, 1))))),
    "one man in ten gone": (
        "性别",
        lambda d: _without(
            d, pc.or_(pc.equal(_text(d.people, "sex"), "female"), pa.array(np.arange(d.people.num_rows) % 10 > 0))
        ),
    ),
    "nobody is widowed": (
        "婚姻",
        lambda d: replace(d, people=_recoded(d.people, "marital_status", "widowed", "married")),
    ),
    "the mild are severe": (
        "残疾",
        lambda d: replace(
            d,
            people=_put(
                d.people,
                "disability_grade",
                pc.if_else(pc.equal(d.people["disability_grade"], 3), 1, d.people["disability_grade"]),
            ),
        ),
    ),
    "everybody is registered": (
        "户籍",
        lambda d: replace(d, people=_put(d.people, "hukou_local", pa.array(np.ones(d.people.num_rows, dtype=bool)))),
    ),
    "dormitories are families": (
        "家庭户规模",
        lambda d: replace(d, households=_recoded(d.households, "household_kind", "collective", "family")),
    ),
}


@pytest.mark.parametrize("name", DISTORTIONS)
def test_a_distorted_district_fails(district: District, name: str) -> None:
    margin, distort = DISTORTIONS[name]
    outside = calibrate(distort(district)).outside(1.0)
    assert any(row.margin.startswith(margin) for row in outside), f"{name} went unnoticed"


def test_the_report_prints_each_cell_with_its_source(district: District) -> None:
    report = calibrate(district)
    text = report.to_markdown()
    assert text.count("\n| ") == len(report.rows) + len({row.margin for row in report.rows})
    assert all(row.source and row.source_value for row in report.rows)


def test_about_one_household_in_a_hundred_is_poor(district: District) -> None:
    """0.8–1.5 % of resident households whose facts are all known live on less than 1 102 yuan a head and month."""
    people = district.people.filter(pc.and_(district.people["resident"], pc.invert(district.people["dead"])))
    names = ["wage_income", "business_income", "property_income", "transfer_income", "other_income"]
    total = sum(people[n].to_numpy(zero_copy_only=False).astype(float) for n in names)
    total = total - people["exempt_income"].to_numpy() - people["employment_cost"].to_numpy()
    household = people["household_id"].to_numpy()
    income, size = np.bincount(household, weights=total), np.bincount(household)
    known = (size > 0) & ~np.isnan(income)
    share = (income[known] / size[known] / 12 < 110_200).mean()
    assert 0.008 <= share <= 0.015


def test_the_printed_report_is_the_one_the_code_gives(district: District) -> None:
    printed = Path(__file__).parents[2] / "docs" / "calibration.md"
    remedy = "run `python -m twin --people 66000 --as-of 2026-11-01` and put its output into docs/calibration.md"
    assert calibrate(district).to_markdown() in printed.read_text(encoding="utf-8"), remedy
