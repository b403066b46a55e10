"""Headings against the table of contents, numbering, repeated phrases."""

import re
from collections.abc import Iterator

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.statements import Heading, Level, Paragraph, Plan
from minsheng.insight.cockpit.plan.wording import bare, likeness, number_of

_ALIKE = 0.6
_ALIKE_WITH_NUMBER = 0.45
_LONGEST_PARAGRAPH = 8_000  # what is longer is no paragraph, and comparing it with itself would take minutes
_SEED = 6  # characters in common before a repeat is looked at
_SHORTEST_CLAUSE = 8  # characters, punctuation not counted, when the whole clause returns
_SHORTEST_RUN = 14  # when it is a part of clauses; shorter runs are terms, which may return
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》")


def check(plan: Plan) -> Iterator[Finding]:
    """This function will yield findings about the build of the plan."""
    yield from _contents(plan)
    yield from _numbering_of_headings(plan)
    yield from _numbering_of_rows(plan)
    for paragraph in plan.paragraphs:
        yield from _enumeration(paragraph)
        yield from _repeats(paragraph)


def _contents(plan: Plan) -> Iterator[Finding]:
    if not plan.contents:
        return
    depth = {entry.level for entry in plan.contents}
    entries = list(plan.contents)
    headings = [heading for heading in plan.headings if heading.level in depth]
    for heading in list(headings):
        same = next((e for e in entries if e.level == heading.level and bare(e.title) == bare(heading.title)), None)
        if same is not None:
            entries.remove(same)
            headings.remove(heading)
            if same.number != heading.number:
                yield Finding(
                    "structure.contents_differ",
                    "目录和正文的编号不一样。",
                    (same.place, heading.place),
                    f"目录“{same.place.quote}”，正文“{heading.place.quote}”。",
                    Severity.DOUBT,
                    "请统一两处的编号。",
                )
    for heading in list(headings):
        alike = [e for e in entries if e.level == heading.level and _are_alike(e, heading)]
        if not alike:
            continue
        entry = max(alike, key=lambda e: likeness(e.title, heading.title))
        entries.remove(entry)
        headings.remove(heading)
        yield Finding(
            "structure.contents_differ",
            "目录和正文的标题不一样。",
            (entry.place, heading.place),
            f"目录“{entry.title}”，正文“{heading.title}”；{_difference(entry.title, heading.title)}。",
            Severity.DOUBT,
            "请统一两处的写法。",
        )
    for heading in headings:
        yield Finding(
            "structure.not_in_contents",
            f"正文标题“{heading.title}”不在目录里。",
            (heading.place,),
            f"目录有 {len(plan.contents)} 条，没有这一条，也没有相近的。",
            Severity.DOUBT,
            "请重新生成目录。",
        )
    for entry in entries:
        yield Finding(
            "structure.not_in_body",
            f"目录里的“{entry.title}”在正文里找不到。",
            (entry.place,),
            f"正文有 {len(plan.headings)} 个标题，没有这一个，也没有相近的。",
            Severity.DOUBT,
            "请核对正文是否漏了这一节。",
        )


def _are_alike(entry: Heading, heading: Heading) -> bool:
    """Short titles share little when one word changes, so the same number helps them."""
    needed = _ALIKE_WITH_NUMBER if entry.number is not None and entry.number == heading.number else _ALIKE
    return likeness(entry.title, heading.title) >= needed


def _difference(first: str, second: str) -> str:
    a, b = bare(first), bare(second)
    start = next((n for n in range(min(len(a), len(b))) if a[n] != b[n]), min(len(a), len(b)))
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    return f"“{left}”对“{right}”" if left and right else f"{'目录' if left else '正文'}多“{left or right}”"


def _numbering_of_headings(plan: Plan) -> Iterator[Finding]:
    """Numbers must rise by one below the same heading; items may also run on through the sections."""
    last: dict[Level, Heading] = {}
    levels = list(Level)
    for heading in plan.headings:
        if heading.number is None:
            continue
        before = last.get(heading.level)
        if before is not None and before.number is not None and heading.number not in (before.number + 1, 1):
            yield Finding(
                "structure.numbering",
                f"标题的编号从 {before.number} 跳到 {heading.number}。",
                (before.place, heading.place),
                f"“{before.place.quote}”之后是“{heading.place.quote}”。",
                Severity.DOUBT,
                "请核对是否漏了一节，或编号有误。",
            )
        last[heading.level] = heading
        if heading.level is not Level.ITEM:
            # Sections begin anew in a chapter; items may run on, so their last number is kept.
            for lower in levels[levels.index(heading.level) + 1 :]:
                if lower is not Level.ITEM:
                    last.pop(lower, None)


def _numbering_of_rows(plan: Plan) -> Iterator[Finding]:
    for table in plan.tables:
        if not table.header or "序号" not in table.header[0]:
            continue
        numbers = [(cells[0].strip(), place) for cells, place in table.rows if cells]
        caption = table.caption or "表"
        last = max((int(number) for number, _ in numbers if number.isdecimal()), default=0)
        for at, (number, place) in enumerate(numbers):
            before = numbers[at - 1][0] if at else ""
            if not number and at and "合计" not in place.quote:
                above = next((n for n, _ in reversed(numbers[:at]) if n), "")
                yield Finding(
                    "structure.row_without_number",
                    f"这一行没有序号，和上一行同在 {above} 号之下。" if above else "这一行没有序号。",
                    (numbers[at - 1][1], place),
                    f"“{caption}”有 {len(numbers)} 行，编号到 {last}。",
                    Severity.DOUBT,
                    "请每个指标一个序号，引用时才不会混。",
                )
            elif number.isdecimal() and before.isdecimal() and int(number) != int(before) + 1:
                yield Finding(
                    "structure.row_numbering",
                    f"序号从 {before} 到 {number}，不连续。",
                    (numbers[at - 1][1], place),
                    f"“{caption}”有 {len(numbers)} 行，编号到 {last}。",
                    Severity.DOUBT,
                    "请核对是否漏行或重复。",
                )


def _enumeration(paragraph: Paragraph) -> Iterator[Finding]:
    """一是……二是……三是…… must rise by one; a new row begins with 一是."""
    before: tuple[int, int, int] | None = None
    for met in re.finditer(r"(?:^|(?<=[。；：，]))([一二三四五六七八九十]{1,3})是", paragraph.text):
        number = number_of(met.group(1))
        if number is None:
            continue
        if before is not None and number not in (before[0] + 1, 1):
            yield Finding(
                "structure.enumeration",
                f"“{before[0]}是”之后是“{number}是”，不连续。",
                (paragraph.place(before[1], before[2]), paragraph.place(met.start(), met.end() + 10)),
                f"同一段里从第 {before[0]} 点跳到第 {number} 点。",
                Severity.DOUBT,
                "请核对是否漏了一点，或编号有误。",
            )
        before = (number, met.start(), met.end() + 10)


def _repeats(paragraph: Paragraph) -> Iterator[Finding]:
    """A whole clause, or a long run over clauses, said twice in one paragraph; slogans in quotes may return."""
    if len(paragraph.text) > _LONGEST_PARAGRAPH:
        return
    # Every quote is masked by characters of its own, so that two masks never look alike.
    text = _QUOTED.sub(
        lambda met: "".join(chr(0xE000 + (met.start() + n) % 6000) for n in range(len(met.group()))), paragraph.text
    )
    first_seen: dict[str, int] = {}
    done = -1
    for at in range(len(text) - _SEED + 1):
        seed = text[at : at + _SEED]
        earlier = first_seen.setdefault(seed, at)
        if at <= done or earlier + _SEED > at:
            continue
        a, b = _grown(text, earlier, at)
        length = _run(text, a, b)
        run = text[b : b + length].rstrip("，。；：、！？ ")
        is_whole = all(_is_clause(text, start, start + len(run)) for start in (a, b))
        if len(bare(run)) < (_SHORTEST_CLAUSE if is_whole else _SHORTEST_RUN):
            continue
        done = b + length - _SEED
        yield Finding(
            "structure.repeated",
            f"“{run}”在同一段里说了两遍。",
            (paragraph.place(a, a + len(run)), paragraph.place(b, b + len(run))),
            f"相同的有 {len(bare(run))} 个字。",
            Severity.DOUBT,
            "请删去一处；也可能是排版时串进了句子中间。",
        )


def _grown(text: str, a: int, b: int) -> tuple[int, int]:
    """Move both starts left while they agree, and then right over a stop at the beginning."""
    while a > 0 and text[a - 1] == text[b - 1] and b - 1 > a:
        a, b = a - 1, b - 1
    while a < len(text) and text[a] in "，。；：、！？":
        a, b = a + 1, b + 1
    return a, b


def _run(text: str, a: int, b: int) -> int:
    length = 0
    while b + length < len(text) and a + length < b and text[a + length] == text[b + length]:
        length += 1
    return length


def _is_clause(text: str, start: int, end: int) -> bool:
    stops = "，。；：！？,;"
    return (start == 0 or text[start - 1] in stops) and (end == len(text) or text[end] in stops)
