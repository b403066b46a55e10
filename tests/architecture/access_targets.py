"""What the access matrix is tried with: signed-in browsers for each role, and objects near and far.

Everything is made by operations inside the caller's transaction, so nothing is left behind.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.test import Client

from architecture.access_cells import ANONYMOUS, NO_GRANT, RESIDENT, ROLES, Relation, Target
from minsheng.config.demo.accounts import OFFICERS as GRANTING
from minsheng.config.demo.accounts import STAFF as DEMO_STAFF
from minsheng.config.demo.accounts import STREET
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.models import Area
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import HeldGrant, Viewer
from minsheng.portal import operations as portal
from minsheng.records.places import operations as places
from minsheng.records.places.models import Division
from minsheng.records.places.queries import geometry_geojson
from minsheng.records.places.types import DivisionKind
from minsheng.records.registry import operations as registry
from minsheng.records.registry.identifiers import resident_check_character
from minsheng.records.registry.imports.operations import stage_table
from minsheng.records.registry.imports.types import ImportKind
from minsheng.records.registry.models import Person
from minsheng.records.registry.operations.people import Particulars, UnableToCreatePerson
from minsheng.records.registry.types import IdKind, MembershipKind, Sex, SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Decision, Document, Notice
from minsheng.work.casework.types import Origin
from minsheng.work.eligibility.models import Finding, Run
from minsheng.work.eligibility.publishing import operations as publishing
from minsheng.work.eligibility.publishing.types import GivenVersion, Header
from minsheng.work.eligibility.queries import digest_of_frozen
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import FloatDraw, FollowUp, Line, Recalculation, Sample, SampleLine
from minsheng.work.payments.models import Run as PaymentRun
from minsheng.work.payments.types import DecisionRef, FloatUse, NewDraw, NewGrant
from minsheng.work.visits.models import Signal, Visit
from twin.stories import LANE_COMMUNITY

BACKEND = "django.contrib.auth.backends.ModelBackend"
NO_NUMBER = 999_999_999
NEIGHBOUR_AREA = 900_001


def viewer_of(role: str, at: datetime) -> Viewer:
    """This function will build the viewer of a demo account."""
    account = Account.objects.get(username=DEMO_STAFF[role][0])
    return get_viewer(account_id=account.pk, name=account.display_name, username=account.username, at=at)


def browsers(*, at: datetime, csrf: bool = False, resident: int | None = None) -> dict[str, Client]:
    """This function will sign every role in; one browser is anonymous, one has an account without any grant.

    `resident`: whose sitting the browser of a resident holds; without one it is 林阿珍's.
    """
    found = {}
    for role in ROLES:
        client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
        if role == NO_GRANT:
            accounts.open_account(username="newcomer", display_name="新来（演示）", at=at)
            client.force_login(Account.objects.get(username="newcomer"), BACKEND)
        elif role == RESIDENT:
            session = client.session
            session["resident"] = sitting_of(resident, at)
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        elif role != ANONYMOUS:
            client.force_login(Account.objects.get(username=DEMO_STAFF[role][0]), BACKEND)
        found[role] = client
    return found


def sitting_of(person_id: int | None, at: datetime) -> str:
    """This function will open a sitting by a code from the counter."""
    clerk = viewer_of("street_intake", at)
    with acting_as(viewer=clerk, at=at):
        person = person_id or Person.objects.get(name="林阿珍").pk
    access.state_purpose(actor=clerk, at=at, subject=f"registry.person:{person}", code="case", note="")
    printed = portal.issue_code(actor=clerk, at=at, person_id=person, identity_check="id_card")
    return portal.sign_in_by_code(typed=printed.code, at=at)


def family_of_the_resident(*, at: datetime) -> frozenset[int]:
    """This function will return the persons of 林阿珍's household, whom her own pages name."""
    from minsheng.records.registry.models import Membership

    with acting_as(viewer=viewer_of("district_business", at), at=at):
        homes = Membership.objects.filter(person_id=Person.objects.get(name="林阿珍").pk).values("household_id")
        return frozenset(Membership.objects.filter(household_id__in=homes).values_list("person_id", flat=True))


def neighbour(*, at: datetime) -> Viewer:
    """This function will open a district next door with an officer of its own."""
    access.put_area(area_id=NEIGHBOUR_AREA, code="330105000000", name="拱墅区（邻区）", parent_id=None)
    number = accounts.open_account(username="neighbour", display_name="邻区（演示）", at=at)
    first, second = (
        Viewer(
            Account.objects.get(username=name).pk,
            name,
            name,
            (HeldGrant("security_officer", "安全管理员", 0, "", ""),),
            frozenset({"access.grant"}),
        )
        for name in GRANTING
    )
    grant = access.propose_grant(
        actor=first,
        at=at,
        account_id=number,
        role="district_business",
        area_id=NEIGHBOUR_AREA,
        valid_from=at.date(),
        reason="越权矩阵",
    )
    access.approve_grant(actor=second, at=at, grant_id=grant)
    return get_viewer(account_id=number, name="邻区", username="neighbour", at=at)


def plant(*, at: datetime) -> dict[Relation, Target]:
    """This function will make one household near and far each, with a person registered twice and one merged away."""
    own = Area.objects.get(code=LANE_COMMUNITY)
    street = Area.objects.get(code=STREET)
    sibling = Area.objects.filter(parent=street).exclude(id=own.id).order_by("code").first()
    elsewhere = Area.objects.filter(depth=own.depth).exclude(parent=street).order_by("code").first()
    assert own.parent_id == street.id
    assert sibling is not None
    assert elsewhere is not None
    business, outside = viewer_of("district_business", at), neighbour(at=at)
    boundary = _boundary(business, at)
    batches = {actor.account_id: _batch(actor, at) for actor in (business, outside)}
    publication = publishing.draft(
        actor=business,
        at=at,
        header=Header("提高标准", date(2026, 12, 1), "越权矩阵"),
        versions=(GivenVersion("household.standard", "文号", value=120_000),),
    )
    division = Division.objects.filter(code=settings.DISTRICT_CODE, valid_to__isnull=True).get()
    found = {}
    for number, (relation, area_id, actor) in enumerate(
        (
            (Relation.OWN, own.id, business),
            (Relation.SIBLING, sibling.id, business),
            (Relation.PARENT, street.id, business),
            (Relation.OTHER_STREET, elsewhere.id, business),
            (Relation.OTHER_DISTRICT, NEIGHBOUR_AREA, outside),
        )
    ):
        found[relation] = replace(
            _people(actor, at, area_id, number),
            relation=relation,
            division_id=division.pk,
            boundary_import_id=boundary,
            publication_id=publication,
            batch_id=batches[actor.account_id],  # a table belongs to the district of whoever sent it
        )
        found[relation] = _code(actor, at, _case(actor, at, found[relation]))
    run = _run(business, at)
    found[Relation.OWN] = replace(found[Relation.OWN], run_id=run, money=_money(business, at, found[Relation.OWN], run))
    found[Relation.MISSING] = Target(Relation.MISSING, own.id, *[NO_NUMBER] * 8)
    for role in DEMO_STAFF:
        # A purpose was stated for everybody, strangers included: it must not open a door by itself.
        for target in found.values():
            for person in (target.person_id, target.twin_id, target.merged_id):
                access.state_purpose(
                    actor=viewer_of(role, at), at=at, subject=f"registry.person:{person}", code="case", note=""
                )
    return found


def _run(actor: Viewer, at: datetime) -> int:
    """This month's run, as the demo has compiled and locked it."""
    with acting_as(viewer=actor, at=at):
        return int(PaymentRun.objects.get(month=at.date().replace(day=1)).pk)


def _money(actor: Viewer, at: datetime, target: Target, run_id: int) -> dict[str, int]:
    """One of each thing that payments has, in the own community; what only a whole month leaves, written past it."""
    month = at.date().replace(day=1)
    grant = NewGrant(
        decision=DecisionRef("access-matrix", "0" * 64),
        scheme="minimum_living_allowance",
        household_id=target.household_id,
        person_id=None,
        payee_person_id=target.person_id,
        amount_fen=100_000,
        first_month=month,
    )
    grant_id = payments.open_grant(actor=actor, at=at, grant=grant)
    draw = NewDraw(
        DecisionRef("access-matrix-draw", "0" * 64),
        FloatUse.URGENT,
        "emergency_assistance",
        target.household_id,
        None,
        10_000,
    )
    draw_id = payments.ask_float(actor=actor, at=at, draw=draw)
    assert draw_id is not None
    with acting_as(viewer=actor, at=at):
        line = Line.objects.filter(run_id=run_id).order_by("id").first()
        assert line is not None
        work = FollowUp.objects.create(area_id=target.area_id, line_id=line.pk, kind="held", opened_at=at)
        change = Recalculation.objects.create(
            area_id=target.area_id,
            grant_id=grant_id,
            household_id=target.household_id,
            cause="died",
            effective_month=month,
            until_month=month,
            months=[],
            over_fen=100,
            state="proposed",
            found_at=at,
            found_by=actor.account_id,
        )
        sample = Sample.objects.order_by("id").first()
        assert sample is not None
        asked = SampleLine.objects.create(sample=sample, area_id=target.area_id, line_id=line.pk)
        settled = PaymentRun.objects.filter(state="settled").order_by("id").first()
        assert settled is not None
        return {
            "grant_id": grant_id,
            "draw_id": draw_id,
            "float_id": FloatDraw.objects.get(pk=draw_id).float_id,
            "follow_up_id": work.pk,
            "recalculation_id": change.pk,
            "sample_id": sample.pk,
            "sample_line_id": asked.pk,
            "settled_run_id": settled.pk,
        }


def _people(actor: Viewer, at: datetime, area_id: int, number: int) -> Target:
    household = registry.create_household(actor=actor, at=at, area_id=area_id)
    seventeen = f"33010219410301{number}{number}2"
    person, twin, merged = (
        _register(actor, at, area_id, f"滕{given}{'甲乙丙丁戊'[number]}", identity)
        for given, identity in (("桂", seventeen + resident_check_character(seventeen)), ("桂", ""), ("兰", ""))
    )
    registry.add_member(
        actor=actor,
        at=at,
        household_id=household,
        person_id=person,
        kind=MembershipKind.RESIDENCE,
        valid_from=date(2020, 1, 1),
        relation="head",
    )
    kept = _register(actor, at, area_id, f"滕兰{'甲乙丙丁戊'[number]}", "")
    registry.merge_persons(actor=actor, at=at, kept_id=kept, merged_id=merged, reason="同一人")
    statement = registry.record_statement(
        actor=actor,
        at=at,
        subject_kind=SubjectKind.PERSON,
        subject_id=person,
        source="self_report",
        values={"property_income": 120_000},
        valid_from=date(2026, 1, 1),
    )
    return Target(Relation.OWN, area_id, household, person, twin, merged, statement, 0, 0, NO_NUMBER)


def _code(actor: Viewer, at: datetime, target: Target) -> Target:
    """A code from the counter, printed by somebody who may."""
    clerk = replace(actor, capabilities=actor.capabilities | {"portal.issue_code"})
    printed = portal.issue_code(actor=clerk, at=at, person_id=target.person_id, identity_check="id_card")
    return replace(target, code_id=printed.code_id)


def _case(actor: Viewer, at: datetime, target: Target) -> Target:
    """A draft with one letter, and, written past the operations, a refusal and a notice of their own address."""
    drafter = replace(actor, capabilities=actor.capabilities | {"casework.draft"})
    access.state_purpose(actor=drafter, at=at, subject=f"registry.person:{target.person_id}", code="case", note="")
    case_id = casework.open_case(
        actor=drafter,
        at=at,
        procedure="minimum_living_allowance",
        scheme="minimum_living_allowance",
        household_id=target.household_id,
        person_id=None,
        origin=Origin.APPLICATION,
    )
    casework.authorise(
        actor=drafter,
        at=at,
        case_id=case_id,
        person_ids=[target.person_id],
        sources=["police"],
        valid_to=at.date() + timedelta(days=30),
        signed_how="paper",
    )
    with acting_as(viewer=drafter, at=at):
        decision = Decision.objects.create(
            case_id=case_id,
            area_id=target.area_id,
            outcome="refuse",
            scheme="minimum_living_allowance",
            amount_fen=0,
            monthly=True,
            reason="越权矩阵",
            basis="",
            decided_by=drafter.account_id,
            decided_by_name=drafter.name,
            decided_at=at,
            frozen={},
            frozen_sha256=digest_of_frozen({}),
        )
        notice = Notice.objects.create(
            case_id=case_id,
            area_id=target.area_id,
            round=1,
            token=f"matrix-{case_id}",
            scheme_title="低保",
            name="滕",
            household_size=1,
            amount_fen=1,
            monthly=True,
            place="公告栏",
            office="街道",
            starts_date=at.date(),
            last_date=at.date() + timedelta(days=7),
        )
        document = Document.objects.get(case_id=case_id)
    finding = _finding(drafter, at, target)
    with_case = replace(target, case_id=case_id, document_id=document.pk, decision_id=decision.pk)
    found = replace(with_case, notice_token=notice.token, finding_id=finding)
    found = replace(found, visit_id=_visit(drafter, at, target, 0), referred_id=_visit(drafter, at, target, 1))
    with acting_as(viewer=drafter, at=at):
        signal = Signal.objects.create(
            area_id=target.area_id,
            household_id=target.household_id,
            kind="lead",
            happened_date=at.date(),
            source="grid",
            recorded_at=at,
            recorded_by=drafter.account_id,
        )
    return replace(found, signal_id=signal.pk)


def _visit(actor: Viewer, at: datetime, target: Target, number: int) -> int:
    """A visit to be made, or one that needs help; the second to another household of the same place."""
    household = target.household_id
    if number:
        household = registry.create_household(actor=actor, at=at, area_id=target.area_id)
        person = _register(actor, at, target.area_id, "滕松" + "甲乙丙丁戊"[target.household_id % 5], "")
        registry.add_member(
            actor=actor,
            at=at,
            household_id=household,
            person_id=person,
            kind=MembershipKind.RESIDENCE,
            valid_from=date(2020, 1, 1),
            relation="head",
        )
    with acting_as(viewer=actor, at=at):
        made = Visit.objects.create(
            area_id=target.area_id,
            household_id=household,
            subject_name="滕桂",
            origin="routine",
            way="home",
            star=4,
            reasons=[{"code": "old_alone", "label": "独居老人"}],
            status="referred" if number else "planned",
            due_date=at.date(),
            first_due_date=at.date(),
            result="needs_help" if number else "",
            opened_at=at,
        )
    return int(made.pk)


def _finding(actor: Viewer, at: datetime, target: Target) -> int:
    """Somebody missed, written past the evaluation, which would find nobody in these empty households."""
    with acting_as(viewer=actor, at=at):
        run = Run.objects.create(as_of=at.date().replace(day=1), started_at=at, law_digest="0" * 64, whole=False)
        made = Finding.objects.create(
            kind="entitled_not_receiving",
            scheme="old_age_allowance",
            area_id=target.area_id,
            household_id=target.household_id,
            person_id=target.person_id,
            subject_name="滕桂",
            age_band="80+",
            amount_fen=5_000,
            found_at=at,
            as_of=at.date().replace(day=1),
            run=run,
        )
    return int(made.pk)


def _register(actor: Viewer, at: datetime, area_id: int, name: str, id_number: str) -> int:
    given = Particulars(
        name=name,
        id_kind=IdKind.RESIDENT_ID if id_number else IdKind.NONE,
        id_number=id_number,
        sex=Sex.FEMALE,
        birth_date=date(1941, 3, 1),
    )
    try:
        return registry.create_person(actor=actor, at=at, area_id=area_id, particulars=given)
    except UnableToCreatePerson as refusal:
        same = frozenset(one.person.person_id for one in refusal.duplicates if one.person)
        return registry.create_person(actor=actor, at=at, area_id=area_id, particulars=given, dismissed=same)


def _boundary(actor: Viewer, at: datetime) -> int:
    drawn = json.loads(geometry_geojson(level="street", on=at.date()))
    return places.stage_boundaries(
        actor=actor,
        at=at,
        filename="街道.geojson",
        content=json.dumps(drawn).encode(),
        level=DivisionKind.STREET,
        effective_date=date(2026, 12, 1),
        source="区勘界办",
    )


def _batch(actor: Viewer, at: datetime) -> int:
    return stage_table(
        actor=actor,
        at=at,
        kind=ImportKind.PERSONS,
        filename="people.csv",
        content=f"姓名,证件种类,证件号码\n滕栖{actor.username},没有证件,\n滕错,居民身份证,1\n".encode(),
        source="import",
        purpose="越权矩阵",
        valid_from=at.date(),
    )


def areas_of_people(*, at: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """This function will map every person and household to its area, for both districts."""
    from minsheng.records.registry.models import Household

    persons: dict[int, int] = {}
    households: dict[int, int] = {}
    outside = Account.objects.get(username="neighbour")
    for viewer in (
        viewer_of("district_business", at),
        get_viewer(account_id=outside.pk, name="邻区", username="neighbour", at=at),
    ):
        with acting_as(viewer=viewer, at=at):
            persons |= dict(Person.objects.values_list("id", "area_id"))
            households |= dict(Household.objects.values_list("id", "area_id"))
    return persons, households
