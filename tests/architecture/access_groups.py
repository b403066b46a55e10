"""Who is meant by what in the rows of the access matrix, and the objects that several rows ask for."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import (
    FINANCE,
    STAFF,
    Target,
)

# Leaders see figures and findings of the district; the record of a person is none of their work.
RECORD_READERS = STAFF - {"district_leader"} - FINANCE


BUSINESS = frozenset({"district_business"})


EXPORTERS = frozenset({"street_intake", "street_review", "district_business"})


EXPORT_APPROVERS = frozenset({"street_review", "street_confirm", "district_review", "district_leader"})


SCHEME, PERSONAL_SCHEME = "minimum_living_allowance", "old_age_allowance"


def person(target: Target) -> dict[str, Any]:
    return {"person_id": target.person_id}


def household(target: Target) -> dict[str, Any]:
    return {"household_id": target.household_id}
