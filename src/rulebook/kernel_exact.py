"""Writes a rule for a household of which every fact is known: one Python expression that Numba compiles."""

from __future__ import annotations

from rulebook.kernel_frame import EXTREMES, Frame, chain, nested
from rulebook.tree import (
    Aggregate,
    Arithmetic,
    Compare,
    Constant,
    DivRound,
    Elapsed,
    Extreme,
    If,
    InCodes,
    InForce,
    InputRef,
    Junction,
    Known,
    Lookup,
    Node,
    Not,
    NumRef,
    Quotient,
    VarRef,
)


class ExactWriter:
    """Values are single: whole numbers, True and False, codes as small numbers, dates packed as in `kernel_columns`."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def locals_of(self, variable: str) -> tuple[str, ...]:
        """This function will name the local names that hold a variable."""
        return (self.frame.variable(variable),)

    def assign(self, variable: str, trees: tuple[Node, ...]) -> None:
        """This function will write a variable; with several wordings, the law chooses."""
        made, *later = [self.value(tree) for tree in trees]
        for place, value in enumerate(later, start=1):
            made = f"({value} if {self.frame.wording(variable)} >= {place} else {made})"
        self.frame.line(f"{self.frame.variable(variable)} = {made}  # {variable}")

    def load_fact(self, node: InputRef, place: str) -> None:
        """This function will read a fact at `place` of its column."""
        self.frame.line(f"{self.frame.fact(node)} = np.int64({self.frame.column(node)}[{place}])")
        if node.kind.base.value == "bool":
            self.frame.line(f"{self.frame.fact(node)} = {self.frame.fact(node)} == 1")

    def begin(self, node: Aggregate) -> None:
        """This function will write what an aggregate is over no members."""
        start = {"any": "False", "all": "True"}.get(node.op, "0")
        self.frame.line(f"{self.frame.aggregate(node)} = {start}")

    def feed(self, node: Aggregate) -> None:
        """This function will add one member to an aggregate."""
        total = self.frame.aggregate(node)
        test = self.value(node.condition) if node.condition is not None else "True"
        term = self.value(node.term) if node.term is not None else "1"
        if node.op == "any":
            self.frame.line(f"{total} = {total} or ({test} and {term})")
        elif node.op == "all":
            self.frame.line(f"{total} = {total} and (not {test} or {term})")
        else:
            with self.frame.block(f"if {test}:"):
                self.frame.line(f"{total} += {term}")

    def row(self, number: int, where: str, entitled: str, amount: str, extra: str) -> None:
        """This function will write an outcome; `extra` is the variable that says counted (person) or heads."""
        with self.frame.block(f"if {self.frame.variable(entitled)}:"):
            self.frame.append(number, where, "1", self.frame.variable(amount), self.frame.variable(extra))

    def value(self, node: Node) -> str:
        """This function will write a node as an expression."""
        of = self.value
        match node:
            case Constant(value=bool(value)):
                return str(value)
            case Constant(value=value):
                return self.frame.code(value) if isinstance(value, str) else str(value)
            case InputRef():
                return self.frame.fact(node)
            case VarRef(name=name):
                return self.frame.variable(name)
            case NumRef(name=name):
                return self.frame.number(name)
            case InForce(scheme=scheme):
                return self.frame.in_force(scheme)
            case Aggregate():
                return self.frame.aggregate(node)
            case Not(item=item):
                return f"(not {of(item)})"
            case Junction(op=op, items=items):
                return "(" + f" {'&' if op == 'and' else '|'} ".join(of(item) for item in items) + ")"
            case InCodes(item=item, codes=codes):
                return "(" + " | ".join(f"({of(item)} == {self.frame.code(code)})" for code in codes) + ")"
            case If(condition=test, then=then, otherwise=otherwise):
                return f"pick({of(test)}, {of(then)}, {of(otherwise)})"
            case Compare(op=op, left=Quotient(left=left, right=over), right=right):
                return f"({of(left)} {op} {of(right)} * {of(over)})"
            case Compare(op=op, left=left, right=right):
                return f"({of(left)} {op} {of(right)})"
            case Known():
                return "True"
            case Elapsed(unit=unit, item=item):
                return f"{'years' if unit == 'age' else 'months'}({of(item)}, as_of)"
            case Lookup():
                return self._lookup(node)
            case Arithmetic(op=op, left=left, right=right):
                return f"({of(left)} {op} {of(right)})"
            case DivRound(left=left, right=right):
                return f"{self.frame.divider(left)}({of(left)}, {of(right)})"
            case Extreme(op=op, items=items):
                return nested(EXTREMES[op], [of(item) for item in items])
        raise TypeError(f"no kernel for {type(node).__name__}")

    def _lookup(self, node: Lookup) -> str:
        table, key = self.frame.table(node.table), self.value(node.key)
        if table.codes:
            numbers = [self.frame.codes[code] for code in table.codes]
            if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
                return f"law[np.uint64({key} - {numbers[0] - self.frame.place(table.values[0])})]"
            tests = [f"{key} == {self.frame.code(code)}" for code in table.codes[:-1]]
        else:
            tests = [f"{key} < {edge}" for edge in table.edges]
        return chain(tests, table.values)
