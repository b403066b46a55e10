"""A household as the standard writes it, cut down to what a partner may know. Pure.

Masking follows `pages.masking`: where a birth date is given, an id number that may not be known shows no tail.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.insight.exchange.types import Attribute, Terms

CONTEXT = {
    "spdci": "https://schema.spdci.org/extensions/social/v1/",
    "common": "https://schema.spdci.org/common/v1/",
}
REG_TYPE = "ns:org:RegistryType:Social"


@dataclass(frozen=True)
class Person:
    """What is known of one person; masked forms are made by whoever builds it."""

    person_id: int
    name: str
    name_masked: str
    id_number: str
    id_masked: str
    phone: str
    registered_at: datetime | None
    facts: Mapping[str, Any]
    dead_on: date | None = None


@dataclass(frozen=True)
class Programme:
    """One benefit that runs."""

    scheme: str
    title: str
    person_id: int | None
    since_date: date
    amount_fen: int | None


@dataclass(frozen=True)
class Home:
    """One household; `alias` stands for it towards one partner only, so that two partners cannot join their files."""

    alias: str
    kind: str
    address: str
    address_masked: str
    area_code: str
    members: tuple[Person, ...]
    programmes: tuple[Programme, ...]


def group(home: Home, *, terms: Terms, size: int) -> dict[str, Any]:
    """This function will write a household; `size` counts also those members who may not be known."""
    members = [member(one, home=home, terms=terms) for one in home.members]
    head = next((m for m, p in zip(members, home.members, strict=True) if p.facts.get("relation") == "head"), None)
    own = [p for p in home.programmes if p.person_id is None]
    return {
        "@context": CONTEXT,
        "@type": "spdci:Group",
        "group_identifier": [_identifier("HouseholdAlias", home.alias)],
        "group_type": "family" if home.kind == "family" else home.kind,
        "place": _place(home, terms),
        **({"group_head_info": head} if head else {}),
        "group_size": size,
        "member_list": members,
        **({"enrolled_programmes": _programmes(own, terms)} if own and Attribute.PROGRAMME in terms.attributes else {}),
    }


def member(person: Person, *, home: Home, terms: Terms, alone: bool = False) -> dict[str, Any]:
    """This function will write one person: a key that may not be known is missing, a name that may not be is masked.

    `alone`: not inside of the household, so what the household receives as one stands here too.
    """
    knows = terms.attributes.__contains__
    facts = person.facts
    said: dict[str, Any] = {
        "@type": "spdci:Member",
        "demographic_info": _demographic(person, home, terms),
    }
    for attribute, key, fact in (
        (Attribute.RELATIONSHIP, "relationship_to_head", "relation"),
        (Attribute.MARITAL_STATUS, "marital_status", "marital_status"),
        (Attribute.EMPLOYMENT_STATUS, "employment_status", "employment_status"),
        (Attribute.EDUCATION_LEVEL, "education_level", "education"),
    ):
        if knows(attribute) and facts.get(fact) is not None:
            said[key] = facts[fact]
    if knows(Attribute.DISABILITY) and facts.get("disability_kind") is not None:
        said["is_disabled"] = facts["disability_kind"] != "none"
        if said["is_disabled"]:
            said["disability_info"] = [
                {"disability_type": facts["disability_kind"], "disability_severity": facts.get("disability_grade")}
            ]
    if knows(Attribute.REGISTRATION_DATE) and person.registered_at is not None:
        said["registration_date"] = person.registered_at.isoformat(timespec="seconds")
    own = [p for p in home.programmes if p.person_id == person.person_id or (alone and p.person_id is None)]
    if own and knows(Attribute.PROGRAMME):
        said["enrolled_programmes"] = _programmes(own, terms)
    return said


def _demographic(person: Person, home: Home, terms: Terms) -> dict[str, Any]:
    knows = terms.attributes.__contains__
    facts = person.facts
    said: dict[str, Any] = {
        "@type": "spdci:Person",
        "name": {"@type": "Name", "full_name": person.name if knows(Attribute.NAME) else person.name_masked},
    }
    number = person.id_number if knows(Attribute.IDENTIFIER) else person.id_masked
    if number:
        said["identifier"] = [_identifier("NationalID", number)]
    if knows(Attribute.SEX) and facts.get("sex"):
        said["sex"] = facts["sex"]
    if knows(Attribute.BIRTH_DATE) and facts.get("birth_date"):
        said["birth_date"] = facts["birth_date"].isoformat()
    if knows(Attribute.DEATH_DATE) and person.dead_on is not None:
        said["death_date"] = person.dead_on.isoformat()
    if knows(Attribute.PHONE) and person.phone:
        said["phone_number"] = [person.phone]
    return said


def _place(home: Home, terms: Terms) -> dict[str, Any]:
    whole = Attribute.ADDRESS in terms.attributes
    return {"@type": "Place", "code": home.area_code, "address": home.address if whole else home.address_masked}


def _identifier(kind: str, value: str) -> dict[str, str]:
    return {"@type": "Identifier", "identifier_type": kind, "identifier_value": value}


def _programmes(programmes: Iterable[Programme], terms: Terms) -> list[dict[str, Any]]:
    written = []
    for one in programmes:
        said: dict[str, Any] = {
            "programme": {"programme_identifier": one.scheme, "programme_name": one.title},
            "enrolment_date": one.since_date.isoformat(),
            "enrolment_status": "Active",
        }
        if Attribute.BENEFIT_AMOUNT in terms.attributes and one.amount_fen is not None:
            # Integer fen, like everywhere here; the standard leaves the form open.
            said["benefits"] = [{"benefit_type": "cash", "benefit_value_fen": one.amount_fen}]
        written.append(said)
    return written
