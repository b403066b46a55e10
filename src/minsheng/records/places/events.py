"""What happened to places, for rooms above."""

from dataclasses import dataclass

from minsheng.foundation.events.types import event


@event("places.ReferenceLoaded")
@dataclass(frozen=True)
class ReferenceLoaded:
    """Divisions of the product's reference data were added."""

    divisions: int
    changes: int


@event("places.UnitsAdded")
@dataclass(frozen=True)
class UnitsAdded:
    """Grids or other self-governance units were added."""

    units: int


@event("places.BoundariesApplied")
@dataclass(frozen=True)
class BoundariesApplied:
    """The shapes of one file came into force."""

    import_id: int


@event("places.BoundariesUndone")
@dataclass(frozen=True)
class BoundariesUndone:
    """The shapes of one file were taken back."""

    import_id: int
