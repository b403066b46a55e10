"""Bulk load of a whole district by COPY, as the owner of the tables (COPY is refused under row-level security)."""

from minsheng.records.registry.bulk.loading import UnableToLoad, load_district
from minsheng.records.registry.bulk.tables import District

__all__ = ["District", "UnableToLoad", "load_district"]
