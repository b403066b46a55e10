"""幸福码: a picture that holds one signed key and nothing of a person; who opens it decides what it shows."""

import secrets
from datetime import datetime

from django.core.signing import BadSignature, Signer

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.portal.models import HappinessCode
from minsheng.portal.rules import HAPPINESS_LIFE
from minsheng.portal.types import Resident

_SIGNER = "portal.happiness"


class UnableToOpenHappinessCode(ValueError):
    """The code opens nothing. The same words for forged, expired, used up and out of one's area."""

    def __init__(self) -> None:
        super().__init__("这个幸福码打不开：可能过了 10 分钟，已经用过，或者不在您的辖区。请居民重新打开一个。")


def draw_happiness_code(*, resident: Resident, at: datetime) -> str:
    """This function will make a code for ten minutes and return its signed key, to be put into an address."""
    row = HappinessCode.objects.create(
        area_id=resident.area_id,
        household_id=resident.household_id,
        person_id=resident.person_id,
        key=secrets.token_urlsafe(16),
        made_at=at,
        expires_at=at + HAPPINESS_LIFE,
    )
    return Signer(salt=_SIGNER).sign(row.key)


def open_happiness_code(*, actor: Viewer, at: datetime, signed: str) -> int:
    """This function will use a code up and return whose it is, for staff who may open persons of the area."""
    require(viewer=actor, capability="registry.view_person")
    try:
        key = Signer(salt=_SIGNER).unsign(signed)
    except BadSignature as forged:
        raise UnableToOpenHappinessCode from forged
    with acting_as(viewer=actor, at=at):
        row = HappinessCode.objects.select_for_update(no_key=True).filter(key=key).first()
        if row is None or row.opened_at is not None or row.expires_at <= at:
            raise UnableToOpenHappinessCode
        row.opened_at, row.opened_by = at, actor.account_id
        row.save(update_fields=["opened_at", "opened_by"])
        audit.record(
            actor=actor,
            at=at,
            action="portal.happiness_code_opened",
            object_type="registry.household",
            object_id=str(row.household_id),
            area_id=row.area_id,
            detail={"code": row.pk},
        )
        return int(row.person_id)
