"""How many recipients to ask, whom, and what the answers prove: exact, in integers, reproducible from a seed.

Sampling without replacement from a finite run is hypergeometric; with D wrong lines among N the chance to meet none
in n is C(N−D, n) / C(N, n). No normal approximation, no floating point.
"""

import hashlib
from collections.abc import Mapping, Sequence
from math import comb


def none_found(*, lines: int, wrong: int, size: int) -> tuple[int, int]:
    """This function will return the chance of meeting no wrong line, as numerator and denominator."""
    return (comb(lines - wrong, size) if size <= lines - wrong else 0), comb(lines, size)


def sample_size(*, lines: int, confidence_percent: int, margin_permille: int) -> int:
    """This function will return the smallest sample that meets a wrong line with the confidence asked for.

    It is reckoned for the smallest number of wrong lines above the margin: floor(lines × margin) + 1.
    """
    if lines <= 0:
        return 0
    wrong = min(lines, lines * margin_permille // 1000 + 1)
    low, high = 1, lines
    while low < high:
        size = (low + high) // 2
        numerator, denominator = none_found(lines=lines, wrong=wrong, size=size)
        if numerator * 100 <= denominator * (100 - confidence_percent):
            high = size
        else:
            low = size + 1
    return low


def most_wrong(*, lines: int, size: int, found: int, confidence_percent: int) -> int:
    """This function will return the upper bound of wrong lines in the run: more than this is refuted by the sample.

    The smallest D with P(at most `found` wrong in the sample | D) ≤ 1 − confidence, less one.
    """
    if size <= 0:
        return lines
    total = comb(lines, size)

    def refuted(wrong: int) -> bool:
        ways = sum(comb(wrong, k) * comb(lines - wrong, size - k) for k in range(min(found, wrong, size) + 1))
        return ways * 100 <= total * (100 - confidence_percent)

    low, high = found, lines + 1
    while low < high:
        middle = (low + high) // 2
        if middle > lines or refuted(middle):
            high = middle
        else:
            low = middle + 1
    return min(low - 1, lines)


def allocate(*, strata: Mapping[str, int], size: int) -> dict[str, int]:
    """This function will share a sample among strata by their size: largest remainder, no stratum beyond itself."""
    total = sum(strata.values())
    if not total:
        return {}
    size = min(size, total)
    shares = {name: count * size // total for name, count in strata.items()}
    rest = size - sum(shares.values())
    by_remainder = sorted(strata, key=lambda name: (-(strata[name] * size % total), name))
    for name in by_remainder[:rest]:
        shares[name] += 1
    return shares


def rank(seed: str, line_id: int) -> bytes:
    """This function will give a line its place in the draw: SHA-256 of seed and id; anybody can repeat it."""
    return hashlib.sha256(f"{seed}|{line_id}".encode()).digest()


def draw(*, seed: str, strata: Mapping[str, Sequence[int]], size: int) -> tuple[int, ...]:
    """This function will draw line ids by stratum; the same seed and lines give the same sample in any order."""
    shares = allocate(strata={name: len(ids) for name, ids in strata.items()}, size=size)
    chosen = [
        line
        for name in sorted(strata)
        for line in sorted(strata[name], key=lambda one: rank(seed, one))[: shares.get(name, 0)]
    ]
    return tuple(sorted(chosen))
