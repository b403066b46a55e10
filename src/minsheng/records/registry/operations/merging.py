"""Two records that are one person. A merge moves nothing: it says which record stands; so taking it back is exact."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.events import PersonsMerged, PersonsUnmerged
from minsheng.records.registry.models import Merge, Person
from minsheng.records.registry.operations.locking import lock_people
from minsheng.records.registry.queries.households import UnableToFind


class UnableToMerge(ValueError):
    """The two records cannot be merged: says why and what to do."""


class UnableToUnmerge(ValueError):
    """The merge cannot be taken back: says why and what to do."""


def merge_persons(*, actor: Viewer, at: datetime, kept_id: int, merged_id: int, reason: str) -> None:
    """This function will let `kept_id` stand for both; statements, memberships and relations stay on their rows.

    Both ids keep resolving. The two must be in one community (move one first) and must not hold different id numbers.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.merge")
        if kept_id == merged_id:
            raise UnableToMerge("选的是同一条记录。请选两条不同的记录。")
        if not reason.strip():
            raise UnableToMerge("请写明凭什么认定是同一人，日后查得到。")
        people = lock_people(person_ids=[kept_id, merged_id])
        kept, merged = people[kept_id], people[merged_id]
        if kept.area_id != merged.area_id:
            raise UnableToMerge("两条记录在不同社区。请先把其中一条迁到同一社区，再合并。")
        if kept.protection_level != merged.protection_level:
            raise UnableToMerge("两条记录的保护级别不同。请先把低的一条调到一样高，再合并。")
        if kept.id_index is not None and merged.id_index is not None and bytes(kept.id_index) != bytes(merged.id_index):
            raise UnableToMerge("两条记录的证件号不同，不能当作同一人。若有一个抄错了，请先更正再合并。")
        merged.merged_into_id = kept.pk
        merged.save(update_fields=["merged_into"])
        Merge.objects.create(
            area_id=kept.area_id,
            kept=kept,
            merged=merged,
            reason=reason.strip()[:200],
            merged_at=at,
            merged_by=actor.account_id,
        )
        _record(actor, at, "registry.persons_merged", kept, merged_id)
        publish(PersonsMerged(kept_id, merged_id, at), at=at, area_id=kept.area_id)


def unmerge_persons(*, actor: Viewer, at: datetime, merged_id: int) -> None:
    """This function will take a merge back: both records are exactly as they were, plus what was recorded since."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.merge")
        merge = Merge.objects.filter(merged_id=merged_id, unmerged_at__isnull=True).first()
        if merge is None:
            raise UnableToUnmerge("这条记录没有并入别的记录，或者已经拆开了。")
        rows = {
            p.pk: p
            for p in Person.objects.select_for_update(no_key=True)
            .filter(pk__in=[merge.kept_id, merged_id])
            .order_by("id")
        }
        if len(rows) != 2:
            raise UnableToFind("没有找到这两条记录，或者不在您的辖区内。")
        merged = rows[merged_id]
        if merged.merged_into_id is None:
            raise UnableToUnmerge("这条记录刚刚被别人拆开了，不需要再拆。")
        same_number = Person.objects.filter(id_index=merged.id_index, merged_into__isnull=True)
        if merged.id_index is not None and same_number.exists():
            raise UnableToUnmerge("拆开后会有两个人用同一个证件号。请先更正现有记录的证件号。")
        merged.merged_into_id = None
        merged.save(update_fields=["merged_into"])
        merge.unmerged_at, merge.unmerged_by = at, actor.account_id
        merge.save(update_fields=["unmerged_at", "unmerged_by"])
        _record(actor, at, "registry.persons_unmerged", rows[merge.kept_id], merged_id)
        publish(PersonsUnmerged(merge.kept_id, merged_id, at), at=at, area_id=merged.area_id)


def _record(actor: Viewer, at: datetime, action: str, kept: Person, merged_id: int) -> None:
    for one in (kept.pk, merged_id):
        audit.record(
            actor=actor,
            at=at,
            action=action,
            object_type="registry.person",
            object_id=str(one),
            area_id=kept.area_id,
            detail={"kept": kept.pk, "merged": merged_id},
        )
