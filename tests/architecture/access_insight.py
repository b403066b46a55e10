"""Rows of the access matrix: the exchange with other offices."""

from __future__ import annotations

from architecture.access_cells import EVERYBODY, Gate, Row, posts, reads

# The addresses of the standard know no accounts: the signature of a message says who writes. A form is no message.
_STANDARD = ("search", "subscribe", "unsubscribe", "txn/status", "sync/search", "sync/txn/status")

EXCHANGE_INTERFACE = (
    *(
        Row(
            f"exchange-api:{address.replace('/', '_')}",
            f"spdci/v1.0.0/registry/{address}",
            posts(EVERYBODY, answers=(415,)),
            gate=Gate.OPEN,
        )
        for address in _STANDARD
    ),
    Row("exchange-api:openapi", "spdci/v1.0.0/openapi.json", reads(EVERYBODY), gate=Gate.OPEN),
    Row("exchange-api:jwks", "spdci/jwks.json", reads(EVERYBODY), gate=Gate.OPEN),
)
