"""Which column is which, and what each row says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from minsheng.records.registry.imports.rules.cells import NOT_KNOWN, RawCell, ReadCell, UnableToReadCell, read_cell
from minsheng.records.registry.imports.types import CellError
from minsheng.records.registry.types import IdKind, SubjectKind
from minsheng.records.registry.vocabulary import (
    ATTRIBUTES,
    MAY_BE_NEGATIVE,
    ON_THE_MEMBERSHIP,
    ON_THE_PERSON,
    ValueType,
)

HEADING_ROWS = 5  # a title or a mark may stand above the headings


class UnableToReadHeadings(ValueError):
    """The table cannot be read as this kind: which columns are missing, and what to do."""


@dataclass(frozen=True)
class Heading:
    """One column that may be there: its names as people write them; `attribute` for a fact."""

    key: str
    names: tuple[str, ...]
    type: ValueType
    codes: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    attribute: str = ""

    @property
    def label(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class ParsedRow:
    """One row: what its cells say by key; empty cells are left out. Cells that cannot be read are errors."""

    number: int
    values: Mapping[str, ReadCell]
    errors: tuple[CellError, ...]
    raw: tuple[RawCell, ...]


@dataclass(frozen=True)
class ParsedTable:
    """All rows under the headings found; `ignored` are columns that nobody knows, told and not read."""

    headings: tuple[Heading, ...]
    ignored: tuple[str, ...]
    raw_headings: tuple[str, ...]
    rows: tuple[ParsedRow, ...]


_SEX = {"male": "男", "female": "女"}
_IDENTITY = (
    Heading("name", ("姓名", "名字"), ValueType.TEXT, required=True),
    Heading("id_kind", ("证件种类", "证件类型"), ValueType.CODE, {k.value: k.label for k in IdKind}),
    Heading("id_number", ("证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码"), ValueType.TEXT),
)


def person_headings() -> tuple[Heading, ...]:
    """This function will return the columns of a table of persons."""
    return (
        *_IDENTITY,
        Heading("sex", ("性别",), ValueType.CODE, _SEX),
        Heading("birth_date", ("出生日期", "出生年月日"), ValueType.DATE),
        Heading("phone", ("电话", "联系电话", "手机", "手机号", "手机号码"), ValueType.TEXT),
        Heading("community_code", ("社区代码", "区划代码"), ValueType.TEXT),
        Heading("street", ("街道",), ValueType.TEXT),
        Heading("community", ("社区", "社区（村）", "社区(村)"), ValueType.TEXT),
    )


def fact_headings() -> tuple[Heading, ...]:
    """This function will return the columns of a table of facts: who, and every fact of a person or a household."""
    told = [
        Heading(
            attribute.name,
            # 就业成本（年） is as often written without its unit.
            tuple(dict.fromkeys((attribute.label, attribute.label.split("（")[0], attribute.name))),
            attribute.type,
            attribute.codes,
            attribute=attribute.name,
        )
        for attribute in ATTRIBUTES.values()
        if attribute.subject in (SubjectKind.PERSON, SubjectKind.HOUSEHOLD)
        and attribute.name not in (*ON_THE_PERSON, *ON_THE_MEMBERSHIP)
    ]
    return (
        *(h if h.key != "id_number" else Heading(h.key, h.names, h.type, required=True) for h in _IDENTITY),
        Heading("valid_from", ("生效日期", "从哪天起", "开始日期"), ValueType.DATE),
        Heading("valid_to", ("截止日期", "到哪天为止", "结束日期"), ValueType.DATE),
        *told,
    )


def parse_table(
    rows: Iterable[tuple[int, Sequence[RawCell]]], *, headings: Sequence[Heading], most_rows: int
) -> ParsedTable:
    """This function will find the headings and read every row below them.

    `rows` are (number in the sheet, cells). Raises UnableToReadHeadings when required columns are missing, two columns
    have one meaning, or there are too many rows.
    """
    by_name = {_plain(name): heading for heading in headings for name in heading.names}
    iterator = iter(rows)
    columns, raw_headings = _find_headings(iterator, by_name, headings)
    ignored = tuple(text for text, heading in zip(raw_headings, columns, strict=True) if text and heading is None)
    parsed: list[ParsedRow] = []
    for number, cells in iterator:
        if len(parsed) >= most_rows:
            raise UnableToReadHeadings(f"超过 {most_rows:,} 行，一次最多导入 {most_rows:,} 行。请分成几个文件。")
        parsed.append(_row(number, cells, columns))
    if not parsed:
        raise UnableToReadHeadings("表头下面没有数据。请填好后再传。")
    found = tuple(heading for heading in columns if heading is not None)
    return ParsedTable(found, ignored, raw_headings, tuple(parsed))


def _find_headings(
    rows: Iterable[tuple[int, Sequence[RawCell]]], by_name: Mapping[str, Heading], headings: Sequence[Heading]
) -> tuple[list[Heading | None], tuple[str, ...]]:
    for tried, (_, cells) in enumerate(rows, start=1):
        texts = tuple("" if cell is None else str(cell).strip() for cell in cells)
        columns = [by_name.get(_plain(text)) for text in texts]
        if any(column is not None and column.key == "name" for column in columns):
            break
        if tried >= HEADING_ROWS:
            columns, texts = [], ()
            break
    else:
        columns, texts = [], ()
    if not columns:
        raise UnableToReadHeadings(
            f"前 {HEADING_ROWS} 行里没有“姓名”这一列，认不出表头。请用模板，或把表头放在第一行。"
        )
    keys = [column.key for column in columns if column is not None]
    twice = next((column.label for column in columns if column is not None and keys.count(column.key) > 1), None)
    if twice:
        raise UnableToReadHeadings(f"有两列都是“{twice}”，不知道以哪一列为准。请删去一列。")
    missing = [heading.label for heading in headings if heading.required and heading.key not in keys]
    if missing:
        raise UnableToReadHeadings(f"缺少{'、'.join(f'“{label}”' for label in missing)}列。请补上，或下载模板对照。")
    return columns, texts


def _row(number: int, cells: Sequence[RawCell], columns: Sequence[Heading | None]) -> ParsedRow:
    values: dict[str, ReadCell] = {}
    errors: list[CellError] = []
    for cell, heading in zip(cells, columns, strict=False):
        if heading is None:
            continue
        try:
            said = read_cell(
                cell, type_=heading.type, codes=heading.codes, negative=heading.attribute in MAY_BE_NEGATIVE
            )
        except UnableToReadCell as problem:
            errors.append(CellError(heading.label, problem.what, problem.remedy))
            continue
        if said is NOT_KNOWN and not heading.attribute:
            said = None  # somebody's name or number that is not known is simply not there
        if said is not None:
            values[heading.key] = said
    required = [h for h in columns if h is not None and h.required and h.key not in values]
    told = {error.column for error in errors}
    errors += [CellError(h.label, "没有填。", "请补上。") for h in required if h.label not in told]
    return ParsedRow(number, values, tuple(errors), tuple(cells))


def _plain(text: str) -> str:
    return "".join(text.split()).replace("(", "（").replace(")", "）").removeprefix("*").removesuffix("*").lower()
