"""What of casework is sealed; the names are bound into every seal, so they never change."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

CONTACT = SealedColumn("casework_objection", "contact", ValueKind.FREE_TEXT)
ACCOUNT_NUMBER = SealedColumn("casework_account", "number", ValueKind.BANK_CARD)
