"""The published law as data: which version is in force for this transaction, and what it adds to the files.

`law.py` reads it; nothing here knows the rulebook's folder. The head row is read once per transaction: the answer is
kept as a hook of the transaction itself, so that it goes with the transaction, and with a savepoint that is undone.
"""

from django.db import connection, transaction

from minsheng.work.eligibility.publishing.models import LawHead, Publication, Version
from minsheng.work.eligibility.publishing.types import Status
from rulebook import NewVersion


class _Remembered:
    """A hook that does nothing at commit; Django drops it at commit, at rollback, and with its savepoint."""

    def __init__(self, law_version: str) -> None:
        self.law_version = law_version

    def __call__(self) -> None:
        """This method will do nothing: the transaction has ended, and with it what was remembered."""


def law_version() -> str:
    """This function will return the link that names the published law; empty while nothing has been published."""
    for _, hook, *_ in connection.run_on_commit if connection.in_atomic_block else ():
        if isinstance(hook, _Remembered):
            return hook.law_version
    found = LawHead.objects.values_list("law_version", flat=True).first() or ""
    if connection.in_atomic_block:
        transaction.on_commit(_Remembered(found))
    return found


def forget_law_version() -> None:
    """This function will let the next question of this transaction read the head anew, after it has moved."""
    connection.run_on_commit = [kept for kept in connection.run_on_commit if not isinstance(kept[1], _Remembered)]


def published_versions(*, law_version: str) -> list[NewVersion]:
    """This function will return the published figures up to this link of the chain, in the order of signing."""
    rows = (
        Version.objects.filter(
            publication__status=Status.PUBLISHED.value,
            publication__sequence__lte=_sequence_of(law_version),
        )
        .select_related("publication")
        .order_by("publication__sequence", "name")
    )
    return [new_version(row) for row in rows]


def new_version(row: Version) -> NewVersion:
    """This function will turn a stored figure into the rulebook's own."""
    return NewVersion(
        row.name,
        row.publication.in_force_date,
        row.basis,
        value=row.value,
        edges=tuple(row.edges),
        values=tuple(row.values),
        doubt=row.doubt or None,
    )


def _sequence_of(law_version: str) -> int:
    return Publication.objects.values_list("sequence", flat=True).get(law_version=law_version) or 0
