"""Tables of payments. Rows with a person are under row-level security; the ledger and the duties are append-only."""

from minsheng.work.payments.models.corrections import FollowUp, Recalculation, Recovery
from minsheng.work.payments.models.floats import (
    Float,
    FloatCeiling,
    FloatDraw,
    FloatReconciliation,
    Sample,
    SampleLine,
)
from minsheng.work.payments.models.grants import Amount, Grant, PayeeAccount
from minsheng.work.payments.models.ledger import Entry, Posting
from minsheng.work.payments.models.runs import BankFile, Duty, Finding, Line, Once, Run

__all__ = [
    "Amount",
    "BankFile",
    "Duty",
    "Entry",
    "Finding",
    "Float",
    "FloatCeiling",
    "FloatDraw",
    "FloatReconciliation",
    "FollowUp",
    "Grant",
    "Line",
    "Once",
    "PayeeAccount",
    "Posting",
    "Recalculation",
    "Recovery",
    "Run",
    "Sample",
    "SampleLine",
]
