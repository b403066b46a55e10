"""One door to every source of the economic check: a question bound to an authorisation and a purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.types import SubjectKind, Value


class UnableToAsk(PermissionError):
    """A question without a valid authorisation, outside its scope or its purpose; it is never sent."""


@dataclass(frozen=True)
class Mandate:
    """What an authorisation allows: which sources, whose data, for which purpose, in which days (half-open)."""

    sources: frozenset[str]
    person_ids: frozenset[int]
    purpose: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Question:
    """One question to one source about one subject. It cannot be made outside of its mandate."""

    case_id: int
    source: str
    subject_kind: SubjectKind
    subject_id: int
    attributes: tuple[str, ...]
    purpose: str
    attempt: int
    asked_at: datetime
    day: date
    mandate: Mandate

    def __post_init__(self) -> None:
        allowed = self.mandate
        if self.source not in allowed.sources:
            raise UnableToAsk("授权书里没有这个来源，不得核对。请先请本人补签授权。")
        if not allowed.valid_from <= self.day < allowed.valid_to:
            raise UnableToAsk("授权已经过期或还没有生效，不得核对。请先请本人重新授权。")
        if self.purpose != allowed.purpose:
            raise UnableToAsk("这次核对的用途与授权书不一致，不得核对。")
        if self.subject_kind is SubjectKind.PERSON and self.subject_id not in allowed.person_ids:
            raise UnableToAsk("这个人没有签授权，不得核对。请先请本人签授权。")


@dataclass(frozen=True)
class Answer:
    """What a source says: values by fact, empty for "not in our register"; 0–100 how far to rely on it."""

    values: Mapping[str, Value]
    queried_at: datetime
    reliability: int
    note: str = ""


class Provider(Protocol):
    """An adapter to the sources; None means that the answer is still to come."""

    def ask(self, question: Question) -> Answer | None: ...


def provider(*, viewer: Viewer) -> Provider | None:
    """This function will return the installation's adapter; None where results are entered by hand."""
    path = getattr(settings, "ECONOMIC_CHECK_PROVIDER", "")
    made: Provider | None = import_string(path)(viewer=viewer) if path else None
    return made
