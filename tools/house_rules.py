"""What imports cannot show: the house's other rules, each with the sentence a reviewer would have written.

Run as `python tools/house_rules.py [src]`; prints `file:line: sentence` and exits 1 when a rule is broken.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST_FILE = 400
JUNK_DRAWERS = {"utils", "helpers", "common", "core", "misc"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"),
          ("time", "time")}  # fmt: skip
# The edges, where a request, a command or a job begins: only here is the clock read.
EDGES = ("minsheng/config/", "minsheng/foundation/access/middleware.py", "minsheng/foundation/entrance/middleware.py",
         "minsheng/foundation/jobs/")  # fmt: skip
CIPHERS_ALLOWED = ("minsheng/foundation/sealing/", "minsheng/foundation/pages/paging.py")
MONEY = ("rulebook/", "minsheng/work/")
TEMPLATE_FAULTS = {
    r"\|\s*safe\b": "text is never marked safe: what a person typed must not become markup",
    r"\bautoescape off\b": "escaping is never switched off",
    r"\sstyle=": "no inline style: the content security policy refuses it; use a class",
    r"\son[a-z]+=\"": "no inline handler: the content security policy refuses it; use a script file",
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)": "no inline script: the content security policy refuses it",
    r"https?://(?!www\.w3\.org)": "no address outside: pages must work without the internet",
}

# What an installation owns (`MINSHENG_HOME`). An empty home meant the working folder, and a commit took the keys along.
OWNED_BY_AN_INSTALLATION = ("secret-key", "keys.json", "exchange-key.json", "postgres", "twin")

Fault = tuple[Path, int, str]


def faults(source: Path) -> list[Fault]:
    """This function will return every broken rule under a source folder."""
    found: list[Fault] = [
        (
            source.parent / name,
            1,
            "keys and data live under MINSHENG_HOME, never in the project: remove it, renew the key",
        )
        for name in OWNED_BY_AN_INSTALLATION
        if (source.parent / name).exists()
    ]
    for path in sorted(source.rglob("*.py")):
        place = path.relative_to(source).as_posix()
        if "/migrations/" in place:
            continue
        text = path.read_text(encoding="utf-8")
        found.extend((path, line, sentence) for line, sentence in _python_faults(place, text))
    for path in sorted(source.rglob("templates/**/*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found.extend((path, number, s) for pattern, s in TEMPLATE_FAULTS.items() if re.search(pattern, line))
    return found


def _python_faults(place: str, text: str) -> Iterator[tuple[int, str]]:
    names = {part.removesuffix(".py") for part in place.split("/")}
    if names & JUNK_DRAWERS:
        yield 1, "no junk drawer: name the room by what it does"
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield 1, f"{lines} lines: past {LONGEST_FILE} a file becomes a package, split by act"
    for node in ast.walk(ast.parse(text)):
        yield from _node_faults(place, node)
    if place.startswith("minsheng/") and ("/operations.py" in place or "/operations/" in place):
        yield from _operation_faults(ast.parse(text))


def _node_faults(place: str, node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        clock = (node.func.value.id, node.func.attr)
        if clock in CLOCKS and not place.startswith(EDGES):
            yield node.lineno, f"{'.'.join(clock)}(): time is an argument (`at`); only the edges read the clock"
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float" and place.startswith(MONEY):
        yield node.lineno, "no float where money is counted: integer fen, ratios of integers"
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if any(m.split(".")[0] == "cryptography" for m in modules) and not place.startswith(CIPHERS_ALLOWED):
            yield node.lineno, "ciphers live in foundation/sealing: call seal, open_sealed, blind_index"
        if any(m.startswith("django.dispatch") or m.startswith("django.db.models.signals") for m in modules):
            yield node.lineno, "no signals: publish an event, or call the operation"
        names = [alias.name for alias in node.names]
        if "mark_safe" in names:
            yield node.lineno, "no mark_safe: use format_html with escaped arguments"
    if isinstance(node, ast.FunctionDef) and node.name == "save" and any(a.arg == "self" for a in node.args.args):
        yield node.lineno, "save() has no life of its own: write an operation"


def _operation_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if node.args.args or len(node.args.posonlyargs) > 1:
            yield (
                node.lineno,
                f"{node.name}(): operations take keywords only (one positional-only object may lead)",
            )
        if any(a.arg in {"force", "skip_checks"} for a in node.args.kwonlyargs):
            yield (
                node.lineno,
                f"{node.name}(): no switch that skips the rules; the exceptional act has its own operation",
            )


def main() -> int:
    """This function will print the faults of the source folder named on the command line."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "src")
    found = faults(source)
    for path, line, sentence in found:
        print(f"{path}:{line}: {sentence}")
    print(f"{len(found)} faults" if found else "the house rules hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
