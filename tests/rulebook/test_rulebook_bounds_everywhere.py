"""What is not known has the same bounds in every engine, seen where a limit lies just within and just beyond them."""

from datetime import date
from typing import Any

import pytest
from rulebook_engines import answers_of, differences, interpreter, local_engines
from rulebook_populations import tables
from rulebook_random_rules import write_variables

from rulebook import Household, Person, Rulebook, evaluate, kernel_runner, load_rulebook
from rulebook.evaluation import Evaluation
from rulebook.units import Base, Entity

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2020, 3, 1)
LIMIT = "b - ten * ten"  # b is a fact, so that one run holds everything against every limit
AMOUNTS = {
    "chosen": "a if p else n",
    "chosen_otherwise": "n if p else a",
    "chosen_twice": "(n if p else ten) if q else (a if p else two)",
    "least": "min(a, n, ten)",
    "greatest": "max(a, n, 0)",
    "sum": "n + a",
    "difference": "n - a",
    "opposite": "-n",
    "product": "n * a",
    "product_of_counts": "a * a",
    "square": "n * n",
    "quotient": "div_round(n * ten, max(1, a))",
    "quotient_of_counts": "div_round(a * ten, max(two, a))",
    "product_from_minus_one": "(a - 1) * (a - 1)",
    "product_with_minus_one": "a * (a - 1)",
    "product_of_minus_one": "(a - 1) * a",
    "quotient_from_minus_one": "div_round(a - 1, max(two, a))",
    "percent": "percent_of(rate, n)",
    "band": "lookup(steps, n + a)",
    "row": "lookup(colours, k)",
    "row_chosen": "lookup(colours, 'z' if p else k)",
    "members": "sum(m.m_n for m in members if m.m_p)",
    "members_from_minus_one": "sum(m.m_a - 1 for m in members if m.m_p)",
    "members_never_above": "sum(0 - m.m_a for m in members if m.m_p)",
    "how_many": "div_round(count(m for m in members if m.m_q), one_person)",
    "years": "div_round(age(d), one_age)",
    "months": "div_round(months(d), one_month)",
}
CONDITIONS = {
    "equal": "n == a",
    "unequal": "n != a",
    "ratio": "n / max(1, a) <= two",
    "ratio_above": "n / max(1, a) > ten",
    "ratio_equal": "a / max(1, a) == two - 1",
    "some": "any(m.m_a >= m.m_two for m in members if m.m_p)",
    "every": "all(m.m_a >= m.m_two for m in members if m.m_p)",
    "listed": "k in ('x', 'z')",
    "not_listed": "k not in ('x', 'z')",
    "either": "p or a >= ten - 1",
    "both": "p and a >= ten - 1",
    "none": "not (p or q)",
    "told": "known(n) and not known(k)",
}
KNOWN: dict[str, tuple[Any, ...]] = {
    "p": (True, False), "q": (True, False), "a": (3,), "n": (-3, 7), "k": ("z",), "d": (date(1990, 3, 2),),
}  # fmt: skip
MEMBERS: tuple[tuple[dict[str, Any], ...], ...] = (
    (),
    ({"m_p": True, "m_q": True, "m_n": -4, "m_a": 1}, {"m_p": False, "m_q": False, "m_n": 9, "m_a": 5}),
    ({"m_n": -4, "m_a": 5}, {"m_p": True, "m_a": 5}),
    ({"m_n": 6, "m_a": 1}, {"m_p": True, "m_q": True, "m_n": 2}, {}),
)


def homes() -> list[dict[str, Any]]:
    """Each fact known in turn and all others not; all known but one; some in pairs."""
    made: list[dict[str, Any]] = [{}]
    made += [{name: value} for name, values in KNOWN.items() for value in values]
    whole = {name: values[-1] for name, values in KNOWN.items()}
    made += [whole, *({name: value for name, value in whole.items() if name != left} for left in whole)]
    return [*made, {"p": True, "q": False}, {"a": 1, "n": -3, "k": "x"}, {"n": -50, "q": True}, {"n": 21, "a": 0}]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("bounds")
    named = {name: f"({rule}) >= {LIMIT}" for name, rule in AMOUNTS.items()} | CONDITIONS
    write_variables(
        folder,
        {name: {"label": name, "entity": "household", "basis": "b", "is": rule, "type": "bool"}
         for name, rule in named.items()},
    )  # fmt: skip
    return load_rulebook(folder)


def bounds(ev: Evaluation) -> set[int]:
    trees = (ev.law.book.variables[f"household.{name}"].rules[0].tree.parts() for name in AMOUNTS)
    return {end for amount, _ in trees for end in ev.program.node(amount)(ev.run, -1)}


def test_every_engine_has_the_bounds_of_the_interpreter(book: Rulebook) -> None:
    law = book.law_on(DAY)
    given = []
    for place, facts in enumerate(homes()):
        members = [Person(str(n), one) for n, one in enumerate(MEMBERS[place % len(MEMBERS)])]
        for end in sorted(bounds(evaluate(law, Household(facts, members), DAY))):
            given += [Household({**facts, "b": end + 100 + step}, members) for step in (0, 1) if end > -100]
    facts_of = tables(law, given)
    wanted = {key: cell for key, cell in interpreter(law, DAY, *facts_of).items() if cell[0] != "not_entitled"}
    for name, engine in local_engines().items():
        assert differences(wanted, engine(law, DAY, *facts_of)) == [], name


def test_a_household_is_complete_when_every_fact_of_it_and_its_members_is_known(book: Rulebook) -> None:
    """At the least and the greatest that is believed, and one beyond; which kernel answers rests on it."""
    least = {"p": False, "a": 0, "n": -50, "k": "x", "d": date(1870, 1, 1)}
    most = {"p": True, "a": 9, "n": 50, "k": "z", "d": DAY}
    beyond: list[dict[str, Any]] = [
        {"p": None}, {"a": -1}, {"a": 10}, {"n": -51}, {"n": 51}, {"k": "?"}, {"d": date(1869, 12, 31)},
        {"d": date(2020, 3, 2)},
    ]  # fmt: skip
    facts = [least, most, *({**most, **one} for one in beyond)]
    members = [{f"m_{name}": value for name, value in one.items()} for one in facts]
    given = [Household(one, []) for one in facts] + [Household(most, [Person("0", one)]) for one in members]
    given += [Household(most, [Person("0", members[0]), Person("1", members[number])]) for number in (1, 2)]
    columns = kernel_runner.prepare(book, *tables(book.law_on(DAY), given))
    asked = [(Entity.HOUSEHOLD, name) for name in least] + [(Entity.PERSON, f"m_{name}") for name in least]
    complete, others = columns.complete(tuple(asked), DAY)
    assert complete.tolist() == [0, 1, 10, 11, 20]
    assert others.tolist() == [place for place in range(22) if place not in complete]
    later, _ = columns.complete(tuple(asked), date(2020, 3, 2))
    assert later.tolist() == [0, 1, 9, 10, 11, 19, 20]
    earlier, _ = columns.complete(tuple(asked), date(2020, 2, 29))
    assert earlier.tolist() == [0]
    assert columns.complete(tuple(asked), DAY)[0].tolist() == complete.tolist()


def test_buffers_that_are_too_small_for_all_rows_lose_none(book: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every household has more rows than room is made for; what is full is given back and the next one begun."""
    monkeypatch.setattr(kernel_runner, "BLOCK", 1)
    monkeypatch.setattr(kernel_runner, "MEMBERS_MAX", 1)
    law = book.law_on(DAY)
    facts = tables(law, [Household({"p": True, "q": n % 2 == 0, "a": n % 9, "b": 50}) for n in range(40)])
    wanted = {key: cell for key, cell in interpreter(law, DAY, *facts).items() if cell[0] != "not_entitled"}
    columns = kernel_runner.prepare(book, *facts)
    rows = kernel_runner.run(law, DAY, columns)
    assert len(rows.parts) > 2
    assert rows.count == len(wanted)
    assert differences(wanted, answers_of({code: rows.table(code) for code in book.schemes})) == []
    for code, (entitled, fen) in rows.totals().items():
        own = [cell for key, cell in wanted.items() if key[0] == code and cell[0] == "entitled"]
        assert (entitled, fen) == (len(own), sum(cell[1] or 0 for cell in own))


def test_what_a_figure_can_ever_be_is_known_from_its_rule(book: Rulebook) -> None:
    """Over all facts that are believed, both versions of every figure, and a thousand members."""
    wanted = {
        "chosen": (-50, 50), "least": (-50, 9), "greatest": (0, 50), "sum": (-50, 59), "difference": (-59, 50),
        "opposite": (-50, 50), "product": (-450, 450), "product_of_counts": (0, 81), "square": (-2500, 2500),
        "product_of_minus_one": (-9, 72), "quotient": (-500, 500), "quotient_of_counts": (0, 45), "percent": (-75, 75),
        "band": (1, 7), "row": (0, 9), "members": (-50_000, 50_000), "members_from_minus_one": (-1_000, 8_000),
        "members_never_above": (-9_000, 0), "how_many": (0, 1_000), "years": (0, 200), "months": (0, 2_400),
    }  # fmt: skip
    trees = {name: book.variables[f"household.{name}"].rules[0].tree for name in [*wanted, *CONDITIONS]}
    assert {name: book.spans[trees[name].parts()[0]] for name in wanted} == wanted
    assert {book.spans[tree] for tree in trees.values()} == {(0, 1)}
    assert {span for node, span in book.spans.items() if node.kind.base is not Base.INT} == {(0, 1)}
