"""What payments gives one household, as its own people see it: how much from when, what came last, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Amount, Grant, Line
from minsheng.work.payments.rules.months import first_of, plus
from minsheng.work.payments.types import LineKind, LineState

_ON_THE_WAY = (LineState.SENT.value, LineState.UNKNOWN.value, LineState.PAID.value)


@dataclass(frozen=True)
class OwnGrant:
    """One grant: fen per month, since when; the last month that was paid, and the month that is paid next."""

    grant_id: int
    scheme: str
    title: str
    person_id: int | None
    fen: int
    first_month: date
    end_month: date | None
    held: bool
    last_month: date | None
    last_fen: int
    next_month: date | None


def grants_of_household(*, viewer: Viewer, household_id: int, on: date) -> list[OwnGrant]:
    """This function will list the household's running and coming grants; three statements, whatever their number."""
    require(viewer=viewer, capability="payments.view")
    month = first_of(on)
    rows = list(Grant.objects.filter(household_id=household_id).order_by("first_month", "id"))
    rows = [row for row in rows if row.end_month is None or row.end_month > month]
    numbers = [row.pk for row in rows]
    amounts = list(Amount.objects.filter(grant_id__in=numbers).order_by("valid_from", "id"))
    lines = list(
        Line.objects.filter(grant_id__in=numbers, kind=LineKind.REGULAR.value, state__in=_ON_THE_WAY).order_by("month")
    )
    titles = scheme_titles()
    found = []
    for row in rows:
        sent = [line for line in lines if line.grant_id == row.pk]
        paid = [line for line in sent if line.state == LineState.PAID]
        following = _next(row, sent, month)
        fen = _amount_in([one for one in amounts if one.grant_id == row.pk], following or month)
        found.append(
            OwnGrant(
                grant_id=row.pk,
                scheme=row.scheme,
                title=titles.get(row.scheme, row.scheme),
                person_id=row.person_id,
                fen=fen,
                first_month=row.first_month,
                end_month=row.end_month,
                held=bool(row.held_reason),
                last_month=paid[-1].month if paid else None,
                last_fen=paid[-1].amount_fen - paid[-1].deducted_fen if paid else 0,
                next_month=following,
            )
        )
    return found


def _next(row: Grant, sent: list[Line], month: date) -> date | None:
    """The first month from this one on that has not gone to the bank yet."""
    gone = {line.month for line in sent}
    wanted = max(row.first_month, month)
    while wanted in gone:
        wanted = plus(wanted, 1)
    return wanted if row.end_month is None or wanted < row.end_month else None


def _amount_in(amounts: Iterable[Amount], month: date) -> int:
    held = [one for one in amounts if one.valid_from <= month and (one.valid_to is None or one.valid_to > month)]
    return held[-1].amount_fen if held else 0
