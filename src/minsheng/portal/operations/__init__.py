"""What is done at the residents' door; one function per act."""

from minsheng.portal.operations.codes import (
    UnableToIssueCode,
    UnableToSignIn,
    issue_code,
    revoke_code,
    sign_in_by_code,
    sign_out,
)

__all__ = [
    "UnableToIssueCode",
    "UnableToSignIn",
    "issue_code",
    "revoke_code",
    "sign_in_by_code",
    "sign_out",
]
