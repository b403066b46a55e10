"""Family beyond the front door: children of elders who live alone, absent parents, spouses working elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.families import DORMITORY, HEAD, SPOUSE, Draft
from twin.life import UNABLE, UNKNOWN
from twin.population import MALE, MARRIED, NEVER, WIDOWED
from twin.quotas import Bools, Floats, Ints, claim

KIN_RELATIONS = ("spouse", "parent", "child")
KIN_SPOUSE, KIN_PARENT, KIN_CHILD = range(3)
STATUS = (
    "able",
    "dead",
    "declared_missing",
    "not_found",
    "out_of_contact",
    "in_custody",
    "in_detox",
    "severely_disabled",
    "severely_ill",
    "guardianship_revoked",
    "deported",
)
ABLE, DECEASED, MISSING, NOT_FOUND, OUT_OF_CONTACT, CUSTODY, DETOX, DISABLED, ILL = range(9)

UNATTENDED_PER_MILLION = 60
"""Orphans and children in fact unattended; the district's plan counts 46 of 1.32 million (rounded up on purpose)."""


@dataclass
class Kin:
    """One row per (person, relative outside the household); `relative` is -1 when the relative is not registered."""

    person: Ints
    relative: Ints
    relation: Ints
    sex: Ints
    age: Floats
    alive: Bools
    capable: Bools

    def __len__(self) -> int:
        return len(self.person)


def join(parts: list[Kin]) -> Kin:
    """This function will put several lists of kin together, sorted by person."""
    names = ("person", "relative", "relation", "sex", "age", "alive", "capable")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.lexsort((columns["relation"], columns["person"]))
    return Kin(**{name: column[order] for name, column in columns.items()})


def able(draft: Draft) -> Bools:
    """This function will say who could support a relative: adult, alive, free, not severely disabled, not poor."""
    p = draft.people
    severe = (p["disability_grade"] >= 1) & (p["disability_grade"] <= 2)
    fit = draft.living & (draft.age >= 18) & (draft.age < 76) & ~severe & ~p["in_custody"] & ~p["declared_missing"]
    answer: Bools = fit & (p["employment_status"] != UNABLE) & ~draft.homes["poor"][draft.household]
    return answer


def children_of_elders(rng: np.random.Generator, draft: Draft) -> Kin:
    """This function will give elders grown children outside the household, 45 % of them residents of the district."""
    age = draft.age
    at_home = np.zeros(len(draft), dtype=bool)
    for link in (draft.father, draft.mother):
        at_home[link[link >= 0]] = True
    elder = draft.residents & (age >= 60)
    partner = np.where((draft.spouse >= 0) & elder[draft.spouse] & draft.residents[draft.spouse], draft.spouse, -1)
    own = np.arange(len(draft))
    leads = np.flatnonzero(elder & ((partner < 0) | (own < partner)))
    dice = rng.random(len(leads))
    older = age[leads] > 75
    steps = np.where(older[:, None], [0.05, 0.35, 0.73], [0.06, 0.58, 0.87])
    number = (dice[:, None] > steps).sum(axis=1)
    number = np.where(at_home[leads], (dice < 0.4).astype(np.int64), number)
    childless = (draft.marital[leads] == NEVER) & (dice < 0.95)
    poor = draft.homes["poor"][draft.household[leads]] & (partner[leads] < 0) & (rng.random(len(leads)) < 0.45)
    number[childless | (poor & ~at_home[leads])] = 0
    parent = np.repeat(leads, number)
    born = age[parent] - np.clip(rng.normal(27.0, 3.5, len(parent)), 20.5, 39.0)
    parent, born = parent[born >= 18], born[born >= 18]
    sex = rng.integers(0, 2, len(parent))
    relative = _known(rng, draft, parent, born)
    known = relative >= 0
    sex[known], born[known] = draft.sex[relative[known]], age[relative[known]]
    fit = rng.random(len(parent)) < 0.93
    fit[known] = able(draft)[relative[known]]
    alive = np.ones(len(parent), dtype=bool)
    first = Kin(parent, relative, np.full(len(parent), KIN_CHILD), sex, born, alive, fit)
    both = partner[parent] >= 0
    second = Kin(
        partner[parent][both], relative[both], first.relation[both], sex[both], born[both], alive[both], fit[both]
    )
    back = []
    for kin in (first, second):
        mine = kin.relative >= 0
        person = kin.person[mine]
        back.append(
            Kin(
                person=kin.relative[mine],
                relative=person,
                relation=np.full(len(person), KIN_PARENT),
                sex=draft.sex[person],
                age=age[person],
                alive=np.ones(len(person), dtype=bool),
                capable=able(draft)[person],
            )
        )
    return join([first, second, *back])


def _known(rng: np.random.Generator, draft: Draft, parent: Ints, born: Floats) -> Ints:
    """Finds registered residents of the right age for a part of the children."""
    relative = np.full(len(parent), -1, dtype=np.int64)
    free = draft.residents & (draft.father < 0) & (draft.mother < 0) & (draft.kind != DORMITORY)
    free &= np.isin(draft.relation, (HEAD, SPOUSE)) & (draft.age >= 20)
    candidates = np.flatnonzero(free)
    candidates = candidates[rng.random(len(candidates)) < 0.75]
    wishes = np.flatnonzero(rng.random(len(parent)) < 0.45)[: len(candidates)]
    chosen = claim(draft.age, candidates, born[wishes])
    gap = draft.age[parent[wishes]] - draft.age[chosen]
    near = (gap > 19) & (gap < 42) & (draft.household[parent[wishes]] != draft.household[chosen])
    relative[wishes[near]] = chosen[near]
    return relative


def absent_spouses_and_parents(rng: np.random.Generator, draft: Draft) -> Kin:
    """This function will record spouses who live elsewhere, absent parents of minors, and parents of lone adults."""
    age = draft.age
    apart = np.flatnonzero(draft.residents & (draft.marital == MARRIED) & (draft.spouse < 0))
    older = np.where(draft.sex[apart] == MALE, -2.0, 2.0) + rng.normal(0, 2.5, len(apart))
    parts = [_outside(rng, apart, KIN_SPOUSE, 1 - draft.sex[apart], np.maximum(age[apart] + older, 20.0), 0.93)]
    minors = draft.residents & (age < 18)
    for s, link, name in ((0, draft.father, "father_status"), (1, draft.mother, "mother_status")):
        mine = np.flatnonzero(minors & (link < 0) & ~np.isin(draft.people[name], (NOT_FOUND,)))
        kin = _outside(rng, mine, KIN_PARENT, np.full(len(mine), s), age[mine] + rng.normal(29, 3, len(mine)), 1.0)
        status = draft.people[name][mine]
        kin.age = np.maximum(kin.age, 20.0)
        kin.alive, kin.capable = status != DECEASED, status == ABLE
        parts.append(kin)
    alone = draft.per_household(np.ones(len(draft)))[draft.household] == 1
    disabled = draft.people["disability_kind"] > 0
    mine = np.flatnonzero(
        draft.residents & alone & (age >= 18) & (age < 60) & (disabled | (rng.random(len(draft)) < 0.4))
    )
    parents = _outside(
        rng, mine, KIN_PARENT, rng.integers(0, 2, len(mine)), age[mine] + rng.normal(27, 3, len(mine)), 1.0
    )
    parents.alive = rng.random(len(mine)) < np.interp(parents.age, [50, 65, 80, 90], [0.99, 0.93, 0.65, 0.25])
    parents.capable = parents.alive & (parents.age < 76) & (rng.random(len(mine)) < 0.88)
    return join([*parts, parents])


def _outside(rng: np.random.Generator, person: Ints, relation: int, sex: Ints, age: Floats, fit: float) -> Kin:
    n = len(person)
    return Kin(
        person=person,
        relative=np.full(n, -1, dtype=np.int64),
        relation=np.full(n, relation),
        sex=sex,
        age=age,
        alive=np.ones(n, dtype=bool),
        capable=rng.random(n) < fit,
    )


def parents_of_minors(rng: np.random.Generator, draft: Draft, people: int) -> None:
    """This function will set the state of father and mother, and choose a few children whom nobody looks after.

    Known for minors and, because an orphan's allowance goes on while in school, for full-time students.
    """
    n, p = len(draft), draft.people
    minors = (draft.age < 18) | p["full_time_student"]
    lone_widow = np.zeros(n, dtype=bool)
    for link in (draft.father, draft.mother):
        has = link >= 0
        lone_widow[has] |= draft.marital[link[has]] == WIDOWED
    away = np.array([ABLE, OUT_OF_CONTACT, DECEASED, CUSTODY, DETOX])
    for name, link, other in (
        ("father_status", draft.father, draft.mother),
        ("mother_status", draft.mother, draft.father),
    ):
        status = np.full(n, UNKNOWN, dtype=np.int64)
        status[minors] = ABLE
        absent = minors & (link < 0) & (other >= 0)
        status[absent] = away[np.searchsorted([0.88, 0.95, 0.98, 0.993], rng.random(int(absent.sum())))]
        status[absent & lone_widow] = DECEASED
        present = minors & (link >= 0)
        parent = link[present]
        grade = p["disability_grade"][parent]
        severe = (grade >= 1) & (grade <= 2)
        ill = p["severe_illness"][parent]
        custody = p["in_custody"][parent]
        status[present] = np.select([custody, severe, ill], [CUSTODY, DISABLED, ILL], ABLE)
        unknown = minors & (rng.random(n) < 0.0008)
        status[unknown] = UNKNOWN
        p[name] = status
    alone = np.flatnonzero((draft.age < 18) & draft.residents & (draft.father < 0) & (draft.mother < 0))
    institution = draft.kind[alone] == DORMITORY
    wish = max(6, round(UNATTENDED_PER_MILLION * people / 1e6))
    others = rng.permutation(alone[~institution])
    others = others[np.argsort(~p["hukou_local"][others], kind="stable")][: max(0, wish - int(institution.sum()))]
    chosen = np.concatenate((alone[institution], others))
    orphan = np.concatenate((np.ones(int(institution.sum()), dtype=bool), np.arange(len(others)) % 5 == 0))
    pairs = np.array([[DECEASED, OUT_OF_CONTACT], [CUSTODY, DECEASED], [DISABLED, OUT_OF_CONTACT], [DETOX, ILL]])
    pair = pairs[rng.integers(0, len(pairs), len(chosen))]
    p["father_status"][chosen] = np.where(orphan, DECEASED, pair[:, 0])
    p["mother_status"][chosen] = np.where(
        orphan, np.where(rng.random(len(chosen)) < 0.3, NOT_FOUND, DECEASED), pair[:, 1]
    )
    p["in_welfare_institution"] = np.zeros(n, dtype=bool)
    p["in_welfare_institution"][alone[institution]] = True


def supporters(rng: np.random.Generator, draft: Draft, kin: Kin) -> None:
    """This function will conclude who has a capable person bound by law to support them, at home or outside."""
    n, age = len(draft), draft.age
    fit = able(draft)
    has = np.zeros(n, dtype=bool)
    for link in (draft.father, draft.mother, draft.spouse):
        present = link >= 0
        has[present] |= fit[link[present]]
        if link is not draft.spouse:
            child = np.flatnonzero(present)
            child = child[fit[child]]
            has[link[child]] = True
    for name in ("father_status", "mother_status"):
        has |= draft.people[name] == ABLE
    has[kin.person[kin.capable & kin.alive]] = True
    # Adults under 60 whose parents and grown children are on no list: most have somebody.
    chance = np.where(age < 45, 0.93, 0.75) - 0.15 * (draft.people["disability_kind"] > 0)
    has |= (age >= 18) & (age < 60) & (rng.random(n) < chance)
    answer = has.astype(np.int64)
    answer[rng.random(n) < 0.003] = UNKNOWN
    draft.people["capable_supporter"] = answer
