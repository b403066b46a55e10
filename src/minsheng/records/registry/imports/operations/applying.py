from datetime import date, datetime
from typing import Any

from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.imports.batches import decide, locked_batch, record, row_of
from minsheng.records.registry.imports.content import RowContent, open_content
from minsheng.records.registry.imports.events import TableApplied
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.operations.staging import CAPABILITY
from minsheng.records.registry.imports.types import ImportStatus, RowDecision, RowOutcome
from minsheng.records.registry.models import Person, Statement
from minsheng.records.registry.operations.locking import UnableToUseMerged, lock_people
from minsheng.records.registry.operations.people import (
    Particulars,
    UnableToCorrectPerson,
    UnableToCreatePerson,
    UnableToRegisterDeath,
    correct_person,
    create_person,
    register_death,
)
from minsheng.records.registry.operations.statements import UnableToRecordStatement, record_statement
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.types import IdKind, Sex, SubjectKind
from minsheng.records.registry.vocabulary import read_value

_REFUSALS = (
    UnableToFind,
    UnableToUseMerged,
    UnableToCreatePerson,
    UnableToCorrectPerson,
    UnableToRegisterDeath,
    UnableToRecordStatement,
)


class UnableToApplyTable(ValueError):
    """The table was not applied, not even in part: says which row and why, and what to do."""


class UnableToDecideRow(ValueError):
    """The row needs no decision, or no longer takes one."""


def decide_row(*, actor: Viewer, at: datetime, batch_id: int, number: int, decision: RowDecision) -> None:
    """This function will keep a decision about a possible duplicate: leave the row out, or register all the same."""
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = locked_batch(batch_id)
        if batch is None or batch.status != ImportStatus.STAGED.value:
            raise UnableToDecideRow("这份表不在待确认的状态，不能再改决定。")
        row = Row.objects.select_for_update(no_key=True).filter(batch=batch, number=number).first()
        if row is None or row.outcome != RowOutcome.DUPLICATE.value:
            raise UnableToDecideRow(f"第 {number} 行不需要决定。")
        row.decision = decision.value
        row.save(update_fields=["decision"])
        record(actor, at, "imports.row_decided", batch, {"row": number, "decision": decision.value})


def decide_open_rows(*, actor: Viewer, at: datetime, batch_id: int, decision: RowDecision) -> int:
    """This function will decide all possible duplicates that are still open in one way; returns how many."""
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = locked_batch(batch_id)
        if batch is None or batch.status != ImportStatus.STAGED.value:
            raise UnableToDecideRow("这份表不在待确认的状态，不能再改决定。")
        open_rows = Row.objects.filter(batch=batch, outcome=RowOutcome.DUPLICATE.value, decision=RowDecision.OPEN.value)
        number: int = open_rows.update(decision=decision.value)
        record(actor, at, "imports.rows_decided", batch, {"rows": number, "decision": decision.value})
    return number


def apply_table(*, actor: Viewer, at: datetime, batch_id: int) -> int:
    """This function will bring all rows without errors into the registry in one transaction; returns how many.

    It goes through the registry's own acts, so every row is audited and told like any other. Refused when a possible
    duplicate is undecided, or when somebody changed one of the subjects since the preview: then nothing happens.
    """
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = locked_batch(batch_id)
        if batch is None or batch.status != ImportStatus.STAGED.value:
            label = ImportStatus(batch.status).label if batch is not None else "不存在"
            raise UnableToApplyTable(f"这份表现在是“{label}”，不能导入。请重新上传。")
        rows = list(Row.objects.filter(batch=batch).exclude(outcome=RowOutcome.ERROR.value).order_by("number"))
        undecided = [r for r in rows if r.outcome == RowOutcome.DUPLICATE and r.decision == RowDecision.OPEN]
        if undecided:
            raise UnableToApplyTable(
                f"还有 {len(undecided)} 行可能重复，没有决定（第 {undecided[0].number} 行起）。"
                "请逐行选“不导入”或“照样登记”。"
            )
        doing = [r for r in rows if r.outcome != RowOutcome.UNCHANGED and r.decision != RowDecision.SKIP]
        contents = {row.id: open_content(row.id, row.sealed) for row in doing}
        _refuse_if_moved_on(batch, doing, contents)
        created: dict[int, int] = {}
        for row in doing:
            try:
                row.effects = _apply(actor, at, batch, row, contents[row.id], created)
            except _REFUSALS as problem:
                raise UnableToApplyTable(
                    f"第 {row.number} 行没有成功：{problem}整份表都没有导入，请改好后重新上传。"
                ) from problem
        Row.objects.bulk_update(doing, ["effects"], batch_size=1_000)
        decide(batch, actor, at, ImportStatus.APPLIED)
        record(actor, at, "imports.table_applied", batch, {"rows": len(doing)})
        publish(TableApplied(batch_id=batch.id, rows=len(doing)), at=at, area_id=batch.area_id)
    return len(doing)


def discard_table(*, actor: Viewer, at: datetime, batch_id: int) -> None:
    """This function will put a waiting table aside; nothing of it came into the registry."""
    require(viewer=actor, capability=CAPABILITY)
    with acting_as(viewer=actor, at=at):
        batch = locked_batch(batch_id)
        if batch is None or batch.status != ImportStatus.STAGED.value:
            raise UnableToApplyTable("这份表不在待确认的状态，不能放弃。")
        decide(batch, actor, at, ImportStatus.DISCARDED)
        record(actor, at, "imports.table_discarded", batch, {})


def _refuse_if_moved_on(batch: Batch, rows: list[Row], contents: dict[Any, RowContent]) -> None:
    people = [row.person_id for row in rows if row.person_id is not None]
    households = [c.household_id for c in contents.values() if c.household_id is not None]
    lock_people(person_ids=people)
    since = Q(recorded_at__gt=batch.uploaded_at) | Q(retracted_at__gt=batch.uploaded_at)
    about = Q(subject_kind=SubjectKind.PERSON.value, subject_id__in=people) | Q(
        subject_kind=SubjectKind.HOUSEHOLD.value, subject_id__in=households
    )
    moved = Statement.objects.filter(since & about).order_by("id").first()
    if moved is not None:
        row = next((r for r in rows if moved.subject_id in (r.person_id, contents[r.id].household_id)), None)
        where = f"第 {row.number} 行的人" if row is not None else "其中的人"
        raise UnableToApplyTable(f"上传以后，{where}的情况又改过，预览已经不准。没有导入，请重新上传再看一遍。")


def _apply(
    actor: Viewer, at: datetime, batch: Batch, row: Row, content: RowContent, created: dict[int, int]
) -> dict[str, Any]:
    if content.values:
        return {"statements": _state(actor, at, batch, row, content)}
    if row.person_id is None:
        created[row.number] = _register(actor, at, batch, content, created)
        return {"created": created[row.number]}
    _refuse_if_row_moved_on(row, content)
    person = content.person
    correct_person(
        actor=actor,
        at=at,
        person_id=row.person_id,
        sex=Sex(person["sex"]) if "sex" in person else None,
        birth_date=date.fromisoformat(person["birth_date"]) if "birth_date" in person else None,
        phone=person.get("phone"),
        source=batch.source,
    )
    return {"corrected": sorted(person)}


def _state(actor: Viewer, at: datetime, batch: Batch, row: Row, content: RowContent) -> list[int]:
    made = []
    for subject in (SubjectKind.PERSON, SubjectKind.HOUSEHOLD):
        values = {key: read_value(key, stored) for key, stored in content.values.get(subject.value, {}).items()}
        subject_id = row.person_id if subject is SubjectKind.PERSON else content.household_id
        if not values or subject_id is None:
            continue
        if values.pop("dead", None) is True:
            made.append(
                register_death(actor=actor, at=at, person_id=subject_id, death_date=content.starts, source=batch.source)
            )
        if values:
            made.append(
                record_statement(
                    actor=actor,
                    at=at,
                    subject_kind=subject,
                    subject_id=subject_id,
                    source=batch.source,
                    values=values,
                    valid_from=content.starts,
                    valid_to=content.ends,
                )
            )
    return made


def _register(actor: Viewer, at: datetime, batch: Batch, content: RowContent, created: dict[int, int]) -> int:
    person = content.person
    assert content.area_id is not None, "a newcomer without an area is an error row"
    return create_person(
        actor=actor,
        at=at,
        area_id=content.area_id,
        particulars=Particulars(
            name=person["name"],
            id_kind=IdKind(person["id_kind"]),
            id_number=person["id_number"],
            sex=Sex(person["sex"]) if person["sex"] else None,
            birth_date=date.fromisoformat(person["birth_date"]) if person["birth_date"] else None,
            phone=person["phone"],
        ),
        source=batch.source,
        # Somebody decided that this is another person than these: people registered before, or by an earlier row.
        dismissed=frozenset(
            person_id
            for d in content.duplicates
            if (person_id := d.get("person_id") or created.get(d["row"])) is not None
        ),
    )


def _refuse_if_row_moved_on(row: Row, content: RowContent) -> None:
    assert row.person_id is not None, "only a registered person is corrected"
    held = row_of(Person.objects.get(pk=row.person_id))
    if any(held[key] != value for key, value in content.before.items()):
        raise UnableToApplyTable(
            f"上传以后，第 {row.number} 行的人又更正过，预览已经不准。没有导入，请重新上传再看一遍。"
        )
