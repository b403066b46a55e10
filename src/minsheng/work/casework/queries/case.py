"""One case for its page: the form, the steps with their legal dates, the evidence, the household, what may be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.pages.masking import mask_card
from minsheng.foundation.sealing.operations import open_sealed
from minsheng.records.registry import queries as registry
from minsheng.records.registry.types import HouseholdFacts
from minsheng.records.registry.vocabulary import ATTRIBUTES, Attribute, read_value, spoken_value
from minsheng.work.casework.forms import APPLICATION, FormField, FormSection
from minsheng.work.casework.models import (
    Account,
    Adjustment,
    Authorisation,
    Case,
    CaseAct,
    Check,
    Decision,
    Document,
    Investigation,
    Notice,
    Objection,
    Opinion,
    Proxy,
    standing_for,
)
from minsheng.work.casework.procedures import edition_of
from minsheng.work.casework.queries.alliance import MemberRef, members_for
from minsheng.work.casework.queries.facts import facts_of
from minsheng.work.casework.queries.referrals import ReferralLine, referral_lines
from minsheng.work.casework.rules.clock import Clock, clock_of
from minsheng.work.casework.rules.papers import CHECK_SOURCES
from minsheng.work.casework.rules.requirements import refusals
from minsheng.work.casework.rules.transitions import capability_of, possible_acts
from minsheng.work.casework.rules.wording import LETTERS
from minsheng.work.casework.sealed_columns import ACCOUNT_NUMBER
from minsheng.work.casework.types import Act, CaseFacts, CheckState, Done, Edition, Origin, Status


@dataclass(frozen=True)
class Cell:
    """One field of the form for one subject: what the registry holds and who says so, what the applicant corrects."""

    key: str
    field: FormField
    attribute: Attribute | None
    held: str
    source: str
    corrected: str
    raw: Any


@dataclass(frozen=True)
class FormBlock:
    """The fields of one section for one subject; `section` is the heading that its subjects share."""

    section: str
    title: str
    subject: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Possible:
    """An act that the status allows and the viewer may do; `why_not` says what is still missing."""

    act: Act
    why_not: tuple[str, ...]


@dataclass(frozen=True)
class CheckLine:
    """One check with the name of its source and subject and what it said, in words.

    `with_others` names the other cases of a joint application that stand on the same answer.
    """

    id: int
    source: str
    subject: str
    state: CheckState
    said: str
    queried_at: datetime | None
    due_date: date
    reliability: int | None
    objection: str
    note: str
    with_others: tuple[str, ...]


@dataclass(frozen=True)
class AccountView:
    """Where the money is to go, as pages show it: the number masked."""

    holder_name: str
    bank: str
    masked: str
    basis: str


@dataclass(frozen=True)
class CaseFile:
    """Everything that the page of a case shows."""

    id: int
    number: str
    household_id: int
    person_id: int | None
    subject: str
    applicant_id: int
    applicant_name: str
    scheme: str
    status: Status
    origin: Origin
    edition: Edition
    delegated: bool
    relative_flag: str
    extended: str
    round: int
    facts: CaseFacts
    clock: Clock
    journal: tuple[CaseAct, ...]
    account: AccountView | None
    authorisations: tuple[Authorisation, ...]
    investigations: tuple[Investigation, ...]
    checks: tuple[CheckLine, ...]
    opinion: Opinion | None
    notices: tuple[Notice, ...]
    objections: tuple[Objection, ...]
    decisions: tuple[Decision, ...]
    adjustment: Adjustment | None
    documents: tuple[tuple[int, str, datetime], ...]
    possible: tuple[Possible, ...]
    form: tuple[FormBlock, ...]
    members: tuple[tuple[int, str, str], ...]
    referrals: tuple[ReferralLine, ...]
    takers: tuple[MemberRef, ...]
    joint_id: int | None
    proxies: tuple[Proxy, ...]

    @property
    def proxy(self) -> Proxy | None:
        """This property will be who acts for the applicant now, within the time that was given."""
        return next((one for one in self.proxies if one.ended_at is None), None)

    @property
    def aside(self) -> tuple[CaseAct, ...]:
        """This property will be what happened beside the main path, the newest first: hand-over, conference."""
        return tuple(act for act in self.journal if act.act in _ASIDE)


_ASIDE = frozenset(
    {Act.HAND_OVER, Act.CONFER, Act.REFER, Act.ANSWER_REFERRAL, Act.APPEAL, Act.SETTLE_APPEAL, Act.EXPLAIN_DELAY}
)


def case_file(*, viewer: Viewer, at: datetime, case_id: int) -> CaseFile | None:
    """This function will return a case with all that belongs to it; None for a stranger."""
    require(viewer=viewer, capability="casework.view")
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return None
    today = at.astimezone(BUSINESS_ZONE).date()
    edition = edition_of(case.procedure, case.edition)
    journal = tuple(CaseAct.objects.filter(case=case).order_by("-id"))
    acts = tuple(Done(Act(one.act), one.account_id, one.day_date, one.round) for one in reversed(journal))
    facts = facts_of(case, today=today, person=viewer.account_id, name=viewer.name, acts=acts)
    clock = clock_of(
        edition=edition,
        acts=facts.acts,
        delegated=case.delegated,
        extended=bool(case.extended_ground),
        unsteady=case.income_unsteady,
        calendar=work_calendar(),
        today=today,
    )
    found = registry.household_facts(viewer=viewer, household_id=case.household_id, as_of=today, known_at=at)
    notices = tuple(Notice.objects.filter(case=case).order_by("-id"))
    decisions = tuple(Decision.objects.filter(case=case).order_by("-id"))
    return CaseFile(
        id=case.pk,
        number=case.number,
        household_id=case.household_id,
        person_id=case.person_id,
        subject=case.subject_name if case.person_id else f"{case.subject_name}一家",
        applicant_id=case.applicant_id,
        applicant_name=case.subject_name,
        scheme=case.scheme,
        status=Status(case.status),
        origin=Origin(case.origin),
        edition=edition,
        delegated=case.delegated,
        relative_flag=case.relative_flag,
        extended=edition.extension_grounds.get(case.extended_ground, ""),
        round=case.round,
        facts=facts,
        clock=clock,
        journal=journal,
        account=_account(case),
        authorisations=tuple(Authorisation.objects.filter(standing_for(case)).order_by("-id")),
        investigations=tuple(Investigation.objects.filter(case=case).order_by("-id")),
        checks=tuple(_checks(case, found)),
        opinion=Opinion.objects.filter(case=case).order_by("-round").first(),
        notices=notices,
        objections=tuple(Objection.objects.filter(notice__case=case).order_by("-id")) if notices else (),
        decisions=decisions,
        adjustment=Adjustment.objects.filter(case=case).order_by("-id").first() if decisions else None,
        documents=tuple(
            (number, LETTERS[kind].title, at_)
            for number, kind, at_ in Document.objects.filter(case=case)
            .order_by("-id")
            .values_list("id", "kind", "issued_at")
        ),
        possible=tuple(_possible(viewer, case, facts, edition, today)),
        form=tuple(_form(case, found)),
        members=tuple((number, found.names[number], found.about(number, on=today)) for number in sorted(found.names))
        if found
        else (),
        referrals=tuple(referral_lines(at, Q(case=case))),
        takers=tuple(members_for(area_id=case.area_id, on=today)) if viewer.can("casework.work") else (),
        joint_id=case.joint_id,
        proxies=tuple(Proxy.objects.filter(case=case).order_by("-id")),
    )


def _possible(viewer: Viewer, case: Case, facts: CaseFacts, edition: Edition, today: date) -> list[Possible]:
    lines = []
    for act in possible_acts(facts.status):
        if not viewer.can(capability_of(act, delegated=case.delegated)):
            continue
        why = refusals(act, facts=facts, edition=edition, actor=viewer.account_id, today=today)
        lines.append(Possible(act, tuple(why)))
    return lines


def _account(case: Case) -> AccountView | None:
    row = Account.objects.filter(case=case).first()
    if row is None:
        return None
    number = open_sealed(context=ACCOUNT_NUMBER, row_id=row.pk, sealed=row.number_sealed)
    return AccountView(row.holder_name, row.bank, mask_card(number), row.basis)


def _checks(case: Case, found: HouseholdFacts | None) -> list[CheckLine]:
    names = found.names if found else {}
    newest: dict[tuple[str, str, int], Check] = {}  # a decided part keeps the answer that another part had asked again
    for check in Check.objects.filter(standing_for(case)).order_by("source", "id"):
        newest[check.source, check.subject_kind, check.subject_id] = check
    others = {number for check in newest.values() for number in check.covers} - {case.pk}
    numbers = {one.pk: one.number for one in Case.objects.filter(pk__in=others)} if others else {}
    lines = []
    for check in sorted(newest.values(), key=lambda one: (one.source, one.pk)):
        said = "；".join(
            f"{ATTRIBUTES[name].label}：{spoken_value(name, read_value(name, value))}"
            for name, value in check.answers.items()
        )
        lines.append(
            CheckLine(
                check.pk,
                CHECK_SOURCES[check.source].label,
                names.get(check.subject_id, "") if check.subject_kind == "person" else "全家",
                CheckState(check.state),
                said,
                check.queried_at,
                check.due_date,
                check.reliability,
                check.objection,
                check.note,
                tuple(numbers[number] for number in check.covers if number in numbers),
            )
        )
    return lines


def _form(case: Case, found: HouseholdFacts | None) -> list[FormBlock]:
    if found is None:
        return []
    blocks = []
    for section in APPLICATION.sections_for(case.procedure):
        if section.subject == "person":
            alone = [case.person_id] if section.only_for and case.person_id in found.names else sorted(found.names)
            for number in alone:
                blocks.append(_block(case, found, section, str(number), number, found.names[number]))
        else:
            blocks.append(_block(case, found, section, section.subject, None, section.title))
    return blocks


def _block(
    case: Case, found: HouseholdFacts, section: FormSection, subject: str, person: int | None, title: str
) -> FormBlock:
    cells = []
    for field in section.fields:
        key = f"{subject}.{field.name}"
        known = ATTRIBUTES.get(field.name) if section.subject != "application" else None
        held = source = ""
        if known is not None:
            fact = found.facts.get((person, field.name))
            held = spoken_value(field.name, fact.value if fact else None)
            said = found.sources.get((person, field.name))
            source = said.label if said else ""
        raw = case.answers.get(key)
        corrected = ""
        if raw is not None:
            corrected = spoken_value(field.name, read_value(field.name, raw)) if known else str(raw)
        cells.append(Cell(key, field, known, held, source, corrected, raw))
    return FormBlock(section.title, title, subject, tuple(cells))


def document_data(*, viewer: Viewer, document_id: int) -> tuple[int, str, dict[str, Any]] | None:
    """This function will return a letter's case, kind and data; None for a stranger."""
    require(viewer=viewer, capability="casework.view")
    row = Document.objects.filter(pk=document_id).first()
    return (row.case_id, row.kind, row.data) if row else None


@dataclass(frozen=True)
class CaseRef:
    """Where a case stands, for who only needs to lead there."""

    id: int
    household_id: int


def case_ref(*, viewer: Viewer, case_id: int) -> CaseRef | None:
    """This function will return a case's household, so that the look at it can be recorded; None for a stranger."""
    require(viewer=viewer, capability="casework.view")
    row = Case.objects.filter(pk=case_id).values_list("id", "household_id").first()
    return CaseRef(*row) if row else None


def matters_in_hand(*, viewer: Viewer, household_id: int) -> frozenset[tuple[str, int | None]]:
    """This function will return (scheme, person) of every case of a household that has not ended."""
    require(viewer=viewer, capability="casework.view")
    ended = [status.value for status in (Status.TERMINATED, Status.WITHDRAWN, Status.CLOSED)]
    rows = Case.objects.filter(household_id=household_id).exclude(status__in=ended)
    return frozenset(rows.values_list("scheme", "person_id"))


def open_case_of(*, viewer: Viewer, scheme: str, household_id: int, person_id: int | None) -> int | None:
    """This function will return the running case of this matter, or None."""
    require(viewer=viewer, capability="casework.view")
    rows = Case.objects.filter(scheme=scheme, household_id=household_id, person_id=person_id)
    ended = [status.value for status in (Status.TERMINATED, Status.WITHDRAWN, Status.CLOSED)]
    found: int | None = rows.exclude(status__in=ended).values_list("id", flat=True).first()
    return found
