"""A file as numbered lines: .txt, .docx (paragraphs and table rows), .xlsx and .csv (rows); tabs part the cells."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from minsheng.foundation.files.limits import DEFAULT_LIMITS, TableLimits, UnableToReadTable, megabytes
from minsheng.foundation.files.workbooks import read_table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_WIDEST = 50  # columns that one cell may span
_PIPED = re.compile(r"\s*\|(.*)\|\s*$")
_LONGEST_TEXT = 5 * 2**20  # bytes; a plan of a province has about 0.2 MB


class UnableToReadPlan(ValueError):
    """The file is refused: what is wrong with it, and what the sender can do."""


def lines_of_file(path: Path, limits: TableLimits = DEFAULT_LIMITS) -> list[str]:
    """This function will return the lines of a plan file; line n of the source is element n-1.

    Raises UnableToReadPlan, in Chinese and with a remedy, when the file is missing, too large or of another kind.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnableToReadPlan(f"打不开文件“{path.name}”（{problem.strerror}）。请检查路径和权限。") from problem
    return lines_of_content(content, path.name, limits)


def lines_of_content(content: bytes, name: str, limits: TableLimits = DEFAULT_LIMITS) -> list[str]:
    """This function will return the lines of a plan by the ending of its name; raises UnableToReadPlan."""
    suffix = Path(name).suffix.lower()
    if suffix == ".docx":
        return lines_of_docx(content, limits)
    if suffix in (".xlsx", ".csv"):
        return lines_of_table(content, name, limits)
    if suffix in (".txt", ".md", ""):
        return lines_of_text(content)
    raise UnableToReadPlan(f"不认识“{suffix}”文件。请另存为 .txt、.docx 或 .xlsx 后再试。")


def lines_of_text(content: bytes) -> list[str]:
    """This function will decode UTF-8 or GB18030; form feeds stay in their line, so that numbers agree with editors."""
    if len(content) > _LONGEST_TEXT:
        raise UnableToReadPlan(f"文字有 {megabytes(len(content))}，最多 {megabytes(_LONGEST_TEXT)}。请只留规划正文。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        if not text.strip():
            raise UnableToReadPlan("文件里没有文字。请确认选对了文件。")
        return [_unpiped(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    raise UnableToReadPlan("文字编码认不出来，或不是文字文件。请另存为 UTF-8 文字后再试。")


def _unpiped(line: str) -> str:
    """A row of a Markdown table (| a | b |) as cells parted by tabs; its ruler (|---|) as an empty line."""
    met = _PIPED.match(line)
    if met is None or "|" not in met.group(1):
        return line
    cells = [cell.strip() for cell in met.group(1).split("|")]
    return "" if all(re.fullmatch(r":?-{2,}:?", cell) for cell in cells) else "\t".join(cells)


def lines_of_table(content: bytes, name: str, limits: TableLimits = DEFAULT_LIMITS) -> list[str]:
    """This function will return the rows of all visible sheets, cells parted by tabs; empty rows keep their number.

    A further sheet begins with its title as a line of its own, and the lines go on counting.
    """
    lines: list[str] = []
    try:
        for row in read_table(io.BytesIO(content), name, limits, every_sheet=True):
            lines.extend([""] * (row.number - 1 - len(lines)))
            words = [
                ("" if cell is None else _printed(cell)).replace("\t", " ").replace("\n", " ") for cell in row.cells
            ]
            filled = [word for word in words if word]
            # A row with one filled cell is a caption or a note, not a row of the table.
            lines.append(filled[0] if len(filled) == 1 else "\t".join(words))
    except UnableToReadTable as problem:
        raise UnableToReadPlan(str(problem)) from problem
    if not lines:
        raise UnableToReadPlan("表格是空的。请确认选对了文件。")
    return lines


def _printed(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def lines_of_docx(content: bytes, limits: TableLimits = DEFAULT_LIMITS) -> list[str]:
    """This function will return paragraphs and table rows in order, each as one line.

    Claimed sizes are compared with what is unpacked, under the budget of `limits`; declarations (DOCTYPE) are refused,
    so that the parser can neither be sent to other files nor be blown up by entities.
    """
    if len(content) > limits.file_bytes:
        raise UnableToReadPlan(
            f"文件有 {megabytes(len(content))}，最多 {megabytes(limits.file_bytes)}。请删去图片后再试。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if len(entries) > limits.entries * 10 or sum(e.file_size for e in entries) > limits.unpacked_bytes:
                raise UnableToReadPlan("文件展开后太大。请另存为只有文字和表格的 .docx 后再试。")
            if any(e.flag_bits & 0x1 for e in entries):
                raise UnableToReadPlan("文件加了密码。请去掉密码，另存后再试。")
            if _BODY not in package.namelist():
                raise UnableToReadPlan("这不是 Word 文档（.docx）。请用 WPS 或 Word 打开，另存为 .docx 后再试。")
            with package.open(_BODY) as part:
                body = part.read(limits.strings_bytes + 1)
            if len(body) > limits.strings_bytes:
                raise UnableToReadPlan("文档正文太大。请只留规划正文后再试。")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise UnableToReadPlan("文件不完整，打不开。请用 WPS 或 Word 打开，另存为 .docx 后再试。") from problem
    if b"<!" in body.replace(b"<!--", b""):
        raise UnableToReadPlan("文件里有不该有的声明，为了安全不读。请另存为新的 .docx 后再试。")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as problem:
        raise UnableToReadPlan("文档内部结构不正常。请另存为新的 .docx 后再试。") from problem
    held = root.find(f"{_W}body")
    lines = [] if held is None else list(_blocks(held))
    if not any(line.strip() for line in lines):
        raise UnableToReadPlan("文档里没有文字（也许是扫描的图片）。请先识别成文字后再试。")
    return lines


def _blocks(parent: ElementTree.Element) -> Iterator[str]:
    for block in parent:
        if block.tag == f"{_W}p":
            yield _words(block)
        elif block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                yield "\t".join(words for cell in row.iter(f"{_W}tc") for words in _cell(cell))
        elif block.tag in (f"{_W}sdt", f"{_W}sdtContent"):  # a table of contents stands in one
            yield from _blocks(block)


def _cell(cell: ElementTree.Element) -> list[str]:
    """The words of a cell, and an empty cell for each further column that it spans."""
    words = " ".join(_words(paragraph).strip() for paragraph in cell.iter(f"{_W}p")).replace("\t", " ").strip()
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    width = span.get(f"{_W}val", "1") if span is not None else "1"
    return [words, *[""] * (min(int(width), _WIDEST) - 1 if width.isdecimal() else 0)]


def _words(paragraph: ElementTree.Element) -> str:
    words = []
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag == f"{_W}tab":
            words.append("\t" if words else "")
        elif node.tag == f"{_W}br":
            words.append(" ")
    return "".join(words)
