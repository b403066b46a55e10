"""A drill: corrupted copies of a plan are audited; how many errors were found, how many alarms were false."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from minsheng.insight.cockpit.plan.audit import Finding, audit
from minsheng.insight.cockpit.plan.corrupting import Fault, Injected, corrupt
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.statements import Place
from minsheng.insight.cockpit.plan.wording import likeness

# Which rules may claim an error of a kind. Another rule at its line is no false alarm, nor does it count as found.
_CLAIMED_BY = {
    Fault.GROWTH_DIGIT: {"growth.no_period_fits", "growth.mixed_periods"},
    Fault.BROKEN_SUM: {"sums.parts", "sums.change"},
    Fault.UNIT_SWAP: {"units.conflict", "units.name_mismatch", "units.above_whole", "denominators.missing"},
    Fault.ROW_NUMBER: {"projects.row_number"},
    Fault.DEADLINE_DROPPED: {"targets.deadline_missing"},
    Fault.TARGET_BELOW: {"targets.below_present"},
    Fault.HEADING_MISSING: {"structure.not_in_contents"},
    Fault.TITLE_MISQUOTED: {"documents.misquoted", "documents.two_titles"},
    Fault.PHRASE_DUPLICATED: {"structure.repeated"},
    Fault.DENOMINATOR_DROPPED: {"denominators.missing"},
}
_BY_QUOTE = ("documents.", "structure.repeated", "targets.deadline_missing")
_CHINESE = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True)
class Outcome:
    """What became of one corrupted copy. `justified` of the `raised` new findings stand on a line with an error."""

    seed: int
    found: tuple[Injected, ...]
    missed: tuple[Injected, ...]
    justified: int
    false_alarms: tuple[Finding, ...]

    @property
    def raised(self) -> int:
        """All findings that the clean plan does not have."""
        return self.justified + len(self.false_alarms)


@dataclass(frozen=True)
class Score:
    """Recall = found / injected; precision = justified / raised, over all copies."""

    outcomes: tuple[Outcome, ...]

    @property
    def injected(self) -> int:
        """Errors put in."""
        return sum(len(o.found) + len(o.missed) for o in self.outcomes)

    @property
    def recall(self) -> float:
        """Share of the errors that a fitting rule found at the right line; 1.0 when nothing was put in."""
        return sum(len(o.found) for o in self.outcomes) / self.injected if self.injected else 1.0

    @property
    def precision(self) -> float:
        """Share of the new findings that stand on a line with an error."""
        raised = sum(o.raised for o in self.outcomes)
        return sum(o.justified for o in self.outcomes) / raised if raised else 1.0

    def by_fault(self, fault: Fault) -> tuple[int, int]:
        """(found, injected) of one kind."""
        found = sum(i.fault == fault for o in self.outcomes for i in o.found)
        return found, found + sum(i.fault == fault for o in self.outcomes for i in o.missed)


def drill(lines: list[str], knowledge: Knowledge, *, seeds: Sequence[int]) -> Score:
    """This function will corrupt and audit one copy for each seed; what the clean plan has already is not counted."""
    clean = audit(read_plan(lines), knowledge)
    return Score(tuple(_one(lines, knowledge, clean, seed) for seed in seeds))


def _one(lines: list[str], knowledge: Knowledge, clean: Sequence[Finding], seed: int) -> Outcome:
    spoiled, injected = corrupt(lines, seed=seed)
    findings = audit(read_plan(spoiled), knowledge)
    known = {(f.rule, place.line) for f in clean for place in f.places}
    # Two titles, phrases or targets may stand on one line, so these are told apart by their words and not by the line.
    quoted = {(f.rule, place.line, place.quote) for f in clean for place in f.places}
    fresh: list[tuple[Finding, list[Place]]] = []
    for finding in findings:
        by_quote = finding.rule.startswith(_BY_QUOTE)
        new = [
            place
            for place in finding.places
            if (finding.rule, place.line) not in known
            or (by_quote and (finding.rule, place.line, place.quote) not in quoted)
        ]
        if new:
            fresh.append((finding, new))
    found = [e for e in injected if any(f.rule in _CLAIMED_BY[e.fault] and _near(e, new) for f, new in fresh)]
    false_alarms = [f for f, new in fresh if not any(_near(error, new) for error in injected)]
    return Outcome(
        seed,
        tuple(found),
        tuple(error for error in injected if error not in found),
        len(fresh) - len(false_alarms),
        tuple(false_alarms),
    )


def _near(error: Injected, places: Sequence[Place]) -> bool:
    """At the line itself; for a line taken out of the contents, at the heading that lost its entry."""
    if any(place.line == error.line for place in places):
        return True
    if error.fault is not Fault.HEADING_MISSING:
        return False
    title = _CHINESE.sub("", error.before)
    return any(likeness(title, _CHINESE.sub("", place.quote)) >= 0.6 for place in places)
