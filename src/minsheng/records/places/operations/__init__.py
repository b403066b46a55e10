"""The acts of places."""

from minsheng.records.places.boundaries import UnableToReadBoundaries
from minsheng.records.places.operations.boundaries import (
    UnableToApplyBoundaries,
    UnableToUndoBoundaries,
    apply_boundaries,
    discard_boundaries,
    stage_boundaries,
    undo_boundaries,
)
from minsheng.records.places.operations.reference import LoadSummary, UnableToLoadReference, load_reference
from minsheng.records.places.operations.units import UnableToAddUnits, add_grids, add_units

__all__ = [
    "LoadSummary",
    "UnableToAddUnits",
    "UnableToApplyBoundaries",
    "UnableToLoadReference",
    "UnableToReadBoundaries",
    "UnableToUndoBoundaries",
    "add_grids",
    "add_units",
    "apply_boundaries",
    "discard_boundaries",
    "load_reference",
    "stage_boundaries",
    "undo_boundaries",
]
