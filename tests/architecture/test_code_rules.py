"""What the code never does, read from the code itself; each rule with a planted fault that it must find."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
SCRIPTS = [path for path in SOURCE.rglob("static/**/*.js") if "vendor" not in path.parts]
REACHING_OUT = {
    "requests",
    "httpx",
    "urllib3",
    "aiohttp",
    "http.client",
    "ftplib",
    "smtplib",
    "telnetlib",
    "urllib.request",
}
MAY_REACH_OUT = {
    "minsheng/foundation/files/scanning.py": "the virus scanner, at the address of the settings",
    "minsheng/foundation/entrance/services/outbound.py": "sign-in services, at the hosts of the settings",
    "minsheng/insight/exchange/mailing.py": "partners, at the addresses that two officers agreed",
    "minsheng/insight/exchange/command.py": "an operator's command that tries the exchange out",
}

Finder = Callable[[str, ast.Module], Iterator[str]]


def runs_what_came_in(place: str, tree: ast.Module) -> Iterator[str]:
    """Code, templates and objects made from data."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        shell = any(word.arg == "shell" and getattr(word.value, "value", None) is True for word in node.keywords)
        if called in ("eval", "exec", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads") or shell:
            yield f"{place}:{node.lineno} {called}"
        if called in (
            "yaml.load",
            "yaml.unsafe_load",
            "Template",
            "template.Template",
            "from_string",
            "engine.from_string",
        ):
            yield f"{place}:{node.lineno} {called}"


def builds_sql_from_values(place: str, tree: ast.Module) -> Iterator[str]:
    """Statements into which something is put that was read from a request: `request`, a form, an address."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(
            (".execute", ".raw", ".extra", "RawSQL")
        ):
            continue
        for argument in node.args[:1]:
            for part in ast.walk(argument):
                text = ast.unparse(part) if isinstance(part, ast.FormattedValue) else ""
                if re.search(r"\b(request|form|POST|GET|body|typed|cleaned_data|query_params|token)\b", text):
                    yield f"{place}:{node.lineno} {text}"
            if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Mod):
                yield f"{place}:{node.lineno} {ast.unparse(argument)[:60]}"


def reaches_out(place: str, tree: ast.Module) -> Iterator[str]:
    """Clients of other servers."""
    for node in ast.walk(tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if place not in MAY_REACH_OUT:
            yield from (f"{place}:{node.lineno} {name}" for name in names if name in REACHING_OUT or name == "socket")


def takes_fields_it_does_not_name(place: str, tree: ast.Module) -> Iterator[str]:
    """Whole forms poured into objects."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node) == "fields = '__all__'":
            yield f"{place}:{node.lineno} fields = '__all__'"
        if (
            isinstance(node, ast.keyword)
            and node.arg is None
            and re.match(r"request\.(POST|GET|data)", ast.unparse(node.value))
        ):
            yield f"{place} **{ast.unparse(node.value)}"


FAULTS: dict[Finder, str] = {
    runs_what_came_in: "import subprocess\nsubprocess.run(words, shell=True)\neval(words)\n",
    builds_sql_from_values: "cursor.execute(f'SELECT {request.GET[\"x\"]}')\n",
    reaches_out: "import requests\n",
    takes_fields_it_does_not_name: "Person.objects.create(**request.POST.dict())\n",
}


@pytest.mark.parametrize("finder", FAULTS, ids=lambda finder: finder.__name__)
def test_the_code_never_does_this_and_control(finder: Finder) -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        if "/migrations/" not in place:
            found += finder(place, ast.parse(path.read_text(encoding="utf-8")))
    assert found == []
    assert list(finder("planted.py", ast.parse(FAULTS[finder]))), "the control must be found"


MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|localStorage"
)


def test_scripts_put_text_never_markup_and_keep_nothing() -> None:
    found = [f"{path.name}: {hit}" for path in SCRIPTS for hit in MARKUP.findall(path.read_text(encoding="utf-8"))]
    assert found == []
    assert len(SCRIPTS) >= 2
    assert MARKUP.search("place.innerHTML = words")


# What reaches the prototype of all objects by a key that somebody else chose (ASVS 15.3.6).
POLLUTION = re.compile(r"__proto__|\.prototype\b|\bconstructor\b|\w\[[A-Za-z_][\w.]*\]\s*=(?!=)|Object\.assign\(\{\}")


def test_no_script_writes_under_a_key_that_it_did_not_choose() -> None:
    found = [f"{path.name}: {hit}" for path in SCRIPTS for hit in POLLUTION.findall(path.read_text(encoding="utf-8"))]
    assert found == []
    for planted in ("used[field.name] = 1", "target.__proto__.admin", "Object.assign({}, sent)"):
        assert POLLUTION.search(planted), planted
    assert not POLLUTION.search("if (values[0] === name) shown = values[1];"), "reading, or a number, is no danger"


# Dice of simulations and of planted faults: what they throw may be guessed by anybody, and has a seed on purpose.
DICE = {"config/simulation/world.py", "config/simulation/run.py", "insight/cockpit/plan/corrupting.py"}


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    modules = r"import random\b|from random import|import numpy\.random|from numpy import random"
    dice = re.compile(rf"^\s*({modules})", re.MULTILINE)
    found = {
        path.relative_to(SOURCE / "minsheng").as_posix()
        for path in (SOURCE / "minsheng").rglob("*.py")
        if dice.search(path.read_text(encoding="utf-8"))
    }
    assert found <= DICE, found - DICE
    assert dice.search("    import random\n")
