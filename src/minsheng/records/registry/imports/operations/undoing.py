from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.imports.batches import decide, locked_batch, record, row_of
from minsheng.records.registry.imports.content import RowContent, open_content
from minsheng.records.registry.imports.events import TableUndone
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.operations.staging import CAPABILITY
from minsheng.records.registry.imports.types import ImportStatus
from minsheng.records.registry.models import Membership, Merge, Person, Relation, Statement
from minsheng.records.registry.operations.locking import lock_people
from minsheng.records.registry.operations.people import correct_person
from minsheng.records.registry.operations.statements import retract_statement
from minsheng.records.registry.types import Sex, SubjectKind


class UnableToUndoTable(ValueError):
    """The table cannot be taken back, not even in part: says which row and what was built on it."""


def undo_table(*, actor: Viewer, at: datetime, batch_id: int, reason: str) -> int:
    """This function will take everything back that a table brought, in one transaction; returns how many rows.

    Statements are withdrawn (what was decided meanwhile still shows them), corrected rows get their old values, people
    who came with the table are removed. Refused when something was built on one of them since.
    """
    require(viewer=actor, capability=CAPABILITY)
    if not reason.strip():
        raise UnableToUndoTable("请写明为什么撤回，日后查得到。")
    with acting_as(viewer=actor, at=at):
        batch = locked_batch(batch_id)
        if batch is None or batch.status != ImportStatus.APPLIED.value:
            raise UnableToUndoTable("这份表没有导入，没有什么可以撤回。")
        rows = [row for row in Row.objects.filter(batch=batch).order_by("-number") if row.effects]
        for row in rows:
            _undo(actor, at, batch, row, reason.strip())
        decide(batch, actor, at, ImportStatus.UNDONE)
        record(actor, at, "imports.table_undone", batch, {"rows": len(rows), "reason": reason.strip()[:200]})
        publish(TableUndone(batch_id=batch.id, rows=len(rows)), at=at, area_id=batch.area_id)
    return len(rows)


def _undo(actor: Viewer, at: datetime, batch: Batch, row: Row, reason: str) -> None:
    made = row.effects.get("statements", [])
    if made:
        standing = Statement.objects.filter(pk__in=made, retracted_at__isnull=True).count()
        if standing < len(made):
            raise UnableToUndoTable(
                f"第 {row.number} 行带来的情况后来已被更正或撤回。整份表都没有撤回，请在人员页逐条处理。"
            )
        for statement_id in made:
            retract_statement(
                actor=actor, at=at, statement_id=statement_id, reason=f"撤回导入第 {batch.id} 号：{reason}"[:200]
            )
    if "corrected" in row.effects:
        _give_back(actor, at, batch, row, open_content(row.id, row.sealed))
    if "created" in row.effects:
        _remove(actor, at, row, int(row.effects["created"]))


def _give_back(actor: Viewer, at: datetime, batch: Batch, row: Row, content: RowContent) -> None:
    assert row.person_id is not None, "only a registered person is corrected"
    person = lock_people(person_ids=[row.person_id])[row.person_id]
    held = row_of(person)
    if any(held[key] != content.person[key] for key in content.before):
        raise UnableToUndoTable(f"第 {row.number} 行的人后来又更正过。整份表都没有撤回，请在人员页处理。")
    before = content.before
    born = before.get("birth_date")
    correct_person(
        actor=actor,
        at=at,
        person_id=person.pk,
        sex=Sex(before["sex"]) if before.get("sex") else None,
        birth_date=date.fromisoformat(born) if born else None,
        phone=before.get("phone"),
        source=batch.source,
    )
    # What was empty before is emptied again, which a correction at the counter cannot do.
    emptied = [key for key in ("sex", "birth_date") if key in before and not before[key]]
    if emptied:
        Person.objects.filter(pk=person.pk).update(**dict.fromkeys(emptied))


def _remove(actor: Viewer, at: datetime, row: Row, person_id: int) -> None:
    person = lock_people(person_ids=[person_id])[person_id]
    about = Q(subject_kind=SubjectKind.PERSON.value, subject_id=person_id)
    built = (
        ("情况记录", Statement.objects.filter(about).exists()),
        ("户的成员", Membership.objects.filter(person_id=person_id).exists()),
        ("亲属关系", Relation.objects.filter(Q(person_id=person_id) | Q(relative_id=person_id)).exists()),
        ("合并记录", Merge.objects.filter(Q(kept_id=person_id) | Q(merged_id=person_id)).exists()),
    )
    if found := [what for what, there in built if there]:
        raise UnableToUndoTable(
            f"第 {row.number} 行登记的人已经有了{'、'.join(found)}。整份表都没有撤回，请先处理这些，再撤回。"
        )
    audit.record(
        actor=actor,
        at=at,
        action="registry.person_withdrawn",
        object_type="registry.person",
        object_id=str(person_id),
        area_id=person.area_id,
        detail={"batch": row.batch_id, "row": row.number},
    )
    try:
        with transaction.atomic():
            person.delete()
            # Deferred keys of other rooms speak up now, not at the end of the request.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (ProtectedError, IntegrityError) as problem:
        raise UnableToUndoTable(
            f"第 {row.number} 行登记的人已经有了业务记录。整份表都没有撤回，请先处理这些，再撤回。"
        ) from problem
