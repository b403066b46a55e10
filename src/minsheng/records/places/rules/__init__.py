"""Pure decisions of places: codes, the walk along changes, addresses."""

from minsheng.records.places.rules.addresses import KnownNames, parse_address
from minsheng.records.places.rules.codes import (
    UnableToReadCode,
    full_code,
    parent_code_of,
    scope_area_id,
    unit_code,
)
from minsheng.records.places.rules.lineage import Lineage, trace

__all__ = [
    "KnownNames",
    "Lineage",
    "UnableToReadCode",
    "full_code",
    "parent_code_of",
    "parse_address",
    "scope_area_id",
    "trace",
    "unit_code",
]
