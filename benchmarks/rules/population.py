"""A seeded population for the benchmark: household-sorted numpy columns, money in fen, nothing unknown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules import figures

Column = NDArray[np.generic]
SIZES, SHARES = (1, 2, 3, 4, 5, 6), (0.25, 0.29, 0.22, 0.13, 0.07, 0.04)
LAST_BIRTH = np.datetime64("2025-12-31")


@dataclass(frozen=True)
class Population:
    """Columns by input name. Codes are places in the declared list; `home` is each person's household, ascending."""

    persons: dict[str, Column]
    households: dict[str, Column]
    home: NDArray[np.int64]

    @property
    def people(self) -> int:
        """This property will be the number of persons."""
        return len(self.home)

    def save(self, folder: Path) -> None:
        """This function will write one .npy file per column."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "home.npy", self.home)
        for entity, columns in (("person", self.persons), ("household", self.households)):
            for name, column in columns.items():
                np.save(folder / f"{entity}.{name}.npy", column)

    @classmethod
    def load(cls, folder: Path) -> Population:
        """This function will read what `save` wrote."""
        columns = {
            entity: {name: np.load(folder / f"{entity}.{name}.npy") for name in figures.inputs()[entity]}
            for entity in ("person", "household")
        }
        return cls(columns["person"], columns["household"], np.load(folder / "home.npy"))

    def at(self, places: NDArray[np.integer]) -> Population:
        """This function will return the households at these places, in this order, with their members."""
        starts = np.searchsorted(self.home, np.arange(len(self.households["zone"]) + 1))
        sizes = starts[places + 1] - starts[places]
        home = np.repeat(np.arange(len(places)), sizes)
        members = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + starts[places][home]
        return Population(
            {name: column[members] for name, column in self.persons.items()},
            {name: column[places] for name, column in self.households.items()},
            home,
        )

    def first(self, households: int) -> Population:
        """This function will return the first so many households with their members."""
        return self.at(np.arange(households))


def generate(people: int, seed: int = 20261101) -> Population:
    """This function will make exactly so many people in households of 2.6 on average; equal seeds, equal people."""
    chance = np.random.default_rng(seed)
    sizes = chance.choice(SIZES, size=people, p=SHARES)
    ends = np.cumsum(sizes)
    households = int(np.searchsorted(ends, people)) + 1
    home = np.repeat(np.arange(households), sizes[:households])[:people].astype(np.int64)
    place = np.arange(people) - np.concatenate(([0], ends[: households - 1]))[home]
    hard_up = (chance.random(households) < 0.22)[home]  # poverty is of a household, not of a person
    return Population(_persons(chance, place, hard_up), _households(chance, households, home, hard_up), home)


def _code(name: str, *values: str) -> list[int]:
    return [figures.codes(name).index(value) for value in values]


def _draw(chance: np.random.Generator, name: str, shares: dict[str, float], size: int) -> NDArray[np.int8]:
    return chance.choice(_code(name, *shares), size=size, p=list(shares.values())).astype(np.int8)


def _fen(chance: np.random.Generator, has: NDArray[np.bool_], median_yuan: float, sigma: float) -> NDArray[np.int64]:
    """Log-normal amounts to the fen for those who have any."""
    drawn = np.minimum(median_yuan * 100 * np.exp(sigma * chance.standard_normal(len(has))), 80_000_000)
    return np.where(has, drawn, 0).astype(np.int64)


def _persons(
    chance: np.random.Generator, place: NDArray[np.int64], hard_up: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    n = len(place)
    relation = _draw(chance, "relation", {"child": 0.6, "parent": 0.22, "grandchild": 0.14, "other": 0.04}, n)
    head, spouse, child, parent, grandchild = _code("relation", "head", "spouse", "child", "parent", "grandchild")
    relation = np.where(place == 0, head, relation)
    relation = np.where((place == 1) & (chance.random(n) < 0.72), spouse, relation).astype(np.int8)
    years = np.clip(chance.normal(50, 16, n), 20, 96)
    years = np.where(relation == child, chance.uniform(0, 36, n), years)
    years = np.where(relation == grandchild, chance.uniform(0, 18, n), years)
    years = np.where(relation == parent, chance.uniform(56, 102, n), years)
    born = LAST_BIRTH - (years * 365.25).astype(np.int64).astype("timedelta64[D]")
    status = _draw(chance, "employment_status", {"employed": 0.62, "self_employed": 0.1, "unemployed": 0.1,
                                                 "homemaker": 0.1, "unable": 0.08}, n)  # fmt: skip
    employed, self_employed, retired, student, preschool = _code(
        "employment_status", "employed", "self_employed", "retired", "student", "preschool"
    )
    status = np.where(years >= 60, retired, status)
    status = np.where((years < 18) | ((years < 23) & (chance.random(n) < 0.6)), student, status)
    status = np.where(years < 6, preschool, status).astype(np.int8)
    disabled = chance.random(n) < np.where(hard_up, 0.14, 0.045)
    kinds = dict(zip(figures.codes("disability_kind")[1:], (0.14, 0.12, 0.02, 0.42, 0.12, 0.12, 0.06), strict=True))
    old = years >= 60
    level = np.minimum((chance.random(n) ** 4 * 6).astype(np.int8), 4)
    failed = np.where(disabled | (old & (level > 1)), chance.integers(0, 7, n), 0)
    transfer = _fen(chance, old | (chance.random(n) < 0.08), 26_000, 0.7)
    transfer = np.where(hard_up, transfer // 3, transfer)
    minor = years < 18
    guard = _draw(chance, "guardianship", {"parents": 0.935, "one_parent": 0.05, "unsupported": 0.01,
                                           "orphan": 0.005}, n)  # fmt: skip
    wage = _fen(chance, (status == employed) | (chance.random(n) < 0.03), 62_000, 0.6)
    return {
        "birth_date": born.astype("datetime64[D]"),
        "relation": relation,
        "hukou_local": chance.random(n) < 0.8,
        "resident": chance.random(n) < 0.93,
        "employment_status": status,
        "in_custody": chance.random(n) < 0.003,
        "wage_income": np.where(hard_up, wage // 4, wage),
        "business_income": _fen(chance, (status == self_employed) & ~hard_up, 71_000, 0.8),
        "transfer_income": transfer,
        "basic_pension": np.where(old, np.minimum(transfer, chance.integers(180_000, 420_000, n)), 0),
        "medical_cost": _fen(chance, chance.random(n) < np.where(hard_up | old, 0.45, 0.15), 2_900, 1.5),
        "disability_kind": np.where(disabled, _draw(chance, "disability_kind", kinds, n), 0).astype(np.int8),
        "disability_grade": np.where(disabled, chance.integers(1, 5, n), 0).astype(np.int64),
        "ability_level": np.where(old, level, 0).astype(np.int8),
        "care_items_failed": failed.astype(np.int64),
        "guardianship": np.where(minor, guard, 0).astype(np.int8),
    }


def _households(
    chance: np.random.Generator, households: int, home: NDArray[np.int64], hard_up: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    poor = np.zeros(households, dtype=bool)
    poor[home] = hard_up
    assets = _fen(chance, chance.random(households) < 0.92, 68_000, 1.2)
    return {
        "financial_assets": np.where(poor, assets // 5, assets),
        "vehicles": (chance.random(households) < np.where(poor, 0.07, 0.5)).astype(np.int64),
        "dwellings_owned": chance.choice([0, 1, 2, 3], size=households, p=[0.2, 0.62, 0.15, 0.03]).astype(np.int64),
        "zone": _draw(chance, "zone", {"urban": 0.7, "town": 0.2, "village": 0.1}, households),
        "heating": _draw(chance, "heating", {"central": 0.2, "gas": 0.3, "electric": 0.4, "none": 0.1}, households),
        "education_spending": _fen(chance, chance.random(households) < 0.3, 6_500, 1.0),
    }
