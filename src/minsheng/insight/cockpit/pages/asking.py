"""What the addresses of the cockpit's pages ask: an area, a day, a number; what is not understood is left out."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

_LONGEST_CODE = 16


def asked_area(request: HttpRequest) -> str:
    """This function will return the area's code from the address, or ""."""
    code = request.GET.get("area", "")
    return code if code.isascii() and code.isdigit() and len(code) <= _LONGEST_CODE else ""


def asked_day(request: HttpRequest) -> date | None:
    """This function will return the day from the address, or None."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def asked_number(request: HttpRequest, name: str) -> Decimal | None:
    """This function will return a number from the address, or None; what no indicator can be is no number."""
    try:
        number = Decimal(request.GET.get(name, "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 12 else None


def asked_count(request: HttpRequest, name: str) -> int:
    """This function will return a count from the address, or 0."""
    words = request.GET.get(name, "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else 0
