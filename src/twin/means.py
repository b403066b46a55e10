"""What people live on: five kinds of income, property and rigid spending. Our own model, in yuan, stored in fen.

No table of incomes by household was found (data/SOURCES.md). Medians are set so that mean income lies near what
Hangzhou publishes for 2023 (41 053 yuan per head for a half-year); the poor tail is set on purpose: see POOR_SHARE.
"""

from __future__ import annotations

import numpy as np

from twin.families import AWAY, DORMITORY, HEAD, Draft
from twin.life import EMPLOYED, HOMEMAKER, RETIRED, SELF_EMPLOYED, STUDENT, UNABLE, UNEMPLOYED
from twin.quotas import Bools, Column, Floats, Ints, lottery

LINE = 1102.0
"""Yuan per head and month: the minimum-living standard of 2020 in the plan; a yardstick of this generator only."""

POOR_SHARE = 0.0115
"""Share of resident households whose countable income per head is below LINE (own choice, wished 0.8–1.5 %)."""

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "other_income")
MONEY = (*INCOMES, "exempt_income", "basic_pension", "employment_cost")


def earn(rng: np.random.Generator, draft: Draft) -> None:
    """This function will give every person incomes for the last twelve months (fen), consistent with work and age."""
    n = len(draft)
    status, education = draft.people["employment_status"], draft.people["education"]
    money: dict[str, Floats] = {name: np.zeros(n) for name in MONEY}
    works = status == EMPLOYED
    median = np.array([70, 74, 84, 98, 122, 165, 230, 70])[education] * 1000.0
    career = np.interp(draft.age, [18, 24, 32, 42, 52, 62, 75], [0.6, 0.75, 1.0, 1.12, 1.0, 0.75, 0.45])
    part_time = np.where(rng.random(n) < 0.04, 0.3, 1.0)
    wage = median * career * part_time * rng.lognormal(0, 0.42, n)
    money["wage_income"] = np.where(works, wage, 0)
    business = 95_000 * rng.lognormal(0, 0.75, n)
    trades = (status == SELF_EMPLOYED) | (works & (rng.random(n) < 0.015))
    money["business_income"] = np.where(trades, business * np.where(works, 0.4, 1.0), 0)
    costs = np.minimum(rng.lognormal(8.0, 0.5, n), 12_000)
    money["employment_cost"] = np.where(works, np.minimum(costs, 0.2 * wage), 0)
    _transfers(rng, draft, money)
    other = rng.random(n) < 0.012
    money["other_income"] = np.where(other & (draft.age >= 18), rng.lognormal(8.3, 0.8, n), 0)
    for name in MONEY:
        money[name][~draft.living] = 0
    draft.people.update(money)


def _transfers(rng: np.random.Generator, draft: Draft, money: dict[str, Floats]) -> None:
    n, age = len(draft), draft.age
    status, local = draft.people["employment_status"], draft.people["hukou_local"]
    old = (status == RETIRED) | (age >= 62)
    insured = rng.random(n) < np.where(local, 0.90, 0.5) - 0.10 * (age > 80)
    pension = np.where(old & insured, 56_000 * rng.lognormal(0, 0.30, n), 0)
    rural = (age >= 60) & old & ~insured
    basic = np.where(rural, np.where(local, 310 * 12, 210 * 12), 0).astype(np.float64)
    account = np.where(rural, rng.lognormal(7.2, 0.6, n), 0)
    support = np.where(rural & (rng.random(n) < 0.85), rng.lognormal(9.45, 0.45, n), 0)
    early = np.where(old & ~insured & (age < 60), rng.lognormal(10.2, 0.35, n), 0)
    benefit = np.where((status == UNEMPLOYED) & (rng.random(n) < 0.45), 19_000 * rng.lognormal(0, 0.25, n), 0)
    alone = draft.per_household(np.ones(n))[draft.household] == 1
    upkeep = np.where((status == STUDENT) & alone, 31_000 * rng.lognormal(0, 0.25, n), 0)
    # A homemaker or jobless person alone lives on what the spouse or the family sends.
    sent = np.where(np.isin(status, (HOMEMAKER, UNEMPLOYED)) & alone, 30_000 * rng.lognormal(0, 0.35, n), 0)
    kept = np.where((status == UNABLE) & (rng.random(n) < 0.5), rng.lognormal(9.0, 0.6, n), 0)
    honours = np.where(local & (age >= 50) & (rng.random(n) < 0.004), 14_000 * rng.lognormal(0, 0.3, n), 0)
    scholarship = np.where(
        (status == STUDENT) & (age >= 17) & (rng.random(n) < 0.12), 4_000 * rng.lognormal(0, 0.4, n), 0
    )
    money["basic_pension"] = basic
    money["exempt_income"] = honours + scholarship
    money["transfer_income"] = (
        pension + basic + account + support + early + benefit + upkeep + sent + kept + honours + scholarship
    )


def countable(draft: Draft) -> Floats:
    """This function will return each household's yearly income less exempt income and working costs (yuan)."""
    p = draft.people
    return draft.per_household(sum(p[name] for name in INCOMES) - p["exempt_income"] - p["employment_cost"])


def own(rng: np.random.Generator, draft: Draft) -> None:
    """This function will set property and spending of households, then fix who is poor, and turn yuan into fen."""
    n = draft.households
    living = np.maximum(draft.per_household(draft.living), 1)
    yearly = np.maximum(countable(draft), 0)
    rank = np.argsort(np.argsort(yearly / living, kind="stable"), kind="stable") / n
    heads = draft.heads()
    age = draft.age[heads]
    local = draft.people["hukou_local"][heads]
    dormitory = draft.homes["kind"] == DORMITORY
    dwellings = np.where(local, 1 - (rng.random(n) < 0.16), (rng.random(n) < 0.30) * 1)
    dwellings = dwellings + ((rng.random(n) < 0.30 * rank**2) & (dwellings > 0)) + (rng.random(n) < 0.05 * rank**4)
    dwellings[dormitory] = (rng.random(int(dormitory.sum())) < 0.08) * 1
    chance = np.where(living == 1, 0.10, 0.25) + 0.55 * rank - 0.30 * (age > 65)
    vehicles = (rng.random(n) < chance).astype(np.int64) + (rng.random(n) < 0.18 * rank**2)
    vehicles[dormitory] = (rng.random(int(dormitory.sum())) < 0.05) * 1
    assets = yearly * 0.85 * rng.lognormal(0, 0.9, n) * np.interp(age, [20, 40, 65], [0.4, 1.0, 1.6])
    _rent(rng, draft, heads, dwellings, assets)
    poor = _poverty(rng, draft, living)
    grade = draft.people["disability_grade"]
    severe = draft.per_household((grade >= 1) & (grade <= 2) & draft.living) > 0
    strained = severe & (countable(draft) < 2.3 * 12 * LINE * living) & (rng.random(n) < 0.6)
    lean = (poor & (rng.random(n) < 0.86)) | strained
    assets = np.where(lean, rng.random(n) ** 2 * 16_000 * living, assets)
    dwellings = np.where(lean, np.minimum(dwellings, 1), dwellings)
    vehicles = np.where(lean & (rng.random(n) < 0.97), 0, vehicles)
    trades = draft.per_household(draft.people["employment_status"] == SELF_EMPLOYED) > 0
    registered = (trades & (rng.random(n) < 0.62)) | (rng.random(n) < 0.02 * rank)
    draft.homes.update(
        financial_assets=np.rint(assets) * 100,
        vehicles=vehicles,
        dwellings_owned=dwellings,
        business_registered=registered & ~(lean & (rng.random(n) < 0.95)),
        poor=poor,
    )
    _spend(rng, draft)
    for name in MONEY:
        draft.people[name] = np.rint(draft.people[name]).astype(np.int64) * 100


def _rent(rng: np.random.Generator, draft: Draft, heads: Ints, dwellings: Column, assets: Floats) -> None:
    lets = (dwellings >= 2) & (rng.random(draft.households) < 0.6)
    rent = np.where(lets, rng.lognormal(10.5, 0.35, draft.households), 0)
    interest = np.where(assets > 20_000, 0.018 * assets, 0)
    living = draft.living[heads]
    draft.people["property_income"][heads[living]] = (rent + interest)[living]


def _poverty(rng: np.random.Generator, draft: Draft, living: Floats) -> Bools:
    """Puts exactly POOR_SHARE of the resident households below LINE, the vulnerable first, and lifts the others."""
    people, n = draft.people, draft.households
    here = (draft.homes["kind"] < AWAY) & (draft.per_household(draft.living) > 0)
    month = countable(draft) / 12 / living
    grade, status = people["disability_grade"], people["employment_status"]
    severe = draft.per_household((grade >= 1) & (grade <= 2) & draft.living) > 0
    alone_parent = draft.per_household((draft.age < 18) & ((draft.father < 0) | (draft.mother < 0))) > 0
    idle = draft.per_household((status == UNEMPLOYED) | (status == UNABLE)) > 0
    ill = draft.per_household(people["severe_illness"]) > 0
    student = draft.per_household((status == STUDENT) & (draft.relation == HEAD)) > 0
    heads = draft.heads()
    local = people["hukou_local"][heads]
    frail = (draft.age[heads] >= 60) & (living == 1) & (people["basic_pension"][heads] > 0)
    strain = 0.5 * frail + 0.9 * severe + 0.5 * alone_parent + 0.6 * idle + 0.5 * ill + 0.7 * local
    score = np.log(np.maximum(month, 0) + 250) - strain + rng.normal(0, 0.35, n)
    weight = np.where(here & ~student & (draft.age[heads] >= 18), np.exp(-4.0 * (score - score.min())), 0)
    poor = np.zeros(n, dtype=bool)
    poor[lottery(rng, weight, round(POOR_SHARE * int(here.sum())))] = True
    goal = LINE * np.where(rng.random(n) < 0.08, 0.0, 0.05 + 0.92 * rng.beta(2.0, 1.4, n))
    scale = np.where(poor & (month > 0.98 * LINE), goal / np.maximum(month, 1), 1.0)[draft.household]
    for name in MONEY:
        people[name] = people[name] * scale
    lost = (scale < 1) & (people["wage_income"] < 6_000) & (status == EMPLOYED)
    status[lost] = UNEMPLOYED
    for name in ("wage_income", "employment_cost"):
        people[name][lost] = 0
    people["basic_pension"] = np.minimum(people["basic_pension"], people["transfer_income"])
    # Of those just above the line most are helped by relatives; families with a severely disabled member are not.
    near = (month < 2.0 * LINE) & ~severe & (rng.random(n) < 0.6)
    _lift(rng, draft, ~poor & ((month < 1.02 * LINE) | near) & (draft.age[heads] >= 18), severe, living)
    return poor


def _lift(rng: np.random.Generator, draft: Draft, low: Bools, severe: Bools, living: Floats) -> None:
    """Gives the not chosen what keeps them above LINE: more wage where the head works, else help from relatives."""
    level = 1.05 + np.where(severe, 0.8 * rng.random(draft.households), rng.gamma(4.0, 0.45, draft.households))
    gap = LINE * level * 12 * living - countable(draft)
    heads = draft.heads()
    for rows, name in (
        (low & (draft.people["employment_status"][heads] == EMPLOYED), "wage_income"),
        (low & (draft.people["employment_status"][heads] != EMPLOYED), "transfer_income"),
    ):
        payee = heads[rows]
        add = np.maximum(gap[rows], 0) * draft.living[payee]
        draft.people[name][payee] += add


def _spend(rng: np.random.Generator, draft: Draft) -> None:
    n, people = len(draft), draft.people
    living = draft.living
    age, status = draft.age, people["employment_status"]
    medical = rng.lognormal(6.6, 0.9, n) * np.interp(age, [0, 40, 60, 80], [0.7, 0.8, 1.8, 3.0])
    medical += np.where(people["disability_kind"] > 0, rng.lognormal(7.2, 0.8, n), 0)
    medical += np.where(people["severe_illness"], rng.lognormal(10.2, 0.7, n), 0)
    school = np.where((age >= 3) & (age < 18), rng.lognormal(7.6, 0.8, n), 0)
    school += np.where((status == STUDENT) & (age >= 18), rng.lognormal(8.9, 0.4, n), 0)
    training = (people["disability_kind"] > 0) & (rng.random(n) < np.where(age < 18, 0.75, 0.18))
    recovery = np.where(training, rng.lognormal(8.4, 0.9, n), 0)
    for name, value in (("medical", medical), ("education", school), ("rehabilitation", recovery)):
        draft.homes[f"{name}_spending"] = np.rint(draft.per_household(value * living)) * 100


def forget(rng: np.random.Generator, draft: Draft) -> dict[str, Bools]:
    """This function will say which money facts nobody knows: column name → true where the value is unknown."""
    people, n = draft.people, len(draft)
    trades = people["business_income"] > 0
    informal = (people["employment_status"] == EMPLOYED) & (people["education"] <= 2)
    return {
        "business_income": trades & (rng.random(n) < 0.025),
        "wage_income": informal & (rng.random(n) < 0.02),
        "property_income": (people["property_income"] > 0) & (rng.random(n) < 0.003),
        "financial_assets": rng.random(draft.households) < np.where(draft.homes["poor"], 0.04, 0.012),
        "medical_spending": rng.random(draft.households) < 0.004,
    }
