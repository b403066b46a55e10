"""Asks the fast tests of `rulebook` about a mutant: which of them meet its line, and whether one of them fails.

`Mapping` runs all of them once under coverage and keeps, for each line, the tests, fixtures and test files that met it.
`Asking` collects them once, and forks for each mutant: the child puts the changed code into the functions that are
already there and runs the tests that meet the line, cheap files first, until one fails. Where the line ran while tests
were collected (tables at the head of a module, a book that a test file loads), what stands in memory is not the
mutant's: such a mutant is asked in a process that has not read `rulebook` yet.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest
from mutation_places import ROOT, SOURCE, Mutant, changed

PLACE = ROOT / "tests" / "rulebook"
KEPT = ROOT / ".demo" / "mutation"
NOT_ASKED = ("postgres", "databases", "spark", "another_process")  # need a database server, Java or another Python
LONG = ("flipped_value_anywhere", "random_rules_mean", "what_runs_in_this_process", "any_household_replays",
        "round_trips", "duckdb_agree", "agree_with_duckdb", "both_engines_say", "from_an_empty_folder")  # fmt: skip
NO_RUN, HEAVY = 3, 1.0  # exit code of a child that could not place the change; seconds that make a test heavy

BOOK = "fixture tests/rulebook:book"
Map = dict[str, Any]


def prepare() -> None:
    """This function will make runs alike: kernels as Python, the same random examples, no deadlines."""
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(ROOT / "src"), str(PLACE), str(ROOT)]  # the engines of tests are partly those of benchmarks
    for name in ("yaml", "sqlglot", "duckdb", "pyarrow", "pyarrow.parquet", "hypothesis", "numba"):
        importlib.import_module(name)
    from hypothesis import HealthCheck, settings

    settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("same")


def run(plugin: object, files: Sequence[str] = (str(PLACE),)) -> int:
    """This function will run pytest in this process, with the tests of `rulebook` and a plugin."""
    ini = KEPT / "pytest.ini"
    ini.parent.mkdir(parents=True, exist_ok=True)
    ini.write_text("[pytest]\nmarkers =\n    slow: x\n    exhaustive: x\n", encoding="utf-8")
    without = [word for name in ("django", "xdist", "cacheprovider", "cov") for word in ("-p", f"no:{name}")]
    given = ["-c", str(ini), "--rootdir", str(ROOT), "--confcutdir", str(PLACE), *without, "-q", "-x", "-s"]
    return int(pytest.main([*given, "-m", "not exhaustive", *files], [plugin]))


def asked(nodeid: str, long: bool) -> bool:
    """This function will tell whether a test takes part."""
    return not any(word in nodeid for word in (NOT_ASKED if long else NOT_ASKED + LONG))


class Mapping:
    """Notes who meets a line: a test, a fixture that several tests share, or a file while it is collected."""

    def __init__(self, long: bool) -> None:
        self.long = long
        self.coverage = coverage.Coverage(data_file=None, source=[str(SOURCE)], config_file=False)
        self.coverage.start()
        self.who = [""]
        self.seconds: dict[str, float] = {}
        self.shared: dict[str, list[str]] = {}
        self.failed = False
        self.file = ""

    def _enter(self, who: str) -> None:
        self.who.append(who)
        self.coverage.switch_context(who)

    def _leave(self) -> None:
        self.who.pop()
        self.coverage.switch_context(self.who[-1])

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        file = isinstance(collector, pytest.Module)
        if file:
            self._enter(f"file {collector.nodeid}")
        try:
            return (yield)
        finally:
            if file:
                self._leave()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if asked(item.nodeid, self.long)]
        for item in items:
            self.shared[item.nodeid] = _fixtures(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        self._enter(_fixture(fixturedef))
        try:
            return (yield)
        finally:
            self._leave()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        file = item.nodeid.partition("::")[0]
        if file != self.file:  # else only the first of all files would meet the lines of a remembered answer
            forget()
        self.file = file
        self._enter(f"test {item.nodeid}")
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - begun
            self._leave()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = True
            print(report.nodeid, report.longreprtext)

    def written(self) -> Map:
        """This function will return what was noted, as JSON keeps it."""
        self.coverage.stop()
        data = self.coverage.get_data()
        met = {Path(file).stem: data.contexts_by_lineno(file) for file in data.measured_files()}
        return {"met": met, "seconds": self.seconds, "shared": self.shared}


def _fixture(made: Any) -> str:
    return f"fixture {made.baseid}:{made.argname}"


def _fixtures(item: Any) -> list[str]:
    return [_fixture(one) for several in item._fixtureinfo.name2fixturedefs.values() for one in several]


def forget() -> None:
    """This function will empty what functions of `rulebook` and of its tests remember."""
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper) and thing.__module__.startswith(("rulebook", "test_")):
            thing.cache_clear()


def mapped(long: bool) -> Map:
    """This function will return the map, measured anew when source or tests changed since; a fork does the work."""
    files = [*sorted(SOURCE.glob("*.py")), *sorted(PLACE.glob("*.py"))]
    kept = (
        KEPT / f"{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()[:16]}{'-long' * long}.json"
    )
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mapping = Mapping(long)
                ended = run(mapping)
                if ended == 0 and not mapping.failed:
                    kept.write_text(json.dumps(mapping.written()), encoding="utf-8")
                    code = 0
            finally:
                os._exit(code)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("the tests fail without any change: mend them first (every mutant would count as killed)")
    return json.loads(kept.read_text(encoding="utf-8"))


@dataclass
class Question:
    """A mutant, the tests that meet it, and what a child process says of it."""

    mutant: Mutant | None  # None: the code as it is, to see that tests pass in this order and in a fork
    tests: list[str]
    limit: int  # processor seconds that end a mutant which hangs
    early: bool  # met before any test, as files are read or collected
    answer: str = ""
    seconds: float = 0.0

    def tell(self) -> None:
        """This function will print a mutant that was not killed, with its name in the list of equivalents."""
        if self.mutant is not None and self.answer != "killed":
            place = f"{self.mutant.module}.py:{self.mutant.line}"
            print(f"{self.answer}: {place}: {changed(self.mutant)[1]}  ({len(self.tests)} tests, {self.seconds:.0f} s)")
            print(f"    {self.mutant.name}", flush=True)


@dataclass
class Meeting:
    """Which tests meet a mutant, in the order in which they are run, and whether it is met before any of them."""

    made: Map
    by_place: dict[str, dict[str, list[str]]] = field(init=False)

    def __post_init__(self) -> None:
        places: dict[str, dict[str, list[str]]] = {"fixture": defaultdict(list), "file": defaultdict(list)}
        for test, fixtures in self.made["shared"].items():
            places["file"][test.partition("::")[0]].append(test)
            for name in fixtures:
                places["fixture"][name.partition(" ")[2]].append(test)
        self.by_place = places

    def question(self, mutant: Mutant) -> Question:
        """This function will find the tests that meet a mutant, and when it is met first.

        A test file that meets it is asked as a whole, after the tests that do: they may share a remembered answer. What
        is met before any test may stand in memory for all of them; then everybody is asked.
        """
        met = self.made["met"].get(mutant.module, {})
        who = {name for line in mutant.lines for name in met.get(str(line), ())}
        early = not mutant.running or any(not name or name.startswith("file ") for name in who)
        found = self._named(who if mutant.running else {name for names in met.values() for name in names})
        files = {test.partition("::")[0] for test in found}
        rest = {test for test in set(self.made["seconds"]) - found if early or test.partition("::")[0] in files}
        tests = [*self._ordered(found), *self._ordered(rest)]
        return Question(mutant, tests, self._limit(tests), early)

    def control(self) -> Question:
        """This function will ask every test about the code as it is."""
        tests = self._ordered(set(self.made["seconds"]))
        return Question(None, tests, self._limit(tests), False)

    def _limit(self, tests: list[str]) -> int:
        return 15 + int(3 * sum(self.made["seconds"][test] for test in tests))

    def _named(self, who: set[str]) -> set[str]:
        found: set[str] = set()
        for name in who:
            kind, _, rest = name.partition(" ")
            found.update([rest] if kind == "test" else self.by_place.get(kind, {}).get(rest, []))
        return found & set(self.made["seconds"])

    def _ordered(self, tests: set[str]) -> list[str]:
        """Light tests before heavy ones; file by file, so that a fixture is made once; the cheapest file first."""
        seconds = self.made["seconds"]
        whole: dict[tuple[bool, str], float] = defaultdict(float)
        for test in tests:
            whole[seconds[test] > HEAVY, test.partition("::")[0]] += seconds[test]

        def key(test: str) -> tuple[bool, float, str, float, str]:
            heavy, file = seconds[test] > HEAVY, test.partition("::")[0]
            return heavy, whole[heavy, file], file, seconds[test], test

        return sorted(tests, key=key)


class Finder(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Gives the changed code where Python would read the module's file."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(f"rulebook.{mutant.module}", str(SOURCE / f"{mutant.module}.py"))
        self.made, _ = changed(mutant)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None
        )

    def get_code(self, fullname: str) -> CodeType:
        return self.made


def put_in_place(mutant: Mutant) -> bool:
    """This function will give the changed code to the functions that are in memory; False where none takes it."""
    place = SOURCE / f"{mutant.module}.py"
    old = _codes(compile(place.read_text(encoding="utf-8"), str(place), "exec"))
    new = _codes(changed(mutant)[0])
    turned: dict[tuple[str, int], CodeType] = {}
    for key, codes in old.items():
        made = new.get(key, [])
        if len(made) == len(codes) and made != codes:  # fewer: what stood inside is gone, and what is around it changed
            if len(made) == 1:
                turned[key] = made[0]
            elif key[0].endswith("<lambda>"):  # a loop within an expression is made anew by what is around it
                return False  # several on one line: which of them is changed cannot be told
    taken = 0
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == str(place):
            code = turned.get((thing.__code__.co_qualname, thing.__code__.co_firstlineno))
            if code is not None:
                thing.__code__ = code
                taken += 1
    return taken > 0


def _codes(code: CodeType) -> dict[tuple[str, int], list[CodeType]]:
    """A module's code and all code within, by name and first line."""
    found: dict[tuple[str, int], list[CodeType]] = defaultdict(list)
    waiting = [code]
    while waiting:
        one = waiting.pop()
        found[one.co_qualname, one.co_firstlineno].append(one)
        waiting += [part for part in one.co_consts if isinstance(part, CodeType)]
    return found


class Choosing:
    """Runs only these tests, in this order."""

    def __init__(self, tests: list[str]) -> None:
        self.tests = tests

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        named = {item.nodeid: item for item in items}
        items[:] = [named[test] for test in self.tests if test in named]


class Asking:
    """Asks several questions at a time, each in a fork of its own."""

    def __init__(self, questions: list[Question], jobs: int, until: float) -> None:
        self.questions, self.jobs, self.until = questions, jobs, until
        self.running: dict[int, tuple[Question, str, float]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Asks in the process that has collected the tests and loaded the book."""
        first = next(item for item in session.items if BOOK in _fixtures(item))
        other = next(item for item in session.items if item.fspath != first.fspath)
        first.config.hook.pytest_runtest_protocol(item=first, nextitem=other)
        forget()
        self.ask(session)
        return True

    def ask(self, session: pytest.Session | None = None) -> None:
        """This function will ask, as long as there is time: without a session, those whose mutant is met early."""
        gc.collect()
        for question in [one for one in self.questions if one.early is (session is None) and one.tests]:
            while len(self.running) >= self.jobs:
                self._wait()
            if time.monotonic() > self.until:
                break
            folder = tempfile.mkdtemp(prefix="mutant-")
            child = os.fork()
            if child == 0:
                os._exit(_child(question, folder, session))
            self.running[child] = (question, folder, time.monotonic())
        while self.running:
            self._wait()

    def _wait(self) -> None:
        child, status = os.wait()
        question, folder, begun = self.running.pop(child)
        shutil.rmtree(folder, ignore_errors=True)
        question.seconds = time.monotonic() - begun
        if os.WIFSIGNALED(status):
            question.answer = "out of time" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL) \
                else "killed"  # fmt: skip
        else:
            question.answer = {0: "survived", NO_RUN: "not placed"}.get(os.WEXITSTATUS(status), "killed")
        question.tell()


def _child(question: Question, folder: str, session: pytest.Session | None) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (question.limit, question.limit + 5))
    signal.alarm(60 * question.limit)  # one that sleeps uses no processor
    os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["TMPDIR"] = tempfile.tempdir = folder
    for stream in (1, 2):
        os.dup2(os.open(os.path.join(folder, "said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    placed = False
    try:
        if session is None and question.mutant is not None:
            sys.meta_path.insert(0, Finder(question.mutant))
            files = [str(ROOT / name) for name in dict.fromkeys(test.partition("::")[0] for test in question.tests)]
            return int(any(part and run(Choosing(question.tests), part) for part in (files[:2], files[2:])))
        with contextlib.suppress(Exception):  # a fault of this tool is no kill
            placed = question.mutant is None or put_in_place(question.mutant)
        if not placed:
            return NO_RUN
        named = {item.nodeid: item for item in session.items} if session else {}
        chosen = [named[test] for test in question.tests]
        for item, after in zip(chosen, [*chosen[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if item.session.testsfailed:
                return 1
        return 0
    except BaseException:
        return 1
