"""How figures of the cockpit are written: what is not known is said, never written as zero."""

from decimal import ROUND_HALF_UP, Decimal

HIDDEN = "人数太少，不显示"
NONE_YET = "还没有数据"


def number(value: Decimal | None) -> str:
    """This function will write a value with thousands and at most two decimals; None is 还没有数据."""
    if value is None:
        return NONE_YET
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return f"{whole:,}" if rounded == whole else f"{rounded:,}".rstrip("0")


def with_unit(value: Decimal | None, unit: str) -> str:
    """This function will write a value with its unit; % and ‰ stand close, words after a blank, money has its fen."""
    if value is None:
        return NONE_YET
    if unit == "元":
        return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,} 元"
    return f"{number(value)}{unit}" if unit in ("%", "‰") else f"{number(value)} {unit}"
