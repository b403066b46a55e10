"""Security labels: raised by one at once, lowered by two; whoever has no clearance finds nobody, on any page."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from builders import COMMUNITY_QINGHE, DISTRICT, STREET_CAIHE, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.operations import break_glass
from minsheng.foundation.access.types import ProtectionLevel, UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.operations.giving import give_households
from minsheng.records.registry.queries import household_facts
from minsheng.records.registry.queries.labelling import person_label
from minsheng.records.registry.types import LabellingState, LabelReason, MembershipKind, RelationKind
from records.registry.people import clerk, household, id_number, purpose, register

pytestmark = pytest.mark.django_db
BORN = date(2016, 5, 6)
ORDER = "人身安全保护令（2026）3号"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def officer(now: datetime, keys: Keyring) -> Viewer:
    return clerk(at=now)


@pytest.fixture
def near(officer: Viewer, now: datetime) -> Viewer:
    """The community worker next door, with what a community worker carries at most."""
    return staff(
        at=now, role="community_worker", area_id=COMMUNITY_QINGHE, name="何敏", clearance=ProtectionLevel.SENSITIVE
    )


@pytest.fixture
def street(officer: Viewer, now: datetime) -> Viewer:
    return staff(at=now, role="street_intake", area_id=STREET_CAIHE, clearance=ProtectionLevel.PROTECTED)


@pytest.fixture
def child(officer: Viewer, now: datetime) -> int:
    return register(officer, now, "林小雨", born=BORN, sequence=8, phone="13800001111")


@pytest.fixture
def home(officer: Viewer, now: datetime, child: int) -> tuple[int, int]:
    """(household, mother): the child lives with her."""
    mother = register(officer, now, "林芳", born=date(1988, 2, 3), sequence=9)
    registry.add_relation(actor=officer, at=now, person_id=mother, kind=RelationKind.CHILD, relative_id=child)
    return household(officer, now, (mother, "head"), (child, "child")), mother


def protect(actor: Viewer, at: datetime, person_id: int, level: ProtectionLevel = ProtectionLevel.PROTECTED) -> None:
    reason = LabelReason.PROTECTION_ORDER
    registry.label_person(actor=actor, at=at, person_id=person_id, level=level, reason=reason, note=ORDER)


def lower(actor: Viewer, at: datetime, person_id: int, level: ProtectionLevel = ProtectionLevel.ORDINARY) -> int:
    state = registry.label_person(
        actor=actor, at=at, person_id=person_id, level=level, reason=LabelReason.OVER, note="保护令已经期满"
    )
    assert state is LabellingState.PROPOSED
    with acting_as(viewer=actor, at=at):
        waiting = person_label(viewer=actor, person_id=person_id).waiting
    assert waiting is not None
    return waiting.id


def level_of(actor: Viewer, at: datetime, person_id: int) -> ProtectionLevel:
    with acting_as(viewer=actor, at=at):
        return person_label(viewer=actor, person_id=person_id).level


def found(viewer: Viewer, at: datetime, text: str) -> list[int]:
    return [row.person_id for row in registry.search_people(viewer=viewer, at=at, text=text).people]


def test_one_raises_at_once_and_two_lower(officer: Viewer, street: Viewer, child: int, now: datetime) -> None:
    protect(street, now, child)
    assert level_of(street, now, child) is ProtectionLevel.PROTECTED
    asked = lower(street, now, child)
    assert level_of(street, now, child) is ProtectionLevel.PROTECTED, "a proposal changes nothing"
    with pytest.raises(registry.UnableToLabel, match="另一个人"):
        registry.decide_labelling(actor=street, at=now, labelling_id=asked, agreed=True, answer="同意")
    registry.decide_labelling(actor=officer, at=now, labelling_id=asked, agreed=False, answer="案子还没有结")
    assert level_of(officer, now, child) is ProtectionLevel.PROTECTED
    registry.decide_labelling(
        actor=officer, at=now, labelling_id=lower(street, now, child), agreed=True, answer="法院已回函"
    )
    assert level_of(officer, now, child) is ProtectionLevel.ORDINARY


def test_two_accounts_of_one_person_are_one(officer: Viewer, child: int, now: datetime) -> None:
    one, other = (
        staff(at=now, role=role, area_id=STREET_CAIHE, holder="0042", clearance=ProtectionLevel.PROTECTED)
        for role in ("street_intake", "street_review")
    )
    protect(one, now, child)
    asked = lower(one, now, child)
    with pytest.raises(registry.UnableToLabel, match="另一个人"):
        registry.decide_labelling(actor=other, at=now, labelling_id=asked, agreed=True, answer="同意")
    refused = pytest.raises(DatabaseError, match="two people")
    with refused, acting_as(viewer=other, at=now), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_labelling SET state = 'in_force', decided_by = %s, decided_at = now() WHERE id = %s",
            [other.account_id, asked],
        )


def test_nobody_labels_beyond_their_reach(near: Viewer, officer: Viewer, child: int, now: datetime) -> None:
    with pytest.raises(registry.UnableToLabel, match="街道"):
        protect(near, now, child)
    protect(near, now, child, ProtectionLevel.SENSITIVE)
    assert found(near, now, "林小雨") == [child], "whoever raises it goes on seeing the person"
    grid = staff(at=now, role="grid_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(UnableToAct):
        protect(grid, now, child)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_person SET protection_level = 0 WHERE id = {child}",
        "DELETE FROM registry_labelling",
        "UPDATE registry_labelling SET level_after = 1",
        "INSERT INTO registry_labelling (person_id, level_before, level_after, reason, note, state, labelled_at,"
        " labelled_by, labelled_by_name, decided_by, decided_by_name, answer) VALUES ({child}, 2, 0, 'over', '',"
        " 'in_force', now(), 1, '', 2, '', '')",
        "INSERT INTO registry_labelling (person_id, level_before, level_after, reason, note, state, labelled_at,"
        " labelled_by, labelled_by_name, decided_by_name, answer) VALUES ({child}, 0, 2, 'child', '', 'in_force',"
        " now(), 1, '', '', '')",
    ],
)
def test_the_database_holds_to_it(street: Viewer, child: int, now: datetime, statement: str) -> None:
    protect(street, now, child)
    refused = pytest.raises(DatabaseError, match=r"labelling|denied")
    with refused, acting_as(viewer=street, at=now), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(child=child))
    assert level_of(street, now, child) is ProtectionLevel.PROTECTED


def test_a_merged_record_has_the_label_too(officer: Viewer, near: Viewer, child: int, now: datetime) -> None:
    twice = register(officer, now, "林小宇")
    registry.merge_persons(actor=officer, at=now, kept_id=child, merged_id=twice, reason="同一个孩子登记了两次")
    protect(officer, now, child)
    assert found(near, now, "林小") == []
    other = register(officer, now, "林晓雨")
    with pytest.raises(registry.UnableToMerge, match="保护级别"):
        registry.merge_persons(actor=officer, at=now, kept_id=child, merged_id=other, reason="同一个孩子")


def browser(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_without_clearance_nobody_is_there(
    officer: Viewer, near: Viewer, street: Viewer, child: int, home: tuple[int, int], now: datetime
) -> None:
    household_id, mother = home
    purpose(near, now, child)
    purpose(near, now, mother)
    client = browser(near)
    assert "林小雨" in client.get(f"/people/{mother}/").content.decode(), "control: before, the child is there"
    protect(street, now, child)
    for text in ("林小雨", "lxy", id_number(born=BORN, sequence=8), "13800001111", "清荷苑"):
        assert child not in found(near, now, text), text
        assert child in found(street, now, text), text
    for path in (
        f"/people/{child}/",
        f"/people/{child}/protection/",
        f"/people/{child}/purpose/",
        f"/people/{child}/death/",
        f"/people/{child}/facts/new/",
        f"/households/{household_id}/",
    ):
        assert client.get(path).status_code == 404, path
    for path in (f"/people/{child}/numbers/phone/", f"/people/{child}/protection/1/"):
        assert client.post(path, {"reason": "看一看", "agreed": "yes", "answer": "好"}).status_code in (302, 404), path
    # The mother is found; her home is not there, neither with the child nor, wrongly, without it.
    page = client.get(f"/people/{mother}/").content.decode()
    assert "林芳" in page
    assert "林小雨" not in page
    assert f"/people/{child}/" not in page
    assert f"/households/{household_id}/" not in page
    assert "清荷苑" not in page
    # A second registration is answered as for another area: taken, and nothing else.
    particulars = registry.Particulars(
        name="林小雨", id_kind=registry.IdKind.RESIDENT_ID, id_number=id_number(born=BORN, sequence=8)
    )
    with pytest.raises(registry.UnableToCreatePerson, match="与街道联系") as refusal:
        registry.create_person(actor=near, at=now, area_id=COMMUNITY_QINGHE, particulars=particulars)
    assert refusal.value.duplicates == ()
    made = registry.create_household(actor=near, at=now, area_id=COMMUNITY_QINGHE)
    with pytest.raises(registry.UnableToChangeHousehold, match="与街道联系"):
        registry.add_member(
            actor=near,
            at=now,
            household_id=made,
            person_id=mother,
            kind=MembershipKind.RESIDENCE,
            valid_from=now.date(),
        )
    with pytest.raises(registry.UnableToMovePerson, match="与街道联系"):
        registry.move_person(actor=near, at=now, person_id=mother, household_id=made, moved_date=now.date())


def test_jobs_reckon_with_everybody_and_other_offices_with_nobody_labelled(
    officer: Viewer, street: Viewer, child: int, home: tuple[int, int], now: datetime
) -> None:
    household_id, mother = home
    system = staff(at=now, role="system", area_id=DISTRICT, name="系统")
    partner = staff(at=now, role="exchange_partner", area_id=DISTRICT, name="住建")

    def given() -> set[int]:
        told = give_households(actor=partner, at=now, household_ids=[household_id], purpose="exchange", detail={})
        return {person for one in told.values() for person in one.household.names}

    def reckoned(viewer: Viewer) -> set[int]:
        with acting_as(viewer=viewer, at=now):
            facts = household_facts(viewer=viewer, household_id=household_id, as_of=now.date(), known_at=now)
        return set(facts.names) if facts else set()

    near = staff(at=now, role="grid_worker", area_id=COMMUNITY_QINGHE)
    assert given() == reckoned(near) == {child, mother}, "control: before, everybody has both"
    protect(street, now, child)
    assert reckoned(system) == {child, mother}
    assert given() == set()
    assert reckoned(near) == set(), "never a home of one where two live"


def test_a_home_that_was_left_is_everybody_s_again(
    officer: Viewer, near: Viewer, street: Viewer, child: int, home: tuple[int, int], now: datetime
) -> None:
    household_id, mother = home
    protect(street, now, child)
    away = registry.create_household(actor=street, at=now, area_id=COMMUNITY_QINGHE)
    registry.move_person(actor=street, at=now, person_id=child, household_id=away, moved_date=now.date())
    with acting_as(viewer=near, at=now):
        facts = household_facts(viewer=near, household_id=household_id, as_of=now.date(), known_at=now)
        assert facts is not None
        assert set(facts.names) == {mother}
        assert household_facts(viewer=near, household_id=away, as_of=now.date(), known_at=now) is None


def test_a_broken_glass_reaches_the_sensitive_and_no_further(
    officer: Viewer, street: Viewer, child: int, now: datetime
) -> None:
    elsewhere = staff(at=now, role="street_intake", area_id=3, clearance=ProtectionLevel.PROTECTED)
    uncleared = staff(at=now, role="street_review", area_id=3)
    for viewer in (elsewhere, uncleared):
        break_glass(actor=viewer, at=now, area_id=COMMUNITY_QINGHE, reason="孩子走失了，要联系家里人")

    def sees(viewer: Viewer) -> bool:
        with acting_as(viewer=viewer, at=now), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_person WHERE id = %s", [child])
            return bool(cursor.fetchone()[0])

    assert (sees(elsewhere), sees(uncleared)) == (True, True), "control: an ordinary person is seen through the glass"
    protect(street, now, child, ProtectionLevel.SENSITIVE)
    assert (sees(elsewhere), sees(uncleared)) == (True, False)
    protect(street, now, child)
    assert (sees(elsewhere), sees(uncleared)) == (False, False)


def test_who_labelled_whom_is_in_the_trail_and_not_for_the_family(
    officer: Viewer, street: Viewer, child: int, now: datetime
) -> None:
    protect(street, now, child)
    auditor = staff(at=now, role="auditor", area_id=1, clearance=ProtectionLevel.PROTECTED)
    with acting_as(viewer=auditor, at=now), connection.cursor() as cursor:
        cursor.execute(
            "SELECT object_type, detail->>'person', detail->>'after' FROM audit_entry"
            " WHERE action = 'registry.label_raised'"
        )
        assert cursor.fetchall() == [("registry.labelling", str(child), "重点保护")]
        # What a resident reads of the trail is registry.person and registry.household (portal, migration 0002).
        cursor.execute(
            "SELECT count(*) FROM audit_entry WHERE object_type = 'registry.person' AND action LIKE 'registry.label%%'"
        )
        assert cursor.fetchone() == (0,)


def test_the_page_sets_proposes_and_decides(officer: Viewer, street: Viewer, child: int, now: datetime) -> None:
    for viewer in (street, officer):
        purpose(viewer, now, child)
    page = browser(street).get(f"/people/{child}/protection/").content.decode()
    assert "林小雨的保护级别是“普通”" in page
    assert "重点保护（马上生效）" in page
    protect(street, now, child)
    lower(street, now, child)
    mine = browser(street).get(f"/people/{child}/protection/").content.decode()
    assert "这是您提出的" in mine
    assert "同意调低" not in mine
    theirs = browser(officer).get(f"/people/{child}/protection/").content.decode()
    assert "同意调低" in theirs
    assert "提出从“重点保护”调到“普通”" in theirs
    assert "普通 → 重点保护，已生效" in theirs
    assert "重点保护" in browser(officer).get(f"/people/{child}/").content.decode()
