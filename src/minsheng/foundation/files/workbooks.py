"""Tables from outside (.xlsx, .csv) as rows of text and numbers, and tables to take away, safe to open.

Reading refuses before it parses; writing never makes a formula out of a resident's name.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import IO, Any

import openpyxl
import xlsxwriter

from minsheng.foundation.files.limits import DEFAULT_LIMITS, TableLimits, UnableToReadTable, megabytes
from minsheng.foundation.files.packages import check_package
from minsheng.foundation.pages.wording import moment

Cell = str | int | float | bool | date | datetime | time | None
Row = tuple[Cell, ...]

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: .xls, and also an .xlsx with a password
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class TableRow:
    """One row: its number in the sheet as people count (the heading is row 1), and its cells; empty text is None."""

    number: int
    cells: Row


def read_table(
    stream: IO[bytes], filename: str, limits: TableLimits = DEFAULT_LIMITS, *, every_sheet: bool = False
) -> Iterator[TableRow]:
    """This function will yield the rows of the first sheet of an .xlsx or of a .csv (UTF-8, GB18030), blanks left out.

    `every_sheet`: the rows of the further visible sheets follow, each sheet begun by a row with its title; the numbers
    of rows go on, and the budgets are of all together.

    `stream` must be seekable. The package is checked at the call, before the first row is asked for. Formulas give
    their stored value. Raises UnableToReadTable, in Chinese and with a remedy, at the call or at the offending row.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise UnableToReadTable("文件是空的。", "请确认选对了文件。")
    if size > limits.file_bytes:
        raise UnableToReadTable(
            f"文件有 {megabytes(size)}，最多 {megabytes(limits.file_bytes)}。", "请分成几个文件后再传。"
        )
    head = stream.read(8)
    stream.seek(0)
    suffix = filename.lower().rsplit(".", 1)[-1] if "." in filename else ""
    if head == _OLD_EXCEL:
        raise UnableToReadTable("这是旧版 Excel（.xls），或者加了密码。", "请去掉密码，另存为“.xlsx”后再传。")
    if suffix == "xlsx":
        if not head.startswith(b"PK\x03\x04"):
            raise UnableToReadTable("名字是 .xlsx，内容却不是表格。", "请用 WPS 或 Excel 打开，另存为“.xlsx”后再传。")
        check_package(stream, limits)
        return _within(_xlsx_rows(stream, every_sheet=every_sheet), limits)
    if suffix in ("csv", "txt"):
        if head.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
            raise UnableToReadTable("名字是 .csv，内容却不是文字表格。", "如果是 Excel 表，请把文件名改回“.xlsx”再传。")
        return _within(_csv_rows(stream, limits), limits)
    if suffix == "xlsm":
        raise UnableToReadTable("带宏的表格（.xlsm）不能接收。", "请另存为不带宏的“.xlsx”后再传。")
    raise UnableToReadTable(f"不认识“.{suffix}”文件。", "请传 .xlsx 或 .csv 表格。")


def _xlsx_rows(stream: IO[bytes], *, every_sheet: bool) -> Iterator[tuple[int, Sequence[object]]]:
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as problem:  # openpyxl raises whatever its parser met: KeyError, ValueError, ParseError …
        raise UnableToReadTable(
            "表格打不开，内部结构不正常。", "请用 WPS 或 Excel 打开，另存为“.xlsx”后再传。"
        ) from problem

    def rows() -> Iterator[tuple[int, Sequence[object]]]:
        try:
            if not book.worksheets:
                raise UnableToReadTable("文件里没有数据表。", "请把数据放在第一张表里。")
            further = [sheet for sheet in book.worksheets[1:] if every_sheet and sheet.sheet_state == "visible"]
            for sheet in (book.worksheets[0], *further):
                sheet.reset_dimensions()  # the dimension in the file may lie
            rest = chain.from_iterable(chain([(one.title,)], one.iter_rows(values_only=True)) for one in further)
            yield from enumerate(chain(book.worksheets[0].iter_rows(values_only=True), rest), start=1)
        except (UnableToReadTable, GeneratorExit):
            raise
        except Exception as problem:
            raise UnableToReadTable(
                "表格读到一半读不下去，内部结构不正常。", "请另存为新的“.xlsx”后再传。"
            ) from problem
        finally:
            book.close()

    return rows()


def _csv_rows(stream: IO[bytes], limits: TableLimits) -> Iterator[tuple[int, Sequence[object]]]:
    text = io.TextIOWrapper(stream, encoding=_encoding(stream), newline="", errors="strict")
    pending = 0

    def lines() -> Iterator[str]:
        nonlocal pending
        while line := text.readline(limits.line_characters + 1):
            pending += 1
            if len(line) > limits.line_characters or pending > limits.lines_in_record:
                raise UnableToReadTable("有一行长得不正常，可能是引号没有配对。", "请另存为“.xlsx”后再传。")
            yield line

    try:
        for number, cells in enumerate(csv.reader(lines(), strict=True), start=1):
            pending = 0
            yield number, cells
    except csv.Error as problem:
        raise UnableToReadTable(
            "引号没有配对，或某一格太长，分不清格子。", "请用 WPS 或 Excel 打开，另存为“.xlsx”后再传。"
        ) from problem
    except UnicodeError as problem:
        raise UnableToReadTable("文字编码认不出来。", "请另存为“CSV UTF-8”后再传。") from problem
    finally:
        with suppress(ValueError):  # the caller may have closed the stream under an unfinished reading
            text.detach()


def _encoding(stream: IO[bytes]) -> str:
    """UTF-8 if the whole file is, else GB18030 if the whole file is; never a guess that changes names."""
    head = stream.read(4)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        stream.seek(0)
        try:
            while chunk := stream.read(2**16):
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        stream.seek(0)
        return encoding
    raise UnableToReadTable("文字编码认不出来，既不是 UTF-8 也不是 GB18030。", "请另存为“CSV UTF-8”后再传。")


def _within(rows: Iterator[tuple[int, Sequence[object]]], limits: TableLimits) -> Iterator[TableRow]:
    kept = blank = met = 0
    for number, raw in rows:
        cells = _trimmed(raw)
        met += len(raw)
        if met > limits.cells:
            raise UnableToReadTable("表格太大。", "请删去右边的空列，或分成几个文件后再传。", row=number)
        if not cells:
            blank += 1
            if blank > limits.blank_rows:
                raise UnableToReadTable(
                    f"连续空行超过 {limits.blank_rows:,} 行。",
                    "请删去下面的空行（或只复制有内容的部分到新表）再传。",
                    row=number,
                )
            continue
        blank = 0
        kept += 1
        if kept > limits.rows:
            raise UnableToReadTable(f"超过 {limits.rows:,} 行。", "请分成几个文件后再传。", row=number)
        if len(cells) > limits.columns:
            raise UnableToReadTable(
                f"有 {len(cells)} 列，最多 {limits.columns} 列。", "请删去多余的列再传。", row=number
            )
        yield TableRow(number, tuple(_cell(value, number, place, limits) for place, value in enumerate(cells, start=1)))


def _trimmed(raw: Sequence[object]) -> Sequence[object]:
    end = len(raw)
    while end and (raw[end - 1] is None or (isinstance(raw[end - 1], str) and not str(raw[end - 1]).strip())):
        end -= 1
    return raw[:end]


def _cell(value: object, row: int, column: int, limits: TableLimits) -> Cell:
    if isinstance(value, str):
        if len(value) > limits.cell_characters:
            raise UnableToReadTable(
                f"第 {column} 列有 {len(value):,} 个字，最多 {limits.cell_characters:,} 个。", "请缩短后再传。", row=row
            )
        if "\x00" in value:
            raise UnableToReadTable(f"第 {column} 列有看不见的控制字符。", "请重新录入这一格。", row=row)
        text = value.replace("\ufeff", "").strip()
        return text or None
    if value is None or isinstance(value, bool | int | float | date | datetime | time):
        return value
    return str(value)


# ---- tables to take away -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExportMark:
    """Who took the table, when, for what, and the id under which the audit trail knows it."""

    export_id: str
    taken_by: str
    taken_at: datetime
    purpose: str

    @property
    def line(self) -> str:
        """The visible mark that stands above the table."""
        return f"{self.taken_by}于{moment(self.taken_at)}导出，用途：{self.purpose}。编号 {self.export_id}。请勿转发。"


@dataclass(frozen=True)
class Column:
    """A heading and what stands under it; `fen` cells are integer fen and are shown as yuan."""

    heading: str
    kind: str = "text"  # text | fen | integer | date
    width: int = 16


def write_xlsx(
    *, columns: Sequence[Column], rows: Iterable[Sequence[object]], mark: ExportMark, sheet: str = "数据"
) -> bytes:
    """This function will write a workbook in constant memory: row 1 the mark, row 2 the headings, then the rows.

    Text is written as text cells, so no cell is a formula or a link, and an id number keeps its 18 digits. The
    export id is also in the custom properties, so a copy without row 1 can still be traced.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    book.set_properties({"title": sheet, "author": "民生直达", "created": mark.taken_at.replace(tzinfo=None)})
    book.set_custom_property("export_id", mark.export_id)
    page = book.add_worksheet(sheet)
    bold, money = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
    number, text = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "@"})
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
    page.write_string(0, 0, mark.line)
    for place, column in enumerate(columns):
        page.write_string(1, place, column.heading, bold)
    page.freeze_panes(2, 0)
    page.set_header(f"&L{mark.line.replace('&', '&&')[:200]}")
    page.repeat_rows(0, 1)
    last = 1
    for line, row in enumerate(rows, start=2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            match column.kind, value:
                case _, None:
                    continue
                case "fen", int():
                    # Shown as yuan in the sheet; the division is exact to the fen for every amount below 2**53 fen.
                    page.write_number(line, place, float(Decimal(value) / 100), money)
                case "integer", int():
                    page.write_number(line, place, value, number)
                case "date", date():
                    page.write_datetime(line, place, datetime(value.year, value.month, value.day))  # noqa: DTZ001
                case _:
                    page.write_string(line, place, _plain(value), text)
        last = line
    page.autofilter(1, 0, last, max(0, len(columns) - 1))
    book.close()
    return target.getvalue()


def write_csv(*, columns: Sequence[Column], rows: Iterable[Sequence[object]], mark: ExportMark) -> bytes:
    """This function will write UTF-8 with BOM, RFC 4180; cells that a spreadsheet would run get a leading '.

    Line 1 is the mark, line 2 the headings. `read_back` undoes the apostrophes.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_quoted(mark.line)])
    writer.writerow([_quoted(column.heading) for column in columns])
    for row in rows:
        writer.writerow(
            [
                ""
                if value is None
                else f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
                if column.kind == "fen" and isinstance(value, int)
                else str(value)
                if isinstance(value, int) and not isinstance(value, bool)
                else _quoted(_plain(value))
                for column, value in zip(columns, row, strict=True)
            ]
        )
    return codecs.BOM_UTF8 + target.getvalue().encode("utf-8")


def read_back(cell: str) -> str:
    """This function will undo the apostrophe of `write_csv`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA_STARTS, "'")) else cell


def _quoted(text: str) -> str:
    # A space before the sign does not stop a spreadsheet; an apostrophe of the text itself is doubled to be undone.
    risky = text.lstrip(" \u3000").startswith(_FORMULA_STARTS) or (text.startswith("'") and len(text) > 1)
    return "'" + text if risky else text


def _plain(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case bool():
            return "是" if value else "否"
    return str(value)


def marked_with(content: bytes) -> Mapping[str, str]:
    """This function will return the custom properties of a workbook: how a leaked copy is traced."""
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    return {prop.name: str(prop.value) for prop in book.custom_doc_props.props}
