"""Who gets through which door: the access matrix, declared by hand and compared with the running site by E13.

Nothing here is derived from the roles' capabilities: the table is a second opinion. A new URL fails
`test_access_matrix.py` until somebody has written its row. `docs/access.md` is made from this table:
`PYTHONPATH=src:tests python tests/architecture/access_matrix.py > docs/access.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from architecture.access_accounts import ENTRANCE, OFFICER_PAGES
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
from architecture.access_cockpit import COCKPIT
from architecture.access_eligibility import ELIGIBILITY, INTERFACE, MISSED, PUBLISHING
from architecture.access_insight import CATALOGUE, EXCHANGE, EXCHANGE_INTERFACE
from architecture.access_payments import PAYMENTS
from architecture.access_portal import PORTAL
from architecture.access_privacy import PRIVACY
from architecture.access_records import CALENDARS, EVIDENCE, EXPORTS, IMPORTS, PLACES, REGISTRY
from architecture.access_running import RUNNING
from architecture.access_work import CASEWORK, VISITS

TABLE: tuple[Row, ...] = (
    *ENTRANCE,
    *OFFICER_PAGES,
    *PORTAL,
    *ELIGIBILITY,
    *PUBLISHING,
    *MISSED,
    *CASEWORK,
    *PAYMENTS,
    *VISITS,
    *COCKPIT,
    *REGISTRY,
    *IMPORTS,
    *PLACES,
    *CALENDARS,
    *EVIDENCE,
    *EXPORTS,
    *PRIVACY,
    *INTERFACE,
    *RUNNING,
    *CATALOGUE,
    *EXCHANGE,
    *EXCHANGE_INTERFACE,
)


HEADER = """# Who may open what

Made from `tests/architecture/access_matrix.py`; do not edit. Experiment E13 tries every address with every method as
every role, on objects of the own community, a sibling community, the street, another street, another district and on
none, and fails for an address that is missing here.

A resident signs in by a code from the counter, without an account; the database shows them one household (a role of its
own, `portal` migration 0002), and a page of theirs sends everybody else to the residents' door.

Refusals: not signed in → the sign-in page (API: 401) · without the right → 403 · object of another area, or none →
404 · other method → 405. HEAD goes with GET.

`/livez`, `/readyz` and `/metrics` exist for the operator's own networks only (settings `INSIDE`), whoever is signed in.
Files below `/static/` are for everybody, signed in or not, by GET and HEAD; they hold nothing about anybody.

Column *area*: yes means that the object must lie in the area that the role is held for (grid and community staff:
their community; street staff: their street; bureau: the district).

| address | name | method | who | area |
|---|---|---|---|---|
"""


def as_markdown(table: Iterable[Row], labels: Mapping[str, str]) -> str:
    """This function will write the table for people, one line per address and method."""
    lines = []
    for row in sorted(table, key=lambda row: row.route):
        for method, act in row.acts.items():
            if method != "HEAD":
                area = "yes" if row.scoped else ""
                lines.append(f"| `/{row.route}` | `{row.name}` | {method} | {_who(act.who, labels)} | {area} |")
    return HEADER + "\n".join(lines) + "\n"


def _who(who: frozenset[str], labels: Mapping[str, str]) -> str:
    for group, word in (
        (EVERYBODY, "everybody, signed in or not"),
        (SIGNED_IN, "every account"),
        (STAFF, "all business roles"),
    ):
        if who == group:
            return word
    if who < STAFF and len(STAFF - who) <= 3:
        return f"all business roles but {'、'.join(labels[role] for role in ROLES if role in STAFF - who)}"
    return "、".join(labels[role] for role in ROLES if role in who)


def role_labels() -> dict[str, str]:
    """This function will return the Chinese names of the roles."""
    from minsheng.config.roles import ROLES as DEFINED

    return {role.code: role.label for role in DEFINED} | {
        NO_GRANT: "没有岗位的账号",
        ANONYMOUS: "未登录",
        RESIDENT: "居民本人",
    }


if __name__ == "__main__":
    sys.stdout.write(as_markdown(TABLE, role_labels()))
