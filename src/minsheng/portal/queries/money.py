"""What the household is given by decisions of the office, with the day by which the next amount is there."""

from dataclasses import dataclass
from datetime import date

from minsheng.portal.rules import paid_by
from minsheng.portal.types import Resident
from minsheng.work.payments.queries.own import OwnGrant, grants_of_household


@dataclass(frozen=True)
class Money:
    """One grant and its next day; None where nothing more comes, or where it should be there already."""

    grant: OwnGrant
    begun: bool
    next_by: date | None


def money_of_household(*, resident: Resident, on: date) -> dict[tuple[str, int | None], Money]:
    """This function will return the household's grants by scheme and person."""
    found = grants_of_household(viewer=resident.viewer, household_id=resident.household_id, on=on)
    return {
        (one.scheme, one.person_id): Money(one, one.first_month <= on, paid_by(one.next_month, today=on))
        for one in found
    }
