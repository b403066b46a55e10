"""What of payments is sealed; the names are bound into every seal, so they never change."""

from datetime import date

from minsheng.foundation.sealing.macs import RowMac, declare
from minsheng.foundation.sealing.types import SealedColumn, ValueKind

ACCOUNT_NUMBER = SealedColumn("payments_account", "number", ValueKind.BANK_CARD)
AMOUNT = SealedColumn("payments_amount", "seal", ValueKind.FREE_TEXT)
ACCOUNT_ROW = declare(
    RowMac(
        "payments_account",
        (
            "grant_id", "holder_name", "bank", "number_sealed", "payee_person_id", "entered_by", "approved_at",
            "approved_by", "ended_at",
        ),
        "收款账户",
    )
)  # fmt: skip
FILE = SealedColumn("payments_bank_file", "content", ValueKind.FREE_TEXT)


def amount_words(*, grant_id: int, valid_from: date, valid_to: date | None, amount_fen: int, sha256: str) -> str:
    """This function will write what the seal of an amount vouches for: whose, from when to when, how much, by what."""
    return f"{grant_id}|{valid_from}|{valid_to or ''}|{amount_fen}|{sha256}"
