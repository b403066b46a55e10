"""The fused kernel: means what the page says, agrees with the interpreter, and refuses what it cannot prove."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, DAYS, SLOW, households, many
from rulebook_populations import Rows, by_interpreter, by_sql, tables
from test_rulebook_semantics import AS_OF, MEANING, bounds_of, household_of, is_condition, write_book

from rulebook import Household, Law, Person, Rulebook, kernel_runner
from rulebook.kernel_columns import UnableToRunPopulation
from rulebook.kernel_ranges import Proof
from rulebook.ranges import OutOfRange

DAY = date(2026, 11, 1)
ORDINARY: dict[str, object] = {"p": False, "q": True, "a": 1, "b": 2, "n": -3, "k": "x", "d": date(2000, 1, 1),
                               "money": 1, "yearly": 1, "huge": 1}  # fmt: skip


pytestmark = pytest.mark.usefixtures("kernels_as_python")


def by_kernel(law: Law, homes: Sequence[Household], as_of: date, **how: int) -> Rows:
    return read(kernel_runner.run_population(law, as_of, *tables(law, homes), **how))  # type: ignore[arg-type]


def read(results: Mapping[str, pa.Table]) -> Rows:
    found: Rows = {}
    for scheme, table in results.items():
        for row in table.to_pylist():
            key = (scheme, row["household_id"], row["person_id"])
            assert key not in found
            found[key] = (row["status"], row["amount_fen"], row["share_fen"], row["counted"])
    return found


def completed(home: Household) -> Household:
    """The same household with every other fact known, so that the exact kernel takes it."""
    members = [
        replace(p, facts={**{f"m_{n}": v for n, v in ORDINARY.items()}, "m_only": 1, **p.facts}) for p in home.members
    ]
    return Household({**ORDINARY, **home.facts}, members)  # type: ignore[dict-item]


@pytest.mark.parametrize("exact", [False, True], ids=["bounds", "exact"])
def test_the_kernel_means_what_the_page_says(tmp_path_factory: pytest.TempPathFactory, exact: bool) -> None:
    book = write_book(tmp_path_factory.mktemp("page"), [row.rule for row in MEANING])
    chosen = [place for place, row in enumerate(MEANING) if not exact or not needs_the_unknown(row.given, row.result)]
    homes = [household_of(row.given) if not exact else completed(household_of(row.given)) for row in MEANING]
    law = book.law_on(AS_OF)
    columns = kernel_runner.prepare(book, *tables(law, homes))
    complete, _ = columns.complete(kernel_runner.kernel(book).exact.facts, AS_OF)
    assert set(chosen) <= set(complete.tolist()) if exact else not len(complete)
    rows = kernel_runner.run(law, AS_OF, columns)
    found = read({code: rows.table(code) for code in book.schemes})
    for place in chosen:
        low, high = bounds_of(MEANING[place].result)
        status, amount, *_ = found.get((f"row{place}", place, None), ("not entitled", None))
        if is_condition(MEANING[place].rule):
            assert status == {(1, 1): "entitled", (0, 1): "unknown", (0, 0): "not entitled"}[low, high], MEANING[place]
        else:
            assert (status, amount) == ("entitled", low if low == high else None), MEANING[place]
    assert len(chosen) > (50 if exact else 110)


def needs_the_unknown(given: str, result: str) -> bool:
    """Rows about a fact that is unknown, or that is not believed and so counts as unknown."""
    return "?" in given or "…" in result or result == "unknown"


@settings(max_examples=many(25), deadline=None, suppress_health_check=SLOW)
@given(st.lists(households(BOOK), min_size=1, max_size=8), st.sampled_from(DAYS), st.booleans())
def test_kernel_and_interpreter_agree_to_the_fen(homes: list[Household], day: date, full: bool) -> None:
    law = BOOK.law_on(day)
    assert by_kernel(law, homes, day, threads=2 if full else 1) == by_interpreter(law, homes, day)


@settings(max_examples=many(25), deadline=None, suppress_health_check=SLOW)
@given(st.lists(households(BOOK, unknowns=False), min_size=1, max_size=8), st.sampled_from(DAYS))
def test_the_kernel_for_known_facts_agrees_too(homes: list[Household], day: date) -> None:
    law = BOOK.law_on(day)
    assert by_kernel(law, homes, day) == by_interpreter(law, homes, day)


def family(key: int, **facts: object) -> Household:
    ordinary: dict[str, object] = {
        "relation": "head",
        "hukou_local": True,
        "dead": False,
        "birth_date": date(1940, 1, key + 1),
    }
    return Household({}, [Person(f"{key}", {**ordinary, **facts})])  # type: ignore[dict-item]


def test_buffers_that_fill_up_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    law, homes = BOOK.law_on(DAY), [family(n) for n in range(25)]
    whole = by_kernel(law, homes, DAY)
    monkeypatch.setattr(kernel_runner, "BLOCK", 1)
    monkeypatch.setattr(kernel_runner, "_rows", one_household_at_a_time)
    assert by_kernel(law, homes, DAY) == whole == by_sql(law, homes, DAY)
    assert len(whole) >= 25


def one_household_at_a_time(columns: object, key: object, made: kernel_runner.Kernel, households: int) -> list[object]:
    least = 1 * made.plan.rows_of_person + len(made.plan.schemes)
    return [np.empty(least, kind) for kind in kernel_runner.KINDS]


def test_some_households_alone_give_what_the_whole_gives() -> None:
    law, homes = BOOK.law_on(DAY), [family(n, dead=None if n % 3 == 0 else False) for n in range(20)]
    columns = kernel_runner.prepare(BOOK, *tables(law, homes))
    code = "old_age_allowance"
    whole = kernel_runner.run(law, DAY, columns).table(code).to_pylist()
    part = kernel_runner.run(law, DAY, columns, households=np.array([3, 4, 9])).table(code).to_pylist()
    key = lambda row: row["household_id"]  # noqa: E731
    assert sorted(part, key=key) == sorted((r for r in whole if r["household_id"] in (3, 4, 9)), key=key)
    assert len(part) == 3


def test_facts_may_be_written_in_place() -> None:
    law, homes = BOOK.law_on(DAY), [family(n) for n in range(3)]
    columns = kernel_runner.prepare(BOOK, *tables(law, homes))
    assert kernel_runner.run(law, DAY, columns).totals()["old_age_allowance"][0] == 3
    from rulebook.units import Entity

    columns.of(Entity.PERSON, "dead")[1] = 1
    columns.touched()
    assert kernel_runner.run(law, DAY, columns).totals()["old_age_allowance"][0] == 2


def test_an_unsorted_table_is_sorted_and_a_person_without_a_household_row_counts() -> None:
    law, homes = BOOK.law_on(DAY), [family(n) for n in range(6)]
    persons, houses = tables(law, homes)
    mixed = persons.take(pa.array([5, 0, 3, 1, 4, 2]))
    few = houses.slice(0, 2)
    assert read(kernel_runner.run_population(law, DAY, mixed, few)) == by_sql(law, homes, DAY)


def test_no_household_at_all() -> None:
    law = BOOK.law_on(DAY)
    persons, houses = tables(law, [family(0)])
    assert not read(kernel_runner.run_population(law, DAY, persons.slice(0, 0), houses.slice(0, 0)))


@pytest.mark.parametrize(
    ("persons", "households", "words"),
    [
        (["person_id"], ["household_id"], "person_facts has no column household_id"),
        (["household_id"], ["household_id"], "person_facts has no column person_id"),
        (["household_id", "person_id"], [], "household_facts has no column household_id"),
    ],
)
def test_a_table_without_ids_is_refused(persons: list[str], households: list[str], words: str) -> None:
    made = [pa.table({name: pa.array([1]) for name in names}) for names in (persons, households)]
    with pytest.raises(UnableToRunPopulation, match=words):
        kernel_runner.prepare(BOOK, *made)


def test_a_household_twice_or_too_large_is_refused() -> None:
    one = pa.table({"household_id": pa.array([7]), "person_id": pa.array([1])})
    with pytest.raises(UnableToRunPopulation, match="household 7 stands twice"):
        kernel_runner.prepare(BOOK, one, pa.table({"household_id": pa.array([7, 7])}))
    many = pa.table({"household_id": pa.array([7] * 1001), "person_id": pa.array(range(1001))})
    with pytest.raises(UnableToRunPopulation, match="household 7 has more than 1000 members"):
        kernel_runner.prepare(BOOK, many, pa.table({"household_id": pa.array([7])}))


def test_a_figure_of_the_law_is_an_argument_and_the_baseline_is_untouched() -> None:
    law, homes = BOOK.law_on(DAY), [family(0)]
    columns = kernel_runner.prepare(BOOK, *tables(law, homes))
    before = kernel_runner.run(law, DAY, columns).totals()
    compiled = kernel_runner._compiled.cache_info().misses
    later = law.with_number("old_age_allowance.from_age", 87)
    assert kernel_runner.run(later, DAY, columns).totals()["old_age_allowance"] == (0, 0)
    assert kernel_runner.run(law, DAY, columns).totals() == before
    assert before["old_age_allowance"][0] == 1
    assert kernel_runner._compiled.cache_info().misses == compiled


def test_a_figure_beyond_the_proof_is_refused() -> None:
    law = BOOK.law_on(DAY)
    columns = kernel_runner.prepare(BOOK, *tables(law, [family(0)]))
    with pytest.raises(UnableToRunPopulation, match=r"household\.standard is 900,000,000,000; the rules are proven"):
        kernel_runner.run(law.with_number("household.standard", 900_000_000_000), DAY, columns)


def test_a_rule_that_could_overflow_under_another_law_is_refused(tmp_path: Path) -> None:
    book = write_book(tmp_path, ["huge * a * a * a * two"])
    with pytest.raises(OutOfRange, match="可能大到"):
        kernel_runner.kernel(book)


def test_a_divisor_never_falls_to_zero(tmp_path: Path) -> None:
    book: Rulebook = write_book(tmp_path, ["div_round(a, three)", "div_round(a, max(1, lookup(colours, k)))"])
    proof = Proof(book, book.variables)
    assert proof.freedom["household.three"] == (1, 100)
    assert proof.freedom["household.colours"][0] == 1
    assert proof.freedom["household.ten"] == (0, 100)


SCRIPT = """
import json, sys
from datetime import date
from pathlib import Path
import pyarrow as pa
from rulebook import kernel_runner, load_rulebook
book = load_rulebook(Path(sys.argv[1]))
one = pa.table({"household_id": pa.array([1]), "person_id": pa.array([1]), "m_p": pa.array([True])})
home = pa.table({"household_id": pa.array([1]), "p": pa.array([True]), "q": pa.array([True])})
day, ready = date(2021, 3, 1), kernel_runner.is_compiled(book)
if sys.argv[2] == "ahead":
    kernel_runner.compile_ahead(book.law_on(day), day)
    rows = 0
else:
    columns = kernel_runner.prepare(book, one, home)
    rows = kernel_runner.run(book.law_on(day), day, columns).count
made = kernel_runner.kernel(book)
hits = sum(sum(made.function(source).stats.cache_hits.values()) for source in (made.exact, made.bounds))
print(json.dumps({"ready": ready, "rows": rows, "hits": hits}))
"""


def in_another_process(folder: Path, what: str) -> dict[str, object]:
    made: dict[str, object] = json.loads(
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(folder), what], capture_output=True, text=True, check=True,
            env={**os.environ, "RULEBOOK_KERNELS": str(folder / "kernels"), "NUMBA_DISABLE_JIT": "0"},
        ).stdout
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("first", "rows"), [("run", 1), ("ahead", 0)])
def test_another_process_finds_the_machine_code(tmp_path: Path, first: str, rows: int) -> None:
    """Compiled ahead, without anybody in the columns, it is the very code that a run asks for."""
    write_book(tmp_path, ["p and q"])
    assert in_another_process(tmp_path, first) == {"ready": False, "rows": rows, "hits": 0}
    found = in_another_process(tmp_path, "run")
    assert (found["rows"], found["hits"]) == (1, 1)
    # One run needed one of the two kernels only; compiling ahead has made both.
    assert found["ready"] is (first == "ahead")
