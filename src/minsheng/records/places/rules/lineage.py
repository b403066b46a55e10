"""The walk along changes: what a division was on an earlier day, or became by a later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from minsheng.records.places.types import ChangeRef, DivisionRef, Resolution


class Lineage(Protocol):
    """Where the walk finds versions and changes: the database, or a register held in memory."""

    def versions(self, code: str) -> Sequence[DivisionRef]:
        """All versions of a code, oldest first."""

    def onward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        """What the version became."""

    def backward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        """What the version was before."""


@dataclass(frozen=True)
class _Walked:
    divisions: tuple[DivisionRef, ...]
    steps: tuple[ChangeRef, ...]
    exact: bool


def trace(*, code: str, on: date, lineage: Lineage, as_of: date | None = None) -> Resolution | None:
    """This function will say what a code means on a day, walking changes in either direction and in chains.

    Without `as_of` a version of the code that is valid on that day is the answer; else the walk starts from the
    version nearest in time. With `as_of` the code is meant as on that day: 330102 as of 2026 was, on 2016-01-01, both
    上城区 and 江干区. Where a level keeps no record, the answer is the nearest one above and `exact` is False.
    None: no version of the code exists.
    """
    versions = lineage.versions(code)
    if not versions:
        return None
    meant = as_of or on
    start = next((v for v in versions if v.covers(meant)), None) or _nearest(versions, meant)
    walked = _walk(start, on, lineage)
    return Resolution(code, on, walked.divisions, walked.steps, walked.exact)


def _nearest(versions: Sequence[DivisionRef], day: date) -> DivisionRef:
    earlier = [v for v in versions if v.valid_to is not None and v.valid_to <= day]
    return earlier[-1] if earlier else versions[0]


def _walk(version: DivisionRef, on: date, lineage: Lineage) -> _Walked:
    if version.covers(on):
        return _Walked((version,), (), True)
    ended = version.valid_to is not None and version.valid_to <= on
    found: dict[int, DivisionRef] = {}
    steps: list[ChangeRef] = []
    exact = True
    for change, neighbour in lineage.onward(version.id) if ended else lineage.backward(version.id):
        further = _walk(neighbour, on, lineage)
        steps += [change, *(step for step in further.steps if step not in steps)]
        found |= {division.id: division for division in further.divisions}
        exact = exact and further.exact
    if found:
        ordered = tuple(sorted(found.values(), key=lambda d: (d.code, d.id)))
        return _Walked(ordered, tuple(steps), exact)
    # No change is recorded here: the level above usually has one, and says at least where to look.
    above = lineage.versions(version.parent_code) if version.parent_code else ()
    if not above:
        return _Walked((), (), False)
    edge = version.valid_from if not ended else version.valid_to
    held = next((v for v in above if edge is not None and v.covers(edge)), None)
    upper = _walk(held or _nearest(above, on), on, lineage)
    return _Walked(upper.divisions, upper.steps, False)
