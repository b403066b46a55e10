"""What of casework is sealed; the names are bound into every seal, so they never change."""

from minsheng.foundation.sealing.macs import RowMac, declare
from minsheng.foundation.sealing.types import SealedColumn, ValueKind

CONTACT = SealedColumn("casework_objection", "contact", ValueKind.FREE_TEXT)
ACCOUNT_NUMBER = SealedColumn("casework_account", "number", ValueKind.BANK_CARD)
PROXY_ID = SealedColumn("casework_proxy", "id", ValueKind.ID_NUMBER)
DECISION_ROW = declare(
    RowMac(
        "casework_decision",
        (
            "case_id", "outcome", "scheme", "amount_fen", "monthly", "start_date", "end_date", "decided_by",
            "decided_at", "frozen_sha256",
        ),
        "决定",
    )
)  # fmt: skip
