"""From scores and findings to visits: at most one open visit for a household, none against its refusal."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.days import business_day
from minsheng.work.eligibility.missed.queries import FindingToAsk, findings_to_ask
from minsheng.work.visits.models import HouseholdWarning, Refusal, StarRhythm, Visit
from minsheng.work.visits.rules.planning import due_on, rhythm_of
from minsheng.work.visits.settling import settle_visits
from minsheng.work.visits.types import Origin, Reason, Rhythm, VisitStatus, Way, Weights
from minsheng.work.visits.weights import weights_on

_BATCH = 2_000
_MOST_QUESTIONS = 3
ASKED_BY_PHONE = "phone"


@dataclass(frozen=True)
class Planned:
    """What one planning did: visits new, brought forward, with another reason, and no longer needed."""

    new: int
    forward: int
    joined: int
    settled: int


def plan_visits(*, actor: Viewer, at: datetime) -> Planned:
    """This function will plan what is due: visits by stars and rhythms, and a call or visit for each finding.

    Safe to repeat. A household with an open visit gets no second one: an earlier day brings the first one forward,
    another reason joins it. What was asked lately is not asked again; a refusal is respected until its end. A visit
    whose only reason was a finding that has closed is settled.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        today = business_day(at)
        weights = weights_on(today)
        refusing = set(
            Refusal.objects.filter(from_date__lte=today, until_date__gt=today).values_list("household_id", flat=True)
        )
        rows = Visit.objects.select_for_update(no_key=True).exclude(status=VisitStatus.CLOSED.value)
        open_visits = {row.household_id: row for row in rows}
        answered = _asked_since(today - timedelta(days=weights.ask_again_days))
        asked = defaultdict(list)
        for one in findings_to_ask(viewer=actor, on_date=today):
            if one.finding_id not in answered:
                asked[one.household_id].append(one)
        gone = _without_their_finding(open_visits, asked)
        settled = settle_visits(actor=actor, at=at, household_ids=gone, why="已经领到或不再符合，不用再问")
        for household_id in gone:
            open_visits.pop(household_id)
        fresh: dict[int, Visit] = {}
        changed: set[int] = set()
        forward = _plan_stars(fresh, open_visits, refusing, changed, areas_inside(viewer=actor), weights, today, at)
        joined = _plan_findings(fresh, open_visits, refusing, changed, asked, weights, today, at)
        Visit.objects.bulk_update(
            [open_visits[n] for n in sorted(changed)],
            ["due_date", "star", "reasons", "origin", "way"],
            batch_size=_BATCH,
        )
        Visit.objects.bulk_create(list(fresh.values()), batch_size=_BATCH)
        done = Planned(len(fresh), forward, joined, settled)
        audit.record(
            actor=actor, at=at, action="visits.planned", object_type="visits.visit", object_id="plan",
            detail=asdict(done),
        )  # fmt: skip
        return done


def _plan_stars(
    fresh: dict[int, Visit],
    open_visits: dict[int, Visit],
    refusing: set[int],
    changed: set[int],
    areas: list[AreaRef],
    weights: Weights,
    today: date,
    at: datetime,
) -> int:
    rhythms = [Rhythm(r.area_id, r.star, r.first_days, r.every_days, r.valid_from) for r in StarRhythm.objects.all()]
    parents = {area.id: area.parent_id for area in areas}
    met = dict(
        Visit.objects.filter(met_date__isnull=False)
        .values_list("household_id")
        .annotate(day=Max("met_date"))
        .values_list("household_id", "day")
    )
    forward = 0
    rungs: dict[tuple[int, int], Any] = {}
    for row in HouseholdWarning.objects.filter(valid_to__isnull=True).order_by("id").iterator(5_000):
        if row.household_id in refusing:
            continue
        place = (row.area_id, row.star)
        if place not in rungs:
            rungs[place] = rhythm_of(
                row.star, path=_path(row.area_id, parents), rhythms=rhythms, weights=weights, on=today
            )
        rung = rungs[place]
        wished = due_on(
            rung,
            since=row.star_since,
            last_met=met.get(row.household_id),
            raised=row.raised,
            household_id=row.household_id,
        )
        due = max(wished, today)  # a day that has passed before anybody was told is not anybody's delay
        standing = open_visits.get(row.household_id)
        if standing is not None:
            # Only a visit that nobody has tried yet is moved; the steps after an attempt have days of their own.
            if standing.status == VisitStatus.PLANNED.value and (due < standing.due_date or row.star > standing.star):
                standing.due_date, standing.star = min(due, standing.due_date), row.star
                standing.reasons = _joined(standing.reasons, _reasons_of(row, weights))
                if row.raised:
                    standing.origin = Origin.WARNING.value
                standing.way = Way.HOME.value
                changed.add(row.household_id)
                forward += 1
        elif due - timedelta(days=weights.lead_days) <= today:
            fresh[row.household_id] = Visit(
                area_id=row.area_id,
                household_id=row.household_id,
                subject_name=row.subject_name,
                origin=(Origin.WARNING if row.raised else Origin.ROUTINE).value,
                way=Way.HOME.value,
                star=row.star,
                reasons=[reason.as_json() for reason in _reasons_of(row, weights)],
                status=VisitStatus.PLANNED.value,
                due_date=due,
                first_due_date=due,
                opened_at=at,
            )
    return forward


def _plan_findings(
    fresh: dict[int, Visit],
    open_visits: dict[int, Visit],
    refusing: set[int],
    changed: set[int],
    asked: dict[int, list[FindingToAsk]],
    weights: Weights,
    today: date,
    at: datetime,
) -> int:
    joined = 0
    for household_id, found in asked.items():
        if household_id in refusing:
            continue
        reasons = [
            Reason(
                f"finding.{one.scheme}",
                f"{one.title}：{one.kind.label}",
                one.question,
                finding_id=one.finding_id,
                scheme=one.scheme,
                person_id=one.person_id,
            )
            for one in found
        ]
        standing = open_visits.get(household_id) or fresh.get(household_id)
        if standing is not None:
            more = _joined(standing.reasons, reasons)
            if more != standing.reasons:
                standing.reasons = more
                joined += 1
                if household_id in open_visits:
                    changed.add(household_id)
            continue
        first = found[0]
        by_phone = all(one.way == ASKED_BY_PHONE for one in found)
        due = today + timedelta(days=weights.finding_days)
        fresh[household_id] = Visit(
            area_id=first.area_id,
            household_id=household_id,
            person_id=first.person_id,
            subject_name=first.subject_name,
            origin=Origin.FINDING.value,
            way=(Way.PHONE if by_phone else Way.HOME).value,
            star=0,
            reasons=[reason.as_json() for reason in reasons],
            status=VisitStatus.PLANNED.value,
            due_date=due,
            first_due_date=due,
            opened_at=at,
        )
    return joined


def _reasons_of(row: HouseholdWarning, weights: Weights) -> list[Reason]:
    """This function will return why a household is visited, what it is first, and the questions that matter most."""
    reasons = [
        Reason(one["code"], one["label"], _question(one["code"], weights) if one["since"] else "")
        for one in row.reasons
    ]
    reasons += [
        Reason(f"group.{code}", weights.groups[code].label)
        for code in row.groups
        if code not in {one["code"] for one in row.reasons}
    ]
    unknown = [Reason(f"ask.{one['code']}", f"还不知道：{one['label']}", one["question"]) for one in row.unknown]
    return reasons + unknown[:_MOST_QUESTIONS]


def _question(code: str, weights: Weights) -> str:
    return next((w.question for kind, w in weights.signals.items() if kind.value == code), "")


def _joined(held: list[dict[str, Any]], more: list[Reason]) -> list[dict[str, Any]]:
    """The reasons held and those that are new; of one code the later words count."""
    found = {one["code"]: one for one in held}
    found.update({reason.code: reason.as_json() for reason in more})
    return list(found.values())


def _asked_since(day: date) -> set[int]:
    """Findings that somebody was asked about since a day: they are not asked again so soon."""
    rows = Visit.objects.filter(met_date__gte=day).values_list("reasons", flat=True)
    return {reason["finding_id"] for reasons in rows for reason in reasons if "finding_id" in reason}


def _without_their_finding(open_visits: dict[int, Visit], asked: dict[int, list[FindingToAsk]]) -> list[int]:
    """Households whose visit rests on findings alone, none of which is still open and to be asked."""
    return [
        household_id
        for household_id, row in open_visits.items()
        if row.status == VisitStatus.PLANNED.value
        and row.origin == Origin.FINDING.value
        and not {one.finding_id for one in asked.get(household_id, ())}
        & {reason.get("finding_id") for reason in row.reasons}
    ]


def _path(area_id: int, parents: dict[int, int | None]) -> list[int]:
    path: list[int] = []
    here: int | None = area_id
    while here is not None:
        path.append(here)
        here = parents.get(here)
    return path
