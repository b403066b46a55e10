from dataclasses import dataclass

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.models import Run
from minsheng.work.eligibility.queries.findings import (
    FindingFilter,
    Group,
    Totals,
    breakdown,
    largest_findings,
    last_run,
    totals,
)
from minsheng.work.eligibility.types import FindingKind, FindingLine


@dataclass(frozen=True)
class Question:
    """One question that the day begins with: which findings, how many, and the few with the largest amount."""

    kind: FindingKind
    totals: Totals
    query: str
    first: tuple[FindingLine, ...]


@dataclass(frozen=True)
class Today:
    """The first page of a member of staff; `may_see` is False for officers of the system, who see no records."""

    may_see: bool
    run: Run | None
    questions: tuple[Question, ...]
    areas: tuple[Group, ...]
    area_word: str


def today(*, viewer: Viewer) -> Today:
    """This function will gather the open findings of the viewer's areas, by kind and by place."""
    if not viewer.can("eligibility.view_findings"):
        return Today(False, None, (), (), "")
    questions = []
    for kind in FindingKind:
        chosen = FindingFilter(kind=kind)
        counted = totals(viewer=viewer, chosen=chosen)
        questions.append(
            Question(kind, counted, chosen.query(), largest_findings(viewer=viewer, chosen=chosen, limit=5))
        )
    chosen = FindingFilter()
    areas = breakdown(viewer=viewer, chosen=chosen, by="street")
    word = "街道"
    if len(areas) <= 1:
        areas, word = breakdown(viewer=viewer, chosen=chosen, by="community"), "社区"
    return Today(True, last_run(), tuple(questions), tuple(areas[:14]), word)
