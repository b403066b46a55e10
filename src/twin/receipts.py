"""Who receives what already, as the payment export of another system would say: with gaps and mistakes.

The generator does not know the rules of any scheme. It pays by the rough criteria below, misses some people, and
keeps paying some it should not. Amounts are demonstration values built on the standard of 2020 (1,102 yuan a month).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from twin.families import AWAY, DEAD, Draft
from twin.life import HOMEMAKER, UNABLE, UNEMPLOYED
from twin.means import LINE, countable
from twin.quotas import Bools, Column, Floats, Ints

SCHEMES = (
    "minimum_living_allowance",
    "single_person_household",
    "low_income_margin",
    "destitute_support",
    "disability_living_subsidy",
    "disability_care_subsidy",
    "old_age_allowance",
    "child_basic_living_allowance",
    "elder_service_subsidy",
    "elder_care_subsidy",
    "elder_consumption_voucher",
    "rigid_spending_hardship",
    "education_assistance",
    "housing_assistance",
    "employment_assistance",
)
ALLOWANCE, SINGLE, MARGIN, DESTITUTE, LIVING, CARE, OLD_AGE, CHILD, SERVICE, ELDER_CARE, VOUCHER = range(11)
RIGID, SCHOOL, HOUSING, WORK = range(11, 15)
STATUSES = (MARGIN, RIGID, SCHOOL, HOUSING, WORK)
"""What is registered and carries no money of its own; sums paid once or by the year are in no monthly export."""

MISSED = (0.14, 0.20, 0.20, 0.15, 0.08, 0.15, 0.11, 0.15, 0.15, 0.15, 0.18, 0.25, 0.15, 0.25, 0.30)
"""Share of the roughly entitled who are not paid, per scheme (own choice, 10–20 %).

The living subsidy follows the allowance, so those missed there are missed twice."""

AVERAGE = 76_777.0
"""Yuan a year per head: what residents had on average, as far as known; above it spending is no hardship."""

VOUCHER_BEGAN = np.datetime64("2026-01-01", "D")

PLANTED = ("missed", "dead_still_paid", "moved_still_paid", "income_risen")


@dataclass
class Ledger:
    """Rows collected so far; -1 where a household or a person is not named."""

    household: list[Ints] = field(default_factory=list)
    person: list[Ints] = field(default_factory=list)
    scheme: list[Ints] = field(default_factory=list)
    amount: list[Ints] = field(default_factory=list)
    wrong: list[tuple[int, int, Ints, Ints]] = field(default_factory=list)

    def pay(self, scheme: int, household: Ints, person: Ints, yuan: Floats) -> None:
        """This function will add payments of `yuan` a month."""
        self.household.append(household)
        self.person.append(person)
        self.scheme.append(np.full(len(household), scheme))
        self.amount.append(np.maximum(np.rint(yuan * 100), 0).astype(np.int64))

    def note(self, kind: int, scheme: int, household: Ints, person: Ints) -> None:
        """This function will remember a planted gap or mistake."""
        self.wrong.append((kind, scheme, household, person))

    def column(self, name: str) -> Ints:
        """This function will return one column of all payments."""
        return np.concatenate(getattr(self, name))


def pay(rng: np.random.Generator, draft: Draft, as_of: np.datetime64) -> Ledger:
    """This function will decide who is paid what. Needs yearly money in fen on the draft."""
    ledger = Ledger()
    p, homes = draft.people, draft.homes
    living = draft.per_household(draft.living)
    month = countable(draft) / 100 / 12 / np.maximum(living, 1)
    local = draft.per_household(p["hukou_local"] & draft.living) > 0
    here = (living > 0) & local
    plain = (homes["vehicles"] == 0) & (homes["dwellings_owned"] <= 1) & ~homes["business_registered"]
    saved = homes["financial_assets"] / 100 / LINE / np.maximum(living, 1)  # months of the line, per head
    lean, modest = plain & (saved <= 24), plain & (saved <= 36)
    leaving = _leaving(draft, as_of) * (here & lean)
    poor = here & lean & ((month < LINE) | (leaving > 0))
    kept, destitute = _destitute(rng, draft, ledger, lean)
    alone = kept & poor
    paid = _some(rng, ledger, ALLOWANCE, np.flatnonzero(poor & ~alone), None)
    yuan = np.maximum(LINE - month, 0) * (living - _refusing(draft))
    ledger.pay(ALLOWANCE, paid, np.full(len(paid), -1), np.maximum(yuan, leaving)[paid])
    risen = np.flatnonzero(here & lean & ~poor & (month > 1.05 * LINE) & (month < 2.6 * LINE))
    risen = risen[rng.permutation(len(risen))[: round(0.07 * len(paid)) + 1]]
    ledger.pay(ALLOWANCE, risen, np.full(len(risen), -1), LINE * (0.2 + 0.6 * rng.random(len(risen))) * living[risen])
    ledger.note(3, ALLOWANCE, risen, np.full(len(risen), -1))
    wrongly = np.isin(np.arange(draft.households), risen)
    margin = here & modest & ~poor & (month < 2 * LINE) & ~wrongly
    listed = _some(rng, ledger, MARGIN, np.flatnonzero(margin), None)
    ledger.pay(MARGIN, listed, np.full(len(listed), -1), np.zeros(len(listed)))
    single = _singles(rng, draft, ledger, margin, modest & ~poor & ~wrongly)
    helped = alone.copy()
    helped[paid] = True
    _disabled(rng, draft, ledger, helped, single)
    _old(rng, draft, ledger)
    _children(rng, draft, ledger)
    assisted = (poor & ~alone)[draft.household]
    assisted[single] = True
    _elders(rng, draft, ledger, assisted, margin[draft.household], destitute)
    spent = sum(homes[f"{name}_spending"] for name in ("medical", "education", "rehabilitation")) / 1200
    strained = (LINE * living + spent > 0.8 * month * living) & (month < AVERAGE / 12)
    strained &= draft.per_household(assisted | destitute) == 0
    _register(rng, ledger, RIGID, np.flatnonzero(here & modest & ~poor & ~margin & strained))
    _statuses(rng, draft, ledger, assisted, destitute)
    _mistakes(rng, draft, ledger, (month > 1.05 * LINE) & ~wrongly)
    return ledger


def _some(rng: np.random.Generator, ledger: Ledger, scheme: int, rows: Ints, household: Ints | None) -> Ints:
    """Leaves out the missed and notes them; `household` given means that rows are persons."""
    missed = rng.random(len(rows)) < MISSED[scheme]
    gone = rows[missed]
    none = np.full(len(gone), -1)
    if household is None:
        ledger.note(0, scheme, gone, none)
    else:
        ledger.note(0, scheme, household[gone], gone)
    return rows[~missed]


def _leaving(draft: Draft, as_of: np.datetime64) -> Floats:
    """Yuan a month that households keep after work has lifted them: all of it for three months, then half for three."""
    p = draft.people
    months = (as_of.astype("datetime64[M]") - p["left_assistance_on"].astype("datetime64[M]")).astype(np.int64)
    late = as_of - as_of.astype("datetime64[M]") < p["left_assistance_on"] - p["left_assistance_on"].astype(
        "datetime64[M]"
    )
    months = months - late
    part = np.select([~p["left_assistance_for_work"], months < 3, months < 6], [0.0, 1.0, 0.5], 0.0)
    return draft.per_household(part * p["assistance_before_exit"] / 100 * draft.living)


def _refusing(draft: Draft) -> Floats:
    """Members who refused work three times and could work: their share is not paid."""
    p = draft.people
    fit = (draft.age >= 16) & (draft.age < 60) & ~_severe(draft) & ~p["severe_illness"] & ~p["full_time_student"]
    return draft.per_household((p["work_refusals"] >= 3) & fit & (p["employment_status"] != UNABLE) & draft.living)


def _destitute(rng: np.random.Generator, draft: Draft, ledger: Ledger, lean: Bools) -> tuple[Bools, Bools]:
    """Pays those who cannot work, have next to nothing and nobody; says which households consist of them, and who."""
    p, home = draft.people, draft.household
    grade, kind = p["disability_grade"], p["disability_kind"]
    unable = (draft.age >= 60) | ((grade >= 1) & (grade <= 2) & np.isin(kind, (4, 5, 6)))
    income = _income(draft) - p["exempt_income"] / 1200
    owed = p["supporter_condition"]
    weak = (owed == 1) | (owed == 2) | ((owed >= 3) & p["supporter_property_within_limits"])
    nobody = (p["capable_supporter"] == 0) | ((p["capable_supporter"] == 1) & weak)
    mine = draft.living & p["hukou_local"] & lean[home] & unable & nobody & (income < LINE)
    rows = np.flatnonzero(mine)
    paid = _some(rng, ledger, DESTITUTE, rows, home)
    items = p["self_care_items_failed"][paid]
    ledger.pay(DESTITUTE, home[paid], paid, 1432.6 + np.select([items >= 4, items >= 1], [1140, 684], 0))
    alone: Bools = (draft.per_household(mine) > 0) & (draft.per_household(draft.living) == 1)
    return alone, mine


def _severe(draft: Draft) -> Bools:
    grade, kind = draft.people["disability_grade"], draft.people["disability_kind"]
    return np.asarray((grade >= 1) & ((grade <= 2) | (np.isin(kind, (5, 6)) & (grade == 3))))


def _income(draft: Draft) -> Floats:
    names = ("wage_income", "business_income", "property_income", "transfer_income", "other_income")
    return np.asarray(sum(draft.people[name] for name in names) / 1200.0)


def _singles(rng: np.random.Generator, draft: Draft, ledger: Ledger, margin: Bools, modest: Bools) -> Ints:
    p, home = draft.people, draft.household
    jobless = np.isin(p["employment_status"], (UNEMPLOYED, HOMEMAKER, UNABLE)) & _severe(draft) & (draft.age >= 18)
    weak = ((_severe(draft) | p["severe_illness"]) & margin[home]) | (jobless & modest[home])
    income = _income(draft) - (p["exempt_income"] + p["employment_cost"] + p["kin_support"]) / 1200
    weak |= p["clergy_living_apart_years"] >= 3
    mine = np.flatnonzero(weak & draft.living & p["hukou_local"] & (income < LINE))
    paid = _some(rng, ledger, SINGLE, mine, home)
    ledger.pay(SINGLE, home[paid], paid, LINE - np.maximum(income[paid], 0))
    return paid


def _disabled(rng: np.random.Generator, draft: Draft, ledger: Ledger, helped: Bools, single: Ints) -> None:
    p, home = draft.people, draft.household
    base = draft.living & (p["disability_kind"] > 0) & p["hukou_local"]
    poor = np.flatnonzero(base & (helped[home] | np.isin(np.arange(len(draft)), single)))
    paid = _some(rng, ledger, LIVING, poor, home)
    ledger.pay(LIVING, home[paid], paid, np.full(len(paid), 330.6))
    items = p["self_care_items_failed"]
    care = np.flatnonzero(base & _severe(draft) & p["needs_long_term_care"])
    paid = _some(rng, ledger, CARE, care, home)
    yuan = np.select([items[paid] >= 4, items[paid] >= 1], [500.0, 250.0], 125.0)
    ledger.pay(CARE, home[paid], paid, yuan)


def _old_yuan(age: Floats) -> Floats:
    return np.select([age >= 100, age >= 90], [300.0, 100.0], 50.0)


def _old(rng: np.random.Generator, draft: Draft, ledger: Ledger) -> None:
    old = np.flatnonzero((draft.kind <= AWAY) & (draft.age >= 80) & draft.people["hukou_local"])
    paid = _some(rng, ledger, OLD_AGE, old, draft.household)
    ledger.pay(OLD_AGE, draft.household[paid], paid, _old_yuan(draft.age[paid]))


def _children(rng: np.random.Generator, draft: Draft, ledger: Ledger) -> None:
    p = draft.people
    gone = (p["father_status"] > 0) & (p["mother_status"] > 0)
    mine = np.flatnonzero(gone & draft.residents & p["hukou_local"] & (draft.age < 18))
    paid = _some(rng, ledger, CHILD, mine, draft.household)
    ledger.pay(CHILD, draft.household[paid], paid, np.where(p["in_welfare_institution"][paid], 2200.0, 1800.0))


def _elders(
    rng: np.random.Generator, draft: Draft, ledger: Ledger, assisted: Bools, margin: Bools, destitute: Bools
) -> None:
    """Elders who need help: the poor get subsidies, all get the voucher; whom the state supports whole gets neither."""
    p, home, level = draft.people, draft.household, draft.people["ability_level"]
    frail = (level >= 2) & draft.residents & (draft.age >= 60) & ~destitute
    mine = frail & p["hukou_local"]
    rows = _some(rng, ledger, SERVICE, np.flatnonzero(mine & (assisted | margin)), home)
    yuan = np.array([0, 0, 300.0, 600.0, 900.0])[level[rows]] * np.where(assisted[rows], 1.0, 0.5)
    ledger.pay(SERVICE, home[rows], rows, yuan)
    rows = np.flatnonzero(mine & assisted & (level >= 3) & p["needs_long_term_care"])
    rows = _some(rng, ledger, ELDER_CARE, rows, home)
    ledger.pay(ELDER_CARE, home[rows], rows, np.where(level[rows] == 4, 500.0, 300.0))
    rows = _some(rng, ledger, VOUCHER, np.flatnonzero(frail), home)
    bills = np.maximum(p["home_care_bill"][rows], 0) * 0.005 + p["institution_bill"][rows] * 0.004
    ledger.pay(VOUCHER, home[rows], rows, np.minimum(bills, 800.0))


def _register(rng: np.random.Generator, ledger: Ledger, scheme: int, rows: Ints, household: Ints | None = None) -> None:
    """Lists most of the rows under a status; `household` given means that rows are persons."""
    rows = _some(rng, ledger, scheme, rows, household)
    homes, persons = (rows, np.full(len(rows), -1)) if household is None else (household[rows], rows)
    ledger.pay(scheme, homes, persons, np.zeros(len(rows)))


def _statuses(rng: np.random.Generator, draft: Draft, ledger: Ledger, assisted: Bools, destitute: Bools) -> None:
    """Pupils, the homeless and the jobless of assisted families, as schools, housing and labour offices list them."""
    p, home = draft.people, draft.household
    mine = draft.living & p["hukou_local"] & (assisted | destitute)
    gone = (p["father_status"] > 0) & (p["mother_status"] > 0) & (draft.age < 18) & p["hukou_local"] & draft.living
    _register(rng, ledger, SCHOOL, np.flatnonzero((mine | gone) & (p["school_stage"] >= 2)), home)
    none = draft.homes["dwellings_owned"] == 0
    _register(rng, ledger, HOUSING, np.flatnonzero((draft.per_household(mine) > 0) & none))
    fit = (draft.age >= 16) & (draft.age < 60) & ~_severe(draft) & ~p["severe_illness"] & ~p["full_time_student"]
    jobless = mine & ~destitute & fit & (p["employment_status"] == UNEMPLOYED)
    _register(rng, ledger, WORK, np.flatnonzero(jobless), home)


def _mistakes(rng: np.random.Generator, draft: Draft, ledger: Ledger, well_off: Bools) -> None:
    p, home = draft.people, draft.household
    dead = np.flatnonzero((draft.kind == DEAD) & (draft.age >= 80))
    dead = _at_least_one(rng, dead, 0.12)
    ledger.pay(OLD_AGE, home[dead], dead, _old_yuan(draft.age[dead]))
    ledger.note(1, OLD_AGE, home[dead], dead)
    severe = (p["disability_grade"] >= 1) & (p["disability_grade"] <= 2)
    dead = np.flatnonzero((draft.kind == DEAD) & severe)
    dead = _at_least_one(rng, dead, 0.15)
    ledger.pay(CARE, home[dead], dead, np.full(len(dead), 250.0))
    ledger.note(1, CARE, home[dead], dead)
    moved = np.flatnonzero(draft.residents & ~p["hukou_local"] & (draft.age >= 80))
    moved = _at_least_one(rng, moved, 0.06)  # the hukou has gone elsewhere, the money has not
    ledger.pay(OLD_AGE, home[moved], moved, _old_yuan(draft.age[moved]))
    ledger.note(2, OLD_AGE, home[moved], moved)
    gone = np.flatnonzero((draft.homes["kind"] == AWAY) & well_off & (rng.random(draft.households) < 0.003))
    ledger.pay(ALLOWANCE, gone, np.full(len(gone), -1), LINE * (0.2 + 0.5 * rng.random(len(gone))))
    ledger.note(2, ALLOWANCE, gone, np.full(len(gone), -1))


def _at_least_one(rng: np.random.Generator, rows: Ints, share: float) -> Ints:
    """Draws a share of the rows, and one where the share comes to none: also a small district has every mistake."""
    return rng.permutation(rows)[: max(1, round(share * len(rows)))]


def since(
    rng: np.random.Generator, ledger: Ledger, draft: Draft, birth: Column, death: Column, as_of: np.datetime64
) -> npt.NDArray[np.datetime64]:
    """This function will date each payment: the first of a month in the last six years.

    Never before birth (old age: the 80th birthday), never after death or `as_of`.
    """
    person, scheme = ledger.column("person"), ledger.column("scheme")
    n = len(person)
    subject = np.where(person >= 0, person, draft.heads()[ledger.column("household")])
    last = np.where(np.isnat(death[subject]), as_of, death[subject])
    years = np.select([scheme == OLD_AGE, np.isin(scheme, (SERVICE, ELDER_CARE, VOUCHER))], [80, 60], 0)
    earliest = (birth[subject].astype("datetime64[M]") + 12 * years + 1).astype("datetime64[D]")
    wanted = last - 30 - np.floor(rng.random(n) ** 1.5 * 2100).astype(np.int64)
    earliest = np.maximum(earliest, np.where(scheme == VOUCHER, VOUCHER_BEGAN, earliest))
    answer = np.minimum(np.maximum(wanted, earliest), last)
    return np.asarray(np.maximum(answer.astype("datetime64[M]").astype("datetime64[D]"), birth[subject]))
