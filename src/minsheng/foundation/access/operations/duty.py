from datetime import datetime, timedelta

from django.db import transaction

from minsheng.foundation.access.models import Duty
from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.access.rules import DUTY_MINUTES
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit


class UnableToBeOnDuty(ValueError):
    """The account has no powers that need duty, or says no reason."""


def begin_duty(*, actor: Viewer, at: datetime, reason: str) -> datetime:
    """This function will give an officer the powers of the role for half an hour; returns when they end."""
    roles = role_definitions()
    if not any(roles[grant.role].on_duty for grant in actor.grants):
        raise UnableToBeOnDuty("您的岗位没有要值班才能用的权限。")
    if len(reason.strip()) < 4:
        raise UnableToBeOnDuty("请写明这次要办什么，至少 4 个字。")
    until = at + timedelta(minutes=DUTY_MINUTES)
    with transaction.atomic():
        Duty.objects.filter(account_id=actor.account_id, ended_at__isnull=True, until__gt=at).update(ended_at=at)
        duty = Duty.objects.create(account_id=actor.account_id, reason=reason.strip(), began_at=at, until=until)
        audit.record(actor=actor, at=at, action="access.duty_begun", object_type="access.duty", object_id=str(duty.pk))
    return until


def end_duty(*, actor: Viewer, at: datetime) -> None:
    """This function will end the officer's duty before its time."""
    with transaction.atomic():
        for duty in Duty.objects.select_for_update(no_key=True).filter(
            account_id=actor.account_id, ended_at__isnull=True, until__gt=at
        ):
            duty.ended_at = at
            duty.save(update_fields=["ended_at"])
            audit.record(
                actor=actor, at=at, action="access.duty_ended", object_type="access.duty", object_id=str(duty.pk)
            )
