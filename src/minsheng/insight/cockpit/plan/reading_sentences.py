"""Figures in sentences: quantities, targets with deadlines, sums, changes, announced lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

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
_PER = re.compile(
    r"每(?:百|千|万|十万)?[\u4e00-\u9fff]{1,4}?(?=拥有|达到|达|配备|至少|不少于|建|有|\d|$)|每(?:月|年|天|万人|百人|千人)"
)
_LEADING = re.compile(
    r"^(?:其中|有|已|共|现有|目前|全区|我区|全市|至少|分别|均|都|至|到|从|的|并|力争|确保|争取|(?:到|至|截至|截止到|截止)?20\d{2}年[底末前]?|"
    r"建成|建立|新建|新增|培育|引进|争创|创建|打造|达到|达|覆盖|完成|实现|一支|拥有|提高|调整|不少于|不低于|在册|为)+"
)
_TRAILING = re.compile(
    r"(?:分别|均|都|已|共|有|现有|总数|合计|不少于|不低于|至少|达到|达|为|约|近|超过|提高到|提高至|调整至|调整到|的|由|从|到|至|"
    r"比例|(?:到|至)?20\d{2}年[底末前]?)+$"
)
_AT_LEAST = re.compile(r"不少于|不低于|至少|超过|高于")
_AT_MOST = re.compile(r"不超过|不高于|不多于|至多|控制在")
_PROMISE = re.compile(r"达到|达|不少于|不低于|至少|建成|建立|新增|培育|争创|创建|实现|覆盖|完成|以上|力争|新建|建有")
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
        value = Decimal(met.group(1).replace(",", "").replace("，", "")) * {"": 1, "万": 10**4, "亿": 10**8}[multiplier]
        sentence_before = text[start : met.start()]
        year = [m.group(1) for m in _DEADLINE.finditer(sentence_before)]
        near = (text[max(clause_start - 12, start) : clause_start] + before) if len(before) < 12 else before
        per = [m.group() for m in _PER.finditer(near)]
        at_least = _AT_LEAST.search(before) or after.startswith(("以上", "多"))
        bound = (
            "at_least" if at_least else "at_most" if _AT_MOST.search(before) or after.startswith("以下") else "exact"
        )
        yield Quantity(
            _label(before, after, text[start:clause_start]),
            value,
            unit,
            per[-1] if per else "",
            bound,
            int(year[-1]) if year else None,
            paragraph.place(clause_start, clause_end),
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


def _label(before: str, after: str, earlier: str) -> str:
    if not before and (met := re.search(r"([^，。；：、（）()]{2,})[（(][^（）()]*[）)]$", earlier)):
        before = met.group(1)  # 老年食堂（助餐点）53家
    name = _TRAILING.sub("", _LEADING.sub("", before))
    name = _LEADING.sub("", _PER.sub("", name))
    if len(name) < 2 and _TRAILING.sub("", before).endswith("率"):
        name = _TRAILING.sub("", before)  # 完成率, where “完成” is part of the noun
    if len(name) < 2:
        name = re.sub(r"^(?:以上|以下|多|的)+", "", after)
        name = _NUMBER.split(name)[0]
    return name.strip("“”的")


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
        promised = _PROMISE.search(clause) or (dates and _PROMISE.search(text[start : quantity.start]))
        counted = quantity.unit in ("%", "‰", "元", "万元") or quantity.unit in "个家名人项张户所处座"
        is_listing = clause[quantity.end - clause_start :][:1] == "大" or _in_quotes(text, quantity.start)
        if promised and counted and not is_listing:
            until = deadline(quantity.start)
            taken.append((clause_start, clause_end))
            yield Target(quantity.label, quantity, clause.strip(), until, until is not None, quantity.place, index)
    for met in _WHOLE.finditer(sentence):
        a, b = start + met.start(), start + met.end()
        if any(left < b and a < right for left, right in taken):
            continue
        until = deadline(a)
        words = met.group()
        label = re.split(r"(?:实现)?(?:全覆盖|全面数字化|全部)", words)[0]
        yield Target(_LEADING.sub("", label), None, words, until, until is not None, paragraph.place(a, b), index)


def place_of(paragraph: Paragraph, quantity: Quantity) -> Place:
    """This function will return the place of the figure alone."""
    return paragraph.place(quantity.start, quantity.end)
