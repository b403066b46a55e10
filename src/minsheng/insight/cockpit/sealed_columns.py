"""What of the cockpit is sealed; the name is bound into every seal, so it never changes."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

CONTENT = SealedColumn("cockpit_file", "content", ValueKind.FREE_TEXT)
