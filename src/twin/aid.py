"""What befalls people and what offices know of it: schooling, insurance, care bills, emergencies, leaving assistance.

Own choices throughout; no published table was found. Money in fen, as on the draft once `means.own` has run.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from twin.families import DEAD, Draft
from twin.life import EMPLOYED, HOMEMAKER, PRESCHOOL, STUDENT, UNABLE, UNEMPLOYED
from twin.means import LINE, countable
from twin.quotas import Floats, Ints

SCHOOL = ("none", "kindergarten", "compulsory", "senior", "college")
SUPPORTER = ("ordinary", "destitute", "assisted_elder", "elder", "severely_disabled", "absent")
EMERGENCY = ("none", "accident", "sudden_illness", "other")
SEVERITY = ("none", "light", "medium", "grave")
BURIAL = ("undecided", "grave", "niche", "wall", "tree", "flower", "lawn", "scattered", "deep")
BURIAL_SHARES = np.array([0.15, 0.54, 0.12, 0.05, 0.05, 0.01, 0.03, 0.04, 0.01])

EMERGENCIES = 0.0016
"""Share of residents who met with an emergency in the last eight months."""

RECENT_DAYS = 240


def assist(rng: np.random.Generator, draft: Draft, death: npt.NDArray[np.datetime64], as_of: np.datetime64) -> None:
    """This function will add the facts that assistance, schooling, insurance, care and burial turn on."""
    _school(rng, draft)
    _work(rng, draft)
    _care(rng, draft)
    _supporters(rng, draft)
    _leavers(rng, draft, as_of)
    _emergencies(rng, draft, as_of)
    _burials(rng, draft, death, as_of)


def _school(rng: np.random.Generator, draft: Draft) -> None:
    age, status = draft.age, draft.people["employment_status"]
    studies = (status == STUDENT) & draft.living
    stage = np.select([studies & (age < 15), studies & (age < 18), studies], [2, 3, 4], 0)
    stage[(status == PRESCHOOL) & (age >= 3) & draft.living & (rng.random(len(draft)) < 0.96)] = 1
    draft.people["school_stage"] = stage


def _work(rng: np.random.Generator, draft: Draft) -> None:
    people, n = draft.people, len(draft)
    status = people["employment_status"]
    refused = np.searchsorted([0.93, 0.97, 0.99], rng.random(n))
    people["work_refusals"] = np.where((status == UNEMPLOYED) & (draft.age < 60), refused, 0)
    kept = (status == UNABLE) & (rng.random(n) < 0.3)
    spare = people["transfer_income"] - people["basic_pension"] - people["exempt_income"]
    people["kin_support"] = np.where(kept & (spare > 0), spare // 200 * 100, 0)
    outside = np.isin(status, (STUDENT, PRESCHOOL, HOMEMAKER, UNEMPLOYED, UNABLE)) | (people["basic_pension"] > 0)
    outside |= (status == EMPLOYED) & (people["education"] <= 2) & (rng.random(n) < 0.15)
    people["resident_insured"] = outside & draft.living & (rng.random(n) < 0.98)


def _care(rng: np.random.Generator, draft: Draft) -> None:
    """Bills of a month: of elders who need help some live in a home, half buy services, the rest have family."""
    people, n = draft.people, len(draft)
    frail = (people["ability_level"] >= 2) & draft.residents
    inside = frail & (rng.random(n) < 0.15)
    served = frail & ~inside & (rng.random(n) < 0.55)
    people["home_care_bill"] = np.where(served, _yuan(900 * rng.lognormal(0, 0.6, n)), 0)
    people["institution_bill"] = np.where(inside, _yuan(4_500 * rng.lognormal(0, 0.3, n)), 0)
    unpriced = served & (rng.random(n) < 0.05)
    people["home_care_bill"][unpriced] = -1
    poor = draft.homes["poor"][draft.household]
    chance = np.where(poor, 0.30, 0.03) * (people["ability_level"] >= 1)
    people["home_adapted"] = (rng.random(n) < chance) & draft.living


def _supporters(rng: np.random.Generator, draft: Draft) -> None:
    people, n = draft.people, len(draft)
    rare = (people["capable_supporter"] == 1) & (draft.age >= 60) & (rng.random(n) < 0.004)
    people["supporter_condition"] = np.where(rare, rng.integers(1, len(SUPPORTER), n), 0)
    people["supporter_income"] = np.where(rare, _yuan(22_000 * rng.lognormal(0, 0.8, n)), 0)
    people["supporter_property_within_limits"] = ~rare | (rng.random(n) < 0.85)


def _leavers(rng: np.random.Generator, draft: Draft, as_of: np.datetime64) -> None:
    """Families whom work lifted just above the line and who have left assistance within the last nine months."""
    people = draft.people
    living = np.maximum(draft.per_household(draft.living), 1)
    month = countable(draft) / 1200 / living
    works = draft.per_household((people["employment_status"] == EMPLOYED) & draft.living) > 0
    lean = (draft.homes["financial_assets"] <= 1200 * LINE * living) & (draft.homes["vehicles"] == 0)
    chosen = works & lean & (month > 1.02 * LINE) & (month < 2.2 * LINE) & (rng.random(draft.households) < 0.08)
    days = np.floor(rng.random(draft.households) * 270).astype(np.int64)
    share = _yuan(200 + 700 * rng.random(draft.households))
    left = chosen[draft.household] & draft.living
    people["left_assistance_for_work"] = left
    people["left_assistance_on"] = np.where(left, as_of - 1 - days[draft.household], np.datetime64("NaT", "D"))
    people["assistance_before_exit"] = np.where(left, share[draft.household], 0)


def _emergencies(rng: np.random.Generator, draft: Draft, as_of: np.datetime64) -> None:
    people, n = draft.people, len(draft)
    chance = EMERGENCIES * np.where(draft.homes["poor"][draft.household], 6.0, 1.0)
    struck = draft.residents & (rng.random(n) < chance)
    kind = np.where(people["severe_illness"], 2, 1 + np.searchsorted([0.35, 0.80], rng.random(n)))
    people["emergency_kind"] = np.where(struck, kind, 0)
    people["emergency_severity"] = np.where(struck, 1 + np.searchsorted([0.5, 0.85], rng.random(n)), 0)
    people["emergency_severity"][struck & (rng.random(n) < 0.05)] = -1
    days = np.floor(rng.random(n) * RECENT_DAYS).astype(np.int64)
    people["emergency_date"] = np.where(struck, as_of - 1 - days, np.datetime64("NaT", "D"))
    helped = struck & (rng.random(n) < 0.35)
    people["temporary_aid_received"] = np.where(helped, _yuan(300 + 1_700 * rng.random(n)), 0)


def _burials(rng: np.random.Generator, draft: Draft, death: npt.NDArray[np.datetime64], as_of: np.datetime64) -> None:
    kind = np.searchsorted(np.cumsum(BURIAL_SHARES)[:-1], rng.random(len(draft)))
    settled = (draft.kind == DEAD) & (death <= as_of - 7)
    draft.people["burial_kind"] = np.where(settled, kind, 0)


def _yuan(value: Floats) -> Ints:
    return np.asarray(np.rint(value), dtype=np.int64) * 100
