"""Which messages are to be sent now, and what came of it. The sending is between the two."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.sealing import operations as sealing
from minsheng.insight.exchange import envelopes
from minsheng.insight.exchange.models import Outbound
from minsheng.insight.exchange.queries.standing import is_in_force
from minsheng.insight.exchange.sealed_columns import BODY
from minsheng.insight.exchange.signing import signed
from minsheng.insight.exchange.types import OutboundState

MOST_ATTEMPTS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_CLAIM = timedelta(minutes=2)  # longer than one attempt may take: so a killed worker's message is taken up again


@dataclass(frozen=True)
class Letter:
    """One signed message and where it goes."""

    outbound_id: int
    url: str
    body: dict[str, Any]


def claim_due(*, at: datetime) -> Letter | None:
    """This function will take one message that is due, signed anew with the time of now, or None.

    Until it is settled nobody else takes it for two minutes. A partner whose agreement has ended is sent nothing.
    """
    while True:
        due = Outbound.objects.filter(state=OutboundState.WAITING, next_at__lte=at).order_by("next_at", "id")
        row = due.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("partner").first()
        if row is None:
            return None
        if not is_in_force(partner_id=row.partner_id, at=at):
            _end(row, at, OutboundState.GIVEN_UP, "约定已经结束或停用")
            continue
        row.attempts += 1
        row.next_at = at + _CLAIM
        row.save(update_fields=["attempts", "next_at"])
        assert row.body_sealed is not None, "what waits has its body"
        body = json.loads(sealing.open_sealed(context=BODY, row_id=row.message_id, sealed=row.body_sealed))
        body["header"]["message_ts"] = envelopes.iso(at)
        return Letter(row.pk, f"{row.partner.callback_url}/{row.path}", signed(body))


def settle(*, actor: Viewer, at: datetime, outbound_id: int, error: str) -> None:
    """This function will record that a message arrived (`error` empty) or when it is tried again."""
    row = Outbound.objects.select_for_update(no_key=True).get(pk=outbound_id)
    if row.state != OutboundState.WAITING:
        return
    if not error:
        _end(row, at, OutboundState.SENT, "")
    elif row.attempts >= MOST_ATTEMPTS:
        _end(row, at, OutboundState.GIVEN_UP, error)
        audit.record(
            actor=actor,
            at=at,
            action="exchange.message_given_up",
            object_type="exchange.partner",
            object_id=str(row.partner_id),
            detail={"message": row.message_id, "kind": row.kind},
        )
    else:
        row.next_at = at + min(_FIRST_PAUSE * 2 ** (row.attempts - 1), _LONGEST_PAUSE)
        row.last_error = error[:100]
        row.save(update_fields=["next_at", "last_error"])


def _end(row: Outbound, at: datetime, state: OutboundState, error: str) -> None:
    row.state, row.settled_at, row.last_error, row.body_sealed = state, at, error[:100], None
    row.save(update_fields=["state", "settled_at", "last_error", "body_sealed"])
