"""Every model has a class of retention; what is past its term goes, by travel in time; a legal hold keeps it."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from builders import COMMUNITY_QINGHE, DISTRICT, staff
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.models import Purpose
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.jobs.declaring import _JOBS
from minsheng.portal.models import Code, Session
from minsheng.records.privacy import holding, retention
from minsheng.records.privacy.types import Retention
from work.payments.payments_office import Office, home, open_office


def without_class(table: dict[str, Retention]) -> list[str]:
    return sorted({model._meta.label for model in apps.get_models()} - set(table))


def test_every_model_has_a_class() -> None:
    missing = without_class(settings.RETENTION)
    assert missing == [], f"say in src/minsheng/config/retention.py how long these are kept, and why: {missing}"
    gone = set(settings.RETENTION) - {model._meta.label for model in apps.get_models()}
    assert gone == set(), "classes of models that are no more"


def test_control_a_model_without_a_class_is_found() -> None:
    table = dict(settings.RETENTION)
    del table["registry.Person"]
    assert without_class(table) == ["registry.Person"]


def test_what_the_table_says_is_so() -> None:
    for label, rule in settings.RETENTION.items():
        assert rule.label, label
        assert rule.why, label
        columns = {field.column for field in apps.get_model(label)._meta.fields}
        if rule.cleared_by == retention.OURS:
            assert rule.days is not None, label
            assert rule.column in columns, label
            assert not rule.person or rule.person in columns, label
            # Who names a person must be kept by a hold, so the column is declared.
            assert ("person_id" not in columns) or rule.person, label
        elif rule.cleared_by and "." in rule.cleared_by:
            assert rule.cleared_by in _JOBS, f"{label}: there is no job {rule.cleared_by}"


@pytest.fixture
def office(at: datetime) -> Office:
    return open_office(at=at)


@pytest.mark.django_db
def test_what_is_past_its_term_goes_and_what_is_held_stays(office: Office, at: datetime) -> None:
    homes = [home(office, at, name, area_id=COMMUNITY_QINGHE) for name in ("钟阿甲", "钟阿乙")]
    for one in homes:
        access.state_purpose(
            actor=office.intake, at=at, subject=f"registry.person:{one.person_id}", code="case", note=""
        )
        with acting_as(viewer=office.intake, at=at):
            whose = {"area_id": one.area_id, "household_id": one.household_id, "person_id": one.person_id}
            until = at + timedelta(hours=2)
            code = Code.objects.create(
                **whose, selector=f"{one.person_id:04d}", secret_hash="0" * 64, identity_check="id_card",
                issued_by=office.intake.account_id, issued_by_name="x", issued_at=at, expires_at=until, tries_left=5,
            )  # fmt: skip
            Session.objects.create(
                **whose, code=code, channel="counter_code", token_hash=f"{one.person_id:064d}", started_at=at,
                expires_at=until,
            )  # fmt: skip
    bureau = office.business
    hold = holding.set_hold(actor=bureau, at=at, person_id=homes[1].person_id, basis="（2026）浙0102行初1号")

    def left() -> tuple[int, int, int]:
        with acting_as(viewer=office.system, at=at):
            return Code.objects.count(), Session.objects.count(), Purpose.objects.count()

    def after(days: int) -> retention.Cleared:
        return retention.purge(actor=office.system, at=at + timedelta(days=days))

    before = left()
    assert before == (2, 2, 2)
    assert set(after(0).rows.values()) == {0}
    assert set(after(182).rows.values()) == {0}, "the day before the term nothing goes"
    first = after(188)
    assert (first.rows["portal_session"], first.rows["portal_code"]) == (1, 1)
    assert first.held == {"portal_session": 1, "portal_code": 1}
    assert left() == (1, 1, 2)
    assert after(1100).held["access_purpose"] == 1
    assert left() == (1, 1, 1)
    later = at + timedelta(days=1101)
    holding.ask_to_end(actor=bureau, at=later, hold_id=hold, reason="判决已生效")
    assert after(1101).held == {"access_purpose": 1, "portal_code": 1, "portal_session": 1}, "one person's word is none"
    holding.end_hold(
        actor=staff(at=at, role="district_review", area_id=DISTRICT, username="second"),
        at=later,
        hold_id=hold,
        agreed=True,
    )
    assert after(1102).held == {}
    assert left() == (0, 0, 0)
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        told = list(Entry.objects.filter(action="privacy.purge_done").order_by("at").values_list("detail", flat=True))
    assert [one["rows"] for one in told] == [
        {"portal_session": 1, "portal_code": 1},
        {"access_purpose": 1},
        {"portal_session": 1, "portal_code": 1, "access_purpose": 1},
    ]


@pytest.mark.django_db
def test_every_clearing_is_a_statement_that_the_database_takes(office: Office, at: datetime) -> None:
    """As the app role: it has the right, the columns are there, no key stands in the way of an empty table."""
    done = retention.purge(actor=office.system, at=at + timedelta(days=9000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("minsheng_app",)
    ours = [label for label, rule in settings.RETENTION.items() if rule.cleared_by == retention.OURS]
    assert set(done.rows) == {apps.get_model(label)._meta.db_table for label in ours}
