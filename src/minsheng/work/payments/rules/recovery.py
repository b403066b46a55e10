"""Over- and under-payment, and how much may be taken back each month. Integer fen throughout."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MonthDifference:
    """One month: what was paid and what was due, in fen."""

    month: date
    paid_fen: int
    due_fen: int

    @property
    def over_fen(self) -> int:
        """This property will be positive where too much was paid."""
        return self.paid_fen - self.due_fen


def differences(*, paid: Mapping[date, int], due: Mapping[date, int | None]) -> tuple[MonthDifference, ...]:
    """This function will compare month by month; a month whose due amount is unknown is left out, never read as 0."""
    found = []
    for month in sorted(paid.keys() | due.keys()):
        owed = due.get(month)
        if owed is None:
            continue
        one = MonthDifference(month, paid.get(month, 0), owed)
        if one.over_fen:
            found.append(one)
    return tuple(found)


def most_deductible_fen(*, standard_fen: int, floor_percent: int, amount_fen: int) -> int:
    """This function will return the most that one month may give back.

    The household keeps at least `floor_percent` of the standard, so no more than the rest of it goes, and never more
    than the amount itself; rounded down, in favour of the recipient.
    """
    return max(0, min(amount_fen, standard_fen * (100 - floor_percent) // 100))


def instalment_fen(*, outstanding_fen: int, months: int, most_fen: int) -> int:
    """This function will spread a debt over `months`, rounded up so that it ends in time, within `most_fen`."""
    return min(-(-outstanding_fen // months), most_fen)
