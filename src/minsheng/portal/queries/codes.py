from datetime import datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.portal.models import Code
from minsheng.portal.types import IssuedCode


def codes_of_person(*, viewer: Viewer, at: datetime, person_id: int) -> list[IssuedCode]:
    """This function will list the codes that were given to a person, the newest first; never the codes themselves."""
    require(viewer=viewer, capability="portal.issue_code")
    rows = Code.objects.filter(person_id=person_id).order_by("-id")[:10]
    return [IssuedCode(r.pk, r.issued_at, r.expires_at, r.issued_by_name, r.used, _state(r, at)) for r in rows]


def _state(row: Code, at: datetime) -> str:
    if row.tries_left == 0:
        return "输错太多，已作废"
    if row.ended_at is not None and row.ended_at < row.expires_at:
        return "已收回"
    return "已过期" if row.expires_at <= at else "可以使用"
