"""The columns of exports that are sealed."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

CONTENT = SealedColumn("exports_file", "sealed", ValueKind.FREE_TEXT)
