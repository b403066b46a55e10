"""Ordinary tables are read as they are; odd ones are refused with a remedy; what is written runs nothing (E17)."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.foundation.files.limits import TableLimits, UnableToReadTable
from minsheng.foundation.files.workbooks import (
    Column,
    ExportMark,
    marked_with,
    read_back,
    read_table,
    write_csv,
    write_xlsx,
)

MARK = ExportMark("X-0001", "周敏", datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")), "核对名单")
FORMULAS = [
    '=HYPERLINK("http://x.example","点我")',
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "'=1",
    "'",
    "http://x.example",
    '林,阿"珍\n第二行',
    "00123",
    "330102196805120027",
    "1E5",
    "䶮𠅤",
]


def workbook(rows: list[list[object]], **sheets: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def test_reads_a_workbook_with_blank_rows_and_types() -> None:
    rows = [["姓名", "出生", "金额"], ["林阿珍 ", date(1968, 5, 12), 500], [None, None, None], ["陈䶮", None, 1.5]]
    read = list(read_table(workbook(rows), "名单.xlsx"))
    assert [r.number for r in read] == [1, 2, 4]
    assert read[1].cells == ("林阿珍", datetime(1968, 5, 12, 0, 0), 500)  # noqa: DTZ001
    assert read[2].cells == ("陈䶮", None, 1.5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_csv_in_the_encodings_of_offices(encoding: str) -> None:
    text = '姓名,备注\r\n林䶮珍,"一,二\r\n三"\r\n\r\n𠅤,x\r\n'
    read = list(read_table(io.BytesIO(text.encode(encoding)), "名单.CSV"))
    assert [r.cells for r in read] == [("姓名", "备注"), ("林䶮珍", "一,二\r\n三"), ("𠅤", "x")]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.xlsx", "加了密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.csv", "加了密码"),
        (b"%PDF-1.7", "a.xlsx", "内容却不是表格"),
        (b"%PDF-1.7", "a.csv", "不是文字表格"),
        (b"PK\x03\x04", "a.csv", "文件名改回"),
        (b"PK\x03\x04broken", "a.xlsx", "打不开"),
        (b"x", "a.xlsm", "宏"),
        (b"x", "a.doc", "请传 .xlsx 或 .csv"),
        (b"\xff\xff\x80\x80\xff", "a.csv", "编码"),
        (b'a,"b\r\nc,d\r\n' * 900, "a.csv", "引号没有配对"),
        (b"a" * 200_000, "a.csv", "太长"),
        (b"a\0b", "a.csv", "控制字符"),
    ],
)
def test_refuses_with_a_remedy(content: bytes, name: str, says: str) -> None:
    with pytest.raises(UnableToReadTable, match=says) as refusal:
        list(read_table(io.BytesIO(content), name))
    assert refusal.value.remedy.startswith(("请", "如果"))


def test_limits_name_the_row() -> None:
    book = workbook([["a", "b"], ["x" * 11, "y"], ["1", "2"]])
    with pytest.raises(UnableToReadTable, match=r"第 2 行：第 1 列有 11 个字"):
        list(read_table(book, "a.xlsx", TableLimits(cell_characters=10)))
    with pytest.raises(UnableToReadTable, match=r"第 3 行：超过 2 行"):
        list(read_table(book, "a.xlsx", TableLimits(rows=2)))
    with pytest.raises(UnableToReadTable, match="有 2 列"):
        list(read_table(book, "a.xlsx", TableLimits(columns=1)))
    assert len(list(read_table(book, "a.xlsx", TableLimits(rows=3, columns=2, cell_characters=11)))) == 3


COLUMNS = [Column("姓名"), Column("金额（元）", "fen"), Column("户数", "integer"), Column("日期", "date")]


def test_written_workbook_reads_back_and_is_marked() -> None:
    content = write_xlsx(columns=COLUMNS, rows=[["林阿珍", 180_600, 3, date(2026, 11, 3)], [None] * 4], mark=MARK)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["A1"].value == "周敏于2026年11月3日 09:30导出，用途：核对名单。编号 X-0001。请勿转发。"
    assert [c.value for c in sheet[2]] == ["姓名", "金额（元）", "户数", "日期"]
    assert [c.value for c in sheet[3]] == ["林阿珍", 1806, 3, datetime(2026, 11, 3)]  # noqa: DTZ001
    assert sheet["B3"].number_format == "#,##0.00"
    assert marked_with(content) == {"export_id": "X-0001"}
    assert [r.cells for r in read_table(io.BytesIO(content), "a.xlsx")][2][0] == "林阿珍"


def test_no_cell_of_a_written_workbook_is_a_formula_or_link() -> None:
    content = write_xlsx(columns=[Column("=1+1")], rows=[[f] for f in FORMULAS], mark=MARK)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [sheet.cell(line, 1) for line in range(2, len(FORMULAS) + 3)]
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.hyperlink is None for c in cells)
    written = [str(c.value) for c in cells[1:]]
    assert [w.replace("_x000D_", "\r") for w in written] == FORMULAS


def test_the_check_for_formulas_can_fail() -> None:
    """Negative control: the same strings written carelessly do become formulas."""
    book = openpyxl.load_workbook(workbook([["=1+1"]]))
    assert book.active["A1"].data_type == "f"  # type: ignore[index]


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(FORMULAS), st.text(st.characters(codec="utf-8"), max_size=20)), min_size=1))
def test_csv_runs_nothing_and_reads_back(texts: list[str]) -> None:
    import csv

    content = write_csv(columns=[Column("备注")], rows=[[t] for t in texts], mark=MARK)
    assert content.startswith(b"\xef\xbb\xbf")
    read = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][2:]
    assert [read_back(cell) for cell in read] == texts
    assert not [
        c for c in read if c.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    ]


def test_csv_numbers_stay_numbers() -> None:
    content = write_csv(columns=COLUMNS, rows=[["甲", -5, -3, date(2026, 11, 3)]], mark=MARK).decode("utf-8-sig")
    assert content.splitlines()[2] == '"甲","-0.05","-3","2026-11-03"'
