"""Lists that leave: a purpose, a second person for large ones, a file that dies, a leaked one that is recognised."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from builders import COMMUNITY_QINGHE, DISTRICT, STREET_CAIHE, STREET_QINGBO, plant_small_tree, staff
from minsheng.foundation.access.context import acting_as, enter
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.exports import operations, queries, rules
from minsheng.foundation.exports.models import Export, File
from minsheng.foundation.exports.operations import UnableToExport, UnableToFindExport
from minsheng.foundation.exports.sealed_columns import CONTENT
from minsheng.foundation.files.workbooks import Column, marked_with
from minsheng.foundation.sealing.operations import open_sealed

pytestmark = pytest.mark.django_db
COLUMNS = (Column("姓名"), Column("政策"), Column("社区"), Column("金额（元）", "fen"))
BACKEND = "django.contrib.auth.backends.ModelBackend"
MANY = rules.ALONE_ROWS + 1


@pytest.fixture(autouse=True)
def tree() -> None:
    plant_small_tree()


def people(number: int) -> list[list[object]]:
    return [[f"钟阿{n}", "低保", f"社区{n % 5}", 10_000 + n] for n in range(number)]


def prepare(actor: Viewer, at: datetime, rows: Sequence[Sequence[object]], **changed: Any) -> str:
    given: dict[str, Any] = {
        "sheet": "应享未享", "stem": "findings", "about": "60 人应领未领", "purpose": "上门核实和主动告知",
        "columns": COLUMNS, "names_people": True,
    }  # fmt: skip
    return operations.prepare(actor=actor, at=at, rows=rows, **given | changed)


def cells(content: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.values)


def copied(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows in a workbook of somebody else: no property, no header, nothing of ours."""
    book = openpyxl.Workbook()
    for row in rows:
        assert book.active is not None
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def clerk(at: datetime, **changed: Any) -> Viewer:
    return staff(at=at, **{"role": "street_intake", "area_id": STREET_CAIHE, "name": "周敏"} | changed)


def chief(at: datetime, **changed: Any) -> Viewer:
    return staff(at=at, **{"role": "street_confirm", "area_id": STREET_CAIHE, "name": "陈立"} | changed)


def test_a_small_list_is_taken_by_its_owner_marked_and_on_record(at: datetime) -> None:
    actor = clerk(at)
    code = prepare(actor, at, people(60))
    name, content = operations.take(actor=actor, at=at, code=code)
    assert name == f"findings-{code}.xlsx"
    told = cells(content)
    assert told[0][0] == f"周敏于2026年11月3日 09:30导出，用途：上门核实和主动告知。编号 {code}。请勿转发。"
    assert sorted(row[0] for row in told[2:]) == sorted(row[0] for row in people(60))
    assert [row[2] for row in told[2:]] == sorted(row[2] for row in told[2:]), "a community stays together"
    assert marked_with(content)["export_id"] == code
    auditor = staff(at=at, role="audit_officer", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        acts = list(Entry.objects.filter(object_id=code).order_by("at", "id").values_list("action", "purpose"))
    assert sorted(acts) == [
        ("exports.list_prepared", "上门核实和主动告知"), ("exports.list_taken", "上门核实和主动告知")
    ]  # fmt: skip


def test_nobody_else_takes_it_not_even_by_sql(at: datetime) -> None:
    actor, colleague = clerk(at), clerk(at, username="other", name="吴非")
    code = prepare(actor, at, people(3))
    with pytest.raises(UnableToFindExport):
        operations.take(actor=colleague, at=at, code=code)
    for viewer, seen in ((actor, 1), (colleague, 0), (chief(at), 0)):
        with acting_as(viewer=viewer, at=at):
            assert File.objects.filter(export_id=code).count() == seen, viewer.username
    with acting_as(viewer=actor, at=at):
        sealed = bytes(File.objects.get().sealed)
    assert "钟阿".encode() not in sealed
    assert open_sealed(context=CONTENT, row_id=code, sealed=sealed)
    grid = staff(at=at, role="grid_worker", area_id=COMMUNITY_QINGHE)
    with pytest.raises(UnableToAct):
        prepare(grid, at, people(3))


def test_the_link_dies_and_the_job_deletes_the_file(at: datetime) -> None:
    actor, system = clerk(at), staff(at=at, role="system", area_id=DISTRICT, username="machine")
    code = prepare(actor, at, people(3))
    just = at + rules.LIFE - timedelta(seconds=1)
    assert operations.take(actor=actor, at=just, code=code)[1], "the control: a second before it is still there"
    assert operations.clear_away(actor=system, at=just) == 0
    late = at + rules.LIFE
    with pytest.raises(UnableToExport, match="过了期限"):
        operations.take(actor=actor, at=late, code=code)
    with acting_as(viewer=actor, at=late):
        assert File.objects.count() == 0, "the database shows it to nobody any more"
    assert operations.clear_away(actor=system, at=late) == 1
    assert operations.clear_away(actor=system, at=late) == 0, "it is gone, also for who sees all rows"
    with acting_as(viewer=actor, at=late):
        kept = Export.objects.get(code=code)
    assert (kept.cleared_at, len(bytes(kept.marks))) == (late, 3 * rules.MARK_BYTES)
    assert queries.exports(viewer=actor, at=late)[0].over


def test_a_large_list_waits_for_another_person(at: datetime) -> None:
    actor, other = clerk(at, holder="A7"), chief(at)
    twin = chief(at, username="twin", name="周敏二", holder="A7")
    stranger = chief(at, area_id=STREET_QINGBO, username="stranger")
    code = prepare(actor, at, people(MANY))
    assert queries.export(viewer=actor, at=at, code=code).state.value == "waiting"  # type: ignore[union-attr]
    with pytest.raises(UnableToExport, match="还没有批准"):
        operations.take(actor=actor, at=at, code=code)
    with pytest.raises(UnableToAct):
        operations.decide(actor=actor, at=at, code=code, approved=True)
    with pytest.raises(UnableToExport, match="另一个人"):
        operations.decide(actor=twin, at=at, code=code, approved=True)
    with pytest.raises(UnableToFindExport):
        operations.decide(actor=stranger, at=at, code=code, approved=True)
    assert [one.code for one in queries.exports(viewer=other, at=at) if one.may_decide] == [code]
    assert not [one for one in queries.exports(viewer=twin, at=at) if one.may_decide]
    operations.decide(actor=other, at=at, code=code, approved=True)
    assert len(cells(operations.take(actor=actor, at=at, code=code)[1])) == MANY + 2
    with pytest.raises(UnableToFindExport):
        operations.take(actor=other, at=at, code=code)
    with pytest.raises(UnableToExport, match="处理过"):
        operations.decide(actor=other, at=at, code=code, approved=True)


def test_control_one_row_fewer_or_no_names_need_nobody(at: datetime) -> None:
    actor = clerk(at)
    for rows, names in ((people(MANY - 1), True), (people(MANY), False)):
        code = prepare(actor, at, rows, names_people=names)
        assert operations.take(actor=actor, at=at, code=code)[1]


def test_a_refusal_says_why_and_the_file_goes(at: datetime) -> None:
    actor, other = clerk(at), chief(at)
    code = prepare(actor, at, people(MANY))
    with pytest.raises(UnableToExport, match="写明"):
        operations.decide(actor=other, at=at, code=code, approved=False)
    operations.decide(actor=other, at=at, code=code, approved=False, note="只要一个社区就够")
    line = queries.export(viewer=actor, at=at, code=code)
    assert line is not None
    assert (line.state.value, line.note) == ("refused", "只要一个社区就够")
    assert operations.clear_away(actor=staff(at=at, role="system", area_id=DISTRICT, username="m"), at=at) == 1


def test_who_waits_too_long_asks_again(at: datetime) -> None:
    actor, other = clerk(at), chief(at)
    code = prepare(actor, at, people(MANY))
    with pytest.raises(UnableToExport, match="等了太久"):
        operations.decide(actor=other, at=at + rules.WAIT, code=code, approved=True)


def test_the_database_refuses_what_the_program_would(at: datetime) -> None:
    actor, other = clerk(at, holder="A7"), chief(at)
    twin = chief(at, username="twin", holder="A7")
    code = prepare(actor, at, people(MANY))

    def refused(words: str, **changed: object) -> None:
        with acting_as(viewer=other, at=at), pytest.raises(IntegrityError, match=words), transaction.atomic():
            Export.objects.filter(code=code).update(**changed)

    refused("exports_export_second", state="ready")
    refused("two people", state="ready", decided_by=twin.account_id, decided_at=at)
    refused("stays as it was", row_count=3)
    operations.decide(actor=other, at=at, code=code, approved=True)
    refused("stays as it was", until=at + timedelta(days=9))
    with acting_as(viewer=actor, at=at):
        assert File.objects.filter(export_id=code).update(sealed=b"") == 0
        assert File.objects.filter(export_id=code).delete()[0] == 0
    with transaction.atomic():
        enter(account_id=None, at=at)
        assert (Export.objects.count(), File.objects.count()) == (0, 0)


@pytest.fixture
def leaks(at: datetime) -> dict[str, Any]:
    """The same list taken by two people on two days; the second one's went astray."""
    first, second = clerk(at), clerk(at, username="second", name="吴非")
    codes = [prepare(actor, at + timedelta(days=n), people(60)) for n, actor in enumerate((first, second))]
    later = at + timedelta(days=1)
    content = operations.take(actor=second, at=later, code=codes[1])[1]
    auditor = staff(at=at, role="audit_officer", area_id=DISTRICT)
    return {"codes": codes, "content": content, "rows": cells(content), "at": later, "auditor": auditor}


def traced(leaks: dict[str, Any], content: bytes = b"", filename: str = "x.xlsx", code: str = "") -> list[Any]:
    found, _ = queries.trace(viewer=leaks["auditor"], at=leaks["at"], content=content, filename=filename, code=code)
    return found


def test_a_leaked_file_tells_which_export_it_was_however_it_was_cut(leaks: dict[str, Any]) -> None:
    rows = leaks["rows"]
    body = rows[2:]
    cut = {
        "as it was": leaks["content"],
        "the first line and the properties gone": copied(rows[1:]),
        "only the rows": copied(body),
        "half of the rows": copied(body[::2]),
        "a number before and the amount cut off": copied([(n, *row[:3]) for n, row in enumerate(body)]),
        "twelve rows in the middle": copied(body[20:32]),
    }
    for how, content in cut.items():
        best = traced(leaks, content)[0]
        assert best.export.code == leaks["codes"][1], how
        assert best.alone, how
        assert best.export.taken_by == "吴非"
        assert len(best.takings) == 1
    text = "\r\n".join(",".join(str(cell) for cell in row) for row in body).encode("gb18030")
    assert traced(leaks, text, "x.csv")[0].alone
    assert traced(leaks, code=f"编号 {leaks['codes'][0]}。")[0].export.taken_by == "周敏"


def test_control_sorted_rows_name_both_and_other_rows_none(leaks: dict[str, Any], at: datetime) -> None:
    body = leaks["rows"][2:]
    found = traced(leaks, copied(sorted(body, key=lambda row: row[3])))
    assert {one.export.code for one in found} == set(leaks["codes"])
    assert not any(one.alone for one in found), "sorted, it is nobody's in particular, and nobody is accused"
    assert traced(leaks, copied([(f"滕{n}", "低保", "社区1", n) for n in range(60)])) == []
    # A code of another that was written onto the sheet accuses nobody of rows that they never had.
    other = prepare(clerk(at, username="third"), leaks["at"], [["滕桂", "低保", "社区1", 1]])
    forged = copied([[f"编号 {other}"], *body])
    named = {one.export.code: one for one in traced(leaks, forged)}
    assert (named[other].by_code, named[other].alone, named[other].rows_found) == (True, False, 0)


def test_the_order_of_one_copy_is_not_that_of_another(at: datetime) -> None:
    """By how much: of sixty rows in five communities another copy agrees in half of the pairs within a community."""
    marks = [bytes([n]) for n in range(60)]
    rows = [[n, "", n // 12] for n in range(60)]
    mine, other = (
        [marks[int(str(row[0]))] for row in rules.in_own_order(rows, together=2, shuffle=Random(seed).shuffle)]
        for seed in (1, 2)
    )
    assert rules.compare_order(mine, mine)[1].whole
    assert not rules.compare_order(mine, other)[1].whole
    assert rules.compare_order(mine, other)[1].agree < 45
    assert rules.compare_order([], mine) == (0, rules.Order(0, 0))


def test_the_pages_lead_from_the_list_to_the_file_and_the_auditor_back(at: datetime) -> None:
    viewers = clerk(at), chief(at), staff(at=at, role="audit_officer", area_id=DISTRICT)
    actor, boss, auditor = (Client() for _ in viewers)
    for browser, viewer in zip((actor, boss, auditor), viewers, strict=True):
        browser.force_login(Account.objects.get(pk=viewer.account_id), BACKEND)
    code = prepare(viewers[0], timezone.now(), people(MANY))
    assert "等另一个人批准" in actor.get(f"/exports/{code}/").content.decode()
    assert actor.post(f"/exports/{code}/file/").status_code == 410
    assert "份名单等您批准" in boss.get("/exports/").content.decode()
    refusal = boss.post(f"/exports/{code}/decide/", {"answer": "refuse"})
    assert (refusal.status_code, "写明" in refusal.content.decode()) == (422, True)
    assert boss.post(f"/exports/{code}/decide/", {"answer": "approve"}).status_code == 302
    assert f"/exports/{code}/file/" not in boss.get(f"/exports/{code}/").content.decode()
    assert f"/exports/{code}/file/" in actor.get(f"/exports/{code}/").content.decode()
    taken = actor.post(f"/exports/{code}/file/")
    assert "no-store" in taken.headers["Cache-Control"]
    assert code in taken.headers["Content-Disposition"]
    assert boss.post(f"/exports/{code}/file/").status_code == 404
    leaked = io.BytesIO(copied(cells(taken.content)[2:]))
    leaked.name = "leak.xlsx"
    page = auditor.post("/exports/trace/", {"file": leaked, "code": ""}).content.decode()
    assert "是周敏在" in page
    assert f"有 {MANY} 行在这份里" in page
    assert auditor.post("/exports/trace/", {"code": ""}).status_code == 422
    assert "不是从这里导出的" in auditor.post("/exports/trace/", {"code": "0" * 12}).content.decode()
    assert auditor.get(f"/exports/{code}/").status_code == 403
    assert boss.get("/exports/trace/").status_code == 403
