from enum import StrEnum

from django.db.models import Q


def one_of(field: str, codes: type[StrEnum]) -> Q:
    """This function will say, as a constraint, that a column holds one of these codes."""
    return Q(**{f"{field}__in": [code.value for code in codes]})
