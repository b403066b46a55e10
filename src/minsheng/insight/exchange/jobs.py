"""What the exchange does behind the scenes: answers what was acknowledged, and sends what is in the post."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.jobs.declaring import Step, job
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.mailing import deliver

MOST_IN_ONE_ROUND = 500


@job("exchange.answer", idempotent=True)
def answer(*, actor: Viewer, at: datetime, message_id: int) -> None:
    """This job will answer one message of a partner."""
    operations.answer_message(at=at, message_id=message_id)


@job("exchange.send_due", idempotent=True, in_steps=True, cron="* * * * *")
def send_due(*, step: Step) -> None:
    """This job will send what is due, one message after the other; the network is never waited for in a transaction."""
    for _ in range(MOST_IN_ONE_ROUND):
        with step() as turn:
            letter = operations.claim_due(at=turn.at)
        if letter is None:
            return
        error = deliver(url=letter.url, body=letter.body)
        with step() as turn:
            operations.settle(actor=turn.actor, at=turn.at, outbound_id=letter.outbound_id, error=error)
