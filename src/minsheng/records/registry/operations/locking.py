"""The one lock recipe of this room: people by ascending id, then households by ascending id."""

from collections.abc import Iterable

from minsheng.records.registry.models import Household, Person
from minsheng.records.registry.queries.households import UnableToFind
from minsheng.records.registry.queries.resolving import cluster


class UnableToUseMerged(ValueError):
    """The record was merged into another one: acts go to the one that stands."""

    def __init__(self, *, standing_id: int) -> None:
        self.standing_id = standing_id
        super().__init__("这条记录已经并入另一条，请在合并后的那一条上办理。")


def lock_people(*, person_ids: Iterable[int], with_merged: bool = False) -> dict[int, Person]:
    """This function will lock people for change and return them by id; raises UnableToFind for one out of sight.

    `with_merged` also locks the records that were merged into them.
    """
    wanted = set(person_ids)
    rows = wanted | (set(cluster(wanted)) if with_merged else set())
    found = {p.pk: p for p in Person.objects.select_for_update(no_key=True).filter(pk__in=rows).order_by("id")}
    if missing := wanted - set(found):
        raise UnableToFind(f"没有找到编号 {min(missing)} 的人，或者不在您的辖区内。请核对编号。")
    for person_id in wanted:
        standing = found[person_id].merged_into_id
        if standing is not None:
            raise UnableToUseMerged(standing_id=standing)
    return found


def lock_household(*, household_id: int) -> Household:
    """This function will lock a household for change; raises UnableToFind for one out of sight."""
    found = Household.objects.select_for_update(no_key=True).filter(pk=household_id).first()
    if found is None:
        raise UnableToFind("没有找到这一户，或者不在您的辖区内。请核对户号。")
    return found
