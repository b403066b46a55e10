"""Figures of the plan that the rulebook carries as dated numbers (reference §2.5, plan I.1)."""

from datetime import date

import pytest

from minsheng.records.registry.queries.population import exported
from minsheng.records.registry.types import SubjectKind
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.operations.evaluation import offers
from rulebook.sql_bounds import Writer
from rulebook.sql_plan import make_plan

STANDARD = "household.standard"


@pytest.mark.parametrize(
    ("day", "fen"), [(date(2016, 6, 1), 74_400), (date(2019, 12, 31), 74_400), (date(2020, 1, 1), 110_200)]
)
def test_the_standard_of_each_year(day: date, fen: int) -> None:
    version = law_on(day).numbers[STANDARD]
    assert version.value == fen
    assert version.basis
    assert version.doubt is None


def test_the_growth_that_the_plan_states() -> None:
    """低保标准从2016年的每月744元提高到2020年每月1102元，增幅率达48.1%: per mille, rounded half up."""
    first, last = (law_on(date(year, 6, 1)).numbers[STANDARD].value for year in (2016, 2020))
    assert (2 * (last - first) * 1000 + first) // (2 * first) == 481


def test_what_was_not_found_says_so() -> None:
    assert law_on(date(2026, 11, 1)).numbers[STANDARD].doubt


def test_the_registry_hands_over_every_fact_that_an_outcome_depends_on() -> None:
    plan = make_plan(book(), Writer(book(), "duckdb"), tuple(book().schemes))
    read = {item.name.rsplit(".", 1)[-1] for item in plan.items.values() if item.how == "input"}
    handed = {a.name for kind in (SubjectKind.PERSON, SubjectKind.HOUSEHOLD) for a in exported(kind)}
    assert read <= handed
    assert "score_eating" not in handed


def test_what_is_paid_once_or_by_the_year_is_an_offer() -> None:
    assert {"home_adaptation", "small_quick_aid", "funeral_fee_waiver", "medical_insurance_premium_aid"} <= offers()
    assert not {"minimum_living_allowance", "low_income_margin", "education_assistance"} & offers()


def test_every_number_of_every_scheme_has_date_unit_and_citation() -> None:
    for number in book().numbers.values():
        assert str(number.unit), number.name
        assert all(version.basis and version.from_date for version in number.versions), number.name
