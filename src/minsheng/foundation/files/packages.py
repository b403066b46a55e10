"""Look into an .xlsx before any of it is parsed: first what it claims to hold, then what it holds.

The central directory gives the claimed sizes. Claims may lie, so every part is then unpacked once, thrown away as it
comes, and compared; meanwhile the tags are counted, because the parser keeps a whole row, a whole string and
whole style sheets in memory and a hostile file puts everything into one of them.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from minsheng.foundation.files.limits import TableLimits, UnableToReadTable, megabytes

_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".docx", ".jar", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar")
_SAVE_AGAIN = "请用 WPS 或 Excel 打开，另存为“.xlsx”后再传。"
_COPY_OVER = "常见原因是整列带格式、样式太多或有上百万空行：请只复制有内容的部分到新表，或分成几个文件。"
_STRINGS = "xl/sharedstrings.xml"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$")
_CHUNK = 2**18
_ROW = re.compile(rb"<(/?)(?:\w+:)?row\b[^>]*?(/?)>")
_STRING = re.compile(rb"<(/?)(?:\w+:)?si\b[^>]*?(/?)>")
_STRINGS_PART = re.compile(r"<[^>]*sharedStrings\+xml[^>]*>")


def check_package(stream: IO[bytes], limits: TableLimits) -> None:
    """This function will return when all budgets hold, else raise UnableToReadTable; memory stays below 2 MB."""
    try:
        with zipfile.ZipFile(stream) as package:
            entries = package.infolist()
            if len(entries) > limits.entries:
                raise UnableToReadTable(
                    f"文件里有 {len(entries)} 个部分，最多 {limits.entries} 个。", "请只保留一张数据表，另存后再传。"
                )
            _refuse_strange_entries(entries)
            _refuse_heavy(entries, limits)
            if not {"xl/workbook.xml", "[content_types].xml"} <= {e.filename.lower() for e in entries}:
                raise UnableToReadTable("这是压缩包，不是表格。", "请先解压，把里面的 .xlsx 或 .csv 表格直接传上来。")
            for entry in entries:
                _weigh(package, entry, limits)
            _refuse_misnamed_parts(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
    ) as problem:
        if isinstance(problem, UnableToReadTable):
            raise
        raise UnableToReadTable("文件不完整，或声明的大小和实际内容不符，打不开。", _SAVE_AGAIN) from problem


def _refuse_strange_entries(entries: list[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    for entry in entries:
        name = entry.filename.lower().replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise UnableToReadTable("文件加了密码。", "请去掉密码，另存后再传。")
        if "vbaproject" in name or name.startswith("xl/macrosheets/"):
            raise UnableToReadTable("文件带有宏，为了安全不能接收。", "请另存为不带宏的“.xlsx”后再传。")
        if name.endswith(_ARCHIVES) or name.startswith("xl/embeddings/"):
            raise UnableToReadTable("表格里面还套着别的文件。", "请删去插入的附件，另存后再传。")
        if name.startswith("/") or ".." in name.split("/") or name in names:
            raise UnableToReadTable("文件的内部结构不正常。", _SAVE_AGAIN)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnableToReadTable("文件用了不常见的压缩方式。", _SAVE_AGAIN)
        names.add(name)


def _refuse_heavy(entries: list[zipfile.ZipInfo], limits: TableLimits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise UnableToReadTable(
            f"文件展开后有 {megabytes(unpacked)}，最多 {megabytes(limits.unpacked_bytes)}。", _COPY_OVER
        )
    # Small tables of repeated words pack very well and harm nobody, so the ratio counts only above 10 MB.
    if unpacked > 10 * 2**20 and unpacked > packed * limits.ratio:
        raise UnableToReadTable(f"文件展开后是原来的 {unpacked // max(packed, 1)} 倍，内容不正常。", _COPY_OVER)
    for entry in entries:
        name = entry.filename.lower()
        if name == _STRINGS:
            allowed = limits.strings_bytes
        elif _SHEET.match(name) or name.startswith("xl/media/"):
            allowed = limits.unpacked_bytes
        else:
            allowed = limits.other_part_bytes
        if entry.file_size > allowed:
            raise UnableToReadTable(f"文件的一个部分有 {megabytes(entry.file_size)}，太大了。", _COPY_OVER)


def _weigh(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: TableLimits) -> None:
    name = entry.filename.lower()
    with package.open(entry) as part:
        if _SHEET.match(name):
            seen = _count_tags(_chunks(part), _ROW, limits.row_tags, limits.outside_tags, 2 * limits.rows, "行")
        elif name == _STRINGS:
            seen = _count_tags(_chunks(part), _STRING, limits.string_tags, 1_000, limits.strings, "文字")
        else:
            seen, head = 0, b""
            for chunk in _chunks(part):
                head = head or chunk[:512]
                seen += len(chunk)
                if name.endswith((".xml", ".rels")) and b"<!" in chunk:
                    raise UnableToReadTable("文件里有不该有的声明，为了安全不能接收。", _SAVE_AGAIN)
            if seen > limits.other_part_bytes and head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<"):
                raise UnableToReadTable("文件里的图片不是图片。", "请删去图片，另存后再传。")
    # ZipExtFile stops at the claimed size and then compares the checksum, which betrays a claim that is too small.
    if seen != entry.file_size:
        raise UnableToReadTable("文件声明的大小和实际内容不符。", _SAVE_AGAIN)


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(_CHUNK):
        yield chunk


def _count_tags(
    chunks: Iterator[bytes], item: re.Pattern[bytes], inside_limit: int, outside_limit: int, item_limit: int, what: str
) -> int:
    """Count the tags inside each item (a row, a string) and outside of all; returns the number of bytes.

    Comments, CDATA and declarations are refused, so that every "<" is a tag. A ">" inside an attribute can only make
    the count stricter. Items inside items are refused.
    """
    size = items = inside = outside = 0
    is_open, carry = False, b""
    too_long = UnableToReadTable(f"有一{'行' if what == '行' else '段文字'}长得不正常。", _COPY_OVER)
    odd = UnableToReadTable("文件的内部结构不正常。", _SAVE_AGAIN)
    for chunk in chunks:
        size += len(chunk)
        data = carry + chunk
        cut = data.rfind(b"<")
        data, carry = (data[:cut], data[cut:]) if cut >= 0 else (data, b"")
        if len(carry) > _CHUNK or b"<!" in data:
            raise odd
        position = 0
        for tag in item.finditer(data):
            between = data.count(b"<", position, tag.start())
            position = tag.end()
            if is_open:
                inside += between
            else:
                outside += between
            closing, alone = tag.group(1) == b"/", tag.group(2) == b"/"
            if closing is not is_open or (closing and alone):
                raise odd
            if inside > inside_limit:
                raise too_long
            if not closing:
                items += 1
                inside = 0
            is_open = is_open if alone else not closing
        rest = data.count(b"<", position)
        if is_open:
            inside += rest
        else:
            outside += rest
        if inside > inside_limit:
            raise too_long
        if outside > outside_limit or items > item_limit:
            raise UnableToReadTable(f"文件里的{what}（连空的在内）或附加内容太多。", _COPY_OVER)
    if b"<!" in carry or is_open:
        raise odd
    return size


def _refuse_misnamed_parts(package: zipfile.ZipFile) -> None:
    """The parser finds the strings by their declared type, so the declared place must be the one that was counted."""
    name = next(n for n in package.namelist() if n.lower() == "[content_types].xml")
    declared = package.read(name).decode("utf-8", "replace")
    for part in _STRINGS_PART.findall(declared):
        if "/xl/sharedstrings.xml" not in part.lower():
            raise UnableToReadTable("文件的内部结构不正常。", _SAVE_AGAIN)
