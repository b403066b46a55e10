"""How far the money goes: months that a fund covers, and what a year will cost against its ceiling. Integer fen."""

from collections.abc import Sequence


def months_covered(*, fund_fen: int, needs: Sequence[int]) -> int:
    """This function will count the months, from the first on, that the fund pays in full."""
    left = fund_fen
    for number, need in enumerate(needs):
        left -= need
        if left < 0:
            return number
    return len(needs)


def left_after(*, fund_fen: int, needs: Sequence[int]) -> list[int]:
    """This function will return what is left of the fund after each month; below zero is what is missing."""
    left, found = fund_fen, []
    for need in needs:
        left -= need
        found.append(left)
    return found


def beyond_ceiling(*, ceiling_fen: int | None, spent_fen: int, coming_fen: int) -> int | None:
    """This function will return by how much a year goes beyond its ceiling; None where nobody has set one."""
    return None if ceiling_fen is None else max(0, spent_fen + coming_fen - ceiling_fen)
