"""What the access matrix is tried with: signed-in browsers for each role, and objects near and far.

Everything is made by operations inside the caller's transaction, so nothing is left behind.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from secrets import token_hex
from time import time

from django.conf import settings
from django.test import Client

from architecture.access_cells import ANONYMOUS, NO_GRANT, NO_NUMBER, RESIDENT, ROLES, Relation, Target
from architecture.access_planting import case_of, cockpit_of, code_of, money, register, running_month
from minsheng.config.demo.accounts import OFFICERS as GRANTING
from minsheng.config.demo.accounts import STAFF as DEMO_STAFF
from minsheng.config.demo.accounts import STREET
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.models import Area, Grant
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import HeldGrant, Viewer
from minsheng.foundation.evidence.models import Leaf
from minsheng.foundation.exports.models import Export
from minsheng.insight.catalogue.models import Issue
from minsheng.insight.exchange.models import Partner
from minsheng.portal import operations as portal
from minsheng.records.places import operations as places
from minsheng.records.places.models import Division
from minsheng.records.places.queries import geometry_geojson
from minsheng.records.places.types import DivisionKind
from minsheng.records.privacy import holding
from minsheng.records.privacy import operations as privacy
from minsheng.records.privacy.types import AskedBy, RequestKind
from minsheng.records.registry import operations as registry
from minsheng.records.registry.identifiers import resident_check_character
from minsheng.records.registry.imports.operations import stage_table
from minsheng.records.registry.imports.types import ImportKind
from minsheng.records.registry.models import Person
from minsheng.records.registry.queries.labelling import person_label
from minsheng.records.registry.types import LabelReason, MembershipKind, ProtectionLevel, SubjectKind
from minsheng.work.eligibility.publishing import operations as publishing
from minsheng.work.eligibility.publishing.types import GivenVersion, Header
from twin.stories import LANE_COMMUNITY

BACKEND = "django.contrib.auth.backends.ModelBackend"
NEIGHBOUR_AREA = 900_001


def viewer_of(role: str, at: datetime) -> Viewer:
    """This function will build the viewer of a demo account."""
    account = Account.objects.get(username=DEMO_STAFF[role][0])
    return get_viewer(account_id=account.pk, name=account.display_name, username=account.username, at=at)


def browsers(*, at: datetime, csrf: bool = False, resident: int | None = None) -> dict[str, Client]:
    """This function will sign every role in; one browser is anonymous, one has an account without any grant.

    `resident`: whose sitting the browser of a resident holds; without one it is 林阿珍's. Each is noted as in use now,
    and for `access_walk.visit` it stays now: a walk takes its requests back, so each would note it anew, and that is a
    sixth of its time.
    """
    found, now = {}, time()
    for role in ("system_officer", "security_officer"):
        access.begin_duty(actor=viewer_of(role, at), at=at, reason="越权矩阵")  # what they may only while on duty
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
        if role not in (ANONYMOUS, RESIDENT):
            session = client.session
            session.update({"began_at": now, "seen_at": now})
            session.save()
        vars(client)["signed_in_at"] = now
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
        found[relation] = cockpit_of(actor, at, code_of(actor, at, case_of(actor, at, found[relation])))
        found[relation] = replace(found[relation], **_rights(actor, at, found[relation].person_id))
        found[relation] = replace(found[relation], export_code=_export(actor, at, area_id))
        found[relation] = replace(found[relation], **_label(actor, at, area_id, number))
    sealed = Leaf.objects.order_by("position").first()
    assert sealed is not None, "the demo has sealed its trail"
    found = {
        one: replace(target, entry_id=str(sealed.entry_id), day_of_roots=at.date().isoformat())
        for one, target in found.items()
    }
    run = running_month(business, at)
    issue = Issue.objects.create(
        dataset="registry_person", dimension="completeness", opened_day=at.date(), permille=1, least_permille=2,
        why="越权矩阵", changed_at=at,
    )  # fmt: skip
    partner = Partner.objects.get(sender_id="housing.demo").pk
    insight = {"partner_id": partner, "issue_id": issue.pk, "dataset": "registry_person"}
    found = {one: replace(target, **insight) for one, target in found.items()}
    found[Relation.OWN] = replace(found[Relation.OWN], run_id=run, money=money(business, at, found[Relation.OWN], run))
    found[Relation.OWN] = _officers(at, found[Relation.OWN], sibling.id)
    found[Relation.MISSING] = Target(Relation.MISSING, own.id, *[NO_NUMBER] * 8)
    for role in DEMO_STAFF:
        # A purpose was stated for everybody, strangers included: it must not open a door by itself.
        for target in found.values():
            for person in (target.person_id, target.twin_id, target.merged_id):
                access.state_purpose(
                    actor=viewer_of(role, at), at=at, subject=f"registry.person:{person}", code="case", note=""
                )
    return found


def _officers(at: datetime, target: Target, elsewhere: int) -> Target:
    """An account with its grant, and an opening in an emergency, for the pages of the officers."""
    account = Account.objects.get(username=DEMO_STAFF["grid_worker"][0])
    glass = access.break_glass(
        actor=viewer_of("community_worker", at), at=at, area_id=elsewhere, reason="越权矩阵：夜里有人敲门求助"
    )
    grant = Grant.objects.filter(account=account).latest("id")
    # Closed again, or the community worker would reach further in every other cell.
    access.close_glass(actor=viewer_of("community_worker", at), at=at, glass_id=glass)
    return replace(target, account_id=account.pk, grant_id=grant.pk, glass_id=glass)


def _rights(actor: Viewer, at: datetime, person_id: int) -> dict[str, int]:
    """A request, a consent and a hold of a person, taken by the bureau."""
    asked = {"kind": RequestKind.DELETION, "asked_by": AskedBy.SELF, "identity_check": "身份证", "words": "请删除"}
    request_id = privacy.take_request(actor=actor, at=at, person_id=person_id, **asked)  # type: ignore[arg-type]
    (consent_id,) = privacy.record_consents(
        actor=actor, at=at, person_id=person_id, activities=["photo"], given_by=person_id, how="当面签字"
    )
    hold_id = holding.set_hold(actor=actor, at=at, person_id=person_id, basis="越权矩阵（2026）1号")
    return {"request_id": request_id, "consent_id": consent_id, "hold_id": hold_id}


def _label(actor: Viewer, at: datetime, area_id: int, number: int) -> dict[str, int]:
    """Somebody 敏感, whom it is proposed to make 普通 again."""
    person = register(actor, at, area_id, f"滕隐{'甲乙丙丁戊'[number]}", "")
    for level, reason in (
        (ProtectionLevel.SENSITIVE, LabelReason.ADOPTION),
        (ProtectionLevel.ORDINARY, LabelReason.OVER),
    ):
        registry.label_person(actor=actor, at=at, person_id=person, level=level, reason=reason, note="越权矩阵")
    with acting_as(viewer=actor, at=at):
        waiting = person_label(viewer=actor, person_id=person).waiting
    assert waiting is not None
    return {"protected_id": person, "labelling_id": waiting.id}


def _export(actor: Viewer, at: datetime, area_id: int) -> str:
    """A list of an area that waits for a second person; written past the operation, which takes the actor's area."""
    with acting_as(viewer=actor, at=at):
        row = Export.objects.create(
            code=token_hex(6), area_id=area_id, account_id=actor.account_id, account_name=actor.name, sheet="名单",
            stem="list", about="越权矩阵", purpose="越权矩阵", row_count=1, names_people=True, needs_second=True,
            digest=b"", marks=b"", made_at=at, until=at + timedelta(days=400), state="waiting",
        )  # fmt: skip
    return str(row.code)


def _people(actor: Viewer, at: datetime, area_id: int, number: int) -> Target:
    household = registry.create_household(actor=actor, at=at, area_id=area_id)
    seventeen = f"33010219410301{number}{number}2"
    person, twin, merged = (
        register(actor, at, area_id, f"滕{given}{'甲乙丙丁戊'[number]}", identity)
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
    kept = register(actor, at, area_id, f"滕兰{'甲乙丙丁戊'[number]}", "")
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
