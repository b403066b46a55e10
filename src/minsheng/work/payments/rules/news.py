"""Which facts of a person change what a household is due, and as what cause it is looked back."""

from collections.abc import Collection, Mapping

from minsheng.work.payments.types import Cause

_INCOMES = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "other_income",
    "exempt_income",
    "basic_pension",
    "kin_support",
)
# The graver one first: where a statement says several at once, the difference is of that.
CAUSES: Mapping[str, Cause] = {
    "in_custody": Cause.CUSTODY,
    "marital_status": Cause.MARRIAGE,
    **dict.fromkeys(_INCOMES, Cause.INCOME),
}


def cause_of(attributes: Collection[str]) -> Cause | None:
    """This function will name the cause for which payments look back at these facts; None where they need not."""
    return next((cause for name, cause in CAUSES.items() if name in attributes), None)
