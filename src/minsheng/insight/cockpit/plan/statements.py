"""What a plan says, as statements; each keeps its place in the source. Nothing here knows any one plan."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, order=True)
class Place:
    """Where it stands: the line (paragraph, row) of the source counted from 1, the words, and the headings above."""

    line: int
    quote: str
    section: str = ""


class Level(StrEnum):
    """The four levels of headings of an official plan, and its annexes."""

    CHAPTER = "一、"
    SECTION = "（一）"
    ITEM = "1."
    DASH = "——"
    ANNEX = "附件"


@dataclass(frozen=True)
class Heading:
    """A heading in the body, or an entry of the table of contents (then `page` is its printed page)."""

    level: Level
    number: int | None
    title: str
    place: Place
    page: int | None = None


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, joined over page breaks; `segments` are (offset in text, source line), ascending."""

    text: str
    segments: tuple[tuple[int, int], ...]
    section: tuple[str, ...] = ()
    is_past: bool = False  # the chapter looks back (背景, 现状, 形势), so its figures are facts and not targets

    def line_at(self, offset: int) -> int:
        """This function will return the source line of a character of the paragraph."""
        return max((line for start, line in self.segments if start <= offset), default=self.segments[0][1])

    def place(self, start: int, end: int) -> Place:
        """This function will return the place of a slice of the paragraph, quoted in full."""
        return Place(self.line_at(start), self.text[start:end], " › ".join(self.section))


@dataclass(frozen=True)
class Cell:
    """One figure of a table: the year and role of its column, the value (None: printed as empty), the words printed."""

    year: int | None
    role: str  # actual | target | value
    value: Decimal | None
    printed: str
    header: str


@dataclass(frozen=True)
class Indicator:
    """One row of a table of indicators. `unit` None: the name carries none; `growth` in percent per year."""

    number: int | None
    name: str
    unit: str | None
    cells: tuple[Cell, ...]
    growth: Decimal | None
    growth_printed: str | None
    attribute: str | None
    table: str
    place: Place

    @property
    def start(self) -> Cell | None:
        """The first column of values."""
        return self.cells[0] if self.cells else None

    @property
    def end(self) -> Cell | None:
        """The last column of values, when there are at least two."""
        return self.cells[-1] if len(self.cells) > 1 else None

    @property
    def span(self) -> int | None:
        """Years from the first to the last column; None when a column names no year."""
        if self.start is None or self.end is None or self.start.year is None or self.end.year is None:
            return None
        return self.end.year - self.start.year


@dataclass(frozen=True)
class Project:
    """One row of a list of projects. Area in square metres, investment in 万元 as printed; stages by column name."""

    number: int | None
    owner: str | None
    name: str
    area: Decimal | None
    investment: Decimal | None
    stages: dict[str, str] = field(hash=False)
    table: str
    place: Place


@dataclass(frozen=True)
class Table:
    """A table as printed: caption, heading row, rows of words, and what it holds."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], Place], ...]
    kind: str  # indicators | projects | other
    place: Place


@dataclass(frozen=True)
class Quantity:
    """A figure in a sentence. `value` counts the multiplier in (1.67 亿 → 167000000); `per` is 每… or 年/月."""

    label: str
    value: Decimal
    unit: str
    per: str
    bound: str  # at_least | at_most | exact
    year: int | None
    place: Place
    start: int  # offsets in the paragraph
    end: int
    paragraph: int
    is_scaled: bool = False  # 万 or 亿 stood before the unit


@dataclass(frozen=True)
class Target:
    """What is promised: the figure, or the words (全覆盖) when there is none, and until when."""

    label: str
    quantity: Quantity | None
    wording: str
    deadline: int | None
    deadline_is_own: bool  # False: the sentence names none
    place: Place
    paragraph: int


@dataclass(frozen=True)
class Sum:
    """A total and its parts, all of one unit."""

    total: Quantity
    parts: tuple[Quantity, ...]
    place: Place


@dataclass(frozen=True)
class Change:
    """From one figure to another, with the printed rate of change in percent if there is one."""

    label: str
    start: Quantity
    end: Quantity
    printed_rate: Decimal | None
    place: Place


@dataclass(frozen=True)
class Listing:
    """“甲、乙、丙”三大…: how many are announced, and the ways of counting those that are listed."""

    announced: int
    counts: tuple[int, ...]
    place: Place


@dataclass(frozen=True)
class Document:
    """A named document, with its number (文号) if one stands beside it."""

    title: str
    number: str | None
    is_announced: bool  # 印发《…》: what a notice says it carries
    place: Place


@dataclass(frozen=True)
class Unread:
    """What the reader saw and could not turn into a statement, with the reason."""

    reason: str
    place: Place


@dataclass(frozen=True)
class Plan:
    """A plan, read: all statements, the paragraphs they stand in, and what could not be read."""

    title: str
    first_year: int | None
    last_year: int | None
    lines: tuple[str, ...]
    contents: tuple[Heading, ...]
    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]
    projects: tuple[Project, ...]
    quantities: tuple[Quantity, ...]
    targets: tuple[Target, ...]
    sums: tuple[Sum, ...]
    changes: tuple[Change, ...]
    listings: tuple[Listing, ...]
    documents: tuple[Document, ...]
    unread: tuple[Unread, ...]
