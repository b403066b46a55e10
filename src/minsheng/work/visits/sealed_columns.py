"""What of visits is sealed; the name is bound into every seal, so it never changes."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

NOTE = SealedColumn("visits_attempt", "note", ValueKind.FREE_TEXT)
