from collections.abc import Mapping, Sequence

import numpy as np
from django.conf import settings

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.models import Run
from minsheng.work.eligibility.queries.findings import COMMUNITY_DEPTH, STREET_DEPTH, area_ids_within
from minsheng.work.eligibility.rules import SMALL_CELL
from minsheng.work.eligibility.whatif import snapshots
from minsheng.work.eligibility.whatif.answers import (
    Basis,
    CeilingAnswer,
    MonthLine,
    MovedLine,
    MovedPage,
    PlaceLine,
    SchemeLine,
    WhatIf,
)
from minsheng.work.eligibility.whatif.figures import Trial, UnableToTry, apply_trial, figures_of
from minsheng.work.eligibility.whatif.rules import hidden_cells
from minsheng.work.eligibility.whatif.snapshots import Warm
from rulebook import Law
from rulebook.ceiling import budget_ceiling
from rulebook.comparing import Change, Comparison, Place, compare, cost_of
from rulebook.kernel_columns import UnableToRunPopulation
from rulebook.outlook import months_from
from rulebook.snapshot import Flags, Outcomes

CAPABILITY = "eligibility.what_if"
STANDARD = "household.standard"  # the poverty line of the measures: the standard as the law stands
MONTHS_AHEAD = 12
MOST_STEPS = 200  # of a search for the ceiling


class UnableToCompare(LookupError):
    """There is no snapshot of the facts yet, so there is nobody to try a law on."""


def trial_law(*, viewer: Viewer) -> Law:
    """This function will return the law that trials begin from: of the snapshot's month; raises UnableToCompare."""
    require(viewer=viewer, capability=CAPABILITY)
    return law_on(_warm().taken.as_of)


def what_if(*, viewer: Viewer, trial: Trial, area: str = "") -> WhatIf:
    """This function will say what a trial does to the people of the viewer's areas (`area`: one division of them).

    Raises UnableToCompare without a snapshot and UnableToTry for figures that the law cannot take.
    """
    require(viewer=viewer, capability=CAPABILITY)
    warm = _warm()
    areas = areas_inside(viewer=viewer)
    within = _within(warm, areas, area)
    law = law_on(warm.taken.as_of)
    made = _compared(warm, law, trial, within)
    streets, communities = (_places(made.places, areas, depth) for depth in (STREET_DEPTH, COMMUNITY_DEPTH))
    return WhatIf(
        trial=trial,
        figures=figures_of(law, trial.scheme),
        basis=_basis(warm, law, within),
        before_fen=made.total.before.fen,
        after_fen=made.total.after.fen,
        gain=made.gainers,
        lose=made.losers,
        undetermined=made.undetermined,
        unknown=made.total.after.unknown,
        schemes=_schemes(law, made.schemes),
        streets=streets,
        communities=communities,
        bands=made.bands,
        before=made.before,
        after=made.after,
        measures=made.measures,
    )


def months_ahead(*, viewer: Viewer, trial: Trial, area: str = "") -> tuple[MonthLine, ...]:
    """This function will say what both laws cost in each of the next twelve months: ages and dated figures move on."""
    require(viewer=viewer, capability=CAPABILITY)
    warm = _warm()
    within = _within(warm, areas_inside(viewer=viewer), area)
    law = law_on(warm.taken.as_of)
    days = months_from(warm.taken.as_of, MONTHS_AHEAD)
    changed = apply_trial(law, trial, settings.POLICIES)
    costs = [
        [cost_of(outcomes, within).fen for outcomes in warm.ahead(law_of, days)]
        for law_of in (law.book.law_on, changed.law_on)
    ]
    return tuple(MonthLine(day, before, after) for day, before, after in zip(days, *costs, strict=True))


def ceiling(*, viewer: Viewer, trial: Trial, key: str, budget_fen: int, area: str = "") -> CeilingAnswer:
    """This function will search how far one figure may go so that all monthly benefits together stay within a budget.

    The other figures of the trial stay as tried. Raises UnableToTry for a figure that the scheme does not have.
    """
    require(viewer=viewer, capability=CAPABILITY)
    warm = _warm()
    within = _within(warm, areas_inside(viewer=viewer), area)
    law = law_on(warm.taken.as_of)
    figure = next((one for one in figures_of(law, trial.scheme) if one.key == key), None)
    if figure is None:
        raise UnableToTry("这项政策没有这个数。请从列出的数里选一个。")
    step = max(figure.step, -(-(figure.high - figure.low) // MOST_STEPS))

    def cost(value: int) -> int:
        return cost_of(_outcomes(warm, law, Trial(trial.scheme, {**trial.changed, key: value})), within).fen

    return CeilingAnswer(figure, budget_fen, budget_ceiling(cost, figure.low, figure.high, step, budget_fen))


def moved_households(*, viewer: Viewer, trial: Trial, offset: int = 0, size: int = 30, area: str = "") -> MovedPage:
    """This function will list the households that gain or lose, by the viewer's own rows of the registry only.

    Whoever the database does not show to the viewer is not listed, whatever the snapshot holds.
    """
    require(viewer=viewer, capability="eligibility.explain")
    require(viewer=viewer, capability=CAPABILITY)
    warm = _warm()
    areas = areas_inside(viewer=viewer)
    made = _compared(warm, law_on(warm.taken.as_of), trial, _within(warm, areas, area))
    places = slice(max(0, offset), max(0, offset) + size)
    homes = made.homes[places]
    heads = _heads(warm, homes.tolist())
    names = registry.person_names(person_ids=heads.values())
    called = {one.id: one.name for one in areas}
    rows = [
        MovedLine(
            int(warm.snapshot.household_ids[home]),
            names[heads[home]],
            called.get(int(warm.area_of[home]), ""),
            was,
            will,
        )
        for home, was, will in zip(homes.tolist(), made.was[places].tolist(), made.will[places].tolist(), strict=True)
        if heads.get(home) in names
    ]
    return MovedPage(tuple(rows), len(made.homes), max(0, offset), size)


def _warm() -> Warm:
    found = snapshots.current()
    if found is None:
        raise UnableToCompare("还没有人口快照。请先点“准备人口快照”，做好以后再试算。")
    return found


def _within(warm: Warm, areas: Sequence[AreaRef], code: str) -> Flags:
    inside = area_ids_within(areas, code) if code else [area.id for area in areas]
    return np.isin(warm.area_of, inside)


def _outcomes(warm: Warm, law: Law, trial: Trial) -> Outcomes:
    changed = law if trial.empty else apply_trial(law, trial, settings.POLICIES).law_on(law.day)
    try:
        return warm.outcomes(changed, warm.taken.as_of)
    except UnableToRunPopulation as refusal:
        raise UnableToTry("这个数太大，超出了能保证算对的范围。请改小一些。") from refusal


def _compared(warm: Warm, law: Law, trial: Trial, within: Flags) -> Comparison:
    before, after = warm.outcomes(law, warm.taken.as_of), _outcomes(warm, law, trial)
    facts = warm.measured(law, warm.taken.as_of)
    line = law.numbers[STANDARD].value
    return compare(warm.snapshot, before, after, facts, line, warm.area_of, within)


def _basis(warm: Warm, law: Law, within: Flags) -> Basis:
    newer = Run.objects.filter(id__gt=warm.taken.run_id, finished_at__isnull=False).count()
    persons = int(warm.snapshot.sizes[within].sum())
    return Basis(warm.taken.as_of, warm.taken.taken_at, persons, int(within.sum()), newer, warm.quick(law))


def _schemes(law: Law, changes: Sequence[Change]) -> tuple[SchemeLine, ...]:
    concerned = [change for change in changes if change.before != change.after]
    rest = [change for change in changes if change.before == change.after and change.before.beneficiaries]
    lines = []
    for change in (*concerned, *rest):
        scheme = law.book.schemes[change.key]
        few = [change.before.beneficiaries, change.after.beneficiaries]
        few.append(abs(few[0] - few[1]))
        hidden = any(0 < count < SMALL_CELL for count in few)
        lines.append(SchemeLine(change.key, scheme.title, scheme.period, change.before, change.after, hidden))
    return tuple(lines)


def _places(places: Sequence[Place], areas: Sequence[AreaRef], depth: int) -> tuple[PlaceLine, ...]:
    by_id = {area.id: area for area in areas}
    sums: dict[int, list[int]] = {}
    for place in places:
        area = by_id.get(place.key)
        while area is not None and area.depth > depth and area.parent_id in by_id:
            area = by_id[area.parent_id]
        if area is None:
            continue
        held = sums.setdefault(area.id, [0] * 5)
        for n, value in enumerate((place.households, place.before_fen, place.after_fen, place.gain, place.lose)):
            held[n] += value
    rows = sorted(sums.items(), key=lambda row: (-abs(row[1][2] - row[1][1]), by_id[row[0]].code))
    hidden = hidden_cells([held[3] + held[4] for _, held in rows])
    return tuple(
        PlaceLine(by_id[number].code, by_id[number].name, place in hidden, *held)
        for place, (number, held) in enumerate(rows)
    )


def _heads(warm: Warm, homes: list[int]) -> Mapping[int, int]:
    """The head of each of a few households, else its first member: place of the household → person id."""
    rows = np.flatnonzero(np.isin(warm.snapshot.home_of, homes))
    relations = warm.snapshot.persons["relation"].take(rows).to_pylist()
    found: dict[int, int] = {}
    for row, relation in zip(rows.tolist(), relations, strict=True):
        home = int(warm.snapshot.home_of[row])
        if home not in found or relation == "head":
            found[home] = int(warm.snapshot.person_ids[row])
    return found
