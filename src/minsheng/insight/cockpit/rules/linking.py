"""Which indicator a name of a plan may mean: a suggestion with its reason, never a decision."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from minsheng.insight.cockpit.plan.wording import canonical, coverage, likeness
from minsheng.insight.cockpit.rules.goals import units_agree
from minsheng.insight.cockpit.types import Indicator

LIKE_ENOUGH = 0.45  # on the plan of 2021–2025 the first wrong suggestion appears below 0.4
_UNSAID = ("", "数")


@dataclass(frozen=True)
class Suggestion:
    """One indicator that a name may mean, and why it is thought so."""

    indicator: Indicator
    why: str
    as_goal: bool = True


def suggestions(
    label: str,
    units: Collection[str],
    *,
    indicators: Iterable[Indicator],
    earlier: Mapping[str, tuple[str, bool]],
    most: int = 3,
) -> tuple[Suggestion, ...]:
    """This function will suggest indicators for a name, the likeliest first; none where nothing is like it.

    `earlier`: what people said of names of other plans (canonical name to code and whether it promises). An indicator
    in another unit is not suggested: 1% and 1‰ are not the same quantity.
    """
    known = {one.code: one for one in indicators}
    found: list[Suggestion] = []
    code, as_goal = earlier.get(canonical(label), ("", True))
    if code in known:
        found.append(Suggestion(known[code], "另一份规划里，这个名称对应的就是它", as_goal))
    scored = sorted(
        (
            (_score(label, one.label), one)
            for one in known.values()
            if one.code != code and any(unit in _UNSAID or units_agree(unit, one.unit) for unit in units)
        ),
        key=lambda pair: -pair[0],
    )
    for score, one in scored:
        if score >= LIKE_ENOUGH:
            same = canonical(label) == canonical(one.label)
            found.append(Suggestion(one, "名称相同" if same else f"名称有 {score:.0%} 相近"))
    return tuple(found[:most])


def _score(label: str, name: str) -> float:
    """Like as a whole, or one name inside of the other, which counts for a little less."""
    return max(likeness(label, name), 0.8 * coverage(label, name) if min(len(label), len(name)) >= 4 else 0.0)
