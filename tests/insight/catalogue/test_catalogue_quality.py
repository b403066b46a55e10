"""Quality is counted, compared with what is expected, and seen through by whoever answers for the data."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from builders import DISTRICT, staff
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.catalogue import operations
from minsheng.insight.catalogue.models import Issue, Measurement
from minsheng.insight.catalogue.queries.searching import dataset_page, issues
from minsheng.insight.catalogue.rules import BY_PEOPLE, TRANSITIONS, acts_in, sharing_of, state_after
from minsheng.insight.catalogue.types import IssueAct, IssueState, Secrecy, Sharing
from minsheng.records.registry import operations as registry
from minsheng.records.registry.models import Statement
from minsheng.records.registry.types import SubjectKind
from records.registry.people import clerk, household, register

DAY = timedelta(days=1)


@pytest.fixture
def business(db: None, at: datetime) -> Viewer:
    """Ten people, one of them without a birth date and two of them perhaps the same."""
    actor = clerk(at=at)
    people = [
        register(actor, at, f"张{'甲乙丙丁戊己庚辛'[n]}", born=date(1950 + n, 1, 1), sequence=n + 1) for n in range(8)
    ]
    people.append(register(actor, at, "李不详"))
    household(actor, at, *((one, "head" if one == people[0] else "other") for one in people))
    return actor


@pytest.fixture
def system(business: Viewer, at: datetime) -> Viewer:
    return staff(at=at, role="system", area_id=DISTRICT, name="系统")


def measured(day: date, dataset: str, field: str, dimension: str) -> tuple[int, int]:
    row = Measurement.objects.get(day_date=day, dataset=dataset, field=field, dimension=dimension)
    return row.looked_at, row.failing


def test_counts_are_those_of_the_rows(business: Viewer, system: Viewer, at: datetime) -> None:
    counts, opened = operations.measure_quality(actor=system, at=at)
    day = at.date()
    assert counts > 500
    assert opened == Issue.objects.count() > 0
    assert measured(day, "registry_person", "birth_date", "completeness") == (9, 1)
    assert measured(day, "registry_person", "id_index", "completeness") == (9, 1)
    assert measured(day, "registry_person", "", "uniqueness") == (9, 0)
    assert measured(day, "facts_person", "wage_income", "validity") == (0, 0)  # nothing said, nothing wrong
    again, _ = operations.measure_quality(actor=system, at=at)
    assert again == Measurement.objects.count() == counts
    assert Issue.objects.count() == opened  # the same fault is one issue


def say(actor: Viewer, at: datetime, person: int, source: str, **values: object) -> None:
    registry.record_statement(
        actor=actor, at=at, subject_kind=SubjectKind.PERSON, subject_id=person, source=source,
        values=dict(values), valid_from=date(2026, 1, 1),
    )  # fmt: skip


def test_wrong_and_contradicted_facts_are_counted(business: Viewer, system: Viewer, at: datetime) -> None:
    first, second, third = registry_ids()
    say(business, at, first, "hrss", wage_income=100)
    say(business, at, first, "self_report", wage_income=200)  # another source, another value
    say(business, at, second, "hrss", wage_income=100)
    say(business, at, second, "self_report", wage_income=100)  # agrees
    Statement.objects.create(
        area_id=4, subject_kind="person", subject_id=third, source="hrss", confidence=50, recorded_at=at,
        values={"wage_income": "much", "sex": "unheard", "resident": True}, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    from minsheng.foundation.access.context import acting_as
    from minsheng.records.registry.queries.quality import fact_quality

    with acting_as(viewer=system, at=at):
        found = {one.attribute: one for one in fact_quality(viewer=system, on=at.date(), known_at=at)}
    wage, resident = found["wage_income"], found["resident"]
    assert (wage.subjects, wage.known, wage.said, wage.invalid, wage.contradicted) == (9, 3, 3, 1, 1)
    assert (resident.said, resident.invalid) == (1, 0)


def registry_ids() -> list[int]:
    from django.db import connection

    from minsheng.foundation.access.context import enter

    account = Account.objects.get(username="system-1")
    enter(account_id=account.pk, at=datetime.fromisoformat("2026-11-03T09:30:00+08:00"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_person ORDER BY id LIMIT 3")
        return [row[0] for row in cursor.fetchall()]


def test_only_a_better_measurement_closes_an_issue(business: Viewer, system: Viewer, at: datetime) -> None:
    operations.measure_quality(actor=system, at=at)
    issue = Issue.objects.get(dataset="registry_person", field="birth_date", dimension="completeness")
    assert (issue.state, issue.permille, issue.least_permille) == ("open", 888, 990)

    def act(which: IssueAct, words: str = "") -> IssueState:
        return operations.act_on_issue(actor=business, at=at, issue_id=issue.pk, act=which, words=words)

    with pytest.raises(operations.UnableToChangeIssue):
        act(IssueAct.ANSWER, "x")  # nobody has taken it
    assert act(IssueAct.TAKE) is IssueState.TAKEN
    with pytest.raises(operations.UnableToChangeIssue, match="写明原因"):
        act(IssueAct.ANSWER, "  ")
    assert act(IssueAct.ANSWER, "正在逐人补录") is IssueState.ANSWERED
    with pytest.raises(operations.UnableToChangeIssue):
        act(IssueAct.MEASURED_GOOD)  # saying so is not enough
    operations.measure_quality(actor=system, at=at + DAY)
    issue.refresh_from_db()
    assert issue.state == "answered"
    for n in range(100):  # so many are registered whole that one in a hundred is within what is expected
        register(business, at, f"王{chr(0x4E00 + n * 7)}", born=date(1930, 1, 1) + n * 40 * DAY, sequence=100 + n)
    operations.measure_quality(actor=system, at=at + 2 * DAY)
    issue.refresh_from_db()
    assert issue.state == "closed"
    shown = dataset_page(viewer=business, code="registry_person")
    assert shown is not None
    [line] = [q for q in shown[1] if q.field == "birth_date" and q.dimension == "completeness"]
    assert [value for _, value in line.trend] == [888, 888, 990]
    assert line.change == "升 10.2 个百分点（3 次）"
    assert line.good
    assert issue.pk not in {row.issue_id for row in issues(viewer=business)}
    assert issue.pk in {row.issue_id for row in issues(viewer=business, with_closed=True)}


def test_what_nobody_expects_any_more_is_closed(business: Viewer, system: Viewer, at: datetime) -> None:
    old = Issue.objects.create(
        dataset="registry_person", field="name_pinyin", dimension="completeness", opened_day=at.date(), permille=1,
        least_permille=2, why="从前的要求", changed_at=at,
    )  # fmt: skip
    operations.measure_quality(actor=system, at=at)
    old.refresh_from_db()
    assert (old.state, old.why) == ("closed", "不再这样要求")


@pytest.mark.parametrize("state", IssueState)
@pytest.mark.parametrize("act", IssueAct)
def test_every_act_in_every_state(state: IssueState, act: IssueAct, db: None, at: datetime) -> None:
    business = clerk(at=at)
    issue = Issue.objects.create(
        dataset="registry_person", dimension="completeness", opened_day=at.date(), permille=1, least_permille=2,
        why="试", changed_at=at, state=state,
    )  # fmt: skip
    allowed = state_after(state, act) if act in BY_PEOPLE else None
    call = {"actor": business, "at": at, "issue_id": issue.pk, "act": act, "words": "已经改好"}
    if allowed is None:
        with pytest.raises(operations.UnableToChangeIssue):
            operations.act_on_issue(**call)
    else:
        assert operations.act_on_issue(**call) is allowed
    issue.refresh_from_db()
    assert issue.state == (allowed or state)


def test_nothing_follows_a_closed_issue() -> None:
    assert not any(state is IssueState.CLOSED for state, _ in TRANSITIONS)
    assert acts_in(IssueState.CLOSED) == ()


def test_the_stricter_sharing_wins() -> None:
    assert sharing_of(Secrecy.SEALED, of_dataset=Sharing.OPEN) is Sharing.NONE
    assert sharing_of(Secrecy.PERSONAL, of_dataset=Sharing.OPEN) is Sharing.LIMITED
    assert sharing_of(Secrecy.PERSONAL, of_dataset=Sharing.NONE) is Sharing.NONE
    assert sharing_of(Secrecy.OPEN, of_dataset=Sharing.OPEN) is Sharing.OPEN


def test_whoever_may_not_measure_or_answer_is_refused(business: Viewer, at: datetime) -> None:
    with pytest.raises(PermissionError):
        operations.measure_quality(actor=business, at=at)
    leader = staff(at=at, role="district_leader", area_id=DISTRICT)
    with pytest.raises(PermissionError):
        operations.act_on_issue(actor=leader, at=at, issue_id=1, act=IssueAct.TAKE)


def test_the_pages_show_fields_quality_and_issues(
    business: Viewer, system: Viewer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)
    operations.measure_quality(actor=system, at=at)
    client = Client()
    client.force_login(Account.objects.get(pk=business.account_id), "django.contrib.auth.backends.ModelBackend")
    assert "找到" in client.get("/catalogue/?q=出生日期").content.decode()
    assert "没有找到这样的数据" in client.get("/catalogue/?q=没有这种东西").content.decode()
    page = client.get("/catalogue/registry_person/").content.decode()
    assert "88.8%" in page
    assert "加密封存" in page
    assert client.get("/catalogue/no_such/").status_code == 404
    listed = client.get("/catalogue/issues/").content.decode()
    assert "个数据问题等人接办" in listed
    number = Issue.objects.get(dataset="registry_person", field="birth_date").pk
    client.post(f"/catalogue/issues/{number}/take/")
    assert Issue.objects.get(pk=number).handler_name == business.name
    assert client.post(f"/catalogue/issues/{number}/measured_good/").status_code == 302
    assert Issue.objects.get(pk=number).state == "taken"
    assert client.post("/catalogue/issues/999999/take/").status_code == 404
    assert client.post(f"/catalogue/issues/{number}/explode/").status_code == 404
    export = client.get("/catalogue/dcat.jsonld")
    assert export.headers["Content-Type"] == "application/ld+json"
