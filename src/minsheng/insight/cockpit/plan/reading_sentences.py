"""Figures in sentences: quantities, targets with deadlines, sums, changes, announced lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from minsheng.insight.cockpit.plan.reading_names import PER, name_of, start_of_name
from minsheng.insight.cockpit.plan.statements import (
    Change,
    Listing,
    Paragraph,
    Place,
    Quantity,
    Sum,
    Target,
    Unread,
)
from minsheng.insight.cockpit.plan.wording import number_of

UNITS = (
    "个百分点|平方米|万元|亿元|公顷|公里|人次|分钟|小时|%|％|‰"
    "|个|人|家|张|名|项|件|起|户|所|处|座|条|次|元|岁|支|套|辆|场|份|天|米|倍"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z\d.+〔\[/])(\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d.]|[,，]\d{3}(?!\d))"
    rf"([万亿])?({UNITS}|大(?=[\u4e00-\u9fff]))?"
)
_DATE = re.compile(r"(?:19|20)\d{2}\s*(?:年|[-—至]\s*(?:19|20)?\d{2})|\d{1,2}月(?:\d{1,2}日)?|\d+年内")
_CLAUSE = re.compile(r"[，。；：、！？,;（()）]")
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]?")
_AT_LEAST = re.compile(r"不少于|不低于|至少|超过|高于")
_AT_MOST = re.compile(r"不超过|不高于|不多于|至多|控制在")
_PROMISE = re.compile(
    r"达到|达|不少于|不低于|至少|建成|建立|新增|培育|争创|创建|实现|覆盖|完成|到位|以上|力争|新建|建有"
)
_PROMISED_UNITS = ("%", "‰", "元", "万元", *"个家名人项张户所处座")
_WHOLE = re.compile(r"[^，。；、]{2,30}?(?:全覆盖|全面数字化|全部[^，。；]{2,8}到位)")
_DEADLINE = re.compile(r"((?:19|20)\d{2})年[底末前]?")
_WITHIN = re.compile(r"(\d{1,2}|[一二三四五六七八九十]+)年内")
_RATE = re.compile(r"(?:增幅|增长|增速|降幅|下降|提高|增加)(?:率)?(?:达到|达|为|约)?(\d+(?:\.\d+)?)[%％]")
_TO = re.compile(r"(提高|上升|增加|增长|下降|降低|减少|调整|扩大)(到|至)")
_ANNOUNCED = re.compile(
    r"(?P<close>[”）)])?(?P<rest>等)?(?P<open>“)?(?<!\d)(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:个|项|大|类|种|级|维度|化|有|治|方面|位一体)"
)


@dataclass
class Sentences:
    """All that the sentences of a plan say in figures."""

    quantities: list[Quantity] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def read_sentences(paragraphs: list[Paragraph], first_year: int | None) -> Sentences:
    """This function will read every paragraph; `first_year` of the plan turns “5年内” into a year."""
    found = Sentences()
    for index, paragraph in enumerate(paragraphs):
        for start, end in sentences_of(paragraph.text):
            here = list(_quantities(paragraph, index, start, end, found))
            found.quantities.extend(here)
            found.sums.extend(_sums(paragraph, here, start, end))
            found.changes.extend(_changes(paragraph, here, start, end))
            found.listings.extend(_listings(paragraph, start, end))
            if not paragraph.is_past:
                found.targets.extend(_targets(paragraph, index, here, start, end, first_year))
    return found


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """This function will yield (start, end) of each sentence."""
    for met in _SENTENCE.finditer(text):
        if met.group().strip():
            yield met.start(), met.end()


def _quantities(paragraph: Paragraph, index: int, start: int, end: int, found: Sentences) -> Iterator[Quantity]:
    text = paragraph.text
    dates = [(m.start(), m.end()) for m in _DATE.finditer(text, start, end)]
    for met in _NUMBER.finditer(text, start, end):
        if any(a <= met.start() < b for a, b in dates) or _in_title(text, met.start()):
            continue
        multiplier, unit = met.group(2) or "", (met.group(3) or "").replace("％", "%")
        clause_start, clause_end = clause_around(text, met.start(), start, end)
        if not unit and not multiplier:
            reason = _why_unread(text, met)
            found.unread.append(Unread(reason, paragraph.place(clause_start, clause_end)))
            continue
        before, after = text[clause_start : met.start()], text[met.end() : clause_end]
        name_start = start_of_name(text, start, clause_start)
        value = Decimal(met.group(1).replace(",", "").replace("，", "")) * {"": 1, "万": 10**4, "亿": 10**8}[multiplier]
        sentence_before = text[start : met.start()]
        year = [m.group(1) for m in _DEADLINE.finditer(sentence_before)]
        near = (text[max(clause_start - 12, start) : clause_start] + before) if len(before) < 12 else before
        per = [m.group() for m in PER.finditer(near)]
        at_least = _AT_LEAST.search(before) or after.startswith(("以上", "多"))
        bound = (
            "at_least" if at_least else "at_most" if _AT_MOST.search(before) or after.startswith("以下") else "exact"
        )
        yield Quantity(
            name_of(text[name_start : met.start()], after, text[start:name_start]),
            value,
            unit,
            per[-1] if per else "",
            bound,
            int(year[-1]) if year else None,
            paragraph.place(name_start, clause_end),
            met.start(),
            met.end(),
            index,
            bool(multiplier),
        )


def _why_unread(text: str, met: re.Match[str]) -> str:
    if _in_quotes(text, met.start()):
        return "引号里的代号或口号"
    if re.match(r"[A-Z]+级", text[met.end() :]):
        return "等级代号，不是数量"
    if text[met.end() :].startswith("号"):
        return "文号，不是数量"
    return "数字后面没有认得的单位"


def clause_around(text: str, offset: int, start: int, end: int) -> tuple[int, int]:
    """This function will return the clause (between two stops or list commas) that holds a character."""
    stops = [m.start() for m in _CLAUSE.finditer(text, start, end)]
    left = max((s + 1 for s in stops if s < offset), default=start)
    right = min((s for s in stops if s >= offset), default=end)
    return left, right


def _in_title(text: str, offset: int) -> bool:
    return text.rfind("《", 0, offset) > text.rfind("》", 0, offset)


def _in_quotes(text: str, offset: int) -> bool:
    return text.rfind("“", 0, offset) > text.rfind("”", 0, offset)


def _sums(paragraph: Paragraph, here: list[Quantity], start: int, end: int) -> Iterator[Sum]:
    text = paragraph.text
    for met in re.finditer(r"（([^（）]*)）|\(([^()]*)\)", text[start:end]):
        a, b = start + met.start(), start + met.end()
        parts = [q for q in here if a < q.start < b]
        total = next((q for q in reversed(here) if q.end <= a and a - q.end <= 2), None)
        if total is not None and len(parts) >= 2 and all(p.unit == total.unit for p in parts):
            yield Sum(total, tuple(parts), paragraph.place(total.start - min(total.start, len(total.label)), b))
    for met in re.finditer(r"其中(?!有)[:：]?", text[start:end]):
        at = start + met.end()
        parts = [q for q in here if q.start >= at]
        total = next((q for q in reversed(here) if q.end <= start + met.start()), None)
        if total is None:
            continue
        parts = [p for p in parts if p.unit == total.unit]
        if len(parts) >= 2:
            yield Sum(total, tuple(parts), paragraph.place(total.start, parts[-1].end))


def _changes(paragraph: Paragraph, here: list[Quantity], start: int, end: int) -> Iterator[Change]:
    text = paragraph.text
    for first, second in pairwise(here):
        between = text[first.end : second.start]
        clause_start, _ = clause_around(text, first.start, start, end)
        lead = text[clause_start : first.start]
        if first.unit != second.unit or not _TO.search(between) or not re.search(r"从|由", lead):
            continue
        rate = _RATE.search(text, second.end, min(second.end + 20, end))
        label = re.split(r"从|由", lead)[0]
        yield Change(
            label or first.label,
            first,
            second,
            Decimal(rate.group(1)) if rate else None,
            paragraph.place(clause_start, rate.end() if rate else second.end),
        )


def _listings(paragraph: Paragraph, start: int, end: int) -> Iterator[Listing]:
    text = paragraph.text
    for met in _ANNOUNCED.finditer(text, start, end):
        announced = number_of(met.group("n"))
        if announced is None or announced < 2 or _in_title(text, met.start()):
            continue
        if met.group("open") and met.group().endswith(("个", "项", "位一体")):
            continue  # “三个代表”, “五位一体”: a name, not a count of the list before it
        if met.group("close") == "”":
            # “甲、乙、丙”三大…: only what stands in this pair of quotes is listed.
            opened = text.rfind("“", start, met.start())
            if opened < 0 or "、" not in text[opened : met.start()]:
                continue
            pieces, place = [text[opened + 1 : met.start()]], paragraph.place(opened, met.end())
        elif met.group("close"):
            continue
        else:
            limit = max(text.rfind(stop, start, met.start()) for stop in "。；：（(")
            head = text[max(limit + 1, start) : met.start()]
            pieces = re.split(r"[，,]", head)
            if "、" not in pieces[-1] and not re.search(r"及其他|以及其他", head):
                continue
            if re.search(r"及其他|其他|《|\d", pieces[-1]):
                continue
            place = paragraph.place(met.start() - len(pieces[-1]), met.end())
        counts = _ways_of_counting(pieces, reaches_back=bool(met.group("rest")))
        if max(counts) >= 2:
            yield Listing(announced, counts, place)


def _ways_of_counting(pieces: list[str], *, reaches_back: bool) -> tuple[int, ...]:
    """How many items stand in the last clause, and, when “等” closes a longer list, in the clauses before it too."""
    ways: list[int] = []
    total = 0
    for depth, piece in enumerate(reversed(pieces)):
        items = len([p for p in piece.split("、") if p.strip()])
        total += items
        ways.append(total)
        if depth == 0:
            behind = piece.rpartition("”")[2]
            if "、" in behind:  # a quoted list stands before: 围绕“…”探索治理、服务和邻里三大场景
                ways.append(len([p for p in behind.split("、") if p.strip()]))
                ways.extend(ways[-1] + n for n in range(1, len(re.findall(r"和|与|及", behind.split("、")[-1])) + 1))
            last = piece.split("、")[-1]
            ways.extend(total + n for n in range(1, len(re.findall(r"和|与|及", last)) + 1))
        if not reaches_back:
            break
    return tuple(ways)


def _targets(
    paragraph: Paragraph, index: int, here: list[Quantity], start: int, end: int, first_year: int | None
) -> Iterator[Target]:
    text = paragraph.text
    sentence = text[start:end]
    dates: list[tuple[int, int]] = [(start + m.start(), int(m.group(1))) for m in _DEADLINE.finditer(sentence)]
    for met in _WITHIN.finditer(sentence):
        years = number_of(met.group(1))
        if years is not None and first_year is not None:
            dates.append((start + met.start(), first_year + years - 1))

    def deadline(offset: int) -> int | None:
        return max(((at, year) for at, year in dates if at <= offset), default=(0, None))[1]

    taken: list[tuple[int, int]] = []
    for quantity in here:
        clause_start, clause_end = clause_around(text, quantity.start, start, end)
        clause = text[clause_start:clause_end]
        # The verb may stand before the first of a row: 争创20个甲、20个乙; after a date anywhere in the sentence.
        rowed = bool(taken) and taken[-1][1] + 1 == clause_start and text[clause_start - 1] == "、"
        promised = rowed or _PROMISE.search(clause) or (dates and _PROMISE.search(text[start : quantity.start]))
        counted = quantity.unit in _PROMISED_UNITS
        is_listing = clause[quantity.end - clause_start :][:1] == "大" or _in_quotes(text, quantity.start)
        if promised and counted and not is_listing:
            until = deadline(quantity.start)
            taken.append((clause_start, clause_end))
            wording = text[start_of_name(text, start, clause_start) : clause_end].strip()
            yield Target(quantity.label, quantity, wording, until, until is not None, quantity.place, index)
    for met in _WHOLE.finditer(sentence):
        a, b = start + met.start(), start + met.end()
        if any(left < b and a < right for left, right in taken):
            continue
        until = deadline(a)
        words = met.group()
        label = re.split(r"(?:实现)?(?:全覆盖|全面数字化|全部)", words)[0]
        yield Target(name_of(label, "", ""), None, words, until, until is not None, paragraph.place(a, b), index)


def place_of(paragraph: Paragraph, quantity: Quantity) -> Place:
    """This function will return the place of the figure alone."""
    return paragraph.place(quantity.start, quantity.end)
