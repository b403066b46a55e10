"""What people are and how they are: registration, schooling, work, health, care."""

from __future__ import annotations

import numpy as np

from twin.families import DEAD, DORMITORY, Draft
from twin.population import FEMALE, MALE, moved_counts, registered_counts
from twin.quotas import Bools, Floats, Ints, largest_remainder, rake, systematic, within
from twin.sources import (
    DISABILITY,
    DISABILITY_RATE,
    EDUCATION,
    HUKOU_BANDS,
    SEVERE_SHARE,
    disability_kind_shares,
    education_shares,
)

EMPLOYMENT = ("employed", "self_employed", "unemployed", "retired", "student", "homemaker", "preschool", "unable")
EMPLOYED, SELF_EMPLOYED, UNEMPLOYED, RETIRED, STUDENT, HOMEMAKER, PRESCHOOL, UNABLE = range(8)
ABILITY = ("intact", "mild", "moderate", "severe", "complete")
UNKNOWN = -1
"""A code or number that nobody has recorded; becomes null in the tables."""


def register(rng: np.random.Generator, draft: Draft) -> None:
    """This function will say who holds the district's hukou, household by household, to the yearbook's age bands."""
    band = np.digitize(draft.age, [low for _, low, _ in HUKOU_BANDS[1:]])
    living = draft.residents
    people = int(living.sum())
    cell = band * 2 + draft.sex
    have = np.bincount(cell[living], minlength=8)
    want = (registered_counts(people) - moved_counts(people)).ravel()
    counts = np.minimum(want, np.floor(have * 0.985).astype(np.int64))
    elders = draft.per_household((draft.age >= 60) & living) > 0
    luck = rng.random(draft.households) + 0.35 * elders - 0.8 * (draft.homes["kind"] == DORMITORY)
    score = luck[draft.household] + rng.normal(0, 0.06, len(draft))
    local = np.ones(len(draft), dtype=bool)  # the dead and the moved are on the district's register
    local[living] = within(rng, cell[living], counts, score[living])
    draft.people["hukou_local"] = local


def educate(rng: np.random.Generator, draft: Draft) -> None:
    """This function will give schooling by age and cohort so that the totals by sex equal the census table."""
    age, sex = draft.age, draft.sex
    education = np.full(len(draft), UNKNOWN, dtype=np.int64)
    education[age >= 3] = 0
    education[age >= 6] = 1
    education[age >= 12] = 2
    education[age >= 15] = np.where(rng.random(int((age >= 15).sum())) < 0.95, 3, 2)
    cohort = np.interp(age, [18, 30, 40, 50, 60, 70, 80], [0.9, 1.0, 0.55, -0.1, -0.6, -1.1, -1.7])
    score = cohort + 0.35 * draft.people["hukou_local"] + rng.normal(0, 0.9, len(draft))
    for group in (draft.residents, ~draft.residents):
        for s in (MALE, FEMALE):
            mine = np.flatnonzero(group & (sex == s) & (age >= 3))
            target = largest_remainder(education_shares()[s], len(mine))
            pupils = mine[age[mine] < 18]
            quota = np.maximum(target - np.bincount(education[pupils], minlength=len(EDUCATION)), 0)
            adults = mine[age[mine] >= 18]
            quota = largest_remainder(quota, len(adults))
            ranked = adults[np.argsort(-score[adults], kind="stable")]
            grown = age[ranked] >= 23
            doctors = ranked[grown][: quota[-1]]
            rest = ranked[~np.isin(ranked, doctors, assume_unique=True)]
            education[doctors] = len(EDUCATION) - 1
            education[rest] = np.repeat(np.arange(len(EDUCATION) - 2, -1, -1), quota[-2::-1])[: len(rest)]
    draft.people["education"] = education


def disable(rng: np.random.Generator, draft: Draft) -> None:
    """This function will mark disabled persons: total, kinds and severe share of the 2006 survey; age curve our own."""
    rate = np.interp(draft.age, [0, 15, 30, 45, 60, 70, 80, 90], [0.012, 0.018, 0.025, 0.045, 0.10, 0.17, 0.33, 0.50])
    living = np.flatnonzero(draft.residents)
    by_age = living[np.argsort(draft.age[living], kind="stable")]
    total = round(DISABILITY_RATE * len(living))
    chosen = by_age[systematic(rng, rate[by_age], total)]
    kind = np.zeros(len(draft), dtype=np.int64)
    grade = np.zeros(len(draft), dtype=np.int64)
    _kinds_and_grades(rng, draft.age, chosen, kind, grade)
    others = np.flatnonzero(~draft.residents)
    others = others[rng.random(len(others)) < rate[others]]
    _kinds_and_grades(rng, draft.age, others, kind, grade)
    draft.people["disability_kind"] = kind
    draft.people["disability_grade"] = grade


def _kinds_and_grades(rng: np.random.Generator, age: Floats, chosen: Ints, kind: Ints, grade: Ints) -> None:
    if not len(chosen):
        return
    # Rows: under 18, 18–44, 45–59, 60–74, 75+; columns in the order of DISABILITY. Shape is our own model.
    lean = np.array(
        [
            [0.5, 0.4, 4.0, 0.7, 4.0, 1.0, 1.2],
            [0.6, 0.4, 1.5, 1.2, 2.5, 3.0, 0.9],
            [0.8, 0.6, 1.0, 1.4, 1.0, 1.5, 0.8],
            [1.1, 1.2, 0.8, 1.1, 0.4, 0.6, 1.0],
            [1.5, 2.0, 0.5, 0.7, 0.2, 0.3, 1.3],
        ]
    )
    band = np.digitize(age[chosen], [18, 45, 60, 75])
    rows = np.bincount(band, minlength=5)
    shares = disability_kind_shares()
    table = rake(lean * shares, rows.astype(np.float64), shares * len(chosen))
    for b in range(5):
        mine = rng.permutation(chosen[band == b])
        kind[mine] = np.repeat(np.arange(1, 8), largest_remainder(table[b] + 1e-9, len(mine)))
    shift = np.array([0.2, -0.3, -0.3, 0.0, 0.4, 0.5, 0.8])[kind[chosen] - 1]
    worst = chosen[np.argsort(-(rng.normal(0, 1, len(chosen)) + shift), kind="stable")]
    severe = SEVERE_SHARE
    parts = np.array([0.38 * severe, 0.62 * severe, 0.40 * (1 - severe), 0.60 * (1 - severe)])
    grade[worst] = np.repeat(np.arange(1, 5), largest_remainder(parts, len(worst)))
    grade[chosen[rng.random(len(chosen)) < 0.01]] = UNKNOWN


def fall_ill(rng: np.random.Generator, draft: Draft) -> None:
    """This function will set severe illness, ability of elders, failed self-care items and need of long-term care."""
    n, age = len(draft), draft.age
    kind, grade = draft.people["disability_kind"], draft.people["disability_grade"]
    draft.people["severe_illness"] = rng.random(n) < np.interp(
        age, [0, 30, 50, 65, 80], [0.001, 0.002, 0.008, 0.025, 0.04]
    )
    severe = (grade >= 1) & (grade <= 2)
    bodily = severe & np.isin(kind, [1, 4, 5, 6, 7])
    chance = np.interp(age, [60, 70, 80, 90, 100], [0.04, 0.09, 0.25, 0.52, 0.8]) + 0.5 * bodily
    level = np.where(rng.random(n) < chance, 1 + np.searchsorted([0.45, 0.70, 0.87], rng.random(n)), 0)
    items = np.zeros(n, dtype=np.int64)
    low = np.array([0, 0, 1, 3, 5])
    high = np.array([0, 1, 3, 5, 6])
    items[:] = low[level] + np.floor(rng.random(n) * (high[level] - low[level] + 1)).astype(np.int64)
    young = age < 60
    items[young] = 0
    for g, most in ((1, 6), (2, 3)):
        mine = young & (grade == g) & bodily
        items[mine] = rng.integers(1 if g == 1 else 0, most + 1, int(mine.sum()))
    level[young] = UNKNOWN
    level[rng.random(n) < 0.005] = UNKNOWN
    care = (level >= 2) | (bodily & (items >= 1)) | ((kind >= 5) & (kind <= 6) & (grade == 3) & (rng.random(n) < 0.3))
    draft.people["ability_level"] = level
    draft.people["self_care_items_failed"] = items
    draft.people["needs_long_term_care"] = care


def work(rng: np.random.Generator, draft: Draft) -> None:
    """This function will set employment, full-time study and the rare states (custody, missing, clergy)."""
    n, age, man = len(draft), draft.age, draft.sex == MALE
    education = draft.people["education"]
    luck = rng.random(n)
    status = np.full(n, EMPLOYED, dtype=np.int64)
    split = rng.random(n)
    status[split < 0.14] = SELF_EMPLOYED
    status[(split >= 0.14) & (split < 0.175)] = UNEMPLOYED
    home = (split >= 0.175) & (split < np.where(man, 0.18, 0.25)) & (age >= 24)
    status[home] = HOMEMAKER
    retiring = np.where(
        man,
        np.interp(age, [54, 56, 60, 61, 65, 70], [0, 0.10, 0.35, 0.86, 0.96, 0.99]),
        np.interp(age, [49, 51, 55, 60, 65], [0, 0.45, 0.80, 0.96, 0.99]),
    )
    status[luck < retiring] = RETIRED
    _study(rng, draft, status)
    grade, kind = draft.people["disability_grade"], draft.people["disability_kind"]
    disabled = (grade >= 1) & ((grade <= 2) | (np.isin(kind, [5, 6]) & (grade == 3)))
    status[disabled & (age >= 16) & (age < 60) & (status != RETIRED) & (rng.random(n) < 0.72)] = UNABLE
    status[age < 6] = PRESCHOOL
    draft.people["employment_status"] = status
    draft.people["full_time_student"] = (status == STUDENT) & (education < len(EDUCATION) - 1)
    draft.people["in_custody"] = man & (age >= 18) & (age < 65) & (rng.random(n) < 0.0008)
    draft.people["declared_missing"] = (age >= 20) & (rng.random(n) < 0.00004) & draft.living
    clergy = (age >= 25) & (draft.kind != DEAD) & (rng.random(n) < 0.00012) & (draft.marital == 0)
    draft.people["clergy_living_apart_years"] = np.where(clergy, rng.integers(1, 20, n), 0)


def _study(rng: np.random.Generator, draft: Draft, status: Ints) -> None:
    age, education = draft.age, draft.people["education"]
    dice = rng.random(len(draft))
    college = education >= 4
    dormitory = draft.kind == DORMITORY
    chance = np.select(
        [age < 15, age < 18, age < 19, age < 22, age < 23, age < 26],
        [
            1.0,
            0.97,
            0.75,
            np.where(college, 0.86, 0.05),
            np.where(college, 0.40, 0.0),
            np.where(education == 6, 0.6, 0.03),
        ],
        0.0,
    )
    chance = chance + 0.1 * (dormitory & (age < 22))
    studying: Bools = (dice < chance) & (age >= 6) & (draft.marital == 0)
    status[studying] = STUDENT
    idle = (age >= 6) & (age < 16) & ~studying
    status[idle] = STUDENT


DISABILITY_CODES = ("none", *DISABILITY)
