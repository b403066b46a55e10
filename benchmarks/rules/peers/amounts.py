"""What is granted: the benefits of the policy as formulas, named scheme_variable."""

from __future__ import annotations

import numpy as np

from benchmarks.rules.peers.system import ENUMS, by_code, half_up, of_household, of_person

Class = ENUMS["income_class"]


@of_household(bool)
def minimum_living_entitled(household, period):
    return household("poor", period)


@of_household(float)
def minimum_living_amount(household, period):
    return half_up(household("gap_year", period) / 12) * household("minimum_living_entitled", period)


@of_person(float)
def single_person_household_own_income(person, period):
    return half_up(person("net_income", period) / 12)


@of_person(bool)
def single_person_household_entitled(person, period):
    low = person("single_person_household_own_income", period) < person.household("standard", period)
    return person("counted", period) * person("severely_disabled", period) * person.household("margin", period) * low


@of_person(float)
def single_person_household_amount(person, period):
    gap = person.household("standard", period) - person("single_person_household_own_income", period)
    return gap * person("single_person_household_entitled", period)


@of_person(float)
def disability_living_rate(person, period, parameters):
    return by_code(parameters(period).disability_living.rates, person.household("income_class", period))


@of_person(bool)
def disability_living_entitled(person, period):
    local = person("hukou_local", period) * person("disabled", period)
    return local * (person("disability_living_rate", period) > 0)


@of_person(float)
def disability_living_amount(person, period):
    full = half_up(person("disability_living_rate", period) * person.household("standard", period))
    return full * person("disability_living_entitled", period)


@of_person(float)
def disability_care_tier(person, period, parameters):
    return parameters(period).disability_care.tiers.calc(person("care_items_failed", period))


@of_person(float)
def disability_care_kind_rate(person, period, parameters):
    return by_code(parameters(period).disability_care.kind_rates, person("disability_kind", period))


@of_person(bool)
def disability_care_entitled(person, period):
    severe = person("hukou_local", period) * person("severely_disabled", period)
    return severe * (person("disability_care_tier", period) > 0)


@of_person(float)
def disability_care_amount(person, period):
    full = half_up(person("disability_care_kind_rate", period) * person("disability_care_tier", period))
    return full * person("disability_care_entitled", period)


@of_person(float)
def old_age_tier(person, period, parameters):
    return parameters(period).old_age.tiers.calc(person("years_old", period))


@of_person(bool)
def old_age_entitled(person, period):
    local = person("hukou_local", period) * np.logical_not(person("in_custody", period))
    return local * (person("old_age_tier", period) > 0)


@of_person(float)
def old_age_amount(person, period):
    return person("old_age_tier", period) * person("old_age_entitled", period)


@of_person(float)
def elder_care_ability_amount(person, period, parameters):
    return by_code(parameters(period).elder_care.ability_amounts, person("ability_level", period))


@of_person(float)
def elder_care_class_rate(person, period, parameters):
    return by_code(parameters(period).elder_care.class_rates, person.household("income_class", period))


@of_person(bool)
def elder_care_entitled(person, period):
    here = person("hukou_local", period) * person("resident", period) * person("elder", period)
    needy = (person("elder_care_ability_amount", period) > 0) * (person("elder_care_class_rate", period) > 0)
    return here * needy


@of_person(float)
def elder_care_amount(person, period):
    full = half_up(person("elder_care_class_rate", period) * person("elder_care_ability_amount", period))
    return full * person("elder_care_entitled", period)


@of_person(float)
def child_living_base(person, period, parameters):
    return by_code(parameters(period).child_living.amounts, person("guardianship", period))


@of_person(float)
def child_living_age_rate(person, period, parameters):
    return parameters(period).child_living.age_rates.calc(person("years_old", period))


@of_person(bool)
def child_living_entitled(person, period):
    local = person("hukou_local", period) * person("minor", period)
    return local * (person("child_living_base", period) > 0)


@of_person(float)
def child_living_amount(person, period):
    full = half_up(person("child_living_age_rate", period) * person("child_living_base", period))
    return full * person("child_living_entitled", period)


@of_person(float)
def education_aid_stage(person, period, parameters):
    return parameters(period).education_aid.stages.calc(person("years_old", period))


@of_person(float)
def education_aid_class_rate(person, period, parameters):
    return by_code(parameters(period).education_aid.class_rates, person.household("income_class", period))


@of_person(bool)
def education_aid_entitled(person, period):
    counts = person("student", period) * person("counted", period)
    return counts * (person("education_aid_class_rate", period) > 0)


@of_person(float)
def education_aid_amount(person, period):
    year = half_up(person("education_aid_class_rate", period) * person("education_aid_stage", period))
    return half_up(year / 12) * person("education_aid_entitled", period)


@of_person(float)
def personal_benefits(person, period):
    disability = person("disability_living_amount", period) + person("disability_care_amount", period)
    age = person("old_age_amount", period) + person("elder_care_amount", period)
    young = person("child_living_amount", period) + person("education_aid_amount", period)
    return person("single_person_household_amount", period) + disability + age + young


@of_person(bool)
def covered(person, period):
    with_home = person("counted", period) * person.household("poor", period)
    return with_home + person("single_person_household_entitled", period)


@of_household(int)
def covered_members(household, period):
    return household.sum(household.members("covered", period))


@of_household(float)
def personal_total(household, period):
    return household.sum(household.members("personal_benefits", period))


@of_household(float)
def regular_income(household, period):
    monthly = household("personal_total", period) + household("minimum_living_amount", period)
    return household("income_year", period) + monthly * 12


@of_household(float)
def utility_aid_base(household, period, parameters):
    return parameters(period).utility_aid.amounts.calc(household("heads", period))


@of_household(float)
def utility_aid_class_rate(household, period, parameters):
    return by_code(parameters(period).utility_aid.class_rates, household("income_class", period))


@of_household(bool)
def utility_aid_entitled(household, period):
    return household("utility_aid_class_rate", period) > 0


@of_household(float)
def utility_aid_amount(household, period):
    full = half_up(household("utility_aid_class_rate", period) * household("utility_aid_base", period))
    return full * household("utility_aid_entitled", period)


@of_household(float)
def heating_aid_base(household, period, parameters):
    return by_code(parameters(period).heating_aid.amounts, household("heating", period))


@of_household(float)
def heating_aid_class_rate(household, period, parameters):
    return by_code(parameters(period).heating_aid.class_rates, household("income_class", period))


@of_household(bool)
def heating_aid_entitled(household, period):
    return (household("heating_aid_base", period) > 0) * (household("heating_aid_class_rate", period) > 0)


@of_household(float)
def heating_aid_amount(household, period):
    full = half_up(household("heating_aid_class_rate", period) * household("heating_aid_base", period))
    return full * household("heating_aid_entitled", period)


@of_household(float)
def medical_aid_above(household, period, parameters):
    threshold = by_code(parameters(period).medical_aid.thresholds, household("income_class", period))
    return np.maximum(0, household("medical_total", period) - threshold)


@of_household(float)
def medical_aid_class_rate(household, period, parameters):
    return by_code(parameters(period).medical_aid.class_rates, household("income_class", period))


@of_household(bool)
def medical_aid_entitled(household, period):
    return household("reachable", period) * (household("medical_aid_above", period) > 0)


@of_household(float)
def medical_aid_amount(household, period, parameters):
    above = np.minimum(parameters(period).medical_aid.cap, household("medical_aid_above", period))
    year = half_up(household("medical_aid_class_rate", period) * above)
    return half_up(year / 12) * household("medical_aid_entitled", period)


@of_household(float)
def temporary_aid_affordable(household, period, parameters):
    return half_up(parameters(period).temporary_aid.affordable_rate * household("regular_income", period))


@of_household(float)
def temporary_aid_need(household, period):
    met = household("temporary_aid_affordable", period) + household("medical_aid_amount", period) * 12
    return np.maximum(0, household("rigid_burden", period) - met)


@of_household(float)
def temporary_aid_ceiling(household, period, parameters):
    whole = household("line", period) * household("heads", period) * 12
    return half_up(parameters(period).temporary_aid.cap_rate * whole)


@of_household(bool)
def temporary_aid_entitled(household, period):
    needy = household("income_class", period) != Class.none
    return needy * (household("temporary_aid_need", period) > 0)


@of_household(float)
def temporary_aid_amount(household, period):
    year = np.minimum(household("temporary_aid_need", period), household("temporary_aid_ceiling", period))
    return half_up(year / 12) * household("temporary_aid_entitled", period)


@of_household(float)
def household_benefits(household, period):
    living = household("minimum_living_amount", period) + household("utility_aid_amount", period)
    aid = household("heating_aid_amount", period) + household("medical_aid_amount", period)
    return living + aid + household("temporary_aid_amount", period) + household("personal_total", period)


@of_household(float)
def benefits_head(household, period):
    return half_up(household("household_benefits", period) / household("heads", period))


@of_person(float)
def price_supplement_base(person, period, parameters):
    return half_up(parameters(period).price_supplement.index_rate * person.household("standard", period))


@of_person(float)
def price_supplement_age_rate(person, period, parameters):
    return parameters(period).price_supplement.age_rates.calc(person("years_old", period))


@of_person(bool)
def price_supplement_entitled(person, period):
    reached = person("covered", period) * (person.household("household_benefits", period) > 0)
    return reached * (person("price_supplement_base", period) > 0)


@of_person(float)
def price_supplement_amount(person, period):
    full = half_up(person("price_supplement_age_rate", period) * person("price_supplement_base", period))
    return full * person("price_supplement_entitled", period)


@of_person(bool)
def top_up_vulnerable(person, period):
    return person("minor", period) + person("elder", period) + person("severely_disabled", period)


@of_person(float)
def top_up_floor(person, period, parameters):
    return half_up(parameters(period).top_up.floor_rate * person.household("standard", period))


@of_person(float)
def top_up_shortfall(person, period):
    return np.maximum(0, person("top_up_floor", period) - person.household("benefits_head", period))


@of_person(bool)
def top_up_entitled(person, period):
    home = person.household("covered_members", period) >= 1
    person_fits = person("counted", period) * person("top_up_vulnerable", period)
    return person_fits * home * (person("top_up_shortfall", period) > 0)


@of_person(float)
def top_up_amount(person, period, parameters):
    share = half_up(parameters(period).top_up.share_rate * person("top_up_shortfall", period))
    return share * person("top_up_entitled", period)


@of_person(float)
def household_total_late_benefits(person, period):
    return person("price_supplement_amount", period) + person("top_up_amount", period)


@of_household(float)
def household_total_amount(household, period):
    late = household.sum(household.members("household_total_late_benefits", period))
    return household("household_benefits", period) + late


@of_household(bool)
def household_total_entitled(household, period):
    return household("household_total_amount", period) > 0


@of_household(float)
def per_head_total_share(household, period):
    return half_up(household("household_total_amount", period) / household("heads", period))


@of_person(bool)
def per_head_total_entitled(person, period):
    return person("counted", period) * (person.household("household_benefits", period) > 0)


@of_person(float)
def per_head_total_amount(person, period):
    return person.household("per_head_total_share", period) * person("per_head_total_entitled", period)
