"""The names of a plan and the indicators that answer to them: what nobody has linked yet, with suggestions."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import NameLink, PlanFile
from minsheng.insight.cockpit.plan.wording import canonical
from minsheng.insight.cockpit.queries.plans import links_of, names_of, shown_values, written_of
from minsheng.insight.cockpit.rules.goals import Written
from minsheng.insight.cockpit.rules.linking import Suggestion, suggestions
from minsheng.insight.cockpit.types import ANSWERABLE, Indicator, ReadAs


@dataclass(frozen=True)
class NameLine:
    """A name of a plan with what stands under it, and what it was linked to (`indicator` None: to none)."""

    label: str
    written: tuple[Written, ...]
    indicator: Indicator | None
    as_goal: bool
    linked_by: str
    linked_at: datetime | None
    suggested: tuple[Suggestion, ...]

    @property
    def units(self) -> str:
        """The units that stand with the name."""
        return "、".join(dict.fromkeys(one.unit for one in self.written if one.unit)) or "没有写"

    @property
    def values(self) -> str:
        """What stands under the name."""
        return "；".join(dict.fromkeys(shown_values(one) for one in self.written))

    @property
    def tells_past_only(self) -> bool:
        """Whether nothing is promised under the name, so that the question of a target does not arise."""
        return all(value["role"] != "target" for one in self.written for value in one.values)


@dataclass(frozen=True)
class LinksView:
    """All names of a plan: those that wait for a person, those of the present that may be linked, those linked."""

    plan_id: int
    title: str
    waiting: tuple[NameLine, ...]
    optional: tuple[NameLine, ...]
    linked: tuple[NameLine, ...]
    unanswered: tuple[Indicator, ...]

    @property
    def all_lines(self) -> tuple[NameLine, ...]:
        """Every name."""
        return (*self.waiting, *self.optional, *self.linked)


def links_view(*, viewer: Viewer, plan_id: int) -> LinksView | None:
    """This function will list the names of a plan with suggestions for those that wait; None for no such plan."""
    require(viewer=viewer, capability="cockpit.view")
    plan = PlanFile.objects.defer("lines").filter(pk=plan_id).first()
    if plan is None:
        return None
    links, needed, known = links_of(plan_id), names_of(plan_id), book().indicators
    earlier = _earlier(plan_id)
    people = accounts.display_names(account_ids={link.linked_by for link in links.values()})
    rows: dict[str, list[Written]] = {}
    for row in written_of(plan_id, *ANSWERABLE):
        if row.read_as is not ReadAs.SET_ASIDE:
            rows.setdefault(row.label, []).append(row)
    lines = []
    for label, written in rows.items():
        link = links.get(label)
        units = {one.unit for one in written}
        most = 3 if label in needed else 1
        found = () if link else suggestions(label, units, indicators=known.values(), earlier=earlier, most=most)
        lines.append(
            NameLine(
                label,
                tuple(written),
                known.get(link.indicator) if link else None,
                link.as_goal if link else True,
                people.get(link.linked_by, "") if link else "",
                link.linked_at if link else None,
                found,
            )
        )
    answered = {line.indicator.code for line in lines if line.indicator}
    return LinksView(
        plan.pk,
        plan.title,
        tuple(line for line in lines if line.linked_at is None and line.label in needed),
        tuple(line for line in lines if line.linked_at is None and line.label not in needed and line.suggested),
        tuple(line for line in lines if line.linked_at is not None),
        tuple(one for code, one in known.items() if code not in answered and one.chapter != "watch"),
    )


def choices_of_indicators() -> list[tuple[str, list[tuple[str, str]]]]:
    """This function will return all indicators by chapter, for a person to choose from."""
    groups = []
    for chapter in book().chapters.values():
        inside = [one for one in book().indicators.values() if one.chapter == chapter.code]
        groups.append((chapter.label, [(one.code, f"{one.label}（{one.unit}）") for one in inside]))
    return groups


def _earlier(plan_id: int) -> dict[str, tuple[str, bool]]:
    rows = NameLink.objects.exclude(plan_id=plan_id).order_by("id")
    return {canonical(row.label): (row.indicator, row.as_goal) for row in rows if row.indicator}
