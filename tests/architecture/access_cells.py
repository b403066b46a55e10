"""The grammar of the access matrix: who asks, what for, by which method, and what a cell must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_NUMBER = 999_999_999  # of an object that does not exist
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

# ---- who asks ------------------------------------------------------------------------------------------------
ANONYMOUS, NO_GRANT = "anonymous", "no_grant"
RESIDENT = "resident"  # signed in by a code from the counter: no account, one household
COMMUNITY_STAFF = frozenset({"grid_worker", "community_worker", "child_director"})
STREET_STAFF = frozenset({"street_intake", "street_review", "street_confirm"})
FINANCE = frozenset({"district_accountant", "district_cashier"})
DISTRICT_STAFF = frozenset({"district_business", "district_review", "district_leader", "auditor"}) | FINANCE
OFFICERS = frozenset({"system_officer", "security_officer", "audit_officer"})
STAFF = COMMUNITY_STAFF | STREET_STAFF | DISTRICT_STAFF
SIGNED_IN = STAFF | OFFICERS | {NO_GRANT}
EVERYBODY = SIGNED_IN | {ANONYMOUS, RESIDENT}
ROLES = tuple(
    role
    for group in ({ANONYMOUS}, {RESIDENT}, {NO_GRANT}, COMMUNITY_STAFF, STREET_STAFF, DISTRICT_STAFF, OFFICERS)
    for role in sorted(group)
)
ONE_OF_EACH_GROUP = frozenset(
    {ANONYMOUS, RESIDENT, NO_GRANT, "grid_worker", "street_confirm", "district_business", "system_officer"}
)
NOBODY_AND_SOMEBODY = frozenset({ANONYMOUS, "district_business"})


class Relation(StrEnum):
    """Where the object lies that is asked for, as seen from the community that all demo staff cover."""

    OWN = "own community"
    SIBLING = "sibling community of the same street"
    PARENT = "the street itself"
    OTHER_STREET = "another street"
    OTHER_DISTRICT = "another district"
    MISSING = "no such object"


_STREET_REACH = frozenset({Relation.OWN, Relation.SIBLING, Relation.PARENT})
REACH: dict[str, frozenset[Relation]] = {
    **dict.fromkeys(COMMUNITY_STAFF, frozenset({Relation.OWN})),
    **dict.fromkeys(STREET_STAFF, _STREET_REACH),
    **dict.fromkeys(DISTRICT_STAFF, _STREET_REACH | {Relation.OTHER_STREET}),
}


class Gate(StrEnum):
    """How a door refuses: a page leads to the sign-in page, an API answers 401, an open one asks for nothing.

    A page of a resident leads everybody else to the residents' door, staff with every right included.
    """

    PAGE = "page"
    API = "api"
    OPEN = "open"
    RESIDENT = "resident"
    SIGNED = "signed"  # open as well: no cookie is believed there, so no form's token is asked for; a signature is


@dataclass(frozen=True)
class Target:
    """The objects that a cell is tried with; real ones, except for Relation.MISSING."""

    relation: Relation
    area_id: int
    household_id: int
    person_id: int
    twin_id: int  # the same person, registered twice
    merged_id: int
    statement_id: int
    division_id: int
    boundary_import_id: int
    batch_id: int
    case_id: int = 999_999_999
    joint_id: int = 999_999_999
    member_id: int = 999_999_999
    document_id: int = 999_999_999
    decision_id: int = 999_999_999
    notice_token: str = "no-such-address"
    publication_id: int = 999_999_999
    finding_id: int = 999_999_999
    run_id: int = 999_999_999
    visit_id: int = 999_999_999
    referred_id: int = 999_999_999
    code_id: int = 999_999_999
    signal_id: int = 999_999_999
    partner_id: int = 999_999_999
    account_id: int = 999_999_999
    grant_id: int = 999_999_999
    glass_id: int = 999_999_999
    cockpit: Mapping[str, int] = field(default_factory=dict)  # what the cockpit has, by the name in its addresses
    issue_id: int = 999_999_999
    dataset: str = "no-such-dataset"
    entry_id: str = "00000000-0000-0000-0000-000000000000"
    day_of_roots: str = "1999-01-01"
    request_id: int = 999_999_999
    export_code: str = "0" * 12
    consent_id: int = 999_999_999
    protected_id: int = 999_999_999
    labelling_id: int = 999_999_999
    hold_id: int = 999_999_999
    money: Mapping[str, int] = field(default_factory=dict)  # what payments has, by the name in its addresses


Fields = Callable[[Target], dict[str, Any]]


def nothing(target: Target) -> dict[str, Any]:
    """This function will send nothing."""
    return {}


@dataclass(frozen=True)
class Act:
    """One method of a door: who gets through, with which body, and what success looks like."""

    who: frozenset[str]
    sends: Fields = nothing
    answers: frozenset[int] = frozenset({200})


@dataclass(frozen=True)
class Row:
    """One URL. `scoped`: the object has an area, so strangers get 404. `lacks`: what a missing object answers.

    `serves_below`: what serves a street serves its communities, so their workers read it too.
    """

    name: str
    route: str
    acts: Mapping[str, Act]
    takes: Fields | None = None
    asks: Fields = nothing
    scoped: bool = False
    serves_below: bool = False
    gate: Gate = Gate.PAGE
    lacks: frozenset[int] = frozenset({404})

    @property
    def anyone(self) -> frozenset[str]:
        return frozenset[str]().union(*(act.who for act in self.acts.values()))


def reads(who: Iterable[str], *, answers: Iterable[int] = (200,)) -> dict[str, Act]:
    """This function will declare GET and HEAD for the same people."""
    act = Act(frozenset(who), answers=frozenset(answers))
    return {"GET": act, "HEAD": act}


def only_get(who: Iterable[str]) -> dict[str, Act]:
    """This function will declare GET of an interface, which knows no HEAD."""
    return {"GET": Act(frozenset(who))}


def posts(who: Iterable[str], sends: Fields = nothing, *, answers: Iterable[int] = (302,)) -> dict[str, Act]:
    """This function will declare POST with a body that the operation accepts."""
    return {"POST": Act(frozenset(who), sends, frozenset(answers))}


@dataclass(frozen=True)
class Expected:
    """What a cell must answer: one of these statuses; `sign_in` when it must lead to the sign-in page."""

    statuses: frozenset[int]
    sign_in: bool = False
    success: bool = False


def expected(row: Row, method: str, role: str, relation: Relation) -> Expected:
    """This function will say what one cell must answer.

    The order of refusals is that of the gate: who are you, may you, by this method, is it yours.
    """
    act = row.acts.get(method)
    if row.gate is Gate.RESIDENT and role not in row.anyone:
        return Expected(frozenset({302}), sign_in=True)
    if row.gate is Gate.API and act is None:
        return Expected(frozenset({405}))
    if role in (ANONYMOUS, RESIDENT) and role not in row.anyone:
        return Expected(frozenset({401})) if row.gate is Gate.API else Expected(frozenset({302}), sign_in=True)
    if role not in row.anyone or (act is not None and role not in act.who):
        return Expected(frozenset({403}))
    if act is None:
        return Expected(frozenset({405}))
    if row.takes is not None and relation is Relation.MISSING:
        return Expected(row.lacks)
    reach = REACH.get(role, frozenset())
    if row.scoped and relation not in (reach | {Relation.PARENT} if row.serves_below and reach else reach):
        return Expected(row.lacks)
    return Expected(act.answers, success=True)


def relations_to_try(row: Row, method: str, role: str) -> tuple[Relation, ...]:
    """This function will name the objects worth trying: all of them once somebody is through the gate.

    The gate asks for the role before it looks at the method, and HEAD is the view of GET. So a method of writing that a
    row does not have is tried by one role of each group (PUT) or by two (the others), and HEAD by one of each group.
    """
    declared = method in row.acts
    if method in ("PATCH", "DELETE") and not declared and role not in NOBODY_AND_SOMEBODY:
        return ()
    if (method == "HEAD" or (method == "PUT" and not declared)) and role not in ONE_OF_EACH_GROUP:
        return ()
    if row.takes is None or not declared or role not in row.acts[method].who:
        return (Relation.OWN,)
    if row.scoped and method == "HEAD":
        return (Relation.OWN, Relation.OTHER_DISTRICT)
    return tuple(Relation) if row.scoped else (Relation.OWN, Relation.MISSING)
