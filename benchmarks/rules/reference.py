"""The judge: the benchmark's policy written a second time by hand, in whole fen on numpy, apart from our engine."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.rules import figures
from benchmarks.rules.population import Population

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def half_up(dividend: Any, divisor: Any) -> Any:
    """This function will divide non-negative whole numbers, rounding half up."""
    return (2 * dividend + divisor) // (2 * divisor)


def percent(rate: Any, amount: Any) -> Any:
    """This function will take a whole percentage of an amount, rounding half up to the fen."""
    return half_up(amount * rate, 100)


class Figures:
    """Numbers and tables of a day, ready for arrays."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.number = {name: figures.in_force(versions, day) for name, _, versions in figures.numbers()}
        self.table = {name: figures.in_force(versions, day) for name, _, versions in figures.tables()}

    def by_code(self, table: str, input_name: str, places: NDArray[Any]) -> Ints:
        """This function will look codes up."""
        rows = self.table[table]
        return np.array([rows[code] for code in figures.codes(input_name)], dtype=np.int64)[places]

    def by_band(self, table: str, keys: Ints) -> Ints:
        """This function will look whole numbers up in half-open bands."""
        rows = self.table[table]
        edges = np.array(sorted(rows), dtype=np.int64)
        values = np.array([rows[edge] for edge in sorted(rows)], dtype=np.int64)
        return values[np.searchsorted(edges, keys, side="right") - 1]


def full_years(born: NDArray[np.datetime64], day: date) -> Ints:
    """This function will count birthdays passed."""
    months = born.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    of_month = (born - months).astype(np.int64) + 1
    later = (month > day.month) | ((month == day.month) & (of_month > day.day))
    return day.year - year - later


def evaluate(population: Population, day: date) -> dict[str, Ints]:
    """This function will return scheme → fen a month for every person, or every household, in order."""
    f, p, h, home = Figures(day), population.persons, population.households, population.home
    n, code = len(h["zone"]), {name: figures.codes(name).index for name in
                               ("relation", "employment_status", "disability_kind")}  # fmt: skip

    def total(values: NDArray[Any]) -> Ints:
        running = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
        starts = np.searchsorted(home, np.arange(n + 1))
        return running[starts[1:]] - running[starts[:-1]]

    def number(name: str) -> int:
        return int(f.number[f"household.{name}"])

    def relation(*names: str) -> Bools:
        return np.isin(p["relation"], [code["relation"](name) for name in names])

    def works(*names: str) -> Bools:
        return np.isin(p["employment_status"], [code["employment_status"](name) for name in names])

    # persons, by themselves
    years = full_years(p["birth_date"], day)
    minor, elder = years < number("minor_age"), years >= number("elder_age")
    student, employed = works("student"), works("employed", "self_employed")
    mind = np.isin(p["disability_kind"], [code["disability_kind"]("intellectual"), code["disability_kind"]("mental")])
    disabled = (p["disability_kind"] != code["disability_kind"]("none")) & (p["disability_grade"] >= 1)
    limit = np.where(mind, number("severe_mind_grade"), number("severe_grade"))
    severe = disabled & (p["disability_grade"] <= limit)
    dependent = minor | student | severe
    counted = ~p["in_custody"] & (
        relation("head", "spouse")
        | (relation("child") & dependent)
        | (p["resident"] & relation("child", "parent", "grandchild"))
    )
    spared = percent(f.by_code("household.wage_disregard_rates", "employment_status", p["employment_status"]),
                     p["wage_income"])  # fmt: skip
    wage = p["wage_income"] - np.minimum(spared, number("wage_disregard_cap"))
    for_disability = f.by_code("household.disability_disregards", "disability_kind", p["disability_kind"]) * severe
    transfer = np.maximum(0, p["transfer_income"] - np.minimum(p["basic_pension"], p["transfer_income"])
                          - f.by_band("household.age_disregards", years) - for_disability)  # fmt: skip
    stated = wage + percent(number("business_rate"), p["business_income"]) + transfer

    # households
    members = total(counted)
    heads = np.maximum(1, members)
    infants, workers = total(counted & (years < number("infant_age"))), total(counted & employed)
    dependants, medical = total(counted & dependent), total(p["medical_cost"] * counted)
    standard = f.by_code("household.standards", "zone", h["zone"])
    floor_wage = f.by_code("household.minimum_wages", "zone", h["zone"])
    line = percent(f.by_band("household.size_rates", heads), standard)
    margin_line = percent(number("margin_rate"), line)

    # persons, knowing their household
    imputed = ~minor & ~elder & ~severe & ~p["in_custody"] & ~((infants[home] >= 1) & works("homemaker"))
    rate = f.by_code("household.imputation_rates", "employment_status", p["employment_status"])
    income = np.maximum(stated, percent(rate, floor_wage[home] * 12) * imputed)
    care = f.by_band("household.care_costs", p["care_items_failed"]) * (severe | elder)
    burden = half_up(standard * 12 * dependants, heads + workers)[home] * (employed & (dependants > workers)[home])
    net = np.maximum(0, income - care - burden)

    # means and class of households
    year = total(net * counted)
    limit = standard * number("asset_months")
    assets = half_up(h["financial_assets"], heads)
    modest = (h["vehicles"] <= number("vehicles_allowed")) & (h["dwellings_owned"] <= number("dwellings_allowed"))
    reachable = (members >= 1) & (total(counted & p["hukou_local"]) >= 1)
    wider = modest & (assets <= percent(number("asset_wider_rate"), limit))
    poor = reachable & modest & (assets <= limit) & (year < line * heads * 12)
    margin = reachable & ~poor & wider & (year < margin_line * heads * 12)
    rigid = medical + h["education_spending"]
    hard = reachable & ~poor & ~margin & wider & (np.maximum(0, year - rigid) < margin_line * heads * 12)
    level = np.select([poor, margin, hard], [0, 1, 2], 3)

    def by_class(table: str) -> Ints:
        return f.by_code(table, "income_class", level)

    # benefits of persons
    local, own = p["hukou_local"], half_up(net, 12)
    paid: dict[str, Any] = {"minimum_living": half_up(np.maximum(0, line * heads * 12 - year), 12) * poor}
    alone = counted & severe & margin[home] & (own < standard[home])
    paid["single_person_household"] = (standard[home] - own) * alone
    paid["disability_living"] = percent(by_class("disability_living.rates"), standard)[home] * (local & disabled)
    tier = f.by_band("disability_care.tiers", p["care_items_failed"])
    kind_rate = f.by_code("disability_care.kind_rates", "disability_kind", p["disability_kind"])
    paid["disability_care"] = percent(kind_rate, tier) * (local & severe)
    paid["old_age"] = f.by_band("old_age.tiers", years) * (local & ~p["in_custody"])
    ability = f.by_code("elder_care.ability_amounts", "ability_level", p["ability_level"])
    paid["elder_care"] = percent(by_class("elder_care.class_rates")[home], ability) * (local & p["resident"] & elder)
    child = f.by_code("child_living.amounts", "guardianship", p["guardianship"])
    paid["child_living"] = percent(f.by_band("child_living.age_rates", years), child) * (local & minor)
    stage = percent(by_class("education_aid.class_rates")[home], f.by_band("education_aid.stages", years))
    paid["education_aid"] = half_up(stage, 12) * (student & counted)
    personal = total(sum(amounts for code_, amounts in paid.items() if code_ != "minimum_living"))

    # benefits of households
    paid["utility_aid"] = percent(by_class("utility_aid.class_rates"), f.by_band("utility_aid.amounts", heads))
    heating = f.by_code("heating_aid.amounts", "heating", h["heating"])
    paid["heating_aid"] = percent(by_class("heating_aid.class_rates"), heating)
    above = np.maximum(0, medical - by_class("medical_aid.thresholds")) * reachable
    covered_cost = percent(by_class("medical_aid.class_rates"), np.minimum(above, f.number["medical_aid.cap"]))
    paid["medical_aid"] = half_up(covered_cost, 12)
    regular = year + (personal + paid["minimum_living"]) * 12
    affordable = percent(f.number["temporary_aid.affordable_rate"], regular)
    need = np.maximum(0, rigid - affordable - paid["medical_aid"] * 12)
    ceiling = percent(f.number["temporary_aid.cap_rate"], line * heads * 12)
    paid["temporary_aid"] = half_up(np.minimum(need, ceiling), 12) * (level != 3)
    household = paid["minimum_living"] + paid["utility_aid"] + paid["heating_aid"] + paid["medical_aid"]
    household = household + paid["temporary_aid"] + personal

    # persons again, then the whole household
    covered = (counted & poor[home]) | alone
    price = percent(f.number["price_supplement.index_rate"], standard)[home]
    reached = covered & (household > 0)[home]
    paid["price_supplement"] = percent(f.by_band("price_supplement.age_rates", years), price) * reached
    short = percent(f.number["top_up.floor_rate"], standard) - half_up(household, heads)
    share = percent(f.number["top_up.share_rate"], np.maximum(0, short) * (total(covered) >= 1))
    paid["top_up"] = share[home] * (counted & (minor | elder | severe))
    paid["household_total"] = household + total(paid["price_supplement"] + paid["top_up"])
    paid["per_head_total"] = half_up(paid["household_total"], heads)[home] * (counted & (household > 0)[home])
    return {scheme: paid[scheme].astype(np.int64) for scheme in figures.outputs()}
