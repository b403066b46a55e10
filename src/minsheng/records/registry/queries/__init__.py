"""Reads of the registry: each takes a viewer, and the database shows what that viewer may see."""

from minsheng.records.registry.queries.households import UnableToFind, household_facts, household_view, person_names
from minsheng.records.registry.queries.population import exported, population_facts
from minsheng.records.registry.types import HouseholdFacts

__all__ = [
    "HouseholdFacts",
    "UnableToFind",
    "exported",
    "household_facts",
    "household_view",
    "person_names",
    "population_facts",
]
