"""Named documents: against a catalogue, against each other, and what a notice says it carries."""

import re
from collections.abc import Iterator

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.statements import Document, Plan
from minsheng.insight.cockpit.plan.wording import bare, likeness

_ALIKE = 0.75
_SHORTEST = 6
_ISSUER = re.compile(r"^.{0,80}?(?:办公厅|政府|民政部|全国老龄办)(?:印发)?(?=关于)")


def check(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    """This function will yield findings about named documents."""
    cited = [document for document in plan.documents if len(bare(document.title)) >= _SHORTEST]
    for document in cited:
        yield from _against_catalogue(document, knowledge)
    yield from _announced(plan)
    yield from _among_themselves(plan, cited)


def _parted(title: str) -> tuple[str, str]:
    """The issuer before 关于 (often left out when cited) and the rest; “…的通知” is the cover, not the document."""
    met = _ISSUER.match(title)
    issuer = met.group() if met else ""
    rest = bare(re.sub(r"的?通知$", "", title[len(issuer) :]))
    return bare(issuer).removesuffix("印发"), rest.replace("的实施方案", "实施方案")


def _against_catalogue(document: Document, knowledge: Knowledge) -> Iterator[Finding]:
    best, known = 0.0, None
    issuer, rest = _parted(document.title)
    for candidate in knowledge.documents:
        its_issuer, its_rest = _parted(candidate.title)
        if rest == its_rest and (issuer == its_issuer or not issuer or not its_issuer):
            return
        score = max(likeness(candidate.title, document.title), likeness(its_rest, rest))
        if score > best:
            best, known = score, candidate
    if known is None or best < _ALIKE:
        return
    number = f"（{known.number}）" if known.number else ""
    yield Finding(
        "documents.misquoted",
        f"文件名《{document.title}》与已知文件的名称不符。",
        (document.place,),
        f"目录里最接近的是《{known.title}》{number}，相近 {best:.0%}；来源：{known.source}。",
        Severity.ERROR if known.checked == "seen" else Severity.DOUBT,
        f"请核对原文，多半应为《{known.title}》。",
    )


def _announced(plan: Plan) -> Iterator[Finding]:
    """A notice that carries 《甲》 while the text behind it is called 《乙》."""
    if not plan.title:
        return
    announced = [d for d in plan.documents if d.is_announced and likeness(d.title, plan.title) >= 0.5]
    wrong = [d for d in announced if bare(d.title) != bare(plan.title)]
    if wrong:
        title = next((p.place(0, len(p.text)) for p in plan.paragraphs if bare(plan.title) == bare(p.text)), None)
        yield Finding(
            "documents.title_mismatch",
            f"通知说印发的是《{wrong[0].title}》，后面附的却是《{plan.title}》。",
            (*(d.place for d in wrong), *([title] if title else [])),
            f"两个题目不同，通知里出现 {len(wrong)} 次；文号相同。",
            Severity.DOUBT,
            "请查清这份通知印发的究竟是哪一份，必要时更正通知题目。",
        )


def _among_themselves(plan: Plan, cited: list[Document]) -> Iterator[Finding]:
    """The same document cited twice in nearly the same words."""
    others = [d for d in cited if not d.is_announced and bare(d.title) != bare(plan.title)]
    for at, first in enumerate(others):
        for second in others[at + 1 :]:
            a, b = bare(first.title), bare(second.title)
            if a == b or likeness(a, b) < 0.9 or abs(len(a) - len(b)) > 3:
                continue
            yield Finding(
                "documents.two_titles",
                "两处文件名相差几个字，像是同一份文件。",
                (first.place, second.place),
                f"《{first.title}》与《{second.title}》。",
                Severity.DOUBT,
                "请核对原文，统一名称。",
            )
