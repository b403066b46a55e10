"""What may be done in payments; each act is one transaction with its audit row."""

from minsheng.work.payments.operations.accounts import UnableToSetAccount, approve_account, propose_account
from minsheng.work.payments.operations.grants import (
    UnableToChangeGrant,
    UnableToOpenGrant,
    change_grant,
    end_grant,
    hold_grant,
    open_grant,
    open_grants,
    resume_grant,
)

__all__ = [
    "UnableToChangeGrant",
    "UnableToOpenGrant",
    "UnableToSetAccount",
    "approve_account",
    "change_grant",
    "end_grant",
    "hold_grant",
    "open_grant",
    "open_grants",
    "propose_account",
    "resume_grant",
]
