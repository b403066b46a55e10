"""The figures of a scheme that a trial may move: its numbers and the rows of its tables, with a sensible range.

In an address a figure is `name=value` in the unit that people read (元, %, 周岁); inside it is whole fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from minsheng.work.eligibility.publishing.figures import band_labels
from rulebook import Law
from rulebook.dependencies import dependencies_of
from rulebook.law import UnableToResolveLaw
from rulebook.reform import Reform, ReformedBook, UnableToReform, reformed
from rulebook.units import Unit, say

ROW = ":"  # scheme.table:row names one row of a table
OFF = "off"
FEN = 100


class UnableToTry(ValueError):
    """A trial was asked for that the law cannot take. Says which figure, why, and what to type instead."""


@dataclass(frozen=True)
class Figure:
    """One figure with today's value and the range of its slider, all whole, money in fen."""

    key: str
    label: str
    unit: str
    value: int
    shown: str
    low: int
    high: int
    step: int
    money: bool
    basis: str
    doubt: str | None
    from_date: date

    def typed(self, value: int) -> str:
        """This method will write a value as it stands in the address and in the input: 1200.00, 130."""
        return f"{value // FEN}.{value % FEN:02d}" if self.money else str(value)

    @property
    def scale(self) -> dict[str, str]:
        """Today's value, the ends and the step as the inputs of the page need them."""
        return {name: self.typed(getattr(self, name)) for name in ("value", "low", "high", "step")}

    def read(self, text: str) -> int:
        """This method will read what was typed; raises UnableToTry for anything that is no amount of this unit."""
        try:
            amount = Decimal(text.replace(",", "").replace("，", "").strip()) * (FEN if self.money else 1)
            if amount != amount.to_integral_value() or not 0 <= amount <= 10**13:
                raise InvalidOperation
        except InvalidOperation:
            kind = "不小于 0 的金额，最多两位小数" if self.money else "不小于 0 的整数"
            raise UnableToTry(
                f"“{self.label}”填的是“{text[:20]}”，要填{kind}，例如 {self.typed(self.value)}。"
            ) from None
        return int(amount)


@dataclass(frozen=True)
class Trial:
    """What is tried on one scheme: figures that differ from today's, and whether the scheme is stopped."""

    scheme: str
    changed: Mapping[str, int]
    off: bool = False

    @property
    def empty(self) -> bool:
        return not self.changed and not self.off


def figures_of(law: Law, scheme: str) -> tuple[Figure, ...]:
    """This function will list what the scheme's own answer rests on: its numbers, the shared ones, then tables."""
    reads = dependencies_of(law).own[scheme]
    own_first = sorted(reads.numbers, key=lambda name: (not name.startswith(f"{scheme}."), name))
    made = [_number(law, name) for name in own_first]
    for name in sorted(reads.tables):
        made += _rows(law, name)
    return tuple(made)


def read_trial(law: Law, scheme: str, values: Mapping[str, str]) -> Trial:
    """This function will read a trial from address parameters; a figure at today's value is no change."""
    changed = {}
    for figure in figures_of(law, scheme):
        text = values.get(figure.key, "").strip()
        if text and (value := figure.read(text)) != figure.value:
            changed[figure.key] = value
    return Trial(scheme, changed, off=values.get(OFF) == "1")


def parameters(law: Law, trial: Trial) -> dict[str, str]:
    """This function will write a trial as address parameters: the whole of it, and nothing of any person."""
    by_key = {figure.key: figure for figure in figures_of(law, trial.scheme)}
    told = {"scheme": trial.scheme}
    told.update({key: by_key[key].typed(value) for key, value in trial.changed.items()})
    return told | ({OFF: "1"} if trial.off else {})


def apply_trial(law: Law, trial: Trial, folder: Path) -> ReformedBook:
    """This function will make the reformed law of a trial; `law` stays as it is. Raises UnableToTry."""
    numbers: dict[str, int] = {}
    tables: dict[str, list[int]] = {}
    for key, value in trial.changed.items():
        name, found, row = key.partition(ROW)
        if not found:
            numbers[name] = value
        else:
            tables.setdefault(name, list(law.tables[name].values))[int(row)] = value
    reform = Reform(
        numbers=numbers,
        tables={name: tuple(values) for name, values in tables.items()},
        off=frozenset({trial.scheme}) if trial.off else frozenset(),
    )
    try:
        return reformed(law.book, reform, folder)
    except (UnableToReform, UnableToResolveLaw) as refusal:
        raise UnableToTry("这样改算不出来：有的数会超出能计算的范围。请改小一些，或者不要填 0。") from refusal


def _number(law: Law, name: str) -> Figure:
    number, version = law.book.numbers[name], law.numbers[name]
    return _figure(name, number.label, number.unit, version.value, version.basis, version.doubt, version.from_date)


def _rows(law: Law, name: str) -> list[Figure]:
    table, version = law.book.tables[name], law.tables[name]
    return [
        _figure(
            f"{name}{ROW}{row}", f"{table.label}：{label}", table.unit, value, version.basis, version.doubt,
            version.from_date,
        )
        for row, (label, value) in enumerate(zip(band_labels(table, version.edges), version.values, strict=True))
    ]  # fmt: skip


def _figure(key: str, label: str, unit: Unit, value: int, basis: str, doubt: str | None, since: date) -> Figure:
    words = dict(unit.powers)
    money = words.get("fen") == 1
    if money:
        step = _round_step(value)
        # The kernel is proven up to four times today's value.
        low, high = 0, max(2 * value, min(100 * step, max(4 * value, 100 * FEN)))
    else:
        low, high, step = 0, max(2 * value, {"percent": 100, "age": 120}.get(str(unit), 10)), 1
    name = say(0, unit).removeprefix("0.00").removeprefix("0").strip()
    return Figure(key, label, name, value, say(value, unit), low, high - high % step, step, money, basis, doubt, since)


def _round_step(fen: int) -> int:
    """About a hundredth of the value, as people step amounts: 1, 5, 10, 50, 100 … yuan."""
    step = FEN
    while step * 100 < fen:
        step = step * 5 if str(step)[0] == "1" else step * 2
    return step
