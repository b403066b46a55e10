"""Files: the same plan as text, Word and sheet gives the same statements; broken and hostile files are refused."""

import io
import zipfile
from html import escape
from pathlib import Path

import openpyxl
import pytest
from plan_texts import real_lines

from minsheng.foundation.files.limits import TableLimits
from minsheng.insight.cockpit.plan.audit import audit
from minsheng.insight.cockpit.plan.knowledge import Knowledge, knowledge_for
from minsheng.insight.cockpit.plan.reading import read_plan, read_plan_file
from minsheng.insight.cockpit.plan.sources import UnableToReadPlan, lines_of_docx, lines_of_file, lines_of_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text: str) -> str:
    runs = "<w:tab/>".join(f"<w:t>{escape(part)}</w:t>" for part in text.split("\t"))
    return f"<w:p><w:r>{runs}</w:r></w:p>"


def document(lines: list[str]) -> str:
    """A Word document: contents in a field block, rows with tabs as real tables."""
    body, rows, in_contents = [], [], False
    for line in [*lines, ""]:
        if line.strip() == "目录":
            in_contents = True
        elif in_contents and line.startswith("依据《"):
            in_contents = False
        if "\t" in line and not in_contents:
            rows.append("<w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in line.split("\t")) + "</w:tr>")
            continue
        if rows and line.strip():
            body.append("<w:tbl>" + "".join(rows) + "</w:tbl>")
            rows = []
        text = f"<w:sdt><w:sdtContent>{paragraph(line)}</w:sdtContent></w:sdt>" if in_contents else paragraph(line)
        body.append(text)
    return f'<?xml version="1.0"?><w:document {W}><w:body>{"".join(body)}</w:body></w:document>'


def packed(xml: str, name: str = "word/document.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(name, xml)
    return target.getvalue()


def test_the_same_plan_as_word_gives_the_same_findings(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(packed(document(real_lines())))
    as_text, as_word = read_plan(real_lines()), read_plan_file(path)
    assert [i.name for i in as_word.indicators] == [i.name for i in as_text.indicators]
    assert [h.title for h in as_word.headings] == [h.title for h in as_text.headings]
    knowledge = knowledge_for("\n".join(real_lines()))
    expected = [(f.rule, f.what) for f in audit(as_text, knowledge)]
    assert sorted((f.rule, f.what) for f in audit(as_word, knowledge)) == sorted(expected)


def test_every_visible_sheet_is_read_and_a_hidden_one_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for place, (title, name) in enumerate(
        (("指标一", "床位数（张）"), ("指标二", "老年食堂（家）"), ("草稿", "旧指标（个）"))
    ):
        sheet = book.active if place == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        sheet.append(["序号", "指标（单位）", "2025年实际值", "2030年目标值"])
        sheet.append([1, name, 100 + place, 150])
    book["草稿"].sheet_state = "hidden"
    path = tmp_path / "two.xlsx"
    book.save(path)
    plan = read_plan_file(path)
    assert [(row.name, row.place.line) for row in plan.indicators] == [("床位数", 2), ("老年食堂", 5)]


def test_a_sheet_with_a_caption_and_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["表1：主要指标"])
    sheet.append([None])
    sheet.append(["序号", "主要指标（单位）", "2015年实际值", "2020年实际值", "年均增速（%）"])
    sheet.append([1, "床位数（张）", 100, 150, 8.4])
    sheet.append([2, "护理员人数（人）", 200, 300, 10.7])
    path = tmp_path / "indicators.xlsx"
    book.save(path)
    plan = read_plan_file(path)
    assert [(i.name, i.unit, i.place.line) for i in plan.indicators] == [("床位数", "张", 4), ("护理员人数", "人", 5)]
    assert [f.rule for f in audit(plan, Knowledge())] == ["growth.mixed_periods"]  # 10.7 is over four years


def test_gb18030_text_and_windows_line_ends() -> None:
    assert lines_of_text("一、背景\r\n（一）现状".encode("gb18030")) == ["一、背景", "（一）现状"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7", "不认识"),
        ("a.txt", b"", "没有文字"),
        ("a.txt", b"\x00\x01\x02", "不是文字文件"),
        ("a.docx", b"PK\x03\x04 broken", "打不开"),
        ("a.docx", packed("<x/>", "word/other.xml"), "不是 Word"),
        ("a.docx", packed(f"<w:document {W}><w:body/></w:document>"), "没有文字"),
        ("a.docx", packed("<w:document"), "内部结构"),
        ("a.docx", packed('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), "声明"),
        ("a.xlsx", b"not a sheet", "不是表格"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnableToReadPlan, match=words):
        lines_of_file(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadPlan, match="打不开文件"):
        lines_of_file(tmp_path / "none.txt")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(f"<w:document {W}><w:body>" + "<w:p/>" * 400_000 + "</w:body></w:document>")
    assert len(bomb) < 50_000
    with pytest.raises(UnableToReadPlan, match="太大"):
        lines_of_docx(bomb, TableLimits(unpacked_bytes=2**20))
    with pytest.raises(UnableToReadPlan, match="太大"):
        lines_of_docx(bomb, TableLimits(strings_bytes=2**20))


def test_tables_in_markdown() -> None:
    text = "表1：指标\n| 主要指标（单位） | 2020年实际值 |\n|---|---|\n| 床位数（张） | 70 |\n"
    assert lines_of_text(text.encode())[1:4] == ["主要指标（单位）\t2020年实际值", "", "床位数（张）\t70"]
    assert [i.cells[0].printed for i in read_plan(lines_of_text(text.encode())).indicators] == ["70"]


def test_a_cell_over_two_columns_keeps_the_others_in_their_columns() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("合计")}</w:tc><w:tc>{paragraph("9")}</w:tc>'
    xml = f"<w:document {W}><w:body><w:tbl><w:tr>{wide}</w:tr></w:tbl></w:body></w:document>"
    assert lines_of_docx(packed(xml)) == ["合计\t\t9"]
