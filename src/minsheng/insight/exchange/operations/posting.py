"""Putting a message in the post, in the transaction of the act that it tells of."""

import json
from datetime import datetime
from typing import Any

from minsheng.foundation.jobs.declaring import enqueue
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange.models import Outbound, Partner
from minsheng.insight.exchange.sealed_columns import BODY


def post(*, partner: Partner, at: datetime, kind: str, path: str, body: dict[str, Any]) -> None:
    """This function will keep a message for the partner's registered address and have it sent after the commit."""
    message_id = str(body["header"]["message_id"])
    Outbound.objects.create(
        partner=partner,
        message_id=message_id,
        kind=kind,
        path=path,
        body_sealed=sealing.seal(context=BODY, row_id=message_id, value=json.dumps(body, ensure_ascii=False)),
        next_at=at,
        made_at=at,
    )
    from minsheng.insight.exchange.jobs import send_due  # jobs import operations, not the other way round

    enqueue(send_due, once="exchange.send_due")
