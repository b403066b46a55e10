"""Where `rulebook` can be changed, and the changed code. No file is written: a mutant lives in memory.

What is changed: a comparison turned, + and - or * and // exchanged, a whole number ± 1, `and` and `or` exchanged, a
condition negated, a returned value made None. RULES names what is passed over, and why; a mutant that looks like a
change and is none is not passed over but listed, with its reason, in equivalent_mutants.txt.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "rulebook"
EQUIVALENT = Path(__file__).resolve().parent / "equivalent_mutants.txt"
LEFT_OUT = ("__init__", "spark_runner")  # Spark's answers are compared with the other engines' in its own tests

# Constants at the head of a module that set how work is cut, never what comes out.
SIZES = {
    "duckdb_runner": ("TWO_PASSES_FROM",),  # from how many persons two passes are quicker than one
    "inequality": ("PART",),  # bits of an income that are summed at a time
    "kernel_runner": ("BLOCK",),  # rows of a thread's buffers, which grow when they fill up
}
RULES = {
    "size": "see SIZES",
    "annotation": "no run reads the type of a variable, an argument or an answer",
    "decorator": "lru_cache(maxsize=…) and the like: how much is remembered, never what",
    "type checking": "what stands under TYPE_CHECKING never runs",
    "same as turn": "`if a == b` negated is `if a != b`, which is drawn once as a comparison turned",
    "same as None": "`return None` made None",
}
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPPOSITE = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  # turned, they are negated
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One place (`index` in the walk of the module's tree) and what is done there."""

    module: str
    index: int
    kind: str
    function: str  # where it stands: Class.method, empty at the head of the module
    line: int
    lines: range  # those that a run touches when it meets the place
    running: bool  # in the body of a function; else it runs when the module is read
    text: str
    nth: int = 1  # of the same kind and text in the same function

    @property
    def name(self) -> str:
        """This property will name the mutant without a line number, so that a list of names outlives other changes."""
        return f"{self.module}.{self.function}: {self.kind} {self.nth}: {self.text}"


def modules() -> list[str]:
    """This function will name every module that is asked about."""
    return sorted(path.stem for path in SOURCE.glob("*.py") if path.stem not in LEFT_OUT)


def places(module: str) -> list[Mutant]:
    """This function will list every mutant of a module, in the order of its text."""
    tree = ast.parse(source := (SOURCE / f"{module}.py").read_text(encoding="utf-8"))
    text, walked = source.splitlines(), {id(node): index for index, node in enumerate(ast.walk(tree))}
    made: list[Mutant] = []
    parts = [part for part in tree.body if not _is_size(module, part)]
    for node, function, statement, running in (found for part in parts for found in _within(part, (), part, False)):
        for kind in _kinds(node):
            inside = statement.lineno <= node.lineno <= statement.end_lineno  # not so in f-strings of several lines
            at = node if inside else statement
            made.append(Mutant(module, walked[id(node)], kind, ".".join(function), at.lineno,
                               range(at.lineno, at.end_lineno + 1), running, text[at.lineno - 1].strip()))  # fmt: skip
    counted: Counter[str] = Counter()
    numbered = []
    for mutant in sorted(made, key=lambda one: (one.line, one.index)):
        counted[mutant.name] += 1
        numbered.append(replace(mutant, nth=counted[mutant.name]))
    return numbered


def _within(
    node: ast.AST, function: tuple[str, ...], statement: ast.stmt, running: bool
) -> Iterator[tuple[ast.AST, tuple[str, ...], ast.stmt, bool]]:
    """Every part that may be changed, with the names around it and whether it runs only when a function is called."""
    if isinstance(node, ast.stmt):
        statement = node
    yield node, function, statement, running
    spared = _spared(node)
    for field, value in ast.iter_fields(node):
        inner = running
        if isinstance(node, ast.FunctionDef | ast.Lambda) and field == "body":
            inner = True
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and part not in spared:
                named = isinstance(node, ast.FunctionDef | ast.ClassDef) and field == "body"
                yield from _within(part, (*function, node.name) if named else function, statement, inner)


def _is_size(module: str, part: ast.stmt) -> bool:
    return isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) in SIZES.get(module, ())


def _spared(node: ast.AST) -> list[ast.AST]:
    """The parts that RULES pass over: annotation, decorator, type checking."""
    match node:
        case ast.AnnAssign(annotation=annotation):
            return [annotation]
        case ast.arg(annotation=annotation) if annotation is not None:
            return [annotation]
        case ast.FunctionDef(decorator_list=decorators, returns=returns):
            return [*decorators, *([returns] if returns else [])]
        case ast.ClassDef(decorator_list=decorators):
            return [*decorators]
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body):
            return [*body, node.test]
    return []


def _kinds(node: ast.AST) -> list[str]:
    match node:
        case ast.Compare(ops=ops):
            return [f"turn {place}" if place else "turn" for place, op in enumerate(ops) if type(op) in TURNED]
        case ast.BinOp(op=op, left=left) if type(op) in SWAPPED and not _is_text(left):
            return ["swap"]
        case ast.BoolOp():
            return ["and/or"]
        case ast.Constant(value=value) if type(value) is int:
            return ["+1", "-1"]
        case ast.Return(value=value) if value is not None and not _is_none(value):
            return ["return None"]
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            alone = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], OPPOSITE)
            return [] if alone or (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") else ["negate"]
    return []


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    """Text % values and text + text: the operators exchanged would only stop the program."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def changed(mutant: Mutant) -> tuple[CodeType, str]:
    """This function will return the module's code with the one change made, and the change in words."""
    place = SOURCE / f"{mutant.module}.py"
    tree = ast.parse(place.read_text(encoding="utf-8"))
    node = next(found for index, found in enumerate(ast.walk(tree)) if index == mutant.index)
    shown = getattr(node, "test", node) if mutant.kind == "negate" else node
    before = ast.unparse(shown)
    match node:
        case ast.Compare():
            part = int(mutant.kind.partition(" ")[2] or 0)
            node.ops[part] = TURNED[type(node.ops[part])]()
        case ast.BinOp():
            node.op = SWAPPED[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.Constant(value=int(value)):
            node.value = value + (1 if mutant.kind == "+1" else -1)
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
    after = f"not ({before})" if mutant.kind == "negate" else ast.unparse(node)
    return compile(ast.fix_missing_locations(tree), str(place), "exec"), f"{before} → {after}"


def read_equivalent() -> dict[str, str]:
    """This function will read equivalent_mutants.txt: a mutant's name, and below it, indented, the reason."""
    found: dict[str, str] = {}
    name = ""
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0].isspace():
            found[name] = f"{found[name]} {line.strip()}".strip()
        else:
            name = line.strip()
            found[name] = ""
    return found
