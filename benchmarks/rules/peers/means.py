"""Who counts, what is income, which class: the first two thirds of the policy as formulas."""

from __future__ import annotations

import numpy as np

from benchmarks.rules.peers.system import ENUMS, Enum, Household, by_code, half_up, of_household, of_person, variable

Relation, Employment, Kind, Class = (
    ENUMS[name] for name in ("relation", "employment_status", "disability_kind", "income_class")
)


@of_person(int)
def years_old(person, period):
    birth = person("birth_date", period)
    birth_year = birth.astype("datetime64[Y]").astype(int) + 1970
    birth_month = birth.astype("datetime64[M]").astype(int) % 12 + 1
    birth_day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
    start = period.start
    past = (birth_month < start.month) + (birth_month == start.month) * (birth_day <= start.day)
    return start.year - birth_year - np.where(past, 0, 1)


@of_person(bool)
def minor(person, period, parameters):
    return person("years_old", period) < parameters(period).household.minor_age


@of_person(bool)
def elder(person, period, parameters):
    return person("years_old", period) >= parameters(period).household.elder_age


@of_person(bool)
def infant(person, period, parameters):
    return person("years_old", period) < parameters(period).household.infant_age


@of_person(bool)
def working_age(person, period):
    return np.logical_not(person("minor", period)) * np.logical_not(person("elder", period))


@of_person(bool)
def student(person, period):
    return person("employment_status", period) == Employment.student


@of_person(bool)
def employed(person, period):
    status = person("employment_status", period)
    return (status == Employment.employed) + (status == Employment.self_employed)


@of_person(bool)
def disabled(person, period):
    return (person("disability_kind", period) != Kind.none) * (person("disability_grade", period) >= 1)


@of_person(bool)
def severely_disabled(person, period, parameters):
    kind, grade, law = person("disability_kind", period), person("disability_grade", period), parameters(period)
    of_mind = (kind == Kind.intellectual) + (kind == Kind.mental)
    severe = (grade <= law.household.severe_grade) + of_mind * (grade <= law.household.severe_mind_grade)
    return person("disabled", period) * severe


@of_person(bool)
def dependent(person, period):
    return person("minor", period) + person("student", period) + person("severely_disabled", period)


@of_person(bool)
def kin(person, period):
    relation = person("relation", period)
    near = (relation == Relation.child) + (relation == Relation.parent) + (relation == Relation.grandchild)
    return person("resident", period) * near


@of_person(bool)
def counted(person, period):
    relation = person("relation", period)
    couple = (relation == Relation.head) + (relation == Relation.spouse)
    child = (relation == Relation.child) * person("dependent", period)
    return np.logical_not(person("in_custody", period)) * (couple + child + person("kin", period))


@of_person(float)
def wage_disregard_rate(person, period, parameters):
    return by_code(parameters(period).household.wage_disregard_rates, person("employment_status", period))


@of_person(float)
def wage_disregard(person, period, parameters):
    spared = half_up(person("wage_disregard_rate", period) * person("wage_income", period.this_year))
    return np.minimum(parameters(period).household.wage_disregard_cap, spared)


@of_person(float)
def wage_net(person, period):
    return person("wage_income", period.this_year) - person("wage_disregard", period)


@of_person(float)
def business_net(person, period, parameters):
    return half_up(parameters(period).household.business_rate * person("business_income", period.this_year))


@of_person(float)
def pension_disregard(person, period):
    return np.minimum(person("basic_pension", period.this_year), person("transfer_income", period.this_year))


@of_person(float)
def age_disregard(person, period, parameters):
    return parameters(period).household.age_disregards.calc(person("years_old", period))


@of_person(float)
def disability_disregard(person, period, parameters):
    amount = by_code(parameters(period).household.disability_disregards, person("disability_kind", period))
    return amount * person("severely_disabled", period)


@of_person(float)
def transfer_net(person, period):
    spared = person("pension_disregard", period) + person("age_disregard", period)
    spared = spared + person("disability_disregard", period)
    return np.maximum(0, person("transfer_income", period.this_year) - spared)


@of_person(float)
def stated_income(person, period):
    return person("wage_net", period) + person("business_net", period) + person("transfer_net", period)


@of_household(int)
def counted_members(household, period):
    return household.sum(household.members("counted", period))


@of_household(int)
def heads(household, period):
    return np.maximum(1, household("counted_members", period))


@of_household(bool)
def local(household, period):
    return household.any(household.members("counted", period) * household.members("hukou_local", period))


@of_household(int)
def infants(household, period):
    return household.sum(household.members("counted", period) * household.members("infant", period))


@of_household(int)
def workers(household, period):
    return household.sum(household.members("counted", period) * household.members("employed", period))


@of_household(int)
def dependants(household, period):
    return household.sum(household.members("counted", period) * household.members("dependent", period))


@of_household(float)
def medical_total(household, period):
    counts = household.members("counted", period)
    return household.sum(household.members("medical_cost", period.this_year) * counts)


@of_household(float)
def standard(household, period, parameters):
    return by_code(parameters(period).household.standards, household("zone", period))


@of_household(float)
def wage_floor(household, period, parameters):
    return by_code(parameters(period).household.minimum_wages, household("zone", period))


@of_household(float)
def line(household, period, parameters):
    rate = parameters(period).household.size_rates.calc(household("heads", period))
    return half_up(rate * household("standard", period))


@of_household(float)
def margin_line(household, period, parameters):
    return half_up(parameters(period).household.margin_rate * household("line", period))


@of_person(bool)
def imputed(person, period):
    able = person("working_age", period) * np.logical_not(person("severely_disabled", period))
    at_home = person("employment_status", period) == Employment.homemaker
    cares = (person.household("infants", period) >= 1) * at_home
    return able * np.logical_not(person("in_custody", period)) * np.logical_not(cares)


@of_person(float)
def imputed_income(person, period, parameters):
    rate = by_code(parameters(period).household.imputation_rates, person("employment_status", period))
    return half_up(rate * person.household("wage_floor", period) * 12) * person("imputed", period)


@of_person(float)
def countable_income(person, period):
    return np.maximum(person("stated_income", period), person("imputed_income", period))


@of_person(float)
def care_cost(person, period, parameters):
    cost = parameters(period).household.care_costs.calc(person("care_items_failed", period))
    return cost * (person("severely_disabled", period) + person("elder", period))


@of_person(float)
def shared_burden(person, period):
    dependants, workers = person.household("dependants", period), person.household("workers", period)
    share = person.household("standard", period) * 12 * dependants / (person.household("heads", period) + workers)
    return half_up(share) * person("employed", period) * (dependants > workers)


@of_person(float)
def net_income(person, period):
    spared = person("care_cost", period) + person("shared_burden", period)
    return np.maximum(0, person("countable_income", period) - spared)


@of_household(float)
def income_year(household, period):
    return household.sum(household.members("net_income", period) * household.members("counted", period))


@of_household(float)
def assets_head(household, period):
    return half_up(household("financial_assets", period) / household("heads", period))


@of_household(float)
def asset_limit(household, period, parameters):
    return household("standard", period) * parameters(period).household.asset_months


@of_household(float)
def margin_limit(household, period, parameters):
    return half_up(parameters(period).household.asset_wider_rate * household("asset_limit", period))


@of_household(bool)
def property_fits(household, period, parameters):
    law = parameters(period).household
    modest = household("vehicles", period) <= law.vehicles_allowed
    return modest * (household("dwellings_owned", period) <= law.dwellings_allowed)


@of_household(bool)
def means_fit(household, period):
    return household("property_fits", period) * (household("assets_head", period) <= household("asset_limit", period))


@of_household(bool)
def margin_means_fit(household, period):
    return household("property_fits", period) * (household("assets_head", period) <= household("margin_limit", period))


@of_household(bool)
def reachable(household, period):
    return (household("counted_members", period) >= 1) * household("local", period)


@of_household(bool)
def poor(household, period):
    below = household("income_year", period) < household("line", period) * household("heads", period) * 12
    return household("reachable", period) * household("means_fit", period) * below


@of_household(bool)
def margin(household, period):
    below = household("income_year", period) < household("margin_line", period) * household("heads", period) * 12
    fits = household("margin_means_fit", period) * np.logical_not(household("poor", period))
    return household("reachable", period) * fits * below


@of_household(float)
def rigid_burden(household, period):
    return household("medical_total", period) + household("education_spending", period.this_year)


@of_household(float)
def rigid_income(household, period):
    return np.maximum(0, household("income_year", period) - household("rigid_burden", period))


@of_household(bool)
def hard(household, period):
    below = household("rigid_income", period) < household("margin_line", period) * household("heads", period) * 12
    other = np.logical_not(household("poor", period)) * np.logical_not(household("margin", period))
    return household("reachable", period) * other * household("margin_means_fit", period) * below


@variable(Household, Enum, possible_values=Class, default_value=Class.none)
def income_class(household, period):
    return np.select(
        [household("poor", period), household("margin", period), household("hard", period)],
        [Class.low.index, Class.margin.index, Class.hard.index],
        Class.none.index,
    )


@of_household(float)
def gap_year(household, period):
    needed = household("line", period) * household("heads", period) * 12
    return np.maximum(0, needed - household("income_year", period))
