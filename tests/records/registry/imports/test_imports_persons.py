"""Tables of persons: new, known, corrected, possibly the same; taken back whole or not at all."""

from datetime import date, timedelta
from typing import Any

import pytest
from conftest_imports import AT, PEOPLE, Street, id_number, workbook

from minsheng.foundation.access.context import acting_as
from minsheng.records.registry.imports import operations, queries
from minsheng.records.registry.imports.models import Row
from minsheng.records.registry.imports.operations.applying import row_of
from minsheng.records.registry.imports.types import ImportKind, RowDecision, RowOutcome
from minsheng.records.registry.models import Person
from minsheng.records.registry.operations.households import add_member
from minsheng.records.registry.types import MembershipKind

LATER = AT + timedelta(hours=1)
HEADINGS = ["姓名", "证件号码", "性别", "出生日期", "联系电话", "社区代码", "街道", "社区"]
ZHEN, GUO, MIN = PEOPLE
FRESH = id_number("99010219650708003")


def stage(office: Street, *rows: list[Any]) -> int:
    return operations.stage_table(
        actor=office.officer,
        at=AT,
        kind=ImportKind.PERSONS,
        filename="人员.xlsx",
        content=workbook(HEADINGS, *rows),
        source="police",
        purpose="新迁入登记",
        valid_from=date(2026, 11, 1),
    )


def seen(office: Street, batch_id: int) -> list[Any]:
    return operations.look_at_rows(actor=office.officer, at=AT, batch_id=batch_id)[0]


def people(office: Street) -> set[int]:
    with acting_as(viewer=office.officer, at=AT):
        return set(Person.objects.values_list("id", flat=True))


def test_a_newcomer_comes_and_goes_with_the_table(office: Street) -> None:
    before = people(office)
    number = stage(office, ["沈桂香", FRESH, None, None, "13900000001", "330102012001", None, None])
    assert [row.outcome for row in seen(office, number)] == [RowOutcome.NEW]
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    [person_id] = people(office) - before
    with acting_as(viewer=office.officer, at=AT):
        person = Person.objects.get(pk=person_id)
    assert (person.name, person.sex, person.birth_date) == ("沈桂香", "male", date(1965, 7, 8))
    assert person.area_id == office.area_id
    operations.undo_table(actor=office.officer, at=LATER, batch_id=number, reason="发错了")
    assert people(office) == before


def test_undo_is_refused_once_the_newcomer_has_a_home(office: Street) -> None:
    before = people(office)
    number = stage(office, ["沈桂香", FRESH, None, None, None, "330102012001", None, None])
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    [person_id] = people(office) - before
    add_member(
        actor=office.officer,
        at=LATER,
        household_id=office.household_id,
        person_id=person_id,
        kind=MembershipKind.RESIDENCE,
        valid_from=date(2026, 11, 2),
        relation="other",
    )
    with pytest.raises(operations.UnableToUndoTable, match="户的成员"):
        operations.undo_table(actor=office.officer, at=LATER, batch_id=number, reason="发错了")
    assert person_id in people(office)


def test_a_community_is_found_by_old_code_or_by_street_and_name(office: Street) -> None:
    rows = [
        ["甲一", None, None, None, None, "330104006051", None, None],
        ["甲二", None, None, None, None, None, "望江街道", "兴隆社区"],
        ["甲三", None, None, None, None, None, "彭埠", "兴隆"],
        ["甲四", None, None, None, None, None, None, "兴隆社区"],
        ["甲五", None, None, None, None, "330104010002", None, None],
        ["甲六", None, None, None, None, None, None, None],
    ]
    number = stage(office, *rows)
    shown = {row.name: row for row in seen(office, number)}
    assert [shown[n].outcome.value for n in shown] == ["new", "new", "new", "error", "error", "error"]
    assert "2 个" in shown["甲四"].errors[0].what
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    with acting_as(viewer=office.officer, at=AT):
        areas = dict(Person.objects.filter(name__startswith="甲").values_list("name", "area__code"))
    assert areas["甲一"].startswith("330102012")
    assert (areas["甲二"], areas["甲三"]) == ("330102010057", "330102015013")


def test_a_known_person_is_corrected_and_given_back(office: Street) -> None:
    with acting_as(viewer=office.officer, at=AT):
        before = row_of(Person.objects.get(pk=office.people[ZHEN]))
    number = stage(
        office,
        [ZHEN, PEOPLE[ZHEN], None, None, "13900000002", None, None, None],
        [GUO, PEOPLE[GUO], None, None, None, "330102012001", None, None],
        [MIN, PEOPLE[GUO], None, None, None, None, None, None],
        [MIN, PEOPLE[MIN], None, None, None, "330102001051", None, None],
    )
    shown = seen(office, number)
    assert [row.outcome.value for row in shown] == ["changed", "unchanged", "error", "error"]
    assert shown[0].changes[0].after == "139****0002"
    assert "搬家" in shown[3].errors[0].remedy
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    with acting_as(viewer=office.officer, at=AT):
        assert row_of(Person.objects.get(pk=office.people[ZHEN]))["phone"] == "13900000002"
    operations.undo_table(actor=office.officer, at=LATER, batch_id=number, reason="发错了")
    with acting_as(viewer=office.officer, at=AT):
        assert row_of(Person.objects.get(pk=office.people[ZHEN])) == before


def test_a_possible_duplicate_waits_for_a_decision(office: Street) -> None:
    before = people(office)
    number = stage(office, ["林阿贞", None, "女", "1950-03-12", None, "330102012001", None, None])
    [row] = seen(office, number)
    assert row.outcome is RowOutcome.DUPLICATE
    assert ZHEN in row.duplicates[0]
    with pytest.raises(operations.UnableToApplyTable, match="没有决定"):
        operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    operations.decide_row(actor=office.officer, at=AT, batch_id=number, number=2, decision=RowDecision.REGISTER)
    operations.apply_table(actor=office.officer, at=LATER, batch_id=number)
    assert len(people(office) - before) == 1
    with pytest.raises(operations.UnableToDecideRow):
        operations.decide_row(actor=office.officer, at=AT, batch_id=number, number=2, decision=RowDecision.SKIP)


def test_a_duplicate_left_out_stays_out(office: Street) -> None:
    before = people(office)
    number = stage(office, ["林阿贞", None, "女", "1950-03-12", None, "330102012001", None, None])
    operations.decide_row(actor=office.officer, at=AT, batch_id=number, number=2, decision=RowDecision.SKIP)
    assert operations.apply_table(actor=office.officer, at=LATER, batch_id=number) == 0
    assert people(office) == before


def test_one_number_twice_in_a_table(office: Street) -> None:
    rows = [[name, FRESH, None, None, None, "330102012001", None, None] for name in ("沈桂香", "沈桂香")]
    number = stage(office, *rows)
    assert [row.outcome.value for row in seen(office, number)] == ["new", "error"]
    with acting_as(viewer=office.officer, at=AT):
        assert Row.objects.filter(batch_id=number).count() == 2
        view = queries.batch(viewer=office.officer, batch_id=number)
    assert view is not None
    assert (view.rows, view.effective) == (2, 1)


def test_two_rows_of_a_table_may_be_one_person(office: Street) -> None:
    before = people(office)
    rows = [
        ["沈桂香", None, "女", "1965-07-08", "13900000001", "330102012001", None, None],
        ["沈贵香", None, "女", "1965-07-08", None, "330102012001", None, None],
        ["何大为", None, "男", "1990-01-01", "13900000001", "330102012001", None, None],
        ["何小为", None, "男", "2015-01-01", None, "330102012001", None, None],
    ]
    number = stage(office, *rows)
    shown = seen(office, number)
    assert [row.outcome.value for row in shown] == ["new", "duplicate", "duplicate", "new"]
    assert "表里的第 2 行" in shown[1].duplicates[0]
    decided = operations.decide_open_rows(actor=office.officer, at=AT, batch_id=number, decision=RowDecision.REGISTER)
    assert decided == 2
    assert operations.apply_table(actor=office.officer, at=LATER, batch_id=number) == 4
    assert len(people(office) - before) == 4
    assert operations.undo_table(actor=office.officer, at=LATER, batch_id=number, reason="发错了") == 4
    assert people(office) == before
