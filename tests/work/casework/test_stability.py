"""Who is reviewed every half year: unsteady income although somebody could work (57号 Art 31)."""

from datetime import date
from typing import Any

import pytest

from minsheng.foundation.calendars.types import CalendarDays
from minsheng.work.casework.procedures import edition_on
from minsheng.work.casework.rules.clock import limit_in_force
from minsheng.work.casework.rules.stability import income_is_unsteady

ON = date(2026, 11, 3)
JOBLESS = {"birth_date": "1980-05-01", "employment_status": "unemployed", "disability_grade": 0}


@pytest.mark.parametrize(
    ("changes", "unsteady"),
    [
        ({}, True),
        ({"employment_status": "self_employed"}, True),
        ({"employment_status": "employed"}, False),
        ({"employment_status": "retired"}, False),
        ({"birth_date": "1966-11-03"}, False),  # sixty today
        ({"birth_date": "1966-11-04"}, True),
        ({"birth_date": "2010-11-04"}, False),  # sixteen tomorrow
        ({"birth_date": None}, False),
        ({"disability_grade": 2, "disability_kind": "limb"}, False),
        ({"disability_grade": 3, "disability_kind": "limb"}, True),
        ({"disability_grade": 3, "disability_kind": "mental"}, False),
        ({"full_time_student": True}, False),
        ({"severe_illness": True}, False),
        ({"dead": True}, False),
    ],
)
def test_who_could_work_and_has_no_steady_work(changes: dict[str, Any], unsteady: bool) -> None:
    assert income_is_unsteady([JOBLESS | changes], on=ON) is unsteady
    assert income_is_unsteady([], on=ON) is False


def test_the_review_comes_after_half_a_year_or_after_a_year() -> None:
    edition = edition_on("minimum_living_allowance", ON)
    assert edition is not None
    review = next(rule for rule in edition.limits if rule.code == "review")
    assert limit_in_force(review, delegated=False, extended=False) == CalendarDays(365)
    assert limit_in_force(review, delegated=False, extended=False, unsteady=True) == CalendarDays(182)
