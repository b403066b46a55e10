"""Experiment E15: hostile workbooks are refused before they are parsed, and the process stays small.

Each file is built here, then read in a process of its own whose peak memory the kernel reports.
"""

import json
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/{strings}.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
READER = """
import json, re, sys, time
from minsheng.foundation.files.limits import UnableToReadTable
from minsheng.foundation.files.workbooks import read_table
def peak():  # of this process alone: ru_maxrss would begin with the peak of the parent
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) // 1024
before, begun, rows, says = peak(), time.perf_counter(), 0, ""
try:
    with open(sys.argv[1], "rb") as stream:
        for row in read_table(stream, "a." + sys.argv[1].rsplit(".", 1)[1]):
            rows += 1
except UnableToReadTable as refusal:
    says = str(refusal)
print(json.dumps({"grown_mb": peak() - before, "seconds": time.perf_counter() - begun, "rows": rows, "says": says}))
"""
CARELESS = """
import sys
import openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
for row in book.worksheets[0].iter_rows():
    pass
"""
PLAIN_READER_MB = 80  # Python with openpyxl and nothing read
ROW = b'<row r="%d"><c t="inlineStr"><is><t>x</t></is></c></row>'


def package(
    path: Path,
    *,
    rows: list[bytes],
    strings: bytes = b"<sst/>",
    extra: dict[str, bytes] | None = None,
    strings_name: str = "sharedStrings",
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        target.writestr("[Content_Types].xml", TYPES.format(strings=strings_name))
        target.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        target.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        target.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        target.writestr(f"xl/{strings_name}.xml", strings.replace(b"<sst", b'<sst xmlns="%s"' % MAIN.encode(), 1))
        for name, content in (extra or {}).items():
            target.writestr(name, content)
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
            sheet.write(b'<worksheet xmlns="%s"><sheetData>' % MAIN.encode())
            for row in rows:
                sheet.write(row)
            sheet.write(b"</sheetData></worksheet>")
    return path


def read(path: Path) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    answer: dict[str, object] = json.loads(done.stdout)
    print(path.stem, f"{path.stat().st_size / 2**20:.2f} MB", answer)
    return answer


def bomb(path: Path) -> Path:
    return package(path, rows=[b'<row r="1"><c t="inlineStr"><is><t>' + b" " * 2**20 * 269 + b"</t></is></c></row>"])


def many_rows(path: Path) -> Path:
    return package(path, rows=[ROW % n for n in range(1, 600_001)])


def blank_rows(path: Path) -> Path:
    return package(path, rows=[ROW % 1, *(b'<row r="%d"/>' % n for n in range(2, 1_000_001))])


def blank_rows_by_number(path: Path) -> Path:
    return package(path, rows=[ROW % 1, ROW % 1_048_576])


def nested(path: Path) -> Path:
    inner = package(path.with_name("inner.xlsx"), rows=[ROW % 1]).read_bytes()
    return package(path, rows=[ROW % 1], extra={"xl/embeddings/oleObject1.xlsx": inner})


def lying(path: Path) -> Path:
    """The central directory and the local header claim 1,000 bytes; 20 MB come out."""
    whole = package(path, rows=[ROW % n for n in range(1, 300_001)])
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        directory = archive.start_dir
    struct.pack_into("<I", content, entry.header_offset + 22, 1_000)
    at = content.index(b"xl/worksheets/sheet1.xml", directory) - 46
    struct.pack_into("<I", content, at + 24, 1_000)
    whole.write_bytes(content)
    return whole


def one_row(path: Path) -> Path:
    return package(path, rows=[b'<row r="1">', *[b"<c/><d q='%d'/>" % n for n in range(3_000_000)], b"</row>"])


def one_row_with_decoys(path: Path) -> Path:
    return package(path, rows=[b'<row r="1">', *[b"<c/>" * 50 + b"<row/>" for _ in range(20_000)], b"</row>"])


def decoy_comments(path: Path) -> Path:
    return package(
        path, rows=[b'<row r="1">', *[b"<c/>" * 50 + b"<!--</row><row>-->" for _ in range(2_000)], b"</row>"]
    )


def strings(path: Path) -> Path:
    texts = b"<sst>" + b"".join(b"<si><t>%d</t></si>" % n for n in range(1_000_000)) + b"</sst>"
    return package(path, rows=[ROW % 1], strings=texts)


def misnamed_strings(path: Path) -> Path:
    texts = b"<sst>" + b"<si><t>x</t></si>" * 60_000 + b"</sst>"
    return package(path, rows=[ROW % 1], strings=texts, strings_name="worksheets/other")


def styles(path: Path) -> Path:
    return package(path, rows=[ROW % 1], extra={"xl/styles.xml": b"<a/>" * 2_000_000})


def wide_rows(path: Path) -> Path:
    return package(
        path,
        rows=[
            b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c><c r="XFD%d"/></row>' % (n, n, n)
            for n in range(1, 100_001)
        ],
    )


def entities(path: Path) -> Path:
    return package(path, rows=[ROW % 1], extra={"docProps/core.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})


def macros(path: Path) -> Path:
    return package(path, rows=[ROW % 1], extra={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def many_entries(path: Path) -> Path:
    return package(path, rows=[ROW % 1], extra={f"xl/a{n}.xml": b"" for n in range(400)})


def climbing(path: Path) -> Path:
    return package(path, rows=[ROW % 1], extra={"../../etc/x": b""})


HOSTILE: list[tuple[Callable[[Path], Path], str]] = [
    (bomb, "展开后有"),
    (many_rows, "行（连空的在内）.*太多"),
    (blank_rows, "行（连空的在内）.*太多"),
    (blank_rows_by_number, "连续空行超过 1,000 行"),
    (nested, "套着别的文件"),
    (lying, "声明的大小和实际内容不符"),
    (one_row, "长得不正常|展开后"),
    (one_row_with_decoys, "内部结构不正常"),
    (decoy_comments, "内部结构不正常"),
    (strings, "太多|展开后"),
    (misnamed_strings, "内部结构不正常"),
    (styles, "太大了"),
    (wide_rows, "表格太大|展开后"),
    (entities, "不该有的声明"),
    (macros, "宏"),
    (many_entries, "个部分"),
    (climbing, "内部结构不正常"),
]


@pytest.mark.experiment
@pytest.mark.slow
@pytest.mark.parametrize(("build", "says"), HOSTILE, ids=lambda value: getattr(value, "__name__", ""))
def test_hostile_workbooks_are_refused_within_budget(tmp_path: Path, build: Callable[[Path], Path], says: str) -> None:
    import re

    answer = read(build(tmp_path / f"{build.__name__}.xlsx"))
    assert re.search(says, str(answer["says"])), answer
    assert "请" in str(answer["says"])
    assert float(str(answer["grown_mb"])) < 150
    assert float(str(answer["seconds"])) < 30


@pytest.mark.slow
def test_the_memory_check_can_fail(tmp_path: Path) -> None:
    """Negative control: read without the budgets, one of these files takes more memory than is allowed."""
    path = one_row(tmp_path / "one_row.xlsx")
    with subprocess.Popen([sys.executable, "-c", CARELESS, str(path)]) as reader:
        watched, most = psutil.Process(reader.pid), 0
        while reader.poll() is None and most < PLAIN_READER_MB + 200:
            most = max(most, watched.memory_info().rss // 2**20)
            time.sleep(0.05)
        reader.kill()
    assert most > PLAIN_READER_MB + 150


@pytest.mark.experiment
@pytest.mark.slow
def test_hostile_csv(tmp_path: Path) -> None:
    path = tmp_path / "one_record.csv"
    path.write_bytes(b'"\n",' * 4_000_000)
    answer = read(path)
    assert "长得不正常" in str(answer["says"])
    assert float(str(answer["grown_mb"])) < 150
    path = tmp_path / "commas.csv"
    path.write_bytes(b"," * 19_000_000)
    answer = read(path)
    assert "长得不正常" in str(answer["says"])
    assert float(str(answer["grown_mb"])) < 150


@pytest.mark.slow
def test_a_large_honest_table_is_read_whole(tmp_path: Path) -> None:
    """Negative control: the budgets do not refuse the work of an ordinary day."""
    rows = [
        b'<row r="%d"><c t="inlineStr"><is><t>%032x</t></is></c><c><v>%d</v></c></row>' % (n, n * 7919**5 % 2**128, n)
        for n in range(1, 100_001)
    ]
    answer = read(package(tmp_path / "honest.xlsx", rows=rows))
    assert answer["says"] == ""
    assert answer["rows"] == 100_000
    assert float(str(answer["grown_mb"])) < 150
