"""What a key must look like, which answers are kept, and what is said of a second request under the same key."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIELD = "form_key"  # of a form; written by the template tag {% csrf_token %}
HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
WAIT_SECONDS = 3  # for the first request to end; then 409
LARGEST_ANSWER = 512 * 1024
KEPT_HEADERS = ("Location", "HX-Redirect", "HX-Trigger", "Content-Type", "Content-Disposition", "Cache-Control")
ACTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Verdict(StrEnum):
    """What becomes of a request that came with a key."""

    FIRST = "first"  # do it
    SAME = "same"  # answer as before
    OTHER = "other"  # the key belongs to another request
    RUNNING = "running"  # the first one has not ended


@dataclass(frozen=True)
class Asked:
    """One request: who asks what of which address. Two requests are the same if all of it is equal."""

    key: str
    actor: str
    address: str
    digest: bytes


@dataclass(frozen=True)
class Answer:
    """What was answered: status, headers, body, and the sentences that the next page shows."""

    status: int
    headers: dict[str, str]
    body: bytes
    messages: tuple[tuple[int, str], ...] = ()


def is_key(text: str) -> bool:
    """This function will say whether a key is 16 to 64 letters, digits, `-` or `_`."""
    return bool(_KEY.fullmatch(text))


def digest_of(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """This function will return SHA-256 over named parts, each with its length, so that no two lists run together."""
    whole = hashlib.sha256()
    for name, value in parts:
        for piece in (name.encode(), value):
            whole.update(len(piece).to_bytes(8, "big"))
            whole.update(piece)
    return whole.digest()


def is_kept(*, status: int, leads_to_a_door: bool) -> bool:
    """This function will say whether an answer is kept: a refusal did nothing, nor did a way to the sign-in page."""
    return status < 400 and not leads_to_a_door
