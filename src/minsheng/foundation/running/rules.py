"""Limits on what is sent, what is switched off first when the machine is short, and what a log line may say."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST_SECONDS_APART = 30  # clocks of one house that are kept by a time service differ by thousandths


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds, for one account, or for one address where nobody is signed in."""

    number: int
    seconds: int


@dataclass(frozen=True)
class Step:
    """One step of giving way: what is switched off, as people call it, and the names of its addresses.

    A name that ends in `:` stands for all addresses of a room.
    """

    label: str
    names: frozenset[str]

    def covers(self, name: str) -> bool:
        """This method will say whether an address is switched off by this step."""
        return name in self.names or f"{name.split(':')[0]}:" in self.names


@dataclass(frozen=True)
class State:
    """How the installation runs now: how many steps are given way, and whether nothing may be changed."""

    level: int = 0
    read_only: bool = False


def switched_off(*, state: State, steps: Sequence[Step], name: str) -> Step | None:
    """This function will return the step by which an address is switched off now, if it is."""
    return next((step for step in steps[: state.level] if step.covers(name)), None)


def comes_from_inside(*, address: str, networks: Iterable[str]) -> bool:
    """This function will say whether an address belongs to the operator's own networks."""
    try:
        where = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(where in ipaddress.ip_network(network) for network in networks)


# Numbers that belong to one person or account: id number, mobile telephone, bank card, code of the counter.
_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19}|\d{12})(?!\d)")
HIDDEN = "[号码]"


def without_numbers(value: Any) -> Any:
    """This function will hide numbers of persons in what is logged, also inside of lists and tables."""
    if isinstance(value, str):
        return _NUMBERS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {key: without_numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_numbers(one) for one in value]
    return value if isinstance(value, int | float | bool | None) else without_numbers(str(value))
