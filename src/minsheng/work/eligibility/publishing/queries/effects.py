from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.publishing.models import TrialLine
from minsheng.work.eligibility.publishing.types import Effect


@dataclass(frozen=True)
class EffectLine:
    """One beneficiary whom a draft touches, in the viewer's areas; fen per month, None where a datum is missing."""

    effect: Effect
    scheme: str
    household_id: int
    person_id: int | None
    subject_name: str
    place: str
    before_fen: int | None
    after_fen: int | None


@dataclass(frozen=True)
class EffectsPage:
    """One page of a gain-and-lose list with the tokens of its neighbours."""

    rows: tuple[EffectLine, ...]
    next_token: str | None
    previous_token: str | None


def effect_counts(*, viewer: Viewer, publication_id: int) -> dict[Effect, tuple[int, int]]:
    """This function will count the viewer's beneficiaries by effect, with the difference in fen per month."""
    rows = (
        _lines(viewer, publication_id, "")
        .values("effect")
        .annotate(count=Count("id"), fen=Sum("difference_fen"))
        .order_by("effect")
    )
    return {Effect(row["effect"]): (row["count"], row["fen"] or 0) for row in rows}


def effects_page(
    *, viewer: Viewer, publication_id: int, effect: str, token: str | None = None, size: int = 30
) -> EffectsPage:
    """This function will return one page of whom a draft touches, the largest gain first."""
    page = keyset_page(_lines(viewer, publication_id, effect), order=("-difference_fen", "id"), token=token, size=size)
    return EffectsPage(_shown(viewer, page.rows), page.next_token, page.previous_token)


def effect_lines(*, viewer: Viewer, publication_id: int, effect: str, limit: int) -> tuple[EffectLine, ...]:
    """This function will return the first rows of the list, for an export."""
    return _shown(viewer, _lines(viewer, publication_id, effect).order_by("effect", "-difference_fen", "id")[:limit])


def _lines(viewer: Viewer, publication_id: int, effect: str) -> QuerySet[TrialLine]:
    require(viewer=viewer, capability="eligibility.view_findings")
    rows = TrialLine.objects.filter(publication_id=publication_id)
    return rows.filter(effect=effect) if effect in set(Effect) else rows


def _shown(viewer: Viewer, rows: Iterable[TrialLine]) -> tuple[EffectLine, ...]:
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    return tuple(
        EffectLine(
            Effect(row.effect),
            row.scheme,
            row.household_id,
            row.person_id,
            row.subject_name,
            names.get(row.area_id, ""),
            row.before_fen,
            row.after_fen,
        )
        for row in rows
    )
