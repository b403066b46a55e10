"""Which columns of the exchange are sealed; the names are bound into every seal, so they never change."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

REQUEST = SealedColumn("exchange_message", "request", ValueKind.FREE_TEXT)
FILTER = SealedColumn("exchange_subscription", "filter", ValueKind.FREE_TEXT)
BODY = SealedColumn("exchange_outbound", "body", ValueKind.FREE_TEXT)
FILTER_DIGEST = SealedColumn("exchange_subscription", "filter_digest", ValueKind.ALIAS)
# Not a column: the word under which households get a name of their own towards each partner.
ALIAS = SealedColumn("exchange_partner", "alias", ValueKind.ALIAS)
