"""Who there is before anybody lives anywhere: age, sex, marital status, and who lives in a dormitory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.quotas import Bools, Floats, Ints, largest_remainder, lottery, systematic
from twin.sources import (
    AGE_STARTS,
    HUKOU_BANDS,
    age_group,
    age_sex_shares,
    death_shares,
    hukou_per_resident,
    hukou_shares,
    marital_shares,
    single_age_shares,
)

MALE, FEMALE = 0, 1
NEVER, MARRIED, DIVORCED, WIDOWED = 0, 1, 2, 3

# Chances by age of ever having stayed single, being divorced and being widowed. The census page gives totals by sex
# only; these curves are our model and only their shape matters, because the totals are met exactly afterwards.
_CURVE_AGES = np.array([15, 20, 22, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95])
_NEVER = np.array(
    [
        [1, 1, 0.95, 0.62, 0.25, 0.11, 0.07, 0.05, 0.04, 0.03, 0.025, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02],
        [1, 0.95, 0.80, 0.42, 0.13, 0.055, 0.035, 0.025, 0.02, 0.015, 0.012] + [0.01] * 7,
    ]
)
_DIVORCED = np.array(
    [
        0,
        0.002,
        0.004,
        0.012,
        0.028,
        0.038,
        0.042,
        0.042,
        0.038,
        0.03,
        0.022,
        0.015,
        0.01,
        0.007,
        0.005,
        0.004,
        0.003,
        0.002,
    ]
)
_WIDOWED = np.array(
    [
        [0, 0, 0, 0, 0.001, 0.002, 0.004, 0.007, 0.012, 0.02, 0.03, 0.05, 0.08, 0.13, 0.21, 0.33, 0.48, 0.62],
        [0, 0, 0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.09, 0.15, 0.24, 0.37, 0.53, 0.69, 0.82, 0.90],
    ]
)


@dataclass(frozen=True)
class Pool:
    """Persons without a household: exact age in years (fraction = days since the birthday), sex, marital status."""

    age: Floats
    sex: Ints
    marital: Ints

    def __len__(self) -> int:
        return len(self.age)

    def only(self, keep: Bools | Ints) -> Pool:
        """This function will return the chosen persons as a pool of their own."""
        return Pool(self.age[keep], self.sex[keep], self.marital[keep])


def residents(rng: np.random.Generator, people: int) -> Pool:
    """This function will lay out exactly `people` living residents on the target age and sex table."""
    cells = largest_remainder(age_sex_shares(), people)
    return _with_marital(rng, *_single_years(rng, cells))


def moved_away(rng: np.random.Generator, people: int) -> Pool:
    """This function will lay out persons registered in the district who live elsewhere (人户分离).

    A part of each registered age band (invented: 8 %, 14 %, 10 %, 9 %) lives elsewhere.
    """
    return _with_marital(rng, *_single_years(rng, _band_cells(moved_counts(people))))


def moved_counts(people: int) -> Ints:
    """This function will return how many registered persons live elsewhere, by (age band, sex), shape (4, 2)."""
    share = np.array([0.08, 0.14, 0.10, 0.09])[:, None]
    return np.asarray(np.rint(registered_counts(people) * share), dtype=np.int64)


def registered_counts(people: int) -> Ints:
    """This function will return the target number of registered persons by (age band, sex) for `people` residents."""
    return largest_remainder(hukou_shares(), round(people * hukou_per_resident()))


def deceased(rng: np.random.Generator, deaths: int) -> Pool:
    """This function will lay out persons who died in the last year but are still on the lists."""
    return _with_marital(rng, *_single_years(rng, largest_remainder(death_shares(), deaths)))


def _band_cells(bands: Ints) -> Ints:
    """Splits counts by hukou band into counts by census age group; 15–19 is cut at 18 by its share of years."""
    shares = age_sex_shares()
    cells = np.zeros_like(shares, dtype=np.int64)
    for b, (_, low, high) in enumerate(HUKOU_BANDS):
        ends = np.append(AGE_STARTS[1:], 120)
        covered = np.clip(np.minimum(ends, high) - np.maximum(AGE_STARTS, low), 0, None) / (ends - AGE_STARTS)
        for s in (MALE, FEMALE):
            cells[:, s] += largest_remainder(shares[:, s] * covered, int(bands[b, s]))
    return cells


def _single_years(rng: np.random.Generator, cells: Ints) -> tuple[Floats, Ints]:
    years = np.arange(106)
    group = age_group(years)
    ages, sexes = [], []
    for s in (MALE, FEMALE):
        for g in range(len(cells)):
            mine = years[group == g]
            counts = largest_remainder(single_age_shares()[group == g, s], int(cells[g, s]))
            ages.append(np.repeat(mine, counts))
            sexes.append(np.full(int(cells[g, s]), s))
    age = np.concatenate(ages).astype(np.float64)
    # Whole days, so that the exact age and the date of birth say the same.
    age += rng.integers(0, 365, len(age)) / 366.0
    sex = np.concatenate(sexes).astype(np.int64)
    order = np.lexsort((age, sex))
    return age[order], sex[order]


def _with_marital(rng: np.random.Generator, age: Floats, sex: Ints) -> Pool:
    marital = np.zeros(len(age), dtype=np.int64)
    for s in (MALE, FEMALE):
        mine = np.flatnonzero((sex == s) & (age >= 15))
        target = largest_remainder(marital_shares()[s], len(mine))
        marital[mine] = MARRIED
        too_young = age[mine] < (22 if s == MALE else 20)  # 民法典 Art 1047: no marriage before 22 and 20
        never = np.where(too_young, 1.0, np.interp(age[mine], _CURVE_AGES, _NEVER[s]))
        single = _fit(rng, never, int(target[NEVER]), certain=too_young)
        marital[mine[single]] = NEVER
        rest = mine[~single]
        gone = _fit(rng, np.interp(age[rest], _CURVE_AGES, _WIDOWED[s]), int(target[WIDOWED]))
        marital[rest[gone]] = WIDOWED
        rest = rest[~gone]
        apart = _fit(rng, np.interp(age[rest], _CURVE_AGES, _DIVORCED), int(target[DIVORCED]))
        marital[rest[apart]] = DIVORCED
    return Pool(age, sex, marital)


def _fit(rng: np.random.Generator, chance: Floats, total: int, certain: Bools | None = None) -> Bools:
    """Shifts the odds of everybody alike until the expected number is `total`, then picks exactly that many."""
    chance = np.clip(chance, 0, 1 - 1e-9)
    odds = chance / (1 - chance)
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2
        scaled = odds * np.exp(middle)
        if float((scaled / (1 + scaled)).sum()) < total:
            low = middle
        else:
            high = middle
    weight = scaled / (1 + scaled)
    if certain is not None:
        weight[certain] = 1.0
    return systematic(rng, weight, total)


def dormitory(rng: np.random.Generator, pool: Pool, total: int) -> Bools:
    """This function will choose the `total` residents of collective households (own model of who lives so)."""
    weight = np.interp(
        pool.age,
        [0, 17.99, 18, 24, 25, 34, 35, 49, 50, 59, 60, 78, 80, 100],
        [0, 0, 0.50, 0.50, 0.20, 0.18, 0.12, 0.11, 0.08, 0.06, 0.006, 0.006, 0.05, 0.15],
    )
    weight = weight * np.where(pool.marital == MARRIED, 1.1, 1.0)
    chosen = np.zeros(len(pool), dtype=bool)
    chosen[lottery(rng, weight, total)] = True
    return chosen
