"""What happened to households arrives: from other departments, from facts of the registry, from whoever sees it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry import queries as registry
from minsheng.records.registry.days import business_day
from minsheng.records.registry.queries.whereabouts import areas_of_households
from minsheng.work.visits.models import Signal
from minsheng.work.visits.operations.scoring import store_scores
from minsheng.work.visits.rules.facts import READ, signal_of_fact
from minsheng.work.visits.types import SIGNAL_SOURCES, NewSignal, SignalKind

_BATCH = 2_000


class UnableToNoteSignal(ValueError):
    """What happened cannot be noted: says why and what to do."""


def record_signals(*, actor: Viewer, at: datetime, signals: Sequence[NewSignal]) -> int:
    """This function will note what happened to households, score these anew, and return how many were not known yet.

    The same happening from the same source a second time changes nothing. Raises UnableToNoteSignal for a household
    outside the actor's areas, an unknown kind or source, a day in the future, or a negative value.
    """
    with acting_as(viewer=actor, at=at):
        fresh = _note(actor, at, signals)
        store_scores(actor=actor, at=at, on=business_day(at), household_ids={one.household_id for one in signals})
        return fresh


def load_signals(*, actor: Viewer, at: datetime, signals: Sequence[NewSignal]) -> int:
    """This function will note a whole department's list, as `record_signals` does, and leave the scores to their turn.

    Whoever loads scores the district afterwards; until then lists show the scores from before.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        return _note(actor, at, signals)


def _note(actor: Viewer, at: datetime, signals: Sequence[NewSignal]) -> int:
    require(viewer=actor, capability="visits.note_signal")
    today = business_day(at)
    areas = areas_of_households(household_ids={one.household_id for one in signals})
    for one in signals:
        _check(one, areas, today)
    return _keep(actor, at, signals, areas)


def withdraw_signal(*, actor: Viewer, at: datetime, signal_id: int, reason: str) -> None:
    """This function will take a happening back that was noted wrongly; the household is scored anew."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.note_signal")
        row = Signal.objects.select_for_update(no_key=True).filter(pk=signal_id).first()
        if row is None or row.withdrawn_at is not None:
            raise UnableToNoteSignal("没有这条情况，或者已经撤回，或不在您负责的区域。")
        if not reason.strip():
            raise UnableToNoteSignal("请写明为什么撤回。")
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        audit.record(
            actor=actor,
            at=at,
            action="visits.signal_withdrawn",
            object_type="visits.signal",
            object_id=str(row.pk),
            area_id=row.area_id,
            detail={"household": row.household_id, "kind": row.kind, "reason": reason.strip()[:200]},
        )
        store_scores(actor=actor, at=at, on=business_day(at), household_ids={row.household_id})


def note_facts(*, actor: Viewer, at: datetime, household_id: int, attributes: Collection[str]) -> int:
    """This function will note what changed facts of a household tell, score it anew, and return how many were new.

    Facts are read as they hold today; what does not concern early warning is left alone.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="visits.score")
        today = business_day(at)
        found = registry.household_facts(viewer=actor, household_id=household_id, as_of=today, known_at=at)
        signals: list[NewSignal] = []
        if found is not None:
            for (person_id, name), fact in found.facts.items():
                if name not in READ or name not in attributes or fact.winner is None or fact.by_register:
                    continue
                told = signal_of_fact(name, fact.value)
                since = fact.winner.valid_from
                if told is not None and since is not None and since <= today:
                    kind, value = told
                    signals.append(NewSignal(household_id, kind, since, fact.winner.source, value, person_id))
        areas: Mapping[int, int] = {household_id: found.area_id} if found is not None else {}
        fresh = _keep(actor, at, signals, areas) if signals else 0
        store_scores(actor=actor, at=at, on=today, household_ids={household_id}, known=found)
        return fresh


def _keep(actor: Viewer, at: datetime, signals: Sequence[NewSignal], areas: Mapping[int, int]) -> int:
    households = {one.household_id for one in signals}
    known = set(
        Signal.objects.filter(household_id__in=households, withdrawn_at__isnull=True).values_list(
            "household_id", "person_id", "kind", "happened_date", "source"
        )
    )
    fresh: dict[Any, NewSignal] = {}
    for one in signals:
        key = (one.household_id, one.person_id, one.kind.value, one.happened_date, one.source)
        if key not in known:
            fresh.setdefault(key, one)
    Signal.objects.bulk_create(
        [
            Signal(
                area_id=areas[one.household_id],
                household_id=one.household_id,
                person_id=one.person_id,
                kind=one.kind.value,
                happened_date=one.happened_date,
                source=one.source,
                value=one.value,
                recorded_at=at,
                recorded_by=actor.account_id,
            )
            for one in fresh.values()
        ],
        batch_size=_BATCH,
        ignore_conflicts=True,  # two news of one household, told at the same moment, note the same thing once
    )
    audit.record(
        actor=actor,
        at=at,
        action="visits.signals_noted",
        object_type="visits.signal",
        object_id="batch",
        area_id=next(iter(areas.values()), None) if len(households) == 1 else None,
        detail={"signals": len(fresh), "households": sorted(households)[:50]},
    )
    return len(fresh)


def _check(one: NewSignal, areas: Mapping[int, int], today: date) -> None:
    if one.household_id not in areas:
        raise UnableToNoteSignal(f"没有第 {one.household_id} 户，或不在您负责的区域。请核对户号。")
    if one.kind not in set(SignalKind) or one.source not in SIGNAL_SOURCES:
        raise UnableToNoteSignal("请从表里选是什么情况、谁反映的。")
    if one.happened_date > today:
        raise UnableToNoteSignal("发生的日期不能晚于今天。")
    if one.value is not None and one.value < 0:
        raise UnableToNoteSignal("金额、月数、次数不能是负数；不知道就空着。")
