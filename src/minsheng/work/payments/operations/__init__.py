"""What may be done in payments; each act is one transaction with its audit row."""

from minsheng.work.payments.operations.accounts import UnableToSetAccount, approve_account, propose_account
from minsheng.work.payments.operations.compiling import UnableToCompileRun, compile_run
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
from minsheng.work.payments.operations.ledger import UnableToBook, book_budget, reverse_posting
from minsheng.work.payments.operations.recalculating import (
    UnableToDecideDifference,
    book_repayment,
    confirm_difference,
    dismiss_difference,
    ease_recovery,
    recalculate,
    recalculate_for,
    stop_for_death,
)
from minsheng.work.payments.operations.receiving import (
    UnableToClose,
    UnableToReceive,
    close_follow_up,
    receive_answers,
)
from minsheng.work.payments.operations.releasing import (
    UnableToRelease,
    file_content,
    hand_over,
    release_run,
    send_file,
)
from minsheng.work.payments.operations.runs import (
    UnableToMoveRun,
    lock_run,
    return_run,
    settle_finding,
    settle_run,
    sign_run,
)

__all__ = [
    "UnableToBook",
    "UnableToChangeGrant",
    "UnableToClose",
    "UnableToCompileRun",
    "UnableToDecideDifference",
    "UnableToMoveRun",
    "UnableToOpenGrant",
    "UnableToReceive",
    "UnableToRelease",
    "UnableToSetAccount",
    "approve_account",
    "book_budget",
    "book_repayment",
    "change_grant",
    "close_follow_up",
    "compile_run",
    "confirm_difference",
    "dismiss_difference",
    "ease_recovery",
    "end_grant",
    "file_content",
    "hand_over",
    "hold_grant",
    "lock_run",
    "open_grant",
    "open_grants",
    "propose_account",
    "recalculate",
    "recalculate_for",
    "receive_answers",
    "release_run",
    "resume_grant",
    "return_run",
    "reverse_posting",
    "send_file",
    "settle_finding",
    "settle_run",
    "sign_run",
    "stop_for_death",
]
