"""One figure under two names, one name for two things, easily confused words."""

import re
from collections.abc import Iterator

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.statements import Plan, Quantity
from minsheng.insight.cockpit.plan.wording import bare, canonical, coverage, joined, plain

_SMALLEST_TELLING = 100  # small and round figures agree by chance
_ALIKE = 0.6


def check(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    """This function will yield findings about names and words."""
    yield from _one_figure_two_names(plan)
    yield from _names_to_reconcile(plan)
    yield from _confusions(plan, knowledge)


def _one_figure_two_names(plan: Plan) -> Iterator[Finding]:
    telling = [
        q for q in plan.quantities if q.unit not in ("%", "‰") and q.value >= _SMALLEST_TELLING and q.value % 100 != 0
    ]
    for at, first in enumerate(telling):
        for second in telling[at + 1 :]:
            if (first.value, first.unit) != (second.value, second.unit) or first.paragraph != second.paragraph:
                continue
            if bare(first.label) == bare(second.label) or coverage(first.label, second.label) < _ALIKE:
                continue
            yield Finding(
                "names.one_figure_two_names",
                f"同一个数 {plain(first.value)}{first.unit} 用了两个名称。",
                (first.place, second.place),
                f"“{first.label}”与“{second.label}”都是 {plain(first.value)}{first.unit}。",
                Severity.DOUBT,
                "请查清是同一件事还是填错了一处；是同一件事，请统一名称，只写一次。",
            )


def _names_to_reconcile(plan: Plan) -> Iterator[Finding]:
    """The figure of a table returns in the text under another name, while a like name has another figure."""
    for row in plan.indicators:
        if row.unit in (None, "%", "‰"):
            continue
        facts = [cell for cell in row.cells if cell.role == "actual" and cell.value is not None and cell.value > 1]
        name = re.sub(r"(?:总?数量?|个数|人数)?(?:不少于|不低于)?$", "", canonical(row.name))
        past = [q for q in plan.quantities if plan.paragraphs[q.paragraph].is_past and q.unit not in ("%", "‰", "")]
        if any(canonical(q.label) == name for q in past):
            continue  # the text calls it by its name; longer names are kinds of it
        alike = [q for q in past if coverage(q.label, name) >= _ALIKE and len(canonical(q.label)) * 2 >= len(name)]
        for cell in facts:
            same = [q for q in alike if q.value == cell.value]
            other = [q for q in alike if q.value != cell.value]
            if not same or not other:
                continue
            shown: list[Quantity] = [*same, *other]
            yield Finding(
                "names.reconcile",
                f"“{row.name}”在正文里找不到同名的，数值却与另一个名称相同。",
                (row.place, *(q.place for q in shown)),
                f"表中“{row.name}”{cell.printed}；正文"
                + joined(f"“{q.label}”{plain(q.value)}{q.unit}" for q in shown)
                + "。",
                Severity.DOUBT,
                "请对照名单确认是哪一种设施，全文统一名称。",
            )


def _confusions(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    for paragraph in plan.paragraphs:
        for confusion in knowledge.confusions:
            for met in confusion.pattern.finditer(paragraph.text):
                start, end = max(met.start() - 4, 0), min(met.end() + 8, len(paragraph.text))
                yield Finding(
                    "language.confused_word",
                    f"“{met.group()}”可能应为“{confusion.instead}”。",
                    (paragraph.place(start, end),),
                    confusion.why + "。",
                    Severity.HINT,
                    "请人工判断。",
                )
