"""Rows of the access matrix: the cockpit."""

from __future__ import annotations

from architecture.access_cells import STAFF, Row, Target, reads


def _visits(target: Target) -> dict[str, str]:
    return {"code": "monthly_visits"}  # an indicator is of all areas; whose figures are shown is tested in the room


_ALWAYS_THERE = frozenset({200})

# Everybody in business sees how their own areas stand; whose rows may be opened is said on the page itself.
COCKPIT = (
    Row("cockpit:home", "cockpit/", reads(STAFF)),
    Row("cockpit:indicator", "cockpit/indicators/<slug:code>/", reads(STAFF), _visits, lacks=_ALWAYS_THERE),
    Row("cockpit:rows", "cockpit/indicators/<slug:code>/rows/", reads(STAFF), _visits, lacks=_ALWAYS_THERE),
)
