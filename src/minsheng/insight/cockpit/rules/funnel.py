"""Streets compared fairly: a small street swings by chance, so each is held against limits for its own size.

A share has the limits of a binomial, a number per so many people those of a Poisson count; both by the exact tail, not
by the normal curve, which is wrong for small streets (Spiegelhalter 2005, Statistics in Medicine 24:1185).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from minsheng.insight.cockpit.types import Good, Ratio

# Two-sided: outside of 95 % is worth a look, outside of 99.8 % is hardly chance.
NARROW, WIDE = 0.05, 0.002
LARGEST_EXACT = 100_000  # beyond it the normal curve is exact to more digits than are shown


class Against(StrEnum):
    """How a street stands against what chance alone would make of its size."""

    BETTER = "better"
    WITHIN = "within"
    LOOK = "look"
    WORSE = "worse"
    NONE = "none"

    @property
    def label(self) -> str:
        return {
            "better": "明显好于全区",
            "within": "差别在偶然范围内",
            "look": "偏低，值得看一看",
            "worse": "明显差于全区",
            "none": "没有可比的数",
        }[self.value]


@dataclass(frozen=True)
class Compared:
    """One street: its size, its value (numerator/denominator), and the limits for its size, in the same unit."""

    key: str
    size: float
    value: float | None
    low: float
    high: float
    wide_low: float
    wide_high: float
    against: Against


def compare(
    streets: Mapping[str, Ratio], *, whole: Ratio | None, is_share: bool, good: Good
) -> tuple[float | None, tuple[Compared, ...]]:
    """This function will hold each street against the value of the whole; the largest first.

    `whole`: the figure of the area above, which counts streets too that are not shown; None: of these together.
    """
    pairs = {key: (float(r.numerator), float(r.denominator or 0)) for key, r in streets.items()}
    count, size = sum(c for c, _ in pairs.values()), sum(s for _, s in pairs.values())
    if whole is not None and whole.denominator:
        count, size = float(whole.numerator), float(whole.denominator)
    if not size:
        return None, tuple(Compared(key, 0, None, 0, 0, 0, 0, Against.NONE) for key in pairs)
    rate = count / size
    rows = [_compared(key, count, size, rate, is_share, good) for key, (count, size) in pairs.items()]
    return rate, tuple(sorted(rows, key=lambda row: (-row.size, row.key)))


def _compared(key: str, count: float, size: float, rate: float, is_share: bool, good: Good) -> Compared:
    if not size:
        return Compared(key, 0, None, 0, 0, 0, 0, Against.NONE)
    low, high = limits(size=size, rate=rate, tail=NARROW / 2, is_share=is_share)
    wide_low, wide_high = limits(size=size, rate=rate, tail=WIDE / 2, is_share=is_share)
    value = count / size
    better, worse = (value > wide_high, value < wide_low) if good is Good.UP else (value < wide_low, value > wide_high)
    doubtful = value < low if good is Good.UP else value > high
    against = Against.BETTER if better else Against.WORSE if worse else Against.LOOK if doubtful else Against.WITHIN
    return Compared(key, size, value, low, high, wide_low, wide_high, against)


def limits(*, size: float, rate: float, tail: float, is_share: bool) -> tuple[float, float]:
    """This function will return the values between which a street of this size stays, but for a chance of `tail` each.

    `rate`: the value of all. For a share `size` is the number of trials; else `size` × `rate` counts are expected.
    """
    if is_share and (rate <= 0 or rate >= 1):
        return rate, rate
    if not is_share and rate <= 0:
        return 0.0, 0.0
    if size * rate > LARGEST_EXACT or size > LARGEST_EXACT * 10:
        half = NormalDist().inv_cdf(1 - tail) * math.sqrt(rate * ((1 - rate) if is_share else 1) / size)
        return max(0.0, rate - half), rate + half if not is_share else min(1.0, rate + half)
    low, high = _tail_counts(size=size, rate=rate, tail=tail, is_share=is_share)
    return low / size, high / size


def _tail_counts(*, size: float, rate: float, tail: float, is_share: bool) -> tuple[int, int]:
    """The smallest and largest counts that are not in the tails, by adding up probabilities from the mode outwards."""
    trials = round(size)
    mean = size * rate
    spread = math.sqrt(mean * ((1 - rate) if is_share else 1)) + 1
    first = max(0, math.floor(mean - 12 * spread))
    last = math.ceil(mean + 12 * spread)
    last = min(trials, last) if is_share else last

    def log_chance(count: int) -> float:
        if is_share:
            chosen = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
            return chosen + count * math.log(rate) + (trials - count) * math.log1p(-rate)
        return count * math.log(mean) - mean - math.lgamma(count + 1)

    chances = [math.exp(log_chance(count)) for count in range(first, last + 1)]
    low, high, below, above = first, last, 0.0, 0.0
    for count, chance in zip(range(first, last + 1), chances, strict=True):
        below += chance
        if below > tail:
            low = count
            break
    for count, chance in zip(range(last, first - 1, -1), reversed(chances), strict=True):
        above += chance
        if above > tail:
            high = count
            break
    return low, high
