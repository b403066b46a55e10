"""What the rooms of work and the portal have to show, planted for the access matrix by their own operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from architecture.access_cells import NO_NUMBER, Target
from foundation.files.pictures import JPEG
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import Entry, ProjectPhoto, SelfCheck, Statement
from minsheng.insight.cockpit.operations import attaching
from minsheng.insight.cockpit.types import Sent
from minsheng.portal import operations as portal
from minsheng.records.registry import operations as registry
from minsheng.records.registry.operations.people import Particulars, UnableToCreatePerson
from minsheng.records.registry.types import IdKind, MembershipKind, Sex
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import AllianceMember, Decision, Document, Notice
from minsheng.work.casework.types import Origin
from minsheng.work.eligibility.models import Finding, Run
from minsheng.work.eligibility.queries import digest_of_frozen
from minsheng.work.payments import operations as payments
from minsheng.work.payments.models import FloatDraw, FollowUp, Line, Recalculation, Sample, SampleLine
from minsheng.work.payments.models import Run as PaymentRun
from minsheng.work.payments.types import DecisionRef, FloatUse, NewDraw, NewGrant
from minsheng.work.visits.models import Signal, Visit


def running_month(actor: Viewer, at: datetime) -> int:
    """This month's run, as the demo has compiled and locked it."""
    with acting_as(viewer=actor, at=at):
        return int(PaymentRun.objects.get(month=at.date().replace(day=1)).pk)


def money(actor: Viewer, at: datetime, target: Target, run_id: int) -> dict[str, int]:
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


def code_of(actor: Viewer, at: datetime, target: Target) -> Target:
    """A code from the counter, printed by somebody who may."""
    clerk = replace(actor, capabilities=actor.capabilities | {"portal.issue_code"})
    printed = portal.issue_code(actor=clerk, at=at, person_id=target.person_id, identity_check="id_card")
    return replace(target, code_id=printed.code_id)


def case_of(actor: Viewer, at: datetime, target: Target) -> Target:
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
    joint_id = casework.open_joint(
        actor=drafter,
        at=at,
        household_id=target.household_id,
        needs=["schooling"],
        parts=[],
        partners=["education"],
        reason="越权矩阵",
    )
    member = AllianceMember.objects.create(
        area_id=target.area_id,
        name=f"越权矩阵 {case_id}",
        nature="volunteers",
        partner="volunteers",
        duty="值班",
        valid_from=at.date(),
        recorded_by=drafter.account_id,
        recorded_at=at,
    )
    with_case = replace(target, case_id=case_id, joint_id=joint_id, document_id=document.pk, decision_id=decision.pk)
    with_case = replace(with_case, member_id=member.pk)
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


def cockpit_of(actor: Viewer, at: datetime, target: Target) -> Target:
    """An entry and a self-evaluation of the area, by somebody else than all who try; plans are everybody's."""
    project = Statement.objects.filter(kind="project").order_by("id").first()
    assert project is not None
    with acting_as(viewer=actor, at=at):
        entry = Entry.objects.create(
            indicator="party_service_centres",
            area_id=target.area_id,
            as_of=at.date(),
            numerator=1,
            evidence="越权矩阵",
            entered_at=at,
            entered_by=NO_NUMBER,
        )
        check = SelfCheck.objects.create(
            indicator="monthly_visits",
            area_id=target.area_id,
            year=at.year - 1,
            grade="behind",
            words="越权矩阵",
            checked_at=at,
            checked_by=NO_NUMBER,
        )
        files = [
            attaching.keep_file(actor=actor, at=at, area_id=target.area_id, sent=Sent("a.jpg", JPEG)) for _ in range(2)
        ]
        photo = ProjectPhoto.objects.create(
            statement=project,
            area_id=target.area_id,
            file=files[0],
            taken_on=at.date(),
            words="越权矩阵",
            added_at=at,
            added_by=NO_NUMBER,
        )
    held = {"plan_id": project.plan_id, "statement_id": project.pk, "project_id": project.pk}
    planted = {"entry_id": entry.pk, "check_id": check.pk, "photo_id": photo.pk, "file_id": files[1].pk.int}
    return replace(target, cockpit=held | planted)


def _visit(actor: Viewer, at: datetime, target: Target, number: int) -> int:
    """A visit to be made, or one that needs help; the second to another household of the same place."""
    household = target.household_id
    if number:
        household = registry.create_household(actor=actor, at=at, area_id=target.area_id)
        person = register(actor, at, target.area_id, "滕松" + "甲乙丙丁戊"[target.household_id % 5], "")
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


def register(actor: Viewer, at: datetime, area_id: int, name: str, id_number: str) -> int:
    """This function will register a person; people who are much alike are taken for others."""
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
