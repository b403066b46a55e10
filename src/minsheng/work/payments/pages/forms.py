"""What a page of payments reads out of a form: amounts in yuan, whole numbers; and one way to do an act."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from minsheng.foundation.pages.gate import StaffRequest
from minsheng.work.payments import operations

REFUSALS = (
    operations.UnableToBook,
    operations.UnableToChangePayee,
    operations.UnableToClose,
    operations.UnableToDecideDifference,
    operations.UnableToSample,
    operations.UnableToSetAccount,
    operations.UnableToUseFloat,
)
MOST_FEN = 10**13


class UnableToReadAmount(ValueError):
    """What was typed is no amount in yuan with at most two decimals."""


def fen_of(text: str) -> int:
    """This function will read an amount in yuan, thousands separated or not, as fen."""
    try:
        fen = Decimal(text.replace(",", "").replace("，", "").strip()) * 100
    except InvalidOperation:
        raise UnableToReadAmount("请填金额，单位是元，例如 1,200.50。") from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= MOST_FEN:
        raise UnableToReadAmount("金额最多两位小数，不能是负数。请核对。")
    return int(fen)


def act(request: StaffRequest, done: Callable[[], object], *, said: str, back: str) -> HttpResponse:
    """This function will do one act and lead back to a page with what came of it."""
    try:
        done()
    except (*REFUSALS, UnableToReadAmount) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(back)
