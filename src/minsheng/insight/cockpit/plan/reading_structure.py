"""The skeleton of a plan: table of contents, headings, paragraphs joined over page breaks, raw tables."""

import re
from dataclasses import dataclass, field

from minsheng.insight.cockpit.plan.statements import Heading, Level, Paragraph, Place
from minsheng.insight.cockpit.plan.wording import cleaned, number_of

_ORDINAL = "一二三四五六七八九十"
_HEADS = (
    (Level.CHAPTER, re.compile(rf"([{_ORDINAL}]+)、\s*(?=\S)")),
    (Level.SECTION, re.compile(rf"[（(]([{_ORDINAL}]+)[)）]\s*(?=\S)")),
    (Level.ITEM, re.compile(r"(\d{1,2})[.．](?!\d)\s*(?=[^《\s])")),
    (Level.DASH, re.compile(r"(?:——|--)()(?=\S)")),
    (Level.ANNEX, re.compile(r"附件\s*(\d*)\s*[:：]?\s*")),
)
_CONTENTS_ENTRY = re.compile(r"^(.*?)(?:\s*[.…·．]{2,}\s*|\t+\s*)(\d{1,4})$")
_CAPTION = re.compile(r"^表\s*\d+\s*[:：\s]")
_ENDED = re.compile(r"[。！？；：”）!?;:]$")
_PAST = re.compile(r"背景|现状|回顾|形势|成效|成就|环境|挑战|主要问题")
_FULL_LINE = 25  # a shorter line is a heading or an address, not a paragraph broken by the page
_LONGEST_HEADING = 45


@dataclass
class RawTable:
    """A caption and tab-parted rows, with the line each row stands on."""

    caption: str
    line: int
    rows: list[tuple[int, list[str]]]
    section: tuple[str, ...]


@dataclass
class Skeleton:
    """What `skeleton_of` found, in the order of the source."""

    contents: list[Heading] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    tables: list[RawTable] = field(default_factory=list)
    stray: list[Place] = field(default_factory=list)  # lines inside the contents that are no entries


def heading_of(text: str) -> tuple[Level, int | None, str] | None:
    """This function will part a line into level, number and title; None when it does not begin like a heading."""
    for level, pattern in _HEADS:
        if met := pattern.match(text):
            return level, number_of(met.group(1)) if met.group(1) else None, text[met.end() :].strip()
    return None


def skeleton_of(lines: list[str]) -> Skeleton:
    """This function will return the skeleton of a plan given as lines."""
    found = Skeleton()
    body = _read_contents(lines, found)
    builder = _Body(found)
    for number in range(1, len(lines) + 1):
        if number not in body:
            builder.take(number, lines[number - 1])
    builder.close()
    return found


def _read_contents(lines: list[str], found: Skeleton) -> set[int]:
    """Fill the table of contents; returns its line numbers, which are not read again."""
    start = next(
        (n for n, line in enumerate(lines, start=1) if cleaned(line).replace(" ", "") in ("目录", "目次")), None
    )
    if start is None:
        return set()
    entries: list[tuple[int, str, int]] = []
    last = start
    for number in range(start + 1, len(lines) + 1):
        text = cleaned(lines[number - 1])
        if not text:
            continue
        met = _CONTENTS_ENTRY.match(text)
        if met is None:
            # One stray line (a page number, a running head) may stand inside; two in a row end the contents.
            following = [cleaned(line) for line in lines[number : number + 4]]
            if not any(_CONTENTS_ENTRY.match(f) for f in following if f):
                break
            found.stray.append(Place(number, text, "目录"))
            last = number
            continue
        entries.append((number, met.group(1).strip(), int(met.group(2))))
        last = number
    for number, words, page in entries:
        level, ordinal, title = heading_of(words) or (Level.ITEM, None, words)
        found.contents.append(Heading(level, ordinal, title, Place(number, words, "目录"), page))
    return set(range(start, last + 1))


class _Body:
    """Walks through the body line by line and keeps the headings above."""

    def __init__(self, found: Skeleton) -> None:
        self.found = found
        self.stack: dict[Level, str] = {}
        self.open: tuple[str, list[tuple[int, int]]] | None = None
        self.table: RawTable | None = None
        self.caption: tuple[int, str] | None = None
        self.untitled_annex: tuple[int, int | None] | None = None

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(self.stack[level] for level in Level if level in self.stack)

    def take(self, number: int, raw: str) -> None:
        text = cleaned(raw)
        if not text:
            return
        if "\t" in raw.strip("\n\r ") and raw.count("\t") >= 1:
            self._row(number, raw)
            return
        self.table = None
        head = heading_of(text)
        if self.untitled_annex is not None and head is None:
            line, ordinal = self.untitled_annex
            self.untitled_annex = None
            self._heading(Level.ANNEX, ordinal, text, line, f"附件{ordinal or ''}：{text}")
            self.caption = (number, text)
            return
        if _CAPTION.match(text):
            self.close()
            self.caption = (number, text)
            return
        if head is not None and self._is_heading(head, text):
            self._take_heading(number, head, text)
            return
        self._words(number, text)

    def _is_heading(self, head: tuple[Level, int | None, str], text: str) -> bool:
        level, _, title = head
        if level is Level.ANNEX:
            return len(text) < _LONGEST_HEADING + 15
        first = re.split(r"[。；]", title, maxsplit=1)[0]
        return 0 < len(first) <= _LONGEST_HEADING

    def _take_heading(self, number: int, head: tuple[Level, int | None, str], text: str) -> None:
        level, ordinal, title = head
        if level is Level.ANNEX and not title:
            self.close()
            self.untitled_annex = (number, ordinal)
            return
        first, stop, rest = title.partition("。")
        self._heading(level, ordinal, first, number, text[: len(text) - len(rest)] if stop else text)
        if level is Level.ANNEX:
            self.caption = (number, first)
        if rest.strip():
            self._words(number, rest.strip())

    def _heading(self, level: Level, ordinal: int | None, title: str, line: int, quote: str) -> None:
        self.close()
        self.caption = None
        levels = list(Level)
        if level is Level.ANNEX:
            self.stack = {}
        else:
            # Dashes stand under a section as items do; both end at the next of either kind.
            self.stack = {k: v for k, v in self.stack.items() if levels.index(k) < levels.index(level)}
            if level is Level.DASH:
                self.stack.pop(Level.ITEM, None)
        above = " › ".join(self.section)
        self.stack[level] = title
        self.found.headings.append(Heading(level, ordinal, title, Place(line, quote, above)))

    def _words(self, number: int, text: str) -> None:
        if self.open is not None:
            words, segments = self.open
            if len(words) >= _FULL_LINE and not _ENDED.search(words):
                self.open = (words + text, [*segments, (len(words), number)])
                return
            self.close()
        self.open = (text, [(0, number)])

    def _row(self, number: int, raw: str) -> None:
        cells = [cleaned(cell) for cell in raw.strip("\n\r").split("\t")]
        if self.table is None:
            line, caption = self.caption or (number, "")
            self.close()
            self.table = RawTable(caption, line, [], self.section)
            self.found.tables.append(self.table)
        self.table.rows.append((number, cells))

    def close(self) -> None:
        """End the open paragraph."""
        if self.open is not None:
            text, segments = self.open
            is_past = any(_PAST.search(title) for title in self.section)
            self.found.paragraphs.append(Paragraph(text, tuple(segments), self.section, is_past))
        self.open = None
