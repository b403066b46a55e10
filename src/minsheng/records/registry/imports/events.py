"""What happened to tables from outside; the facts themselves are told by the registry's own events."""

from dataclasses import dataclass

from minsheng.foundation.events.types import event


@event("imports.TableApplied")
@dataclass(frozen=True)
class TableApplied:
    """All rows of a table without errors came into the registry."""

    batch_id: int
    rows: int


@event("imports.TableUndone")
@dataclass(frozen=True)
class TableUndone:
    """Everything that a table had brought was taken back."""

    batch_id: int
    rows: int
