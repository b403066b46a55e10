from dataclasses import dataclass

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.models import Finding, Run
from minsheng.work.eligibility.queries.findings import FindingFilter, Group, Totals, breakdown, last_run, totals
from minsheng.work.eligibility.types import FindingKind


@dataclass(frozen=True)
class Question:
    """One question that the day begins with: which findings, how many, and the few with the largest amount."""

    kind: FindingKind
    totals: Totals
    query: str
    first: tuple[Finding, ...]


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
        questions.append(Question(kind, counted, chosen.query(), _first(kind)))
    chosen = FindingFilter()
    areas = breakdown(viewer=viewer, chosen=chosen, by="street")
    word = "街道"
    if len(areas) <= 1:
        areas, word = breakdown(viewer=viewer, chosen=chosen, by="community"), "社区"
    return Today(True, last_run(), tuple(questions), tuple(areas[:14]), word)


def _first(kind: FindingKind) -> tuple[Finding, ...]:
    rows = Finding.objects.filter(kind=kind.value, closed_at__isnull=True).order_by("-amount_fen", "id")
    return tuple(rows[:5])
