"""Who may be the same person as the one being typed: same number, same telephone, same sound and close birthday."""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Q

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.registry.identifiers import UnableToReadIdentifier, plain, read_resident_id
from minsheng.records.registry.models import Person
from minsheng.records.registry.names import name_keys, normal_name
from minsheng.records.registry.queries.listing import listed
from minsheng.records.registry.queries.search import records_with_number
from minsheng.records.registry.rules import close_birthdays
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE
from minsheng.records.registry.types import Duplicate

MOST_SHOWN = 8
_MOST_COMPARED = 400


@dataclass(frozen=True)
class Typed:
    """What stands in the form so far; any part may be empty."""

    name: str = ""
    birth_date: date | None = None
    id_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def find_duplicates(*, viewer: Viewer, typed: Typed, on: date) -> tuple[Duplicate, ...]:
    """This function will return who may be the same person, the surest first, with the reason.

    Somebody outside the viewer's areas comes back without a person: that the number is taken, and nothing else.
    """
    reasons: dict[int, tuple[str, bool]] = {}
    hidden = False
    if typed.id_number.strip():
        index = _index(typed.id_number, on)
        same = records_with_number(index) if index else []
        reasons.update(dict.fromkeys(same, ("证件号相同", True)))
        hidden = index is not None and not same and _registered(index)
    if typed.phone.strip():
        try:
            phone = sealing.blind_index(context=PHONE, value=typed.phone)
        except sealing.UnableToIndex:
            phone = None
        if phone is not None:
            for person_id in Person.objects.filter(phone_index=phone).values_list("id", flat=True)[:MOST_SHOWN]:
                reasons.setdefault(person_id, ("电话相同", False))
    for person_id, reason in _same_sound(typed):
        reasons.setdefault(person_id, (reason, False))
    rows = listed(found={p: reason for p, (reason, _) in reasons.items()}, on=on)
    certain = {reason for reason, sure in reasons.values() if sure}
    found = [Duplicate(row.matched_by, row, row.matched_by in certain) for row in rows]
    found.sort(key=lambda d: not d.certain)
    if hidden:
        found.insert(0, Duplicate("证件号已在别处登记，请与街道联系", None, True))
    return tuple(found[:MOST_SHOWN])


def _same_sound(typed: Typed) -> list[tuple[int, str]]:
    name = normal_name(typed.name)
    if len(name) < 2 or typed.birth_date is None:
        return []
    near = Person.objects.filter(name_pinyin=name_keys(name).pinyin, merged_into__isnull=True).filter(
        Q(birth_date__year__gte=typed.birth_date.year - 1, birth_date__year__lte=typed.birth_date.year + 1)
    )
    found = []
    for person_id, other, born in near.values_list("id", "name", "birth_date")[:_MOST_COMPARED]:
        if born is None:
            continue
        if born == typed.birth_date:
            found.append((person_id, "姓名、生日相同" if other == name else "同音，生日相同"))
        elif close_birthdays(born, typed.birth_date):
            found.append((person_id, "姓名相同，生日相近" if other == name else "同音，生日相近"))
    return found


def _index(number: str, on: date) -> bytes | None:
    """The index of a number that could be whole; while it is being typed there is none."""
    text = plain(number)
    if len(text) in (15, 18) and text[:1].isdigit():
        try:
            text = read_resident_id(text, today=on).number
        except UnableToReadIdentifier:
            return None
    try:
        return sealing.blind_index(context=ID_NUMBER, value=text)
    except sealing.UnableToIndex:
        return None


def _registered(index: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_id_is_registered(%s)", [index])
        return bool(cursor.fetchone()[0])
