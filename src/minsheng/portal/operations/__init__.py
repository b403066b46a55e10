"""What is done at the residents' door; one function per act."""

from minsheng.portal.operations.applying import (
    UnableToHandIn,
    answer_question,
    apply,
    apply_together,
    end_own_proxy,
    raise_concern,
    reply,
)
from minsheng.portal.operations.codes import (
    UnableToIssueCode,
    UnableToSignIn,
    issue_code,
    revoke_code,
    sign_in_by_code,
    sign_in_by_identity,
    sign_out,
)
from minsheng.portal.operations.desk import UnableToAnswer, UnableToFindWord, answer_concern, take_up_reply
from minsheng.portal.operations.happiness import UnableToOpenHappinessCode, draw_happiness_code, open_happiness_code

__all__ = [
    "UnableToAnswer",
    "UnableToFindWord",
    "UnableToHandIn",
    "UnableToIssueCode",
    "UnableToOpenHappinessCode",
    "UnableToSignIn",
    "answer_concern",
    "answer_question",
    "apply",
    "apply_together",
    "draw_happiness_code",
    "end_own_proxy",
    "issue_code",
    "open_happiness_code",
    "raise_concern",
    "reply",
    "revoke_code",
    "sign_in_by_code",
    "sign_in_by_identity",
    "sign_out",
    "take_up_reply",
]
