"""Claim a key, keep an answer, forget old ones. The caller's transaction is the act's own."""

import base64
import json
from datetime import datetime

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from minsheng.foundation.once.models import Act
from minsheng.foundation.once.rules import LARGEST_ANSWER, WAIT_SECONDS, Answer, Asked, Verdict
from minsheng.foundation.once.sealed_columns import ANSWER
from minsheng.foundation.sealing.operations import open_sealed, seal


def claim(*, asked: Asked, at: datetime) -> tuple[Verdict, Answer | None]:
    """This function will take a key for the act of this transaction, or say what became of the act that has it.

    The row itself is the lock: who comes second waits until the first ends, WAIT_SECONDS at most. If the first is
    undone, the second does the act.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            cursor.execute(
                "INSERT INTO once_act (key, actor, address, digest, at) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (key) DO NOTHING",
                [asked.key, asked.actor, asked.address, asked.digest, at],
            )
            is_first = cursor.rowcount == 1
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            return Verdict.RUNNING, None
        raise
    if is_first:
        return Verdict.FIRST, None
    held = Act.objects.get(key=asked.key)
    if (held.actor, held.address, bytes(held.digest)) != (asked.actor, asked.address, asked.digest):
        return Verdict.OTHER, None
    return Verdict.SAME, _opened(held)


def keep(*, key: str, answer: Answer) -> None:
    """This function will keep the answer of an act; of one too large to keep only that it was given."""
    told = {
        "headers": answer.headers,
        "body": base64.b64encode(answer.body).decode() if len(answer.body) <= LARGEST_ANSWER else None,
        "messages": answer.messages,
    }
    sealed = seal(context=ANSWER, row_id=key, value=json.dumps(told, ensure_ascii=False))
    Act.objects.filter(key=key).update(status=answer.status, answer=sealed)


def release(*, key: str) -> None:
    """This function will give a key back: the act was refused, so the same form may be sent again."""
    Act.objects.filter(key=key).delete()


def forget(*, before: datetime) -> int:
    """This function will delete acts of before an instant; their keys mean nothing any more."""
    return Act.objects.filter(at__lt=before).delete()[0]


def _opened(held: Act) -> Answer | None:
    """None: it was done, and its answer was too large to keep."""
    if held.status is None or held.answer is None:
        return None
    told = json.loads(open_sealed(context=ANSWER, row_id=held.key, sealed=held.answer))
    if told["body"] is None:
        return None
    messages = tuple((int(level), str(text)) for level, text in told["messages"])
    return Answer(held.status, told["headers"], base64.b64decode(told["body"]), messages)
