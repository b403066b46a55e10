"""救助“一件事”: what the needs of a household could be, and how a joint application and its referrals stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.casework.models import Account, Authorisation, Case, CaseAct, Investigation, JointApplication, Proxy
from minsheng.work.casework.needs import needs as needs_of_book
from minsheng.work.casework.procedures import edition_of, procedures_for
from minsheng.work.casework.queries.alliance import MemberRef, members_for
from minsheng.work.casework.queries.case import matters_in_hand
from minsheng.work.casework.queries.household import OwnCase, own_cases
from minsheng.work.casework.queries.referrals import ReferralLine, referral_lines
from minsheng.work.casework.rules.applicants import applicant_of
from minsheng.work.casework.rules.joining import Likelihood, Need, Part, ReferralPart, Standing, plan_for
from minsheng.work.casework.rules.partners import PARTNERS
from minsheng.work.casework.types import UNDECIDED, Act, Status
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.eligibility.queries import Benefit
from minsheng.work.eligibility.types import Status as Result

_LIKELIHOOD = {
    Result.ENTITLED: Likelihood.LIKELY,
    Result.UNKNOWN: Likelihood.OPEN,
    Result.NOT_ENTITLED: Likelihood.UNLIKELY,
}


@dataclass(frozen=True)
class HouseholdPlan:
    """What the needs of one household could be, who would apply, and where."""

    area_id: int
    household_id: int
    applicant_id: int
    applicant_name: str
    needs: tuple[Need, ...]
    parts: tuple[Part, ...]
    referrals: tuple[ReferralPart, ...]
    takers: tuple[MemberRef, ...]


def plan_of_household(*, viewer: Viewer, at: datetime, household_id: int, needs: Sequence[str]) -> HouseholdPlan | None:
    """This function will derive procedures and departments from the needs, the rulebook and the registry.

    Codes that are no needs are left out. None for a stranger's household, and where nobody of it lives.
    """
    require(viewer=viewer, capability="casework.draft")
    today = at.astimezone(BUSINESS_ZONE).date()
    found = registry.household_facts(viewer=viewer, household_id=household_id, as_of=today, known_at=at)
    if found is None:
        return None
    dead = {person for (person, name), fact in found.facts.items() if name == "dead" and fact.value is True}
    members = [{**one, "dead": int(str(one["person_id"])) in dead} for one in found.members]
    applicant = applicant_of(members, on=today)
    if applicant is None:
        return None
    benefits = eligibility.benefits_of_household(viewer=viewer, household_id=household_id, as_of=today, known_at=at)
    assert benefits is not None, "the household was found above"
    held = matters_in_hand(viewer=viewer, household_id=household_id)
    lines = [one for one in benefits.lines if one.person_id not in dead]
    book = needs_of_book()
    plan = plan_for(
        [book[code] for code in book if code in needs],
        standings=[_standing(one, held) for one in lines],
        procedures={
            one.scheme: options[0].procedure for one in lines if (options := procedures_for(one.scheme, today))
        },
        partners=PARTNERS,
        applicant_id=applicant,
    )
    wanted = {one.partner for one in plan.referrals}
    takers = [one for one in members_for(area_id=found.area_id, on=today) if one.partner in wanted] if wanted else []
    return HouseholdPlan(
        found.area_id,
        household_id,
        applicant,
        found.names[applicant],
        plan.needs,
        plan.parts,
        plan.referrals,
        tuple(takers),
    )


def _standing(one: Benefit, held: frozenset[tuple[str, int | None]]) -> Standing:
    if one.receiving_fen:
        likelihood = Likelihood.RECEIVED
    elif (one.scheme, one.person_id) in held:
        likelihood = Likelihood.IN_HAND
    else:
        likelihood = _LIKELIHOOD[one.status]
    if likelihood is Likelihood.LIKELY and not one.is_status and one.payable_fen == 0:
        likelihood = Likelihood.UNLIKELY  # something else of the household takes its place
    return Standing(one.scheme, one.title, one.person_id, one.who, likelihood, one.payable_fen or 0)


@dataclass(frozen=True)
class PartState:
    """What of a part is done already, for the question whether an act done together concerns it."""

    required: tuple[Act, ...]
    sources: tuple[str, ...]
    authorised: bool
    account: bool
    proxied: bool
    visited: bool
    unsigned: bool
    checked: bool


@dataclass(frozen=True)
class JointFile:
    """A joint application: what was said, its parts with progress and legal dates, its referrals."""

    id: int
    number: str
    household_id: int
    applicant_id: int
    subject: str
    needs: tuple[str, ...]
    partners: tuple[str, ...]
    reason: str
    contact_time: str
    opened_at: datetime
    handed_in_at: datetime | None
    parts: tuple[OwnCase, ...]
    states: dict[int, PartState]
    referrals: tuple[ReferralLine, ...]

    @property
    def decided(self) -> int:
        """This property will count the parts that have their decision or have ended otherwise."""
        return sum(part.status not in UNDECIDED and part.status is not Status.DRAFT for part in self.parts)

    @property
    def answered(self) -> int:
        """This property will count the referrals that have their answer."""
        return sum(one.answered_at is not None for one in self.referrals)


def joint_file(*, viewer: Viewer, at: datetime, joint_id: int) -> JointFile | None:
    """This function will return a joint application with its parts and referrals; None for a stranger."""
    require(viewer=viewer, capability="casework.view")
    found = _files(viewer, at, Q(pk=joint_id), 1, with_states=True)
    return found[0] if found else None


def sources_of_joint(*, viewer: Viewer, joint_id: int) -> list[str]:
    """This function will return the sources that any part of a joint application is checked with."""
    require(viewer=viewer, capability="casework.view")
    rows = Case.objects.filter(joint_id=joint_id).values_list("procedure", "edition")
    return sorted({code for procedure, edition in rows for code in edition_of(procedure, edition).sources})


def joint_number(*, viewer: Viewer, joint_id: int) -> str:
    """This function will return the number that the family is told."""
    require(viewer=viewer, capability="casework.view")
    return JointApplication.objects.get(pk=joint_id).number


def joints_of_household(*, viewer: Viewer, at: datetime, household_id: int) -> list[JointFile]:
    """This function will return the joint applications of a household, the newest first."""
    require(viewer=viewer, capability="casework.view")
    return _files(viewer, at, Q(household_id=household_id), 10)


def _files(viewer: Viewer, at: datetime, rows: Q, most: int, *, with_states: bool = False) -> list[JointFile]:
    joints = list(JointApplication.objects.filter(rows).order_by("-id")[:most])
    parts = own_cases(viewer=viewer, at=at, rows=Q(joint__in=joints)) if joints else []
    lines = referral_lines(at, Q(joint__in=joints)) if joints else []
    states = _states(at, [part.id for part in parts]) if with_states else {}
    book = needs_of_book()
    return [
        JointFile(
            id=joint.pk,
            number=joint.number,
            household_id=joint.household_id,
            applicant_id=joint.applicant_id,
            subject=joint.subject_name,
            needs=tuple(book[code].label if code in book else code for code in joint.needs),
            partners=tuple(PARTNERS.get(code, code) for code in joint.partners),
            reason=joint.reason,
            contact_time=joint.contact_time,
            opened_at=joint.opened_at,
            handed_in_at=joint.handed_in_at,
            parts=tuple(sorted((p for p in parts if p.joint_id == joint.pk), key=lambda p: p.id)),
            states=states,
            referrals=tuple(line for line in lines if line.joint_id == joint.pk),
        )
        for joint in joints
    ]


def _states(at: datetime, case_ids: Sequence[int]) -> dict[int, PartState]:
    today = at.astimezone(BUSINESS_ZONE).date()
    valid = Authorisation.objects.filter(withdrawn_at__isnull=True, valid_from__lte=today, valid_to__gt=today)
    holding = valid.filter(Q(case__in=case_ids) | Q(joint__in=Case.objects.filter(pk__in=case_ids).values("joint_id")))
    authorised = {
        number for case_id, covers in holding.values_list("case_id", "covers") for number in (case_id, *covers)
    }
    visits = Investigation.objects.filter(case=OuterRef("pk"), round=OuterRef("round"), by_county=False)
    rows = Case.objects.filter(pk__in=case_ids).annotate(
        proxied=Exists(Proxy.objects.filter(case=OuterRef("pk"), ended_at__isnull=True)),
        has_account=Exists(Account.objects.filter(case=OuterRef("pk"))),
        visited=Exists(visits),
        unsigned=Exists(visits.filter(signed_at__isnull=True)),
        checked=Exists(CaseAct.objects.filter(case=OuterRef("pk"), act=Act.REQUEST_CHECK.value)),
    )
    found = {}
    for row in rows:
        edition = edition_of(row.procedure, row.edition)
        found[row.pk] = PartState(
            edition.required,
            edition.sources,
            row.pk in authorised,
            row.has_account,
            row.proxied,
            row.visited,
            row.unsigned,
            row.checked,
        )
    return found


@dataclass(frozen=True)
class JointLine:
    """One joint application in a list: how many parts and referrals it has, and how many of them still wait."""

    id: int
    number: str
    name: str
    needs: str
    opened_at: datetime
    handed_in: bool
    parts: int
    parts_open: int
    referrals: int
    referrals_open: int

    @property
    def open(self) -> bool:
        """This property will say whether anything of it still waits."""
        return bool(self.parts_open or self.referrals_open or not self.handed_in)


def joint_list(*, viewer: Viewer) -> list[JointLine]:
    """This function will list the latest joint applications of the viewer's areas, those that wait first."""
    require(viewer=viewer, capability="casework.view")
    book = needs_of_book()
    undecided = [Status.DRAFT.value, *(status.value for status in UNDECIDED)]
    rows = JointApplication.objects.annotate(
        parts_all=Count("parts", distinct=True),
        parts_open=Count("parts", filter=Q(parts__status__in=undecided), distinct=True),
        referrals_all=Count("referrals", distinct=True),
        referrals_open=Count("referrals", filter=Q(referrals__answered_at__isnull=True), distinct=True),
    ).order_by("-id")[:200]
    lines = [
        JointLine(
            row.pk,
            row.number,
            row.subject_name,
            "、".join(book[code].label if code in book else code for code in row.needs),
            row.opened_at,
            row.handed_in_at is not None,
            row.parts_all,
            row.parts_open,
            row.referrals_all,
            row.referrals_open,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.open)
