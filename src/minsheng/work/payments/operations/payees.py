"""Who takes the money of a grant: when they die, leave or are taken away, the grant waits and somebody is asked for.

Another payee is an account with a name to it: entered by one, approved by another, used from the next run on.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry import queries as registry
from minsheng.records.registry.queries.households import person_names, seats_of
from minsheng.records.registry.queries.resolving import cluster
from minsheng.records.registry.queries.whereabouts import whereabouts
from minsheng.work.payments.events import PayeeChanged, PayeeNeeded
from minsheng.work.payments.models import FollowUp, Grant, Line, PayeeAccount
from minsheng.work.payments.rules.months import effective_month
from minsheng.work.payments.rules.payees import unfit
from minsheng.work.payments.types import Cause, FollowUpKind, LineState, PayeeRole


class UnableToChangePayee(ValueError):
    """This person cannot take the money: says why and what to do."""


def payee_lost(*, actor: Viewer, at: datetime, person_id: int, cause: Cause, changed_on: date) -> None:
    """This function will hold what a person only takes for others, once they moved out or were taken away.

    Nothing happens where they still live there, or where nobody else is left to pay. Safe to repeat.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.recalculate")
        month = effective_month(changed_on)
        ids = set(cluster([person_id])) | {person_id}
        for grant in grants_of(person_id=person_id):
            if grant.payee_person_id not in ids or not goes_on(grant, after=month):
                continue
            living = set(members_of(grant, actor=actor, month=at.date(), at=at))
            if cause is Cause.MOVED and (
                living & ids or not living or not _was_member(grant, actor, changed_on, at, ids)
            ):
                continue
            if cause is Cause.CUSTODY:
                told = whereabouts(person_ids=sorted(ids), on=at.date(), known_at=at)
                if not any(one.in_custody for one in told.values()) or not living - ids or grant.person_id in ids:
                    continue
            word = "搬出这一户" if cause is Cause.MOVED else "服刑或被强制隔离戒毒"
            ask_for_payee(grant, actor=actor, at=at, reason=f"领款人{word}，换领款人后恢复发放")


def ask_for_payee(grant: Grant, /, *, actor: Viewer, at: datetime, reason: str) -> None:
    """This function will hold a locked grant for want of a payee and leave the work of finding one, once."""
    if FollowUp.objects.filter(grant_id=grant.pk, kind=FollowUpKind.PAYEE.value, closed_at__isnull=True).exists():
        return
    if not grant.held_reason:  # a hold that somebody set for another reason stays that one
        grant.held_reason = reason
        grant.save(update_fields=["held_reason"])
    FollowUp.objects.create(
        area_id=grant.area_id, grant_id=grant.pk, kind=FollowUpKind.PAYEE.value, reason=reason, opened_at=at
    )
    _record(grant, actor=actor, at=at, action="payments.payee_needed")
    publish(PayeeNeeded(grant.pk, grant.household_id, at), at=at, area_id=grant.area_id)


def fit_payee(grant: Grant, /, *, actor: Viewer, at: datetime, person_id: int, role: PayeeRole, holder: str) -> None:
    """This function will refuse as payee whom the registry does not know, who is dead, in custody or not of the house.

    A member lives in the household; a guardian or an agent shows a paper, which is the basis of the entry.
    """
    name = person_names(person_ids=[person_id]).get(person_id)
    told = whereabouts(person_ids=[person_id], on=at.date(), known_at=at).get(person_id)
    refusal = unfit(
        name=name,
        holder=holder,
        role=role,
        same=person_id == grant.payee_person_id,
        member=person_id in members_of(grant, actor=actor, month=at.date(), at=at),
        dead=told is not None and told.died_on is not None,
        in_custody=told is not None and told.in_custody,
    )
    if refusal is not None:
        raise UnableToChangePayee(refusal)


def take_over(account: PayeeAccount, /, *, actor: Viewer, at: datetime) -> None:
    """This function will make the person of an account, which is being approved, the payee, and end the waiting."""
    grant = Grant.objects.select_for_update(no_key=True).get(pk=account.grant_id)
    person = account.payee_person_id
    assert person is not None, "an account of a new payee names them"
    told = whereabouts(person_ids=[person], on=at.date(), known_at=at).get(person)
    if told is not None and (told.died_on is not None or told.in_custody):
        raise UnableToChangePayee("录入以后，新的领款人去世或被羁押了。请另选一位领款人。")
    before, grant.payee_person_id = grant.payee_person_id, person
    grant.save(update_fields=["payee_person_id"])
    end_waiting(grant, actor=actor, at=at, result="已换领款人")
    audit.record(
        actor=actor,
        at=at,
        action="payments.payee_changed",
        object_type="payments.grant",
        object_id=str(grant.pk),
        area_id=grant.area_id,
        detail={"from": before, "to": person, "role": account.payee_role},
    )
    publish(PayeeChanged(grant.pk, grant.household_id, person, at), at=at, area_id=grant.area_id)


def end_waiting(grant: Grant, /, *, actor: Viewer, at: datetime, result: str) -> None:
    """This function will close the work of finding a payee and lift the hold that it set, not another's."""
    waiting = FollowUp.objects.select_for_update(no_key=True).filter(
        grant_id=grant.pk, kind=FollowUpKind.PAYEE.value, closed_at__isnull=True
    )
    for work in waiting:
        if grant.held_reason == work.reason:
            grant.held_reason = ""
            grant.save(update_fields=["held_reason"])
        work.closed_at, work.closed_by, work.result = at, actor.account_id, result[:200]
        work.save(update_fields=["closed_at", "closed_by", "result"])


def still_needed(grant: Grant, /, *, at: datetime) -> bool:
    """This function will say whether the payee is, for all that is known, dead or in custody."""
    payee = grant.payee_person_id
    told = whereabouts(person_ids=[payee], on=at.date(), known_at=at).get(payee)
    return told is not None and (told.died_on is not None or told.in_custody)


def grants_of(*, person_id: int) -> list[Grant]:
    """This function will lock the grants that a person has or takes for others, in a fixed order."""
    ids = set(cluster([person_id])) | {person_id}
    return list(
        Grant.objects.select_for_update(no_key=True)
        .filter(Q(person_id__in=ids) | Q(payee_person_id__in=ids))
        .order_by("id")
    )


def grants_around(*, person_id: int, days: Iterable[date]) -> list[Grant]:
    """This function will lock the grants of a person and of the households that they belonged to on these days."""
    ids = set(cluster([person_id])) | {person_id}
    homes = {seat.household_id for day in days for seat in seats_of(person_ids=ids, on=day)}
    return list(
        Grant.objects.select_for_update(no_key=True)
        .filter(Q(person_id__in=ids) | Q(payee_person_id__in=ids) | Q(household_id__in=homes), once=False)
        .order_by("id")
    )


def goes_on(grant: Grant, /, *, after: date) -> bool:
    """This function will say whether a grant still has months to pay after one, or relief that was not paid yet."""
    if grant.end_month is None or grant.end_month > after:
        return True
    gone = (LineState.SENT.value, LineState.UNKNOWN.value, LineState.PAID.value)
    return grant.once and grant.end_month > grant.first_month and not Line.objects.filter(
        grant_id=grant.pk, state__in=gone
    ).exists()  # fmt: skip


def members_of(grant: Grant, /, *, actor: Viewer, month: date, at: datetime) -> tuple[int, ...]:
    """This function will return who lives in the household; one that is out of sight counts as living (0)."""
    found = registry.household_facts(viewer=actor, household_id=grant.household_id, as_of=month, known_at=at)
    if found is None:
        return (0,)
    return tuple(int(str(one["person_id"])) for one in found.members if one.get("dead") is not True)


def _was_member(grant: Grant, actor: Viewer, changed_on: date, at: datetime, ids: set[int]) -> bool:
    """Whether they lived in the household on the day before: an agent who moves elsewhere takes the money as before."""
    before = date.fromordinal(changed_on.toordinal() - 1)
    return bool(ids & set(members_of(grant, actor=actor, month=before, at=at)))


def _record(grant: Grant, /, *, actor: Viewer, at: datetime, action: str) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.grant",
        object_id=str(grant.pk),
        area_id=grant.area_id,
    )
