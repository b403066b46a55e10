"""Households for hypothesis: a hundred facts from one drawn string of bytes; to draw each alone cost most of a run.

Two bytes choose a fact among the values of its pool; the first of the pool is the plainest, so that a failure shrinks.
`EXAMPLES=20` multiplies how many examples each test takes.
"""

import os
import random
from datetime import date, timedelta

from hypothesis import HealthCheck
from hypothesis import strategies as st
from rulebook_populations import POLICIES

from rulebook import Household, Person, Rulebook, load_rulebook
from rulebook.book import Input
from rulebook.facts import Fact
from rulebook.units import Entity

BOOK = load_rulebook(POLICIES)
DAYS = (date(2016, 1, 1), date(2019, 12, 31), date(2020, 12, 1), date(2021, 7, 1), date(2022, 10, 20),
        date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1), date(2026, 11, 1))  # fmt: skip
MONEY = (0, 1, 99, 1_322_399, 1_322_400, 1_322_401, 600_000, 1_800_000, 2_644_800, 3_967_200, 12_345_678)
BORN = (date(1940, 12, 1), date(1940, 2, 29), date(1966, 11, 1), date(2010, 7, 1), date(2030, 1, 1))
LIKELY = {"dead": False, "in_custody": False, "declared_missing": False, "hukou_local": True, "resident": True,
          "vehicles": 0, "business_registered": False, "clergy_living_apart_years": 0}  # fmt: skip
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
SIZE = 600  # values in a pool


def many(count: int) -> int:
    """This function will return how many examples a test takes: `count`, times EXAMPLES of the environment."""
    return count * int(os.environ.get("EXAMPLES", "1"))


POOLS: dict[str, tuple[Fact, ...]] = {}


def pool(made: Input) -> tuple[Fact, ...]:
    """This function will list values of an input: mostly plausible, often at thresholds, rarely not to be believed."""
    if made.name not in POOLS:
        POOLS[made.name] = _values(made)
    return POOLS[made.name]


def _values(made: Input) -> tuple[Fact, ...]:
    dice = random.Random(made.name)
    likely = LIKELY.get(made.name)
    drawn = [_value(made, dice) for _ in range(SIZE)]
    return (drawn[0], *drawn) if likely is None else (likely, *drawn, *[likely] * (2 * SIZE))


def _value(made: Input, dice: random.Random) -> Fact:
    if made.type == "bool":
        return dice.random() < 0.5
    if made.type == "code":
        return dice.choice([*made.codes, "nonsense"])
    if made.type == "date":
        return dice.choice([dice.choice(BORN), date(2026, 11, 1) - timedelta(days=dice.randint(0, 40_000))])
    if made.type == "money":
        return dice.choice([dice.choice(MONEY), dice.randint(0, 9_000_000), dice.choice([-1, made.high + 1])])
    return dice.randint(made.low, min(made.high, 7) + 1)


def fact(made: Input, sparse: bool) -> st.SearchStrategy[Fact]:
    """This function will draw one fact alone; `sparse`: unknown as often as not."""
    known = st.sampled_from(pool(made))
    return st.one_of(st.none(), known) if sparse else known


@st.composite
def households(draw: st.DrawFn, book: Rulebook, unknowns: bool = True) -> Household:
    """This function will draw a household of up to four members; about half of up to four facts of each are unknown."""

    def facts(entity: Entity) -> dict[str, Fact]:
        inputs = [made for made in book.inputs.values() if made.entity is entity]
        words = draw(st.binary(min_size=2 * len(inputs), max_size=2 * len(inputs)))
        gaps = draw(st.lists(st.integers(0, 2 * len(inputs) - 1), max_size=4)) if unknowns else []
        found: dict[str, Fact] = {}
        for place, made in enumerate(inputs):
            values = pool(made)
            word = int.from_bytes(words[2 * place : 2 * place + 2], "big")
            found[made.name] = None if place in gaps else values[word % len(values)]
        return found

    people = [Person(str(i), facts(Entity.PERSON)) for i in range(draw(st.integers(0, 4)))]
    return Household(facts(Entity.HOUSEHOLD), people)
