"""Who gets through which door: the access matrix, declared by hand and compared with the running site by E13.

Nothing here is derived from the roles' capabilities: the table is a second opinion. A new URL fails
`test_access_matrix.py` until somebody has written its row. `docs/access.md` is made from this table:
`PYTHONPATH=src:tests python tests/architecture/access_matrix.py > docs/access.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from architecture.access_cells import (
    ANONYMOUS,
    EVERYBODY,
    NO_GRANT,
    RESIDENT,
    ROLES,
    SIGNED_IN,
    STAFF,
    Row,
)
from architecture.access_eligibility import ELIGIBILITY, INTERFACE, MISSED, PUBLISHING
from architecture.access_insight import EXCHANGE_INTERFACE
from architecture.access_payments import PAYMENTS
from architecture.access_portal import PORTAL
from architecture.access_records import ACCOUNTS, CALENDARS, IMPORTS, PLACES, REGISTRY
from architecture.access_running import RUNNING
from architecture.access_work import CASEWORK, VISITS

TABLE: tuple[Row, ...] = (
    *ACCOUNTS,
    *PORTAL,
    *ELIGIBILITY,
    *PUBLISHING,
    *MISSED,
    *CASEWORK,
    *PAYMENTS,
    *VISITS,
    *REGISTRY,
    *IMPORTS,
    *PLACES,
    *CALENDARS,
    *INTERFACE,
    *RUNNING,
    *EXCHANGE_INTERFACE,
