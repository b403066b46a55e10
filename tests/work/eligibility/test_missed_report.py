"""The missed-people report on a district, as the app role: counts, reasons, months, rights."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from test_publishing_gate import viewer_of

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.audit.models import Entry
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.eligibility.missed import operations, queries
from minsheng.work.eligibility.missed.models import Reason, Snapshot
from minsheng.work.eligibility.missed.queries import MissedFilter
from minsheng.work.eligibility.missed.types import WhyNot
from minsheng.work.eligibility.models import Finding
from minsheng.work.eligibility.operations import evaluate_district
from minsheng.work.eligibility.types import FindingKind

pytestmark = pytest.mark.xdist_group("district")
EVERYTHING = MissedFilter()
MONTH = date(2026, 11, 1)


def test_the_report_counts_whom_the_findings_name(district: None, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    with acting_as(viewer=viewer, at=at):
        found = queries.report(viewer=viewer, chosen=EVERYTHING, on_date=at.date())
        missed = Finding.objects.filter(kind=FindingKind.ENTITLED_NOT_RECEIVING.value, closed_at__isnull=True)
        assert found.total.missed == missed.count() > 0
        for line in found.by_scheme:
            assert line.missed == missed.filter(scheme=line.key).count(), line.key
            assert (line.entitled or 0) == (line.receiving or 0) + (line.missed or 0)
        assert sum(line.missed or 0 for line in found.by_area) == found.total.missed
        assert sum(question.people for question in found.questions) == found.total.one_datum
        assert [q.cost_fen for q in found.questions] == sorted(q.cost_fen for q in found.questions)


def test_a_reason_is_kept_and_hides_nobody(district: None, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    with acting_as(viewer=viewer, at=at):
        before = queries.report(viewer=viewer, chosen=EVERYTHING, on_date=at.date())
        first, second = queries.missed_lines(viewer=viewer, chosen=EVERYTHING, limit=2)
        for line, why, note in (
            (first, "not_reached", ""),
            (first, "refused", "本人说不需要"),
            (second, "other", "在外地"),
        ):
            operations.note_reason(
                actor=viewer, at=at, finding_id=line.finding_id, why=why, note=note, noted_date=date(2026, 11, 2)
            )
        after = queries.report(viewer=viewer, chosen=EVERYTHING, on_date=at.date())
        assert after.total.missed == before.total.missed, "a reason takes nobody out of the count"
        assert after.total.reasons == {"refused": 1, "other": 1}, "the last reason holds"
        shown, told = queries.missed_line(viewer=viewer, finding_id=first.finding_id) or pytest.fail("not found")
        assert shown.why is WhyNot.REFUSED
        assert [one.why for one in told] == [WhyNot.REFUSED, WhyNot.NOT_REACHED]
        refused = queries.missed_page(viewer=viewer, chosen=MissedFilter(why="refused"))
        assert [line.finding_id for line in refused.rows] == [first.finding_id]
        unasked = queries.missed_page(viewer=viewer, chosen=MissedFilter(why="none"))
        assert unasked.count == (before.total.missed or 0) - 2
        with pytest.raises(DatabaseError), transaction.atomic():
            Reason.objects.update(note="改")


def test_a_reason_outlives_the_finding(district: None, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    with acting_as(viewer=viewer, at=at):
        line = queries.missed_lines(viewer=viewer, chosen=EVERYTHING, limit=1)[0]
        operations.note_reason(
            actor=viewer, at=at, finding_id=line.finding_id, why="refused", note="", noted_date=date(2026, 11, 2)
        )
        Finding.objects.filter(id=line.finding_id).update(closed_at=at)
        with pytest.raises(operations.UnableToNoteReason, match="已经关闭"):
            operations.note_reason(
                actor=viewer, at=at, finding_id=line.finding_id, why="refused", note="", noted_date=date(2026, 11, 2)
            )
    evaluate_district(actor=system_viewer(at=at), at=at, as_of=at.date())
    with acting_as(viewer=viewer, at=at):
        again = [
            one
            for one in queries.missed_lines(viewer=viewer, chosen=EVERYTHING, limit=5_000)
            if (one.scheme, one.household_id, one.person_id) == (line.scheme, line.household_id, line.person_id)
        ]
    assert [one.why for one in again] == [WhyNot.REFUSED]
    assert again[0].finding_id != line.finding_id


def test_a_month_is_kept_and_the_same_month_is_written_anew(district: None, at: datetime) -> None:
    system, viewer = system_viewer(at=at), viewer_of("district_business", at)
    cells = operations.keep_month(actor=system, at=at, month=MONTH)
    assert operations.keep_month(actor=system, at=at, month=MONTH) == cells > 0
    operations.keep_month(actor=system, at=at, month=date(2026, 12, 1))
    with acting_as(viewer=viewer, at=at):
        found = queries.report(viewer=viewer, chosen=EVERYTHING, on_date=at.date())
        kept = queries.months(viewer=viewer, chosen=EVERYTHING)
    assert [line.month for line in kept] == [MONTH, date(2026, 12, 1)]
    assert kept[0].missed == found.total.missed
    worker = viewer_of("community_worker", at)
    with acting_as(viewer=worker, at=at):
        assert 0 < Snapshot.objects.count() < 2 * cells


def test_a_community_counts_its_own_and_a_stranger_notes_nothing(district: None, at: datetime) -> None:
    everybody, worker = viewer_of("district_business", at), viewer_of("community_worker", at)
    with acting_as(viewer=everybody, at=at):
        lines = queries.missed_lines(viewer=everybody, chosen=EVERYTHING, limit=5_000)
    stranger = next(line for line in lines if line.place != worker.area_name)
    with acting_as(viewer=worker, at=at):
        own = queries.report(viewer=worker, chosen=EVERYTHING, on_date=at.date())
        assert own.total.missed == sum(line.place == worker.area_name for line in lines)
        assert queries.missed_line(viewer=worker, finding_id=stranger.finding_id) is None
        with pytest.raises(operations.UnableToNoteReason, match="不在您负责的区域"):
            operations.note_reason(
                actor=worker, at=at, finding_id=stranger.finding_id, why="refused", note="", noted_date=MONTH
            )
    with pytest.raises(UnableToAct):
        operations.note_reason(
            actor=viewer_of("auditor", at), at=at, finding_id=stranger.finding_id, why="refused", note="",
            noted_date=MONTH,
        )  # fmt: skip


def test_who_may_not_open_a_record_sees_no_small_count(district: None, at: datetime) -> None:
    leader, business = viewer_of("district_leader", at), viewer_of("district_business", at)
    with acting_as(viewer=leader, at=at):
        hidden = queries.report(viewer=leader, chosen=EVERYTHING, on_date=at.date())
    with acting_as(viewer=business, at=at):
        shown = queries.report(viewer=business, chosen=EVERYTHING, on_date=at.date())
    assert hidden.hides_small
    assert not shown.hides_small
    small = {line.key for line in shown.by_area if 0 < (line.missed or 0) < 5 or 0 < (line.receiving or 0) < 5}
    assert small, "the district must hold a small count, or nothing is tested"
    assert {line.key for line in hidden.by_area if line.missed is None} == small
    assert (hidden.total.missed or 0) <= (shown.total.missed or 0)
    assert hidden.total.missed == sum(line.missed or 0 for line in hidden.by_scheme)


@pytest.fixture
def clients(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, Client]:
    monkeypatch.setattr(timezone, "now", lambda: at)
    made = {}
    for role in ("district_business", "district_leader", "community_worker"):
        made[role] = Client()
        made[role].force_login(
            Account.objects.get(username=STAFF[role][0]), "django.contrib.auth.backends.ModelBackend"
        )
    return made


def taken(client: Client, where: str, fields: dict[str, str]) -> Any:
    """The file of a list: prepared by a post, taken on the page that it leads to."""
    page = client.post(where, fields).headers["Location"]
    assert page.startswith("/exports/"), page
    return client.post(f"{page}file/")


def test_the_pages_say_it_and_the_export_carries_its_purpose(clients: dict[str, Client], at: datetime) -> None:
    client = clients["district_business"]
    page = client.get("/missed/").content.decode()
    assert "还没有领到</h1>" in page
    assert "演示参数：打电话问" in page
    listed = client.get("/missed/people/?why=none").content.decode()
    number = listed.split('href="/missed/people/')[1].split("/")[0]
    answer = client.post(f"/missed/people/{number}/", {"why": "other", "note": "", "noted_date": "2026-11-02"})
    assert answer.status_code == 422
    assert "写明是什么" in answer.content.decode()
    answer = client.post(f"/missed/people/{number}/", {"why": "refused", "note": "不需要", "noted_date": "2026-11-02"})
    assert answer.status_code == 302
    assert "本人不愿申请" in client.get("/missed/people/?why=refused").content.decode()
    assert client.post("/missed/people/export/", {"purpose": ""}).headers["Location"].startswith("/missed/")
    book = taken(client, "/missed/people/export/", {"purpose": "visit", "why": "refused"})
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.values)
    assert "上门核实" in rows[0][0]
    assert rows[2][5] == "本人不愿申请"
    assert len(rows) == 3


def test_the_report_is_taken_away_without_names_and_small_counts(clients: dict[str, Client], at: datetime) -> None:
    client, viewer = clients["district_business"], viewer_of("district_business", at)
    assert "导出报告" in client.get("/missed/").content.decode()
    assert "导出报告" not in clients["district_leader"].get("/missed/").content.decode()
    assert client.post("/missed/export/", {"purpose": "sale"}).headers["Location"].startswith("/missed/")
    with acting_as(viewer=viewer, at=at):
        assert not Entry.objects.filter(action="missed.report_exported").exists()
    answer = taken(client, "/missed/export/", {"purpose": "report"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    mark, heading, *rows = list(book.active.values)
    assert "统计上报" in mark[0]
    assert heading[:3] == ("政策", "街道", "社区")
    counts = [value for row in rows for place in (3, 4, 5, 8) if isinstance(value := row[place], int)]
    assert counts
    assert not [count for count in counts if 0 < count < 5]
    assert [row for row in rows if row[3] == "人数太少"], "the district must hold a small count, or nothing is tested"
    for row in rows:
        if isinstance(row[3], int):
            assert row[3] == row[4] + row[5]
        else:
            assert row[4] is row[5] is row[7] is None
    with acting_as(viewer=viewer, at=at):
        names = {line.subject_name for line in queries.missed_lines(viewer=viewer, chosen=EVERYTHING, limit=5_000)}
        told = Entry.objects.get(action="missed.report_exported")
    assert not names & {str(value) for row in rows for value in row}
    assert (told.purpose, told.detail["rows"]) == ("report", len(rows))


def test_a_leader_reads_masked_names(clients: dict[str, Client], at: datetime) -> None:
    leader, business = clients["district_leader"], clients["district_business"]
    viewer = viewer_of("district_business", at)
    with acting_as(viewer=viewer, at=at):
        names = {line.subject_name for line in queries.missed_lines(viewer=viewer, chosen=EVERYTHING, limit=20)}
    assert any(name in business.get("/missed/people/").content.decode() for name in names)
    assert not any(name in leader.get("/missed/people/").content.decode() for name in names if len(name) > 1)
    assert eligibility.last_run() is not None


def test_a_map_without_streets_says_why_and_leads_to_the_list(clients: dict[str, Client]) -> None:
    empty = clients["community_worker"].get("/map/").content.decode()
    assert "地图按街道画" in empty
    assert 'href="/findings/?' in empty
    assert "street-map" not in empty
    assert "street-map" in clients["district_business"].get("/map/").content.decode(), "control: here are streets"
