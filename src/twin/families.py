"""From slots to a register: who is head of the household, what everybody is to the head, who is whose parent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.households import G1, G2, K1, K2, P1, P2, Layout, X, Y
from twin.population import MARRIED, Pool
from twin.quotas import Bools, Column, Floats, Ints, claim

RELATIONS = ("head", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "child_in_law", "other")
HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD, GRANDPARENT, SIBLING, CHILD_IN_LAW, OTHER = range(9)

RESIDENT, DORMITORY, AWAY, DEAD = range(4)


@dataclass
class Draft:
    """The district while it is being made: columns of persons and of households, not yet sorted.

    Links (`father`, `mother`, `spouse`) are positions of persons, -1 where the other does not live in the household.
    """

    age: Floats
    sex: Ints
    marital: Ints
    kind: Ints
    household: Ints
    relation: Ints
    father: Ints
    mother: Ints
    spouse: Ints
    households: int
    people: dict[str, Column]
    homes: dict[str, Column]

    def __len__(self) -> int:
        return len(self.age)

    @property
    def living(self) -> Bools:
        """Everybody who is not dead."""
        return np.asarray(self.kind != DEAD)

    @property
    def residents(self) -> Bools:
        """Living persons who live in the district: the census population."""
        return np.asarray(self.kind <= DORMITORY)

    def per_household(self, value: Column) -> Floats:
        """This function will add a person column up over each household."""
        return np.bincount(self.household, weights=value, minlength=self.households).astype(np.float64)

    def heads(self) -> Ints:
        """This function will return the position of the head of each household."""
        answer = np.full(self.households, -1, dtype=np.int64)
        mine = np.flatnonzero(self.relation == HEAD)
        answer[self.household[mine]] = mine
        return answer


def relate(rng: np.random.Generator, layout: Layout) -> tuple[Ints, Bools]:
    """This function will name a head and relations for each slot: (relations of shape (households, 8), elder head)."""
    slots = layout.slots
    n = len(slots)
    relation = np.full(slots.shape, -1, dtype=np.int64)
    has = slots >= 0
    elders, middle = has[:, G1] | has[:, G2], has[:, P1] | has[:, P2]
    elder_head = elders & (~middle | (rng.random(n) < 0.35))
    young_head = middle & ~elder_head
    man_first = has[:, P1] & (~has[:, P2] | elders | (rng.random(n) < 0.7))
    relation[young_head, P1] = np.where(man_first, HEAD, SPOUSE)[young_head]
    relation[young_head, P2] = np.where(man_first, SPOUSE, HEAD)[young_head]
    for child in (K1, K2):
        relation[young_head, child] = CHILD
        relation[elder_head, child] = GRANDCHILD
    for elder in (G1, G2):
        relation[young_head, elder] = PARENT
    relation[young_head, X] = SIBLING
    old_man = has[:, G1] & (~has[:, G2] | (rng.random(n) < 0.7))
    relation[elder_head, G1] = np.where(old_man, HEAD, SPOUSE)[elder_head]
    relation[elder_head, G2] = np.where(old_man, SPOUSE, HEAD)[elder_head]
    relation[elder_head, P1] = CHILD
    relation[elder_head, P2] = np.where(has[:, P1], CHILD_IN_LAW, CHILD)[elder_head]
    relation[elder_head, X] = CHILD
    alone = ~elders & ~middle
    relation[alone, X] = HEAD
    relation[alone, Y] = np.where(rng.random(n) < 0.45, SIBLING, OTHER)[alone]
    relation[~has] = -1
    return relation, elder_head


def settle(rng: np.random.Generator, family: Pool, layout: Layout, lone: Pool, away: Pool, gone: Layout) -> Draft:
    """This function will join families, dormitory residents and the registered who live elsewhere into one draft."""
    pools, offsets = [family, lone, away], np.cumsum([0, len(family), len(lone)])
    age = np.concatenate([p.age for p in pools])
    n, base = len(age), len(layout.slots)
    households = base + len(lone) + len(gone.slots)
    column = {name: np.full(n, -1, dtype=np.int64) for name in ("household", "relation", "father", "mother", "spouse")}
    for part, offset, first in ((layout, 0, 0), (gone, int(offsets[2]), base + len(lone))):
        relation, _ = relate(rng, part)
        row, slot = np.nonzero(part.slots >= 0)
        person = part.slots[row, slot] + offset
        column["household"][person] = row + first
        column["relation"][person] = relation[row, slot]
        shifted = np.where(part.slots >= 0, part.slots + offset, -1)
        for name, parent, elder in (("father", P1, G1), ("mother", P2, G2)):
            for child in (K1, K2):
                _link(column[name], shifted[:, child], shifted[:, parent])
            middle = np.where(shifted[:, P1] >= 0, shifted[:, P1], shifted[:, P2])
            _link(column[name], middle, shifted[:, elder])
            _link(column[name], np.where(shifted[:, G2] >= 0, shifted[:, X], -1), shifted[:, elder])
        for one, two in ((P1, P2), (G1, G2)):
            _link(column["spouse"], shifted[:, one], shifted[:, two])
            _link(column["spouse"], shifted[:, two], shifted[:, one])
    dorm = np.arange(offsets[1], offsets[2])
    column["household"][dorm] = base + np.arange(len(lone))
    column["relation"][dorm] = HEAD
    kind = np.repeat([RESIDENT, DORMITORY, AWAY], [len(p) for p in pools])
    return Draft(
        age=age,
        sex=np.concatenate([p.sex for p in pools]),
        marital=np.concatenate([p.marital for p in pools]),
        kind=kind,
        households=households,
        people={},
        homes={"kind": np.repeat([RESIDENT, DORMITORY, AWAY], [base, len(lone), len(gone.slots)])},
        **column,
    )


def _link(target: Ints, one: Ints, other: Ints) -> None:
    both = (one >= 0) & (other >= 0)
    target[one[both]] = other[both]


def bury(rng: np.random.Generator, draft: Draft, dead: Pool) -> Draft:
    """This function will put the recently dead back on the lists: beside a widowed head, as a parent, or alone."""
    n, start = len(dead), len(draft)
    household = np.full(n, -1, dtype=np.int64)
    relation = np.full(n, HEAD, dtype=np.int64)
    spouse = np.full(n, -1, dtype=np.int64)
    marital = dead.marital.copy()
    heads = draft.heads()
    host = heads[(draft.homes["kind"] == RESIDENT)]
    for sex in (0, 1):
        widowed = host[(draft.marital[host] == 3) & (draft.sex[host] != sex) & (draft.age[host] > 40)]
        mine = np.flatnonzero((dead.sex == sex) & (dead.marital == MARRIED))
        mine = mine[: int(0.4 * len(widowed))]
        chosen = claim(draft.age, widowed, dead.age[mine] + (-2.0 if sex == 0 else 2.0))
        near = np.abs(draft.age[chosen] - dead.age[mine]) < 12
        household[mine[near]], relation[mine[near]] = draft.household[chosen[near]], SPOUSE
        spouse[mine[near]] = chosen[near]
    mine = np.flatnonzero((household < 0) & (dead.age >= 48))
    mine = mine[rng.random(len(mine)) < 0.6]
    orphaned = (draft.father[host] < 0) & (draft.mother[host] < 0)
    lacking = np.setdiff1d(host[orphaned & (draft.age[host] > 24) & (draft.age[host] < 70)], spouse)
    mine = mine[: len(lacking)]
    chosen = claim(draft.age, lacking, dead.age[mine] - 27.0)
    near = dead.age[mine] - draft.age[chosen] > 20
    household[mine[near]], relation[mine[near]] = draft.household[chosen[near]], PARENT
    alone = np.flatnonzero(household < 0)
    household[alone] = draft.households + np.arange(len(alone))

    def joined(old: Column, new: Column) -> Column:
        return np.concatenate((old, new))

    none = np.full(n, -1, dtype=np.int64)
    both = Draft(
        age=joined(draft.age, dead.age),
        sex=joined(draft.sex, dead.sex),
        marital=joined(draft.marital, marital),
        kind=joined(draft.kind, np.full(n, DEAD)),
        household=joined(draft.household, household),
        relation=joined(draft.relation, relation),
        father=joined(draft.father, none),
        mother=joined(draft.mother, none),
        spouse=joined(draft.spouse, spouse),
        households=draft.households + len(alone),
        people={},
        homes={"kind": joined(draft.homes["kind"], np.full(len(alone), DEAD))},
    )
    parents = np.flatnonzero(relation == PARENT) + start
    head = both.heads()[both.household[parents]]
    for sex, link in ((0, both.father), (1, both.mother)):
        mine = both.sex[parents] == sex
        link[head[mine]] = parents[mine]
    return both
