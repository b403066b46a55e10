"""Who lives with whom: families put together from the pool, so that every age and size margin stays exact.

The census fixes how many persons of each age and sex there are and how many households of each size. A household is
laid out as slots (father, mother, two children, two grandparents, two others); each slot claims a free person of a
fitting age. Nothing is drawn twice and nobody is left over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.population import DIVORCED, FEMALE, MALE, MARRIED, NEVER, WIDOWED, Pool
from twin.quotas import Floats, Ints, UnableToClaim, claim, largest_remainder, lottery

P1, P2, K1, K2, G1, G2, X, Y = range(8)

# size → (template, share where children are few, share where children are many). Slots: P couple, p single parent,
# K child, G elder couple, g single elder, X single relative, L a person alone, S two single persons together.
_TEMPLATES: dict[int, tuple[tuple[str, float, float], ...]] = {
    7: (("PPKKGGX", 1.0, 1.0),),
    6: (("PPKGGX", 1.0, 0.0), ("PPKKGG", 0.0, 1.0)),
    5: (("PPKGG", 1.0, 0.5), ("PPKKg", 0.0, 0.5)),
    4: (("PPGG", 0.35, 0.0), ("PPKg", 0.25, 0.08), ("PPKK", 0.40, 0.92)),
    3: (("PPg", 0.15, 0.0), ("PPK", 0.70, 0.90), ("pKg", 0.05, 0.04), ("GGK", 0.01, 0.02), ("pKK", 0.09, 0.04)),
    2: (("PP", 0.94, 0.80), ("pK", 0.02, 0.13), ("gK", 0.002, 0.01), ("SS", 0.038, 0.06)),
    1: (("L", 1.0, 1.0),),
}


class UnableToAssemble(ValueError):
    """The pool cannot be put together into the wanted households."""


@dataclass
class Layout:
    """Families: one row per household, one column per slot; -1 where nobody stands. `template` names the shape."""

    slots: Ints
    template: Ints
    names: list[str] = field(default_factory=list)

    def of(self, *marks: str) -> Ints:
        """This function will return the rows of the households whose template is one of `marks`."""
        wanted = [i for i, name in enumerate(self.names) if name in marks]
        return np.flatnonzero(np.isin(self.template, wanted))

    def having(self, letters: str) -> Ints:
        """This function will return the rows whose template contains the letters."""
        return self.of(*[name for name in self.names if letters in name])


def size_counts(shares: Floats, persons: int) -> Ints:
    """This function will return how many households of 1 … 7 persons hold exactly `persons` persons."""
    sizes = np.arange(1, 8)
    households = round(persons / float((shares * sizes).sum()))
    counts = largest_remainder(shares, households)
    gap = persons - int((counts * sizes).sum())
    while gap:  # a handful of steps: rounding is the only cause
        if gap > 0:
            counts[0] += 1
            gap -= 1
        elif counts[1] > 0:
            counts[1] -= 1
            counts[0] += 1
            gap += 1
        else:
            counts[0] -= 1
            gap += 1
    return counts


def assemble(rng: np.random.Generator, pool: Pool, counts: Ints) -> Layout:
    """This function will put every person of `pool` into one of the households counted by size in `counts` (1 … 7).

    Raises UnableToAssemble when the sizes do not hold exactly the pool, or a role finds nobody.
    """
    if int((counts * np.arange(1, 8)).sum()) != len(pool):
        raise UnableToAssemble("Household sizes and persons do not add up; take the counts from size_counts.")
    minors = int((pool.age < 18).sum())
    young = int(((pool.age >= 18) & (pool.age < 34) & (pool.marital == NEVER)).sum())
    layout = _plan(counts, minors, young, _couples_available(pool))
    try:
        return _Assembly(rng, pool, layout).run()
    except UnableToClaim as error:
        raise UnableToAssemble(str(error)) from error


def _couples_available(pool: Pool) -> int:
    married = pool.marital == MARRIED
    return int(0.985 * min((married & (pool.sex == MALE)).sum(), (married & (pool.sex == FEMALE)).sum()))


def _plan(counts: Ints, minors: int, young: int, couples: int) -> Layout:
    """Chooses how many households take each shape, so that all minors find a child's place."""

    def shaped(many: float) -> dict[str, int]:
        answer: dict[str, int] = {}
        for size, shapes in _TEMPLATES.items():
            share = np.array([few * (1 - many) + lot * many for _, few, lot in shapes])
            for (name, _, _), n in zip(shapes, largest_remainder(share, int(counts[size - 1])), strict=True):
                answer[name] = int(n)
        return answer

    def places(shape: dict[str, int]) -> int:
        return sum(name.count("K") * n for name, n in shape.items())

    low, high = 0.0, 1.0
    wish = minors + round(0.30 * young)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if places(shaped(middle)) < wish else (low, middle)
    shape = shaped(high)
    lack = minors - places(shape)
    for poor, rich in (("PP", "pK"), ("SS", "pK"), ("PPg", "PPK"), ("PPKg", "PPKK"), ("PPK", "pKK")):
        step = max(0, min(lack, shape.get(poor, 0)))
        if step and rich in shape:
            shape[poor] -= step
            shape[rich] += step
            lack -= step
    if lack > 0:
        raise UnableToAssemble(f"{lack} minors have no place in a family of the given sizes.")
    need = sum((name.startswith("PP") + ("GG" in name)) * n for name, n in shape.items())
    excess = max(0, need - couples)
    step = min(excess, shape["PP"])
    shape["PP"] -= step
    shape["SS"] += step
    names = [name for name in shape if shape[name]]
    template = np.repeat(np.arange(len(names)), [shape[name] for name in names])
    return Layout(np.full((len(template), 8), -1, dtype=np.int64), template, names)


class _Assembly:
    """One run of slot filling; keeps which persons are still free."""

    def __init__(self, rng: np.random.Generator, pool: Pool, layout: Layout) -> None:
        self.rng, self.pool, self.layout = rng, pool, layout
        self.slots = layout.slots
        self.free = np.ones(len(pool), dtype=bool)

    def run(self) -> Layout:
        self._children()
        self._grandparents_alone()
        self._parents()
        self._mend()
        self._grandparents()
        self._couples()
        self._singles()
        if self.free.any():
            raise UnableToAssemble(f"{int(self.free.sum())} persons were left without a household.")
        return self.layout

    def _candidates(self, low: float, high: float, sex: int | None = None, marital: tuple[int, ...] = ()) -> Ints:
        ok = self.free & (self.pool.age >= low) & (self.pool.age < high)
        if sex is not None:
            ok &= self.pool.sex == sex
        if marital:
            ok &= np.isin(self.pool.marital, marital)
        return np.flatnonzero(ok)

    def _seat(self, rows: Ints, slot: int, persons: Ints) -> None:
        self.slots[rows, slot] = persons
        self.free[persons] = False

    def _claim(self, rows: Ints, slot: int, candidates: Ints, wanted: Floats) -> None:
        self._seat(rows, slot, claim(self.pool.age, candidates, wanted))

    def _age(self, rows: Ints, slot: int) -> Floats:
        return np.asarray(self.pool.age[self.slots[rows, slot]])

    def _normal(self, n: int, mean: float, spread: float, low: float, high: float) -> Floats:
        return np.asarray(np.clip(self.rng.normal(mean, spread, n), low, high))

    def _children(self) -> None:
        """All minors, and some grown-up children, take the children's places; siblings stand close in age."""
        first, second = self.layout.having("K"), self.layout.having("KK")
        minors = self._candidates(0, 18)
        grown = self._candidates(18, 34, marital=(NEVER,))
        extra = len(first) + len(second) - len(minors)
        if extra > len(grown):
            grown = self._candidates(18, 50, marital=(NEVER, DIVORCED, MARRIED))
        weight = np.where(self.pool.age[grown] < 26, 2.0, 1.0)
        adults = grown[lottery(self.rng, weight, extra)]
        younger_pick = lottery(self.rng, np.where(self.pool.age[minors] < 15, 1.0, 0.2), len(second))
        younger = self.rng.permutation(minors[younger_pick])
        rest = np.concatenate((np.delete(minors, younger_pick), adults))
        if len(younger) < len(second):
            raise UnableToAssemble("Too few minors for the second children.")
        self._seat(second, K2, younger)
        gap = self._normal(len(second), 4.0, 1.8, 1.0, 9.0)
        elder = claim(self.pool.age, rest, np.minimum(self._age(second, K2) + gap, 24.0))
        self._seat(second, K1, elder)
        single = np.setdiff1d(first, second)
        others = rest[self.free[rest]]
        self._seat(single, K1, self.rng.permutation(others))
        # One elder brother or sister may come out younger than the second child where ages crowd: swap them.
        swap = second[self._age(second, K1) < self._age(second, K2)]
        self.slots[swap[:, None], [K1, K2]] = self.slots[swap[:, None], [K2, K1]]
        # Children brought up by grandparents are minors of school age rather than grown men.
        for mark in ("GGK", "gK"):
            self._only_minors(self.layout.of(mark))

    def _only_minors(self, rows: Ints) -> None:
        """Swaps grown children out of grandparents' households against minors of couples with one child."""
        adults = rows[self._age(rows, K1) >= 18]
        hosts = self.layout.of("PPK")
        hosts = hosts[self._age(hosts, K1) < 18][: len(adults)]
        adults = adults[: len(hosts)]
        mine, theirs = self.slots[adults, K1].copy(), self.slots[hosts, K1].copy()
        self.slots[adults, K1], self.slots[hosts, K1] = theirs, mine

    def _grandparents_alone(self) -> None:
        rows = self.layout.of("GGK")
        wanted = np.minimum(self._age(rows, K1) + self._normal(len(rows), 55, 4, 45, 66), 84)
        self._claim(rows, G2, self._candidates(42, 100, FEMALE, (MARRIED,)), wanted)
        wanted = self._age(rows, G2) + self._normal(len(rows), 2, 2.5, -4, 9)
        self._claim(rows, G1, self._candidates(42, 105, MALE, (MARRIED,)), wanted)
        rows = self.layout.of("gK")
        wanted = np.minimum(self._age(rows, K1) + self._normal(len(rows), 57, 4, 46, 66), 86)
        self._claim(rows, G2, self._candidates(45, 105, FEMALE, (WIDOWED, DIVORCED)), wanted)

    def _parents(self) -> None:
        """Mothers are 20 to 40 years older than their children, fathers a little more."""
        rows = self.layout.of(*[n for n in self.layout.names if n.startswith("PPK")])
        two = self.slots[rows, K2] >= 0
        span = np.zeros(len(rows))
        span[two] = self._age(rows[two], K1) - self._age(rows[two], K2)
        lead = np.minimum(self._normal(len(rows), 27.5, 3.8, 21.0, 38.0), 39.0 - span)
        self._claim(rows, P2, self._candidates(20, 80, FEMALE, (MARRIED,)), self._age(rows, K1) + lead)
        wanted = self._age(rows, P2) + self._normal(len(rows), 1.8, 2.4, -4.0, 10.0)
        wanted = np.maximum(wanted, self._age(rows, K1) + 21.0)
        self._claim(rows, P1, self._candidates(22, 90, MALE, (MARRIED,)), wanted)
        rows = self.layout.of("pK", "pKg", "pKK")
        lead = self._normal(len(rows), 28.0, 3.5, 21.0, 36.0)
        candidates = self._candidates(21, 85, None, (DIVORCED,))
        if len(candidates) < 1.5 * len(rows):
            candidates = self._candidates(21, 85, None, (DIVORCED, WIDOWED))
        if len(candidates) < 1.5 * len(rows):  # a parent whose spouse works elsewhere
            candidates = self._candidates(21, 85, None, (DIVORCED, WIDOWED, MARRIED))
        chosen = claim(self.pool.age, candidates, self._age(rows, K1) + lead)
        men = self.pool.sex[chosen] == MALE
        self._seat(rows[men], P1, chosen[men])
        self._seat(rows[~men], P2, chosen[~men])

    def _mend(self) -> None:
        """The few children hardly younger than a parent (ages crowd at the edges) change places with other children."""
        slots, age = self.slots, self.pool.age
        parents = np.where(slots[:, [P1, P2]] >= 0, age[slots[:, [P1, P2]]], np.inf).min(axis=1)
        hosts = self.layout.of("PPK")
        for slot in (K1, K2):
            rows = np.flatnonzero((slots[:, slot] >= 0) & np.isfinite(parents))
            for row in rows[parents[rows] - self._age(rows, slot) < 19.0]:
                theirs = age[slots[hosts, K1]]
                mine = parents[row] - theirs
                fits = (mine >= 19.0) & (mine <= 36.0)
                fits &= np.abs(parents[hosts] - age[slots[row, slot]] - 28.0) <= 8.0
                if fits.any():
                    host = hosts[int(np.argmax(fits))]
                    slots[row, slot], slots[host, K1] = slots[host, K1], slots[row, slot]

    def _middle(self, rows: Ints) -> Floats:
        """Age of the parent whose own parents live in: the father, or a single mother."""
        fathers = self.slots[rows, P1]
        age = self.pool.age
        return np.asarray(np.where(fathers >= 0, age[fathers], age[self.slots[rows, P2]]))

    def _grandparents(self) -> None:
        rows = self.layout.of("PPKKGGX", "PPKGGX", "PPKKGG", "PPKGG")
        wanted = self._middle(rows) + self._normal(len(rows), 26.0, 3.5, 20.5, 38.0)
        self._claim(rows, G2, self._candidates(40, 105, FEMALE, (MARRIED,)), wanted)
        wanted = self._age(rows, G2) + self._normal(len(rows), 2.0, 2.5, -4.0, 9.0)
        wanted = np.maximum(wanted, self._middle(rows) + 20.0)
        self._claim(rows, G1, self._candidates(42, 105, MALE, (MARRIED,)), wanted)

    def _couples(self) -> None:
        """Couples without children at home: some with parents, most alone together, the old ones first."""
        rows = self.layout.of("PPGG", "PPg")
        self._claim(rows, P2, self._candidates(21, 70, FEMALE, (MARRIED,)), self._normal(len(rows), 40, 9, 24, 60))
        wanted = self._age(rows, P2) + self._normal(len(rows), 1.8, 2.4, -4, 10)
        self._claim(rows, P1, self._candidates(22, 80, MALE, (MARRIED,)), wanted)
        both = self.layout.of("PPGG")
        wanted = self._middle(both) + self._normal(len(both), 26.0, 3.5, 20.5, 38.0)
        self._claim(both, G2, self._candidates(41, 105, FEMALE, (MARRIED,)), wanted)
        wanted = self._age(both, G2) + self._normal(len(both), 2.0, 2.5, -4.0, 9.0)
        wanted = np.maximum(wanted, self._middle(both) + 20.0)
        self._claim(both, G1, self._candidates(42, 105, MALE, (MARRIED,)), wanted)
        rows = self.layout.of("PP")
        women = self._candidates(20, 110, FEMALE, (MARRIED,))
        men = self._candidates(22, 110, MALE, (MARRIED,))
        if len(rows) > min(len(women), len(men)):
            raise UnableToAssemble("Too few married persons for the couples.")
        # As old as the men who are left, so that nobody marries across a generation.
        women = women[lottery(self.rng, np.where(self.pool.age[women] >= 55, 1.6, 1.0), len(rows))]
        self._seat(rows, P2, self.rng.permutation(women))
        wanted = self._age(rows, P2) + self._normal(len(rows), 2.0, 2.5, -4, 10)
        self._claim(rows, P1, men, wanted)

    def _singles(self) -> None:
        rows = self.layout.of("PPKKg", "PPKg", "PPg", "pKg")
        wanted = np.minimum(self._middle(rows) + self._normal(len(rows), 27.0, 3.5, 21.0, 38.0), 95)
        candidates = self._candidates(42, 110, None, (WIDOWED,))
        if len(candidates) < 1.6 * len(rows):
            candidates = self._candidates(42, 110, None, (WIDOWED, DIVORCED))
        if len(candidates) < 1.2 * len(rows):
            candidates = self._candidates(42, 110)
        chosen = claim(self.pool.age, candidates, wanted)
        men = self.pool.sex[chosen] == MALE
        self._seat(rows[men], G1, chosen[men])
        self._seat(rows[~men], G2, chosen[~men])
        rows = self.layout.having("X")
        wanted = self._middle(rows) + self._normal(len(rows), -2, 4, -12, 3)
        candidates = self._candidates(18, 75, None, (NEVER, DIVORCED))
        if len(candidates) < len(rows):
            candidates = self._candidates(18, 110)
        self._claim(rows, X, candidates, wanted)
        rows = self.layout.of("SS")
        candidates = self._candidates(18, 110)
        weight = np.where(self.pool.marital[candidates] == MARRIED, 0.3, 1.0)
        weight *= np.where(self.pool.age[candidates] < 60, 1.0, 0.4)
        chosen = candidates[lottery(self.rng, weight, len(rows))]
        self._seat(rows, X, self.rng.permutation(chosen))
        wanted = self._age(rows, X) + self._normal(len(rows), -1, 4, -12, 8)
        self._claim(rows, Y, self._candidates(18, 110), wanted)
        rows = self.layout.of("L")
        self._seat(rows, X, self.rng.permutation(np.flatnonzero(self.free)))
