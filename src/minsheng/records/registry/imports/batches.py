"""Steps that every act on a table shares: lock it, end its waiting, audit the act."""

from datetime import datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.records.registry.imports.models import Batch
from minsheng.records.registry.imports.types import ImportStatus
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.listing import phone_of


def locked_batch(batch_id: int) -> Batch | None:
    """This function will lock a table of the actor's areas for change, or return None."""
    found: Batch | None = Batch.objects.select_for_update(no_key=True).filter(id=batch_id).first()
    return found


def decide(batch: Batch, actor: Viewer, at: datetime, status: ImportStatus) -> None:
    """This function will note who ended a table's waiting, how and when."""
    batch.status, batch.decided_by_name, batch.decided_at = status.value, actor.name, at
    batch.save(update_fields=["status", "decided_by_name", "decided_at"])


def record(actor: Viewer, at: datetime, action: str, batch: Batch, detail: dict[str, Any]) -> None:
    """This function will audit an act on a table."""
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="imports.batch",
        object_id=str(batch.id),
        area_id=batch.area_id,
        detail={"kind": batch.kind, "source": batch.source, **detail},
    )


def row_of(person: Person) -> dict[str, str | None]:
    """This function will return the columns of a person that a table may correct, as a row's content stores them."""
    return {
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "phone": phone_of(person) or "",
    }
