"""What is common to both kinds: who is meant by a number, and the fingerprints of files and rows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.crypto import salted_hmac

from minsheng.foundation.pages.masking import mask_id
from minsheng.foundation.sealing.bulk import blind_index_many
from minsheng.foundation.sealing.operations import current_keyring
from minsheng.records.registry.identifiers import Identity, UnableToReadIdentifier, read_identifier
from minsheng.records.registry.imports.content import RowContent
from minsheng.records.registry.imports.rules import ParsedRow
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.resolving import cluster
from minsheng.records.registry.sealed_columns import ID_NUMBER
from minsheng.records.registry.types import IdKind


@dataclass(frozen=True)
class Asked:
    """A row with the certificate it names, if it could be read."""

    row: ParsedRow
    content: RowContent
    identity: Identity | None


def begin(rows: Sequence[ParsedRow], *, today: date) -> list[Asked]:
    """This function will open a content for each row, with the certificate read and the cell errors noted."""
    asked = []
    for row in rows:
        number = str(row.values.get("id_number", ""))
        content = RowContent(name=str(row.values.get("name", "")), raw=["" if c is None else str(c) for c in row.raw])
        for error in row.errors:
            content.say(error.column, error.what, error.remedy)
        identity = None
        written = str(row.values.get("id_kind", ""))
        kind = IdKind(written) if written else (IdKind.RESIDENT_ID if number else IdKind.UNKNOWN)
        if number:
            try:
                identity = read_identifier(number, kind=kind, today=today)
                content.id_masked = mask_id(identity.number)
            except UnableToReadIdentifier as problem:
                content.say("证件号码", str(problem), "")
        elif kind not in (IdKind.NONE, IdKind.UNKNOWN):
            content.say("证件号码", f"选了“{kind.label}”，却没有号码。", "请补上号码，或把证件种类改成“证件不详”。")
        else:
            identity = Identity(kind, "")
        asked.append(Asked(row, content, identity))
    return asked


def people_by_number(asked: Iterable[Asked]) -> dict[str, Person]:
    """This function will find the standing person for each certificate number that the viewer may see."""
    numbers = sorted({a.identity.number for a in asked if a.identity is not None and a.identity.number})
    indexes = blind_index_many(keyring=current_keyring(), context=ID_NUMBER, values=numbers)
    by_index = {index: number for index, number in zip(indexes, numbers, strict=True) if index is not None}
    found: dict[str, Person] = {}
    merged: dict[int, str] = {}
    for person in Person.objects.filter(id_index__in=list(by_index)).order_by("id"):
        number = by_index[bytes(person.id_index or b"")]
        if person.merged_into_id is None:
            found[number] = person
        else:
            merged[person.pk] = number
    left = {person_id: number for person_id, number in merged.items() if number not in found}
    if left:
        tops = cluster(left)
        standing = Person.objects.in_bulk([tops[p] for p in left if p in tops])
        found |= {number: standing[tops[p]] for p, number in left.items() if p in tops and tops[p] in standing}
    return found


def fingerprint_of_file(content: bytes) -> str:
    """This function will return the keyed hash of a file."""
    return salted_hmac("imports.file", hashlib.sha256(content).digest(), algorithm="sha256").hexdigest()


def fingerprint_of_rows(rows: Iterable[ParsedRow]) -> str:
    """This function will return the keyed hash of what the rows say, whatever their order and spelling."""
    lines = sorted(repr(sorted((key, repr(value)) for key, value in _said(row).items())) for row in rows)
    return salted_hmac("imports.rows", "\n".join(lines), algorithm="sha256").hexdigest()


def _said(row: ParsedRow) -> Mapping[str, Any]:
    # A row with an unreadable cell says that cell, too: corrected, it is another row.
    return {**row.values, "?": row.raw} if row.errors else row.values
