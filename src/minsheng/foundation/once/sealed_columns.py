"""What of kept answers is sealed; the name is bound into every seal, so it never changes."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

ANSWER = SealedColumn("once_act", "answer", ValueKind.FREE_TEXT)
