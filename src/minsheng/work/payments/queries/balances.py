"""What is where, by the ledger's entries; the caller's areas are the limit."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import Entry, Float, FloatCeiling
from minsheng.work.payments.rules.floats import in_force
from minsheng.work.payments.types import Ledger


def balance(kept: Float, /) -> int:
    """This function will return what the ledger says is in a float, in fen."""
    return balances_of([kept])[kept.pk]


def balances_of(kept: Sequence[Float], /) -> dict[int, int]:
    """This function will return what the ledger says is in each of these floats, in fen, by the float's id."""
    entries = Entry.objects.filter(ledger=Ledger.FLOAT.value, area_id__in=[one.area_id for one in kept])
    by_area = dict(entries.order_by().values_list("area_id").annotate(fen=Sum("amount_fen")))
    return {one.pk: int(by_area.get(one.area_id) or 0) for one in kept}


def fund_left(*, scheme: str) -> int:
    """This function will return what is left of a scheme's fund, in fen."""
    entries = Entry.objects.filter(ledger=Ledger.FUND.value, scheme=scheme)
    return int(entries.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def float_limits(kept: Float, /, *, on: date) -> tuple[int, int]:
    """This function will return (how much a float may hold, most for one household) on a day, in fen."""
    return limits_of([kept], on=on)[kept.pk]


def limits_of(kept: Sequence[Float], /, *, on: date) -> dict[int, tuple[int, int]]:
    """This function will return the limits of each of these floats on a day, by the float's id."""
    versions: dict[int, list[tuple[date, int, int]]] = {one.pk: [] for one in kept}
    found = FloatCeiling.objects.filter(float_id__in=versions)
    for number, since, ceiling, case in found.values_list("float_id", "valid_from", "ceiling_fen", "case_fen"):
        versions[number].append((since, ceiling, case))
    case_fen = figure("float_case_fen", on)
    return {one.pk: in_force(versions[one.pk], on, (figure(f"float_{one.level}_fen", on), case_fen)) for one in kept}
