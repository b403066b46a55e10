"""The tree of an explanation as lines that a person reads: nothing said twice, each with its name and colour."""

from dataclasses import dataclass

from minsheng.records.registry import queries as registry
from rulebook.explanation import Explanation, ExplanationNode

TURNED = {"holds": "fails", "fails": "holds"}


@dataclass(frozen=True)
class Line:
    """One line of the working as a page draws it.

    `state` says whether the line speaks for the claim above it, colours the edge and has a word beside it: under
    “not counted as a member: no”, the line “has died: no” holds.
    """

    label: str
    text: str
    state: str
    basis: str
    doubt: str
    margin: str
    source: str
    children: tuple["Line", ...]


def lines_of(told: Explanation, found: "registry.HouseholdFacts") -> tuple[Line, ...]:
    """This function will return the conditions, which are the answer, then the amount with its terms, if there is one.

    Ways to reckon the amount that were not taken stand together at its end: read first, they would look like refusals.
    """
    conditions = _line(told.entitled, found, about=None, turned=False)
    if told.amount is None:
        return (conditions,)
    terms = tuple(
        _line(child, found, about=None, turned=False)
        for child in told.amount.children
        if child.name != told.entitled.name
    )
    used = tuple(term for term in terms if term.state != "fails")
    unused = tuple(term for term in terms if term.state == "fails")
    if unused:
        used = (
            *used,
            Line("没有用到的算法", f"{len(unused)} 种，条件不成立，不影响结果", "info", "", "", "", "", unused),
        )
    return conditions, _alone(told.amount, found, about=None, turned=False, children=used)


def _line(node: ExplanationNode, found: "registry.HouseholdFacts", *, about: str | None, turned: bool) -> Line:
    node = _one_way(node)
    # A comparison, a negation and the fact they read often carry one label: they become one line.
    chain, below = [node], turned
    while len(node.children) == 1 and node.children[0].label == node.label:
        if TURNED.get(node.state) == node.children[0].state:
            below = not below
        node = node.children[0]
        chain.append(node)
    first = chain[0]
    children = tuple(
        _line(child, found, about=first.person if first.person is not None else about, turned=below)
        for child in node.children
    )
    lines = [_alone(part, found, about=about, turned=turned, children=children) for part in chain]
    texts = list(dict.fromkeys(line.text for line in lines if line.text))
    return Line(
        label=lines[0].label,
        text="。".join(texts),
        state=lines[0].state,
        basis=next((line.basis for line in lines if line.basis), ""),
        doubt=next((line.doubt for line in lines if line.doubt), ""),
        margin=next((line.margin for line in lines if line.margin), ""),
        source=next((line.source for line in lines if line.source), ""),
        children=_deciding_first(lines[0].state, children),
    )


def _deciding_first(state: str, children: tuple[Line, ...]) -> tuple[Line, ...]:
    """Under a refusal what refuses stands first, under an open question what is open."""
    if state not in ("fails", "unknown"):
        return children
    return tuple(sorted(children, key=lambda child: child.state != state))


def _one_way(node: ExplanationNode) -> ExplanationNode:
    """Of alternatives of which one is met, the one that is met: the others would only stand red beside it."""
    met = [child for child in node.children if child.state == "holds"]
    unmet = [child for child in node.children if child.state == "fails"]
    if node.name == "" and node.state == "holds" and len(met) == 1 and unmet:
        return _one_way(met[0])
    return node


def _alone(
    node: ExplanationNode,
    found: "registry.HouseholdFacts",
    *,
    about: str | None,
    turned: bool,
    children: tuple[Line, ...],
) -> Line:
    number = node.number
    basis = node.basis or (number.basis if number else "")
    if number and basis:
        began = number.from_date
        basis = f"{basis}，{began.year}年{began.month}月{began.day}日起"
    state = "info" if node.state == "value" else node.state
    named = node.person is not None and node.person != about
    return Line(
        label=f"{found.names[int(node.person)]}：{node.label}" if named and node.person else node.label,
        text=_without_label(node.text, node.label),
        state=TURNED.get(state, state) if turned else state,
        basis=basis,
        doubt=(number.doubt if number and number.doubt else node.doubt) or "",
        margin=node.margin.text if node.margin else "",
        source=_source_words(node, found),
        children=children,
    )


def _without_label(text: str, label: str) -> str:
    return text.removeprefix(label).lstrip("： ") if text.startswith(label) else text


def _source_words(node: ExplanationNode, found: "registry.HouseholdFacts") -> str:
    if node.source is None:
        return ""
    person = int(node.source.person) if node.source.person is not None else None
    source = found.sources.get((person, node.source.input))
    if source is None:
        return ""
    told = source.recorded_at
    return f"{source.label} {told.year}年{told.month}月{told.day}日（可信度 {source.confidence}）"
