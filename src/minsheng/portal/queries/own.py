"""What a resident has going on: answered offers, words to the office, looks at the data, the next question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.queries import role_definitions
from minsheng.foundation.audit import queries as audit
from minsheng.portal.models import Concern, Reply
from minsheng.portal.scope import day_of
from minsheng.portal.types import ConcernKind, Look, Resident
from minsheng.records.registry.codes import LookPurpose
from minsheng.records.registry.queries.households import members_on, person_names
from minsheng.work.eligibility.missed.asking import way_of_input, ways_on
from minsheng.work.eligibility.queries import Benefit
from minsheng.work.eligibility.types import Missing

ASKED_OF_THE_FAMILY = "phone"  # asking.yaml: what only the family knows; the rest is looked up by the office
# Looks that the law keeps from the person concerned (个人信息保护法第十八条第一款) and our own machinery.
NOT_SHOWN = frozenset({"supervision"})
PARTNER = "exchange_partner"


@dataclass(frozen=True)
class Question:
    """One question whose answer settles most: whose, which fact, and how many benefits wait for it."""

    missing: Missing
    settles: int


def next_question(*, benefits: Iterable[Benefit], on: date) -> Question | None:
    """This function will choose the question that costs the family least and settles most; None when none is left."""
    way, ways = way_of_input(), ways_on(on)
    counted: dict[Missing, int] = {}
    for benefit in benefits:
        for missing in benefit.missing:
            if way.get(missing.input) == ASKED_OF_THE_FAMILY:
                counted[missing] = counted.get(missing, 0) + 1
    if not counted:
        return None
    assert ASKED_OF_THE_FAMILY in ways
    best = min(counted, key=lambda m: (-counted[m], m.input, m.person_id or 0))
    return Question(best, counted[best])


@dataclass(frozen=True)
class OwnConcern:
    """Something said to the office, and what came of it."""

    kind: str
    words: str
    said_at: datetime
    due_date: date | None
    answer: str
    answered_at: datetime | None


def own_concerns(*, resident: Resident) -> list[OwnConcern]:
    """This function will list what the household has said to the office, the newest first."""
    rows = Concern.objects.filter(household_id=resident.household_id).order_by("-id")[:20]
    return [
        OwnConcern(ConcernKind(r.kind).label, r.words, r.said_at, r.due_date, r.answer, r.answered_at) for r in rows
    ]


def declined(*, resident: Resident, on: date) -> set[tuple[str, int | None]]:
    """This function will return the offers that the household wants to hear nothing of for now."""
    rows = Reply.objects.filter(household_id=resident.household_id, accepted=False, until_date__gt=on)
    return set(rows.values_list("scheme", "person_id"))


def accepted(*, resident: Resident) -> dict[tuple[str, int | None], datetime]:
    """This function will return the offers that the household has said yes to, with the instant."""
    rows = Reply.objects.filter(household_id=resident.household_id, accepted=True)
    return {(scheme, person): at for scheme, person, at in rows.values_list("scheme", "person_id", "said_at")}


def names_at_home(*, resident: Resident, on: date) -> dict[int, str]:
    """This function will return the names of who lives in the household on a day, the resident's own among them."""
    homes, _ = members_on(household_id=resident.household_id, on=on)
    return person_names(person_ids={resident.person_id, *homes})


def looks(*, resident: Resident, people: Iterable[int]) -> list[Look]:
    """This function will say who looked at the household's data, by day, office and purpose, the newest first."""
    subjects = [("registry.household", str(resident.household_id)), *(("registry.person", str(p)) for p in people)]
    counted: dict[tuple[date, str, str], int] = {}
    roles = role_definitions()
    for kind, number in subjects:
        for look in audit.looks_at(viewer=resident.viewer, object_type=kind, object_id=number, limit=200):
            if not look.purpose or look.purpose in NOT_SHOWN or look.role in ("resident", "system", ""):
                continue
            # Another office's system is named itself: "数据共享单位" would tell nobody who it was.
            label = roles[look.role].label if look.role in roles else look.role
            office = look.account_name if look.role == PARTNER else label
            purpose = LookPurpose(look.purpose).label if look.purpose in set(LookPurpose) else look.purpose
            key = (day_of(look.at), office, purpose)
            counted[key] = counted.get(key, 0) + 1
    return [Look(*key, times) for key, times in sorted(counted.items(), key=lambda kv: kv[0], reverse=True)]
