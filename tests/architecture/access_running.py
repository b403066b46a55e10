"""Rows of the access matrix: probes and figures, for whoever stands inside the operator's networks (tests do)."""

from __future__ import annotations

from architecture.access_cells import EVERYBODY, Gate, Row, reads

RUNNING = tuple(
    Row(f"running:{name}", name, reads(EVERYBODY), gate=Gate.OPEN) for name in ("livez", "readyz", "metrics")
)
