"""How much a float may hold and pay out, and what a count means. Integer fen."""

from collections.abc import Sequence
from datetime import date

from minsheng.work.payments.types import FloatUse


def in_force(versions: Sequence[tuple[date, int, int]], on: date, otherwise: tuple[int, int]) -> tuple[int, int]:
    """This function will return (ceiling, most for one household) of a day from (from, ceiling, most) versions."""
    begun = [one for one in versions if one[0] <= on]
    return max(begun)[1:] if begun else otherwise


def most_for_one(*, use: FloatUse, case_fen: int, standard_fen: int) -> int:
    """This function will return the most one household may get at once.

    小额快救 never goes beyond one month of the 低保 standard (民发〔2026〕 临时救助), whatever the float allows.
    """
    return min(case_fen, standard_fen) if use is FloatUse.SMALL_QUICK else case_fen


def room_left(*, ceiling_fen: int, book_fen: int) -> int:
    """This function will return how much may still be put in before the ceiling is reached."""
    return max(0, ceiling_fen - book_fen)


def needs_filling(*, ceiling_fen: int, book_fen: int) -> bool:
    """This function will say whether less than a third is left, so that somebody should ask for money."""
    return book_fen * 3 < ceiling_fen
