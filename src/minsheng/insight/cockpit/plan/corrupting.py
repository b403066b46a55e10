"""Errors as people make them, put into a plan by a seeded generator, so that an auditor can be measured.

Sites are found by reading the plan; nothing here knows the rules of the audit.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.reading_sentences import sentences_of
from minsheng.insight.cockpit.plan.statements import Paragraph, Plan
from minsheng.insight.cockpit.plan.wording import bare, cleaned, plain


class Fault(StrEnum):
    """The ten kinds of error."""

    GROWTH_DIGIT = "增速错一个数字"
    BROKEN_SUM = "合计或幅度错一个数字"
    UNIT_SWAP = "单位换错"
    ROW_NUMBER = "数值被序号顶替"
    DEADLINE_DROPPED = "期限漏写"
    TARGET_BELOW = "目标低于现状"
    HEADING_MISSING = "目录漏了标题"
    TITLE_MISQUOTED = "文件名引错"
    PHRASE_DUPLICATED = "语句重复"
    DENOMINATOR_DROPPED = "分母漏写"


@dataclass(frozen=True)
class Injected:
    """One error put in: its kind, the line, the line before and after."""

    fault: Fault
    line: int
    before: str
    after: str


@dataclass(frozen=True)
class _Edit:
    line: int
    after: str


def corrupt(lines: list[str], *, seed: int) -> tuple[list[str], tuple[Injected, ...]]:
    """This function will return a copy of a plan with one error of each kind for which it has a place, and the list.

    No line receives two errors, so that each finding can be laid to one of them. The same seed gives the same copy.
    """
    chance = random.Random(seed)  # no secret depends on it
    read = read_plan(lines)
    spoiled, injected, used = list(lines), list[Injected](), set[int]()
    for fault in Fault:
        edits = [edit for edit in _SITES[fault](read, chance) if edit.line not in used]
        edits = [edit for edit in edits if cleaned(edit.after) != cleaned(lines[edit.line - 1])]
        if not edits:
            continue
        edit = chance.choice(edits)
        used.add(edit.line)
        spoiled[edit.line - 1] = edit.after
        injected.append(Injected(fault, edit.line, lines[edit.line - 1], edit.after))
    return spoiled, tuple(injected)


def _other_digit(figure: str, chance: random.Random) -> str:
    """The same figure with one digit changed; the first never becomes 0."""
    at = chance.choice([n for n, c in enumerate(figure) if c.isdigit()])
    digits = [d for d in "0123456789" if d != figure[at] and not (at == 0 and d == "0")]
    return figure[:at] + chance.choice(digits) + figure[at + 1 :]


def _cells(read: Plan, line: int) -> list[str]:
    return read.lines[line - 1].split("\t")


def _with_cell(read: Plan, line: int, at: int, words: str) -> _Edit:
    cells = _cells(read, line)
    cells[at] = words
    return _Edit(line, "\t".join(cells))


def _cell_holding(read: Plan, line: int, printed: str) -> int | None:
    """The last cell that prints these words (values stand right of names and numbers)."""
    places = [n for n, cell in enumerate(_cells(read, line)) if cleaned(cell) == printed]
    return places[-1] if places else None


def _in_paragraph(read: Plan, paragraph: Paragraph, start: int, end: int, words: str) -> _Edit | None:
    """Replace a slice of a paragraph that lies on one source line; a heading before it on the line is kept."""
    line = paragraph.line_at(start)
    segment = next(s for s in paragraph.segments if s[1] == line)
    following = [s for s, _ in paragraph.segments if s > segment[0]]
    stop = min(following) if following else len(paragraph.text)
    if end > stop:
        return None
    whole = cleaned(read.lines[line - 1])
    prefix = whole[: len(whole) - (stop - segment[0])]
    if prefix + paragraph.text[segment[0] : stop] != whole:
        return None
    return _Edit(line, prefix + paragraph.text[segment[0] : start] + words + paragraph.text[end:stop])


def _growth_digit(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for row in read.indicators:
        if row.growth is not None and row.growth_printed:
            at = _cell_holding(read, row.place.line, row.growth_printed)
            if at is not None:
                yield _with_cell(read, row.place.line, at, _other_digit(row.growth_printed, chance))


def _broken_sum(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    figures = [(q.paragraph, q.start) for s in read.sums for q in (s.total, *s.parts)]
    figures += [(q.paragraph, q.start) for c in read.changes if c.printed_rate is not None for q in (c.start, c.end)]
    for index, start in figures:
        paragraph = read.paragraphs[index]
        met = re.compile(r"\d+(?:\.\d+)?").match(paragraph.text, start)
        if met and (edit := _in_paragraph(read, paragraph, start, met.end(), _other_digit(met.group(), chance))):
            yield edit


def _unit_swap(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for row in read.indicators:
        if row.unit not in ("%", "‰", "个", "人", "家", "张"):
            continue
        other = {"%": ["‰", "个"], "‰": ["%", "个"]}.get(row.unit, ["%"])
        line = row.place.line
        yield _Edit(
            line,
            re.sub(
                r"([（(])\s*[^（(]{1,3}\s*([)）])(?=\t)",
                rf"\g<1>{chance.choice(other)}\2",
                read.lines[line - 1],
                count=1,
            ),
        )


def _row_number(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for project in read.projects:
        if project.number is None or project.number in (project.area, project.investment):
            continue
        for value in (project.area, project.investment):
            at = None if value is None else _cell_holding(read, project.place.line, plain(value))
            if at is not None:
                yield _with_cell(read, project.place.line, at, str(project.number))


def _deadline_dropped(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for target in read.targets:
        if target.deadline is None or target.quantity is None:
            continue
        paragraph = read.paragraphs[target.paragraph]
        start, end = next((s, e) for s, e in sentences_of(paragraph.text) if s <= target.quantity.start < e)
        dates = list(re.finditer(r"(?:到|至)?20\d{2}年[底末前]?，?|\d年内", paragraph.text[start:end]))
        if len(dates) == 1:  # with two, dropping one moves the target to the other
            a, b = start + dates[0].start(), start + dates[0].end()
            if edit := _in_paragraph(read, paragraph, a, b, ""):
                yield edit


def _target_below(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for row in read.indicators:
        if row.end is None or row.end.role != "target" or row.start is None or not row.start.value:
            continue
        at = _cell_holding(read, row.place.line, row.end.printed)
        lower = (row.start.value * Decimal(chance.randrange(50, 90)) / 100).quantize(Decimal("0.1"))
        if at is not None and lower > 0:
            yield _with_cell(read, row.place.line, at, plain(lower))


def _heading_missing(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for entry in read.contents:
        yield _Edit(entry.place.line, "")


def _title_misquoted(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for document in read.documents:
        if len(bare(document.title)) < 8 or document.is_announced or bare(document.title) == bare(read.title):
            continue
        paragraph = next(p for p in read.paragraphs if any(s[1] == document.place.line for s in p.segments))
        at = paragraph.text.find(f"《{document.title}》")
        if at < 0:
            continue
        cut = chance.randrange(2, len(document.title) - 3)
        words = chance.choice(["", "工作", "有关"])
        spoiled = document.title[:cut] + words + document.title[cut + 2 :]
        if edit := _in_paragraph(read, paragraph, at + 1, at + 1 + len(document.title), spoiled):
            yield edit


def _phrase_duplicated(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for paragraph in read.paragraphs:
        clauses = list(re.finditer(r"(?<=[，；。])[^，。；：“”《》（）\d]+(?=[，；。])", paragraph.text))
        long = [m for m in clauses if 10 <= len(bare(m.group())) <= 30]
        if not long:
            continue
        source = chance.choice(long)
        behind = [m for m in clauses if m.start() > source.end()]
        if behind:
            at = chance.choice(behind).end()
            if edit := _in_paragraph(read, paragraph, at, at, "，" + source.group()):
                yield edit


def _denominator_dropped(read: Plan, chance: random.Random) -> Iterator[_Edit]:
    for quantity in read.quantities:
        paragraph = read.paragraphs[quantity.paragraph]
        before = paragraph.text.rfind(quantity.per, 0, quantity.start) if re.match("每[百千万]", quantity.per) else -1
        if before >= 0 and (edit := _in_paragraph(read, paragraph, before, before + len(quantity.per), "")):
            yield edit
        of_what = re.compile(r"的[\u4e00-\u9fff]{2,4}(?=[。，；])").match(paragraph.text, quantity.end)
        if quantity.unit == "%" and of_what and (edit := _in_paragraph(read, paragraph, *of_what.span(), "")):
            yield edit
    for row in read.indicators:
        dropped = re.sub(r"占\S+?(?=比例|比重)", "", row.name)
        if dropped != row.name:
            yield _Edit(row.place.line, read.lines[row.place.line - 1].replace(row.name, dropped))


_SITES: dict[Fault, Callable[[Plan, random.Random], Iterator[_Edit]]] = {
    Fault.GROWTH_DIGIT: _growth_digit,
    Fault.BROKEN_SUM: _broken_sum,
    Fault.UNIT_SWAP: _unit_swap,
    Fault.ROW_NUMBER: _row_number,
    Fault.DEADLINE_DROPPED: _deadline_dropped,
    Fault.TARGET_BELOW: _target_below,
    Fault.HEADING_MISSING: _heading_missing,
    Fault.TITLE_MISQUOTED: _title_misquoted,
    Fault.PHRASE_DUPLICATED: _phrase_duplicated,
    Fault.DENOMINATOR_DROPPED: _denominator_dropped,
}
