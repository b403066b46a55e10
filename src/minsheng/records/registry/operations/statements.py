"""Stating facts, correcting and withdrawing what was stated. Nothing stated is ever overwritten."""

from collections.abc import Mapping
from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.events import FactsRecorded
from minsheng.records.registry.models import Statement, Thing
from minsheng.records.registry.operations.locking import lock_household, lock_people
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, SOURCES, UnableToReadValue, stored_value


class UnableToRecordStatement(ValueError):
    """The fact cannot be recorded: says why and what to do."""


class UnableToRetractStatement(ValueError):
    """The statement cannot be withdrawn: says why and what to do."""


def record_statement(
    *,
    actor: Viewer,
    at: datetime,
    subject_kind: SubjectKind,
    subject_id: int,
    source: str,
    values: Mapping[str, object],
    valid_from: date,
    valid_to: date | None = None,
    confidence: int | None = None,
) -> int:
    """This function will store what a source says of a subject and return the statement's id.

    `values` maps attribute names to Python values (money in fen; None: the source says it is not known). Half-open
    validity. Raises UnableToRecordStatement for a wrong value, a repeated statement, or a death (register_death).
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        area_id = _lock_subject(subject_kind, subject_id)
        stored = _checked(subject_kind, values)
        if source not in SOURCES:
            raise UnableToRecordStatement(f"没有“{source}”这个来源。请从来源表中选择。")
        if valid_to is not None and valid_to <= valid_from:
            raise UnableToRecordStatement("截止日期必须晚于开始日期。请核对日期。")
        if confidence is not None and not 0 <= confidence <= 100:
            raise UnableToRecordStatement("可信度是0到100的整数。")
        same = Statement.objects.filter(
            subject_kind=subject_kind,
            subject_id=subject_id,
            source=source,
            values=stored,
            valid_from=valid_from,
            valid_to=valid_to,
            retracted_at__isnull=True,
        )
        if same.exists():
            raise UnableToRecordStatement("同样的内容已经记过一条，没有重复保存。")
        statement = Statement.objects.create(
            area_id=area_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            source=source,
            values=stored,
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=at,
            confidence=SOURCES[source].confidence if confidence is None else confidence,
        )
        _tell(actor, at, statement, action="registry.fact_recorded")
        return int(statement.pk)


def retract_statement(*, actor: Viewer, at: datetime, statement_id: int, reason: str) -> None:
    """This function will withdraw a statement from `at` on; what was decided before still shows it."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.edit")
        statement = Statement.objects.select_for_update(no_key=True).filter(pk=statement_id).first()
        if statement is None:
            raise UnableToFind("没有找到这条记录，或者不在您的辖区内。")
        if statement.retracted_at is not None:
            raise UnableToRetractStatement("这条记录已经撤回过了，不需要再撤。")
        if not reason.strip():
            raise UnableToRetractStatement("请写明撤回的原因，日后查得到。")
        statement.retracted_at = at
        statement.save(update_fields=["retracted_at"])
        _tell(actor, at, statement, action="registry.fact_retracted", reason=reason.strip()[:200])


def correct_statement(
    *, actor: Viewer, at: datetime, statement_id: int, values: Mapping[str, object], reason: str
) -> int:
    """This function will withdraw a statement and state the right values in its place, for the same time and source."""
    with acting_as(viewer=actor, at=at):
        retract_statement(actor=actor, at=at, statement_id=statement_id, reason=reason)
        old = Statement.objects.get(pk=statement_id)
        return record_statement(
            actor=actor,
            at=at,
            subject_kind=SubjectKind(old.subject_kind),
            subject_id=old.subject_id,
            source=old.source,
            values=values,
            valid_from=old.valid_from,
            valid_to=old.valid_to,
            confidence=old.confidence,
        )


def _lock_subject(kind: SubjectKind, subject_id: int) -> int:
    if kind is SubjectKind.PERSON:
        return int(lock_people(person_ids=[subject_id])[subject_id].area_id)
    if kind is SubjectKind.HOUSEHOLD:
        return int(lock_household(household_id=subject_id).area_id)
    thing = Thing.objects.select_for_update(no_key=True).filter(pk=subject_id).first()
    if thing is None:
        raise UnableToFind("没有找到这件物或事，或者不在您的辖区内。")
    return int(thing.area_id)


def _checked(kind: SubjectKind, values: Mapping[str, object]) -> dict[str, bool | int | str | None]:
    if not values:
        raise UnableToRecordStatement("没有要记的内容。请至少填一项。")
    stored = {}
    for name, value in values.items():
        if name in ATTRIBUTES and ATTRIBUTES[name].subject is not kind:
            raise UnableToRecordStatement(f"“{ATTRIBUTES[name].label}”不是这类对象的项目。请核对记在谁名下。")
        if name in ("dead", "death_date"):
            raise UnableToRecordStatement("去世请用“登记死亡”，系统会按死亡日期停发待遇。")
        if name == "relation":
            raise UnableToRecordStatement("与户主关系请在家庭成员里改，不在这里记。")
        try:
            stored[name] = stored_value(name, value)
        except UnableToReadValue as problem:
            raise UnableToRecordStatement(str(problem)) from problem
    return stored


def _tell(actor: Viewer, at: datetime, statement: Statement, *, action: str, reason: str = "") -> None:
    attributes = tuple(sorted(statement.values))
    detail: dict[str, object] = {
        "statement": statement.pk,
        "attributes": list(attributes),
        "source": statement.source,
        "valid_from": statement.valid_from.isoformat(),
    }
    if reason:
        detail["reason"] = reason
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type=f"registry.{statement.subject_kind}",
        object_id=str(statement.subject_id),
        area_id=statement.area_id,
        detail=detail,
    )
    happened = FactsRecorded(str(statement.subject_kind), statement.subject_id, attributes, statement.valid_from, at)
    publish(happened, at=at, area_id=statement.area_id)
