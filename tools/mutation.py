"""Mutation test of `rulebook`: changes one place of its source at a time and asks whether a fast test notices.

    nice -n 10 python tools/mutation.py --size 300 --seed 20261125 [--only nearest] [--minutes 20]

A mutant is made in memory (no file is changed): a comparison turned, + and - or * and // exchanged, a whole number
± 1, `and` and `or` exchanged, a condition negated, a returned value made None. The sample is drawn by seed over all
modules named in TESTS. Each mutant runs in a forked process of its own: first the tests that are about its module, then
the other fast ones, until the first fails. A limit of processor seconds ends a mutant that hangs; it is counted apart.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE, PLACE = ROOT / "src" / "rulebook", ROOT / "tests" / "rulebook"
CPU_SECONDS = 120  # all fast tests together need about 40

# Module → the tests that are about it; they run first. Kernels run as Python there, so that nothing is compiled. Not in
# the list: Spark, whose answers test_rulebook_spark.py compares with the other engines'.
ORDER = ("semantics", "decision_tables", "periods", "explanation", "nearest", "stacking", "examples", "loading",
         "replay", "amending", "dependencies", "refusals", "rare_rules", "corners", "sql", "inequality", "kernel",
         "reform")  # fmt: skip
TESTS: dict[str, tuple[str, ...]] = {
    "amending": ("amending", "corners"),
    "book": ("loading", "periods", "amending"),
    "cases": ("loading", "examples", "refusals"),
    "ceiling": ("inequality",),
    "checking": ("writing_page", "examples"),
    "comparing": ("reform",),
    "decision_tables": ("decision_tables",),
    "declaring": ("periods", "decision_tables", "loading", "refusals"),
    "dependencies": ("dependencies", "corners", "rare_rules"),
    "duckdb_runner": ("sql",),
    "evaluation": ("semantics", "explanation", "corners"),
    "explanation": ("explanation", "nearest", "decision_tables", "periods", "rare_rules"),
    "expressions": ("semantics", "loading", "corners"),
    "facts": ("semantics", "corners"),
    "frozen_law": ("replay",),
    "inequality": ("inequality", "corners"),
    "kernel_bounds": ("kernel", "corners", "rare_rules"),
    "kernel_columns": ("kernel", "corners"),
    "kernel_exact": ("kernel", "corners", "rare_rules"),
    "kernel_frame": ("kernel", "corners"),
    "kernel_ranges": ("kernel",),
    "kernel_runner": ("kernel", "corners", "rare_rules"),
    "kernel_source": ("kernel", "corners"),
    "known_keys": ("loading", "writing_page"),
    "law": ("loading", "amending", "rare_rules"),
    "loading": ("writing_page", "loading", "semantics", "refusals"),
    "missing": ("explanation", "semantics", "rare_rules"),
    "naming": ("writing_page", "loading", "refusals"),
    "nearest": ("nearest",),
    "outlook": ("reform",),
    "problems": ("writing_page", "loading"),
    "program": ("semantics", "explanation", "rare_rules"),
    "ranges": ("writing_page", "loading", "semantics", "corners"),
    "reform": ("reform", "rare_rules"),
    "replay": ("replay", "corners"),
    "snapshot": ("reform", "rare_rules"),
    "sql": ("semantics", "sql", "rare_rules"),
    "sql_bounds": ("semantics", "sql", "rare_rules"),
    "sql_facts": ("semantics", "sql"),
    "sql_forms": ("semantics", "sql", "rare_rules"),
    "sql_plan": ("semantics", "sql", "rare_rules"),
    "sql_settled": ("semantics", "sql", "rare_rules"),
    "stacking": ("stacking", "periods", "refusals"),
    "staging": ("kernel", "corners"),
    "table_reading": ("decision_tables",),
    "tally": ("tally",),
    "tree": ("semantics", "loading"),
    "units": ("semantics", "periods", "loading"),
    "wording": ("explanation", "nearest", "decision_tables", "rare_rules"),
    "yaml_reading": ("loading", "corners"),
}
# Slow; the rest shows the same.
LEFT_OUT = "not (agree_with_duckdb or flipped_value_anywhere or round_trips or another_process)"

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One place (`index` in the walk of the module's tree) and what is done there."""

    module: str
    index: int
    kind: str
    line: int
    text: str


def places(module: str) -> Iterator[Mutant]:
    """This function will list every mutant of a module, in the order of its text."""
    source = (SOURCE / f"{module}.py").read_text(encoding="utf-8")
    lines, tree = source.splitlines(), ast.parse(source)
    spared = {id(part) for node in ast.walk(tree) for top in _spared(node) for part in ast.walk(top)}
    for index, node in enumerate(ast.walk(tree)):
        if id(node) in spared:
            continue
        for kind in _kinds(node):
            line = getattr(node, "lineno", 0)
            yield Mutant(module, index, kind, line, lines[line - 1].strip())


def _spared(node: ast.AST) -> list[ast.AST]:
    """Parts in which a change means nothing to a run: annotations, decorators, and words under TYPE_CHECKING."""
    if isinstance(node, ast.AnnAssign | ast.arg):
        return [node.annotation] if node.annotation else []
    if isinstance(node, ast.FunctionDef):
        return [*node.decorator_list, *([node.returns] if node.returns else [])]
    if isinstance(node, ast.ClassDef):
        return list(node.decorator_list)
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return [node]
    return []


def _kinds(node: ast.AST) -> list[str]:
    match node:
        case ast.Compare(ops=ops) if type(ops[0]) in TURNED:
            return ["turn"]
        case ast.BinOp(op=op, left=left) if type(op) in SWAPPED and not isinstance(left, ast.JoinedStr):
            return ["swap"]
        case ast.BoolOp():
            return ["and/or"]
        case ast.Constant(value=value) if type(value) is int:
            return ["+1", "-1"]
        case ast.Return(value=value) if value is not None and not _is_none(value):
            return ["return None"]
        case ast.If() | ast.IfExp() | ast.While():
            return ["negate"]
    return []


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def changed(mutant: Mutant) -> ast.Module:
    """This function will return the module's tree with the one change made."""
    tree = ast.parse((SOURCE / f"{mutant.module}.py").read_text(encoding="utf-8"))
    node = next(found for index, found in enumerate(ast.walk(tree)) if index == mutant.index)
    match node:
        case ast.Compare():
            node.ops[0] = TURNED[type(node.ops[0])]()
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
    return ast.fix_missing_locations(tree)


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, mutant: Mutant) -> None:
        self.place = str(SOURCE / f"{mutant.module}.py")
        super().__init__(f"rulebook.{mutant.module}", self.place)
        self.made = compile(changed(mutant), self.place, "exec")

    def get_code(self, fullname: str) -> CodeType:
        return self.made


class _Finder(importlib.abc.MetaPathFinder):
    """Gives the changed tree where Python would read the module's file."""

    def __init__(self, mutant: Mutant) -> None:
        self.loader = _Loader(mutant)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.loader.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.loader.place, loader=self.loader)


def tests_of(module: str, *, own: bool) -> list[str]:
    """This function will return the test files in the order in which a mutant of this module meets them."""
    names = dict.fromkeys(TESTS[module] if own else (*TESTS[module], *ORDER))
    return [str(next(PLACE.glob(f"test*_{name}.py"))) for name in names]


def ask(mutant: Mutant | None, files: list[str], settings: str) -> str:
    """This function will run the tests on one mutant in a fork: killed, survived, or out of time."""
    finder = _Finder(mutant) if mutant is not None else None  # before the fork: a place not found is no kill
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        try:
            if finder is not None:
                sys.meta_path.insert(0, finder)
            quick = ["-c", settings, "--rootdir", str(ROOT), "--confcutdir", str(PLACE), "-p", "no:django", "-p",
                     "no:xdist", "-p", "no:cacheprovider", "-q", "-x", "-k", LEFT_OUT]  # fmt: skip
            code = int(pytest.main([*quick, *files]))
        except BaseException:
            code = 1
        os._exit(0 if code == 0 else 1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "out of time"
    return "survived" if os.WEXITSTATUS(status) == 0 else "killed"


def main() -> int:
    """This function will draw the sample, ask the tests, print survivors and the rate, and return 1 below 90 %."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--only", action="append", choices=sorted(TESTS))
    parser.add_argument("--minutes", type=float, default=20.0, help="no new mutant is begun after this time")
    parser.add_argument("--own", action="store_true", help="only the tests about the module: faster, a lower bound")
    given = parser.parse_args()
    every = [mutant for module in given.only or sorted(TESTS) for mutant in places(module)]
    sample = random.Random(given.seed).sample(every, min(given.size, len(every)))
    for name in ("yaml", "sqlglot", "duckdb", "pyarrow", "hypothesis", "numba"):
        importlib.import_module(name)
    sys.path[:0] = [str(ROOT / "src"), str(PLACE), str(ROOT)]  # the engines of tests are partly those of benchmarks
    sys.dont_write_bytecode = True
    counted: Counter[str] = Counter()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "pytest.ini"
        settings.write_text("[pytest]\n", encoding="utf-8")
        if ask(None, tests_of("units", own=given.own), str(settings)) != "survived":
            print("the tests fail without any change: mend them first (every mutant would count as killed)")
            return 1
        for mutant in sample:
            if time.monotonic() - begun > given.minutes * 60:
                break
            answer = ask(mutant, tests_of(mutant.module, own=given.own), str(settings))
            counted[answer] += 1
            if answer != "killed":
                print(f"{answer}: {mutant.module}.py:{mutant.line}: {mutant.kind}: {mutant.text}", flush=True)
    asked = counted.total()
    noticed = counted["killed"] + counted["out of time"]
    rate = 100 * noticed / max(1, asked)
    print(f"{asked} of {len(every):,} mutants (seed {given.seed}, {len(sample)} drawn): {counted['killed']} killed, "
          f"{counted['out of time']} out of time, {counted['survived']} survived: {rate:.1f} % noticed")  # fmt: skip
    return 0 if asked and rate >= 90 else 1


if __name__ == "__main__":
    raise SystemExit(main())
