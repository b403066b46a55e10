"""Rows of the access matrix: the exchange with other offices."""

from __future__ import annotations

from typing import Any

from architecture.access_cells import EVERYBODY, Gate, Row, Target, posts, reads

# The addresses of the standard know no accounts: the signature of a message says who writes. A form is no message.
_STANDARD = ("search", "subscribe", "unsubscribe", "txn/status", "sync/search", "sync/txn/status")

EXCHANGE_INTERFACE = (
    *(
        Row(
            f"exchange-api:{address.replace('/', '_')}",
            f"spdci/v1.0.0/registry/{address}",
            posts(EVERYBODY, answers=(415,)),
            gate=Gate.SIGNED,
        )
        for address in _STANDARD
    ),
    Row("exchange-api:openapi", "spdci/v1.0.0/openapi.json", reads(EVERYBODY), gate=Gate.OPEN),
    Row("exchange-api:jwks", "spdci/jwks.json", reads(EVERYBODY), gate=Gate.OPEN),
)

PARTNER_READERS = frozenset({"district_business", "auditor", "security_officer"})
OFFICER = frozenset({"security_officer"})


def _partner(target: Target) -> dict[str, Any]:
    return {"partner_id": target.partner_id}


EXCHANGE = (
    Row("exchange:partners", "exchange/", reads(PARTNER_READERS)),
    Row("exchange:new", "exchange/new/", reads(OFFICER) | posts(OFFICER, answers=(422,))),
    Row("exchange:partner", "exchange/<int:partner_id>/", reads(PARTNER_READERS), _partner),
    Row("exchange:approve", "exchange/<int:partner_id>/approve/", posts(OFFICER), _partner),
    Row("exchange:end", "exchange/<int:partner_id>/end/", posts(OFFICER), _partner),
)


CATALOGUE_READERS = frozenset({"district_business", "district_leader", "auditor", "system_officer"})
ANSWERERS = frozenset({"district_business"})

CATALOGUE = (
    Row("catalogue:index", "catalogue/", reads(CATALOGUE_READERS)),
    Row("catalogue:dcat", "catalogue/dcat.jsonld", reads(CATALOGUE_READERS)),
    Row("catalogue:issues", "catalogue/issues/", reads(CATALOGUE_READERS)),
    Row(
        "catalogue:act",
        "catalogue/issues/<int:issue_id>/<slug:act>/",
        posts(ANSWERERS),
        lambda target: {"issue_id": target.issue_id, "act": "take"},
    ),
    Row(
        "catalogue:dataset", "catalogue/<slug:code>/", reads(CATALOGUE_READERS), lambda target: {"code": target.dataset}
    ),
)
