from enum import StrEnum


class AccountKind(StrEnum):
    """Who stands behind an account."""

    PERSON = "person"
    SYSTEM = "system"
