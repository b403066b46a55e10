"""Forms that met an ended sign-in: kept sealed on the server, put back on the same page, then forgotten."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from minsheng.foundation.entrance.models import KEPT_FORM, KeptForm
from minsheng.foundation.entrance.rules import KEPT_FORM_BYTES, KEPT_FORM_HOURS
from minsheng.foundation.sealing.operations import open_sealed, seal

NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "form_key", "code", "credential"})


def keep_form(
    *,
    account_id: int,
    action: str,
    page: str,
    fields: Mapping[str, Sequence[str]],
    had_files: bool,
    at: datetime,
) -> UUID | None:
    """This function will keep what an account sent, sealed; None when it is too large or nothing is in it."""
    told = {name: list(values) for name, values in fields.items() if not _secret(name)}
    text = json.dumps(told, ensure_ascii=False)
    if not told or len(text.encode()) > KEPT_FORM_BYTES or len(action) > 300 or len(page) > 300:
        return None
    number = uuid4()
    with transaction.atomic():
        KeptForm.objects.filter(account_id=account_id, action=action).delete()
        KeptForm.objects.create(
            id=number,
            account_id=account_id,
            action=action,
            page=page,
            sealed=seal(context=KEPT_FORM, row_id=number, value=text),
            had_files=had_files,
            kept_at=at,
        )
    return number


def _secret(name: str) -> bool:
    return name in NEVER_KEPT or "password" in name.lower()


def kept_pages(*, account_id: int, at: datetime) -> dict[str, str]:
    """This function will say on which pages something is kept for this account, and where it was to be sent."""
    since = at - timedelta(hours=KEPT_FORM_HOURS)
    return dict(KeptForm.objects.filter(account_id=account_id, kept_at__gte=since).values_list("page", "action"))


def kept_for(*, account_id: int, page: str, at: datetime) -> KeptForm | None:
    """This function will return the form kept for this account and page, or None."""
    since = at - timedelta(hours=KEPT_FORM_HOURS)
    return KeptForm.objects.filter(account_id=account_id, page=page, kept_at__gte=since).order_by("-kept_at").first()


def kept_fields(kept: KeptForm, /, *, account_id: int) -> dict[str, list[str]]:
    """This function will open a kept form for its owner."""
    if kept.account_id != account_id:
        raise PermissionError("这份草稿不是您的。")
    fields: dict[str, list[str]] = json.loads(open_sealed(context=KEPT_FORM, row_id=kept.id, sealed=kept.sealed))
    return fields


def drop_kept(*, account_id: int, action: str = "", before: datetime | None = None) -> int:
    """This function will forget what was kept: the form that has now been sent, or everything before an instant."""
    rows = KeptForm.objects.filter(account_id=account_id) if account_id else KeptForm.objects.all()
    if action:
        rows = rows.filter(action=action)
    if before is not None:
        rows = rows.filter(kept_at__lt=before)
    return int(rows.delete()[0])
