"""What every act on a publication begins and ends with: the locked row, the rule, the audit entry."""

from datetime import datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.publishing.models import Publication
from minsheng.work.eligibility.publishing.rules import content_of, refusal, status_after
from minsheng.work.eligibility.publishing.types import Act, GivenVersion, Status


def locked(publication_id: int, act: Act, actor: Viewer, error: type[ValueError]) -> Publication:
    """This function will lock a publication for an act and move its status; raises `error` with the reason."""
    row = Publication.objects.select_for_update(no_key=True).filter(id=publication_id).first()
    if row is None:
        raise error("没有这项改动。请从改动清单里重新打开。")
    status = Status(row.status)
    why = refusal(status=status, act=act, author_id=row.author_id, actor_id=actor.account_id)
    after = status_after(status, act)
    if why or after is None:
        raise error(why)
    row.status = after.value
    return row


def given_versions(row: Publication) -> tuple[GivenVersion, ...]:
    """This function will return the figures of a publication as they were given."""
    return tuple(
        GivenVersion(v.name, v.basis, v.value, tuple(v.edges), tuple(v.values), v.doubt)
        for v in row.versions.order_by("name")
    )


def content(row: Publication) -> str:
    """This function will return what would be published, canonically."""
    return content_of(in_force_date=row.in_force_date, versions=given_versions(row))


def record(row: Publication, *, actor: Viewer, at: datetime, action: str, **detail: Any) -> None:
    """This function will write the audit entry of an act on a publication."""
    audit.record(
        actor=actor,
        at=at,
        action=f"publishing.{action}",
        object_type="publishing.publication",
        object_id=str(row.pk),
        detail=detail,
    )
