"""Tables of facts: previewed as a difference, applied whole, undone exactly, recognised when they come again."""

import time
import zipfile
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from conftest_imports import AT, PEOPLE, Street, workbook

from builders import staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.records.registry.imports import operations, queries
from minsheng.records.registry.imports.models import Batch, Row
from minsheng.records.registry.imports.types import ImportKind, ImportStatus, RowOutcome
from minsheng.records.registry.models import Statement
from minsheng.records.registry.operations.statements import record_statement, retract_statement
from minsheng.records.registry.queries import household_facts
from minsheng.records.registry.types import SubjectKind

LATER = AT + timedelta(hours=1)
HEADINGS = ["姓名", "身份证号", "工资性收入（年）", "重特大疾病", "金融资产"]
ZHEN, GUO, MIN = PEOPLE


def rows() -> list[list[Any]]:
    return [[ZHEN, PEOPLE[ZHEN], 0, "是", "12,000.50"], [GUO, PEOPLE[GUO], "36000.00", None, None]]


def stage(office: Street, content: bytes, **changes: Any) -> int:
    given: dict[str, Any] = {
        "kind": ImportKind.FACTS,
        "filename": "核对.xlsx",
        "source": "economic_check",
        "purpose": "年度核对",
        "valid_from": date(2026, 11, 1),
        "at": AT,
    }
    return operations.stage_table(actor=office.officer, content=content, **(given | changes))


def outcomes(office: Street, batch_id: int) -> dict[RowOutcome, int]:
    with acting_as(viewer=office.officer, at=AT):
        view = queries.batch(viewer=office.officer, batch_id=batch_id)
    assert view is not None
    return {outcome: count for outcome, count in view.counts.items() if count}


def seen(office: Street, batch_id: int) -> list[Any]:
    return operations.look_at_rows(actor=office.officer, at=AT, batch_id=batch_id)[0]


def facts(office: Street, at: Any = LATER) -> dict[Any, Any]:
    with acting_as(viewer=office.officer, at=at):
        found = household_facts(
            viewer=office.officer, household_id=office.household_id, as_of=date(2026, 11, 3), known_at=at
        )
    assert found is not None
    return {
        "savings": found.household.get("financial_assets"),
        **{m["person_id"]: (m.get("wage_income"), m.get("severe_illness")) for m in found.members},
    }


def test_preview_apply_undo_restore_exactly(office: Street) -> None:
    before = facts(office)
    number = stage(office, workbook(HEADINGS, *rows()))
    assert facts(office) == before, "staging changes nothing"
    assert outcomes(office, number) == {RowOutcome.CHANGED: 2}
    changes = {c.label: (c.before, c.after) for c in seen(office, number)[0].changes}
    assert changes["工资性收入（年）"] == ("不详", "0.00 元")
    assert changes["金融资产"] == ("不详", "12,000.50 元")
    assert operations.apply_table(actor=office.officer, at=LATER, batch_id=number) == 2
    after = facts(office)
    assert after["savings"] == 1_200_050
    assert after[office.people[ZHEN]] == (0, True)
    assert after[office.people[GUO]] == (3_600_000, None)
    last = LATER + timedelta(hours=1)
    assert operations.undo_table(actor=office.officer, at=last, batch_id=number, reason="发错了表") == 2
    assert facts(office, last + timedelta(seconds=1)) == before
    # What was decided in between can still be seen as it was then.
    assert facts(office, LATER + timedelta(minutes=1)) == after


def test_the_same_table_again_changes_nothing_and_says_so(office: Street) -> None:
    content = workbook(HEADINGS, *rows())
    number = stage(office, content)
    assert stage(office, content) == number, "still waiting: the same preview"
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    stated = Statement.objects.count()
    with pytest.raises(operations.UnableToStageTable, match="一个字也没有变") as refused:
        stage(office, content, at=LATER)
    assert refused.value.known_batch_id == number
    with pytest.raises(operations.UnableToStageTable, match="顺序或写法不同"):
        stage(office, workbook(HEADINGS, *reversed(rows())), at=LATER)
    # Another day is another statement; another table with a known row knows that row.
    more = [*rows(), [MIN, PEOPLE[MIN], 100, None, None]]
    third = stage(office, workbook(HEADINGS, *more), at=LATER)
    assert outcomes(office, third) == {RowOutcome.UNCHANGED: 2, RowOutcome.CHANGED: 1}
    assert Statement.objects.count() == stated


def test_a_source_that_is_believed_less_is_noted_only(office: Street) -> None:
    record_statement(
        actor=office.officer,
        at=AT - timedelta(minutes=1),
        subject_kind=SubjectKind.PERSON,
        subject_id=office.people[GUO],
        source="hrss",
        values={"wage_income": 5_000_000},
        valid_from=date(2026, 1, 1),
    )
    number = stage(office, workbook(HEADINGS[:3], [GUO, PEOPLE[GUO], 36000]), source="self_report")
    assert outcomes(office, number) == {RowOutcome.NOTED: 1}
    assert seen(office, number)[0].changes[0].overruled_by == "人社"
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    assert facts(office)[office.people[GUO]][0] == 5_000_000


def test_not_known_is_not_zero_and_empty_says_nothing(office: Street) -> None:
    number = stage(office, workbook(HEADINGS, [ZHEN, PEOPLE[ZHEN], "不详", None, 0]))
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    with acting_as(viewer=office.officer, at=LATER):
        [of_person] = Statement.objects.filter(subject_kind="person", subject_id=office.people[ZHEN])
    assert of_person.values == {"wage_income": None}
    assert facts(office)["savings"] == 0
    assert facts(office)[office.people[ZHEN]] == (None, None)


def test_errors_name_row_and_column_and_can_be_taken_away(office: Street) -> None:
    wrong = [
        [ZHEN, PEOPLE[ZHEN][:-1] + "A", 1, None, None],
        [ZHEN, PEOPLE[GUO], 1, None, None],
        [MIN, PEOPLE[MIN], "1.234", None, None],
        [MIN, PEOPLE[MIN], None, "也许", None],
        [MIN, PEOPLE[MIN], None, None, 5],
        ["张三", "11010519491231002X", 1, None, None],
        [GUO, PEOPLE[GUO], 36000, None, None],
    ]
    number = stage(office, workbook(HEADINGS, *wrong))
    assert outcomes(office, number) == {RowOutcome.ERROR: 6, RowOutcome.CHANGED: 1}
    said = {row.number: "".join(e.sentence for e in row.errors) for row in seen(office, number)}
    for line, word in {2: "身份证号", 3: "姓名不一样", 4: "比分还小", 5: "是或", 6: "编入户", 7: "没有这个人"}.items():
        assert word.replace("姓名不一样", "登记的姓名不一样").replace("是或", "看不出是还是否") in said[line]
    content = operations.take_errors(actor=office.officer, at=AT, batch_id=number)
    assert content is not None
    lines = list(openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert [line[0] for line in lines[2:]] == [2, 3, 4, 5, 6, 7]
    assert "比分还小" in str(lines[4][1])
    assert lines[4][3] == PEOPLE[MIN], "the number keeps its 18 digits"
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    assert facts(office)[office.people[GUO]][0] == 3_600_000


def test_two_rows_of_one_table_may_not_contradict(office: Street) -> None:
    number = stage(
        office,
        workbook(
            HEADINGS[:3],
            [GUO, PEOPLE[GUO], 100],
            [GUO, PEOPLE[GUO], 200],
            [ZHEN, PEOPLE[ZHEN], 1],
            [ZHEN, PEOPLE[ZHEN], 1],
        ),
    )
    assert outcomes(office, number) == {RowOutcome.CHANGED: 2, RowOutcome.ERROR: 1, RowOutcome.UNCHANGED: 1}


def test_a_death_needs_its_day_and_goes_the_registrys_way(office: Street) -> None:
    headings = ["姓名", "身份证号", "已去世", "生效日期"]
    undated = stage(office, workbook(headings, [ZHEN, PEOPLE[ZHEN], "是", None]), source="police")
    assert outcomes(office, undated) == {RowOutcome.ERROR: 1}
    number = stage(office, workbook(headings, [ZHEN, PEOPLE[ZHEN], "是", "2026-10-20"]), source="police")
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    with acting_as(viewer=office.officer, at=LATER):
        [stated] = Statement.objects.filter(subject_id=office.people[ZHEN], values__dead=True)
    assert stated.valid_from == date(2026, 10, 20)


def test_a_preview_that_grew_old_is_not_applied(office: Street) -> None:
    number = stage(office, workbook(HEADINGS, *rows()))
    record_statement(
        actor=office.officer,
        at=AT + timedelta(minutes=5),
        subject_kind=SubjectKind.PERSON,
        subject_id=office.people[GUO],
        source="visit",
        values={"severe_illness": True},
        valid_from=date(2026, 11, 2),
    )
    before = facts(office)
    with pytest.raises(operations.UnableToApplyTable, match="第 3 行"):
        operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    assert facts(office) == before
    with acting_as(viewer=office.officer, at=AT):
        assert Batch.objects.get(id=number).status == ImportStatus.STAGED


def test_undo_is_refused_when_somebody_corrected_since(office: Street) -> None:
    number = stage(office, workbook(HEADINGS, *rows()))
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    with acting_as(viewer=office.officer, at=AT):
        made = Row.objects.get(batch_id=number, number=3).effects["statements"][0]
    retract_statement(actor=office.officer, at=LATER, statement_id=made, reason="本人更正")
    before = facts(office, LATER + timedelta(minutes=1))
    with pytest.raises(operations.UnableToUndoTable, match="第 3 行"):
        operations.undo_table(actor=office.officer, at=LATER + timedelta(hours=1), batch_id=number, reason="发错了")
    assert facts(office, LATER + timedelta(hours=2)) == before, "not even the other rows were taken back"
    with pytest.raises(operations.UnableToUndoTable, match="为什么"):
        operations.undo_table(actor=office.officer, at=LATER, batch_id=number, reason=" ")


@pytest.mark.parametrize(
    ("filename", "content", "said"),
    [
        ("a.xlsx", b"", "空的"),
        ("a.xlsx", b"PK\x03\x04 not a package", "请"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "认不出表头"),
        ("a.csv", "姓名,工资性收入（年）\n林阿珍,1\n".encode(), "证件号码"),
        ("a.csv", "姓名,身份证号,身份证号码\na,1,2\n".encode(), "两列都是"),
        ("a.csv", "姓名,身份证号\n".encode(), "没有数据"),
        ("a.csv", ("姓名,身份证号\n" + "张三,1\n" * 5001).encode(), "5,000"),
        ("a.csv", ("姓名,身份证号\n" + "\n" * 2000 + "张三,1\n").encode(), "空行"),
    ],
)
def test_bad_files_are_refused_whole(office: Street, filename: str, content: bytes, said: str) -> None:
    with pytest.raises(operations.UnableToStageTable, match=said):
        stage(office, content, filename=filename)
    with acting_as(viewer=office.officer, at=AT):
        assert not Batch.objects.exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(office: Street) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            package.writestr(name, "<x/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (300 * 2**20))
    assert len(bomb.getvalue()) < 2**20
    begun = time.monotonic()
    with pytest.raises(operations.UnableToStageTable, match="没有收下"):
        stage(office, bomb.getvalue())
    assert time.monotonic() - begun < 2


def test_rows_are_sealed_at_rest_and_scoped(office: Street) -> None:
    number = stage(office, workbook(HEADINGS, *rows()))
    with acting_as(viewer=office.officer, at=AT):
        stored = [bytes(s) for s in Row.objects.values_list("sealed", flat=True)]
    assert stored
    assert not any(ZHEN.encode() in s or PEOPLE[ZHEN].encode() in s for s in stored)
    assert not Row.objects.filter(batch_id=number).exists(), "nothing without a context"
    stranger = staff(at=AT, role="district_business", area_id=2_000 - 1_000, name="清波街道")
    with acting_as(viewer=stranger, at=AT):
        assert queries.batch(viewer=stranger, batch_id=number) is None
    with pytest.raises(operations.UnableToApplyTable):
        operations.apply_table(actor=stranger, at=LATER, batch_id=number)


def test_importing_needs_the_right_a_source_and_a_purpose(office: Street) -> None:
    clerk = staff(at=AT, role="street_intake", area_id=1)
    with pytest.raises(UnableToAct):
        operations.stage_table(
            actor=clerk,
            at=AT,
            kind=ImportKind.FACTS,
            filename="a.csv",
            content=b"x",
            source="import",
            purpose="x",
            valid_from=AT.date(),
        )
    for change in ({"purpose": " "}, {"source": "rumour"}, {"valid_from": date(2027, 1, 1)}):
        with pytest.raises(operations.UnableToStageTable):
            stage(office, workbook(HEADINGS, *rows()), **change)
