"""Reads of the registry: each takes a viewer, and the database shows what that viewer may see."""

from minsheng.records.registry.queries.population import exported, population_facts

__all__ = ["exported", "population_facts"]
