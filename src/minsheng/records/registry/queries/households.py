"""One household: its facts for the rules, and who belongs to it for which purpose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.models import Household, Membership, Person, Relation
from minsheng.records.registry.queries.resolving import cluster, coverage_on, facts_of_people, statements_of
from minsheng.records.registry.rules import Candidate, belongs, resolve
from minsheng.records.registry.types import (
    Cover,
    Fact,
    FactSource,
    HouseholdFacts,
    HouseholdKind,
    HouseholdPurpose,
    HouseholdView,
    Member,
    MembershipKind,
    RelationKind,
    SubjectKind,
    Value,
)
from minsheng.records.registry.vocabulary import ATTRIBUTES, SOURCES


class UnableToFind(LookupError):
    """There is no such person or household in the viewer's areas; a stranger's exists as little as none."""


@dataclass(frozen=True)
class Seat:
    """A membership on one day."""

    membership_id: int
    person_id: int
    household_id: int
    kind: MembershipKind
    relation: str | None
    valid_from: date


def seats_of(*, person_ids: Iterable[int], on: date) -> list[Seat]:
    """This function will return the memberships of these records on a day."""
    return _seats(Q(person_id__in=list(person_ids)), on)


def _seats(which: Q, on: date) -> list[Seat]:
    rows = Membership.objects.filter(which, valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return [
        Seat(m.pk, m.person_id, m.household_id, MembershipKind(m.kind), m.relation, m.valid_from)
        for m in rows.order_by("id")
    ]


def home_of(*, seats: Iterable[Seat], standing: int) -> Seat | None:
    """This function will return the seat that counts: one's own before a merged record's, residence before hukou."""
    return min(
        seats,
        key=lambda s: (s.person_id != standing, s.kind is not MembershipKind.RESIDENCE, -s.membership_id),
        default=None,
    )


def members_on(*, household_id: int, on: date) -> tuple[dict[int, Seat], dict[int, int]]:
    """This function will return the seat of every standing person whose home this household is, and their clusters."""
    here = _seats(Q(household_id=household_id), on)
    tops = cluster(s.person_id for s in here)
    everywhere = seats_of(person_ids=tops, on=on)
    grouped: dict[int, list[Seat]] = {}
    for seat in everywhere:
        if seat.person_id in tops:
            grouped.setdefault(tops[seat.person_id], []).append(seat)
    homes = {top: home for top, seats in grouped.items() if (home := home_of(seats=seats, standing=top))}
    return {top: seat for top, seat in homes.items() if seat.household_id == household_id}, tops


def household_facts(*, viewer: Viewer, household_id: int, as_of: date, known_at: datetime) -> HouseholdFacts | None:
    """This function will return one household as the rules read it, each fact with its source; None for a stranger.

    It agrees with `population_facts` for the same day and instant. Call it inside the viewer's scope.
    """
    household = Household.objects.filter(pk=household_id).first()
    if household is None:
        return None
    homes, tops = members_on(household_id=household_id, on=as_of)
    people = Person.objects.in_bulk(homes)
    coverage = coverage_on(as_of=as_of, known_at=known_at)
    found, _ = facts_of_people(
        people=people,
        tops={record: top for record, top in tops.items() if top in homes},
        relations={top: seat.relation for top, seat in homes.items()},
        as_of=as_of,
        known_at=known_at,
        coverage=coverage,
    )
    of_household = facts_of_household(household_id=household_id, as_of=as_of, known_at=known_at, coverage=coverage)
    facts: dict[tuple[int | None, str], Fact] = {(None, name): fact for name, fact in of_household.items()}
    for person_id in found:
        facts.update({(person_id, name): fact for name, fact in found[person_id].items()})
    members: list[dict[str, Value]] = [
        {
            "household_id": household_id,
            "person_id": person_id,
            "area_id": people[person_id].area_id,
            **_known(found[person_id]),
        }
        for person_id in sorted(found)
    ]
    return HouseholdFacts(
        household_id=household_id,
        area_id=household.area_id,
        household=_known({name: fact for (person, name), fact in facts.items() if person is None}),
        members=tuple(members),
        names={person_id: people[person_id].name for person_id in sorted(found)},
        sources={key: source for key, fact in facts.items() if (source := source_of(fact)) is not None},
        facts=facts,
    )


def source_of(fact: Fact) -> FactSource | None:
    """This function will say where the value that counts comes from; None when nothing is known."""
    said = fact.winner
    if said is None:
        return None
    known = SOURCES.get(said.source)
    label = known.label if known else said.source
    confidence = said.confidence or (known.confidence if known else 0)
    return FactSource(said.source, label, said.recorded_at, confidence, said.valid_from, bool(fact.conflicts))


def person_names(*, person_ids: Iterable[int]) -> dict[int, str]:
    """This function will return the names of people that the transaction's viewer may see."""
    return dict(Person.objects.filter(pk__in=list(person_ids)).values_list("id", "name"))


def _known(facts: dict[str, Fact]) -> dict[str, Value]:
    read = {n for n, attribute in ATTRIBUTES.items() if attribute.for_rules and attribute.in_population}
    return {n: f.value for n, f in facts.items() if f.value is not None and n in read}


def facts_of_household(
    *, household_id: int, as_of: date, known_at: datetime, coverage: Mapping[str, Cover] | None = None
) -> dict[str, Fact]:
    """This function will return the facts of the household itself."""
    return resolve(
        subject=SubjectKind.HOUSEHOLD,
        statements=statements_of(subject=SubjectKind.HOUSEHOLD, ids=[household_id]),
        coverage=coverage_on(as_of=as_of, known_at=known_at) if coverage is None else coverage,
        as_of=as_of,
        known_at=known_at,
        matched=True,
        base={},
    )


def household_view(
    *, viewer: Viewer, household_id: int, purpose: HouseholdPurpose, on: date, known_at: datetime
) -> HouseholdView:
    """This function will return who belongs to a household for a purpose, with the reason for whoever does not.

    All three views come from one graph: who lives here, who is registered here, who is whose spouse or child.
    """
    require(viewer=viewer, capability="registry.view_person")
    if not Household.objects.filter(pk=household_id).exists():
        raise UnableToFind("没有找到这一户，或者不在您的辖区内。请核对户号。")
    seats = _seats(Q(household_id=household_id), on)
    tops = cluster(s.person_id for s in seats)
    own = {tops[s.person_id]: s for s in reversed(seats) if s.person_id in tops}
    lives = {tops[s.person_id] for s in seats if s.kind is MembershipKind.RESIDENCE and s.person_id in tops}
    family = _kin_elsewhere(lives)
    everybody = cluster([*tops, *family])
    standing = set(everybody.values())
    people = Person.objects.in_bulk(standing)
    facts, _ = facts_of_people(
        people=people,
        tops=everybody,
        relations={top: seat.relation for top, seat in own.items()},
        as_of=on,
        known_at=known_at,
    )
    division = Household.objects.values_list("area__code", flat=True).get(pk=household_id)
    members = []
    for person_id in sorted(standing, key=lambda p: (p not in lives, own[p].membership_id if p in own else 0, p)):
        said = {name: fact.value for name, fact in facts[person_id].items()}
        seat = own.get(person_id)
        born = said.get("birth_date")
        candidate = Candidate(
            person_id=person_id,
            relation=(seat.relation if seat else family.get(person_id, "")) or "other",
            lives_here=person_id in lives,
            registered_here=(seat is not None and seat.kind is MembershipKind.HUKOU)
            or (person_id in lives and said.get("hukou_division") == division),
            birth_date=born if isinstance(born, date) else None,
            facts=said,
            kin_of_member=family.get(person_id, ""),
        )
        counted, reason = belongs(candidate=candidate, purpose=purpose, on=on)
        person = people[person_id]
        members.append(
            Member(
                person_id,
                person.name,
                person.sex or "",
                candidate.birth_date,
                candidate.relation,
                counted,
                reason,
                seat.valid_from if seat else None,
            )
        )
    return HouseholdView(household_id, purpose, tuple(members))


def _kin_elsewhere(person_ids: set[int]) -> dict[int, str]:
    """Spouses and children of these people who live elsewhere: person id to what they are to somebody here."""
    found: dict[int, str] = {}
    wanted = (RelationKind.SPOUSE, RelationKind.CHILD)
    rows = Relation.objects.filter(Q(person_id__in=person_ids) | Q(relative_id__in=person_ids), relative__isnull=False)
    for row in rows:
        kind = RelationKind(row.kind)
        if row.person_id in person_ids:
            other, role = row.relative_id, kind
        else:
            other, role = row.person_id, kind.mirrored
        if other is not None and other not in person_ids and role in wanted:
            found[other] = role.value
    return found


@dataclass(frozen=True)
class HouseholdPage:
    """A household for its page: where it lives, who belongs for each purpose, and its own facts."""

    household_id: int
    area_name: str
    head_name: str
    kind: HouseholdKind
    address: str
    views: tuple[HouseholdView, ...]
    facts: tuple[Fact, ...]


def household_page(*, viewer: Viewer, household_id: int, on: date, known_at: datetime) -> HouseholdPage:
    """This function will return everything that the page of a household shows."""
    views = tuple(
        household_view(viewer=viewer, household_id=household_id, purpose=purpose, on=on, known_at=known_at)
        for purpose in HouseholdPurpose
    )
    household = Household.objects.select_related("area", "dwelling").get(pk=household_id)
    counted = views[0].counted or views[0].members
    head = next((m.name for m in counted if m.relation == "head"), counted[0].name if counted else "")
    return HouseholdPage(
        household_id,
        household.area.name,
        head,
        HouseholdKind(household.kind),
        household.dwelling.address if household.dwelling else "",
        views,
        tuple(facts_of_household(household_id=household_id, as_of=on, known_at=known_at).values()),
    )
