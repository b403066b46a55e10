"""A reform never touches the law as it stands, and says the same as the interpreter household by household."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebook_households import BOOK, SLOW, households, many
from rulebook_populations import POLICIES, by_interpreter, tables

from rulebook import Household, Law, Person, Rulebook, RulebookErrors, evaluate, load_rulebook
from rulebook.comparing import BANDS_FEN, _bands, compare, cost_of
from rulebook.law import UnableToResolveLaw
from rulebook.outlook import aged, months_from, outlook
from rulebook.reform import Reform, UnableToReform, reformed
from rulebook.snapshot import (
    UNKNOWN,
    DuckEngine,
    KernelEngine,
    Outcomes,
    Snapshot,
    UnableToPrepare,
    measured,
    outcomes_of,
    take_snapshot,
)
from rulebook.units import Period

pytestmark = pytest.mark.usefixtures("kernels_as_python")
DAY = date(2026, 11, 1)
STANDARD, MARGIN_RATE, TIERS = "household.standard", "low_income_margin.income_rate", "old_age_allowance.tiers"
INCOME = "household.income_year"
KERNEL, DUCK = KernelEngine(), DuckEngine()
REFORMS = st.one_of(
    st.integers(0, 400_000).map(lambda fen: Reform(numbers={STANDARD: fen})),
    st.integers(0, 300).map(lambda rate: Reform(numbers={MARGIN_RATE: rate})),
    st.lists(st.integers(0, 50_000), min_size=4, max_size=4).map(lambda v: Reform(tables={TIERS: tuple(v)})),
    st.sampled_from(sorted(BOOK.schemes)).map(lambda code: Reform(off=frozenset({code}))),
    st.just(Reform(rules={"minimum_living_allowance.income_below_standard": "household.per_head_income <= standard"})),
)
Rows = dict[tuple[str, int, str | None], tuple[str, int | None, int | None]]


def snapshot_of(law: Law, some: Sequence[Household]) -> Snapshot:
    persons, homes = tables(law, some)
    ids = [home * 1000 + int(key) for home, key in zip(*(persons[n].to_pylist() for n in KEYS), strict=True)]
    return take_snapshot(persons.set_column(1, "person_id", pa.array(ids, pa.int64())), homes)


KEYS = ("household_id", "person_id")


def run(law: Law, snapshot: Snapshot, day: date = DAY) -> Outcomes:
    return outcomes_of(law, day, snapshot, KERNEL, KERNEL.prepare(law.book, snapshot.persons, snapshot.households))


def rows_of(made: Outcomes, snapshot: Snapshot) -> Rows:
    def known(value: int) -> int | None:
        return None if value == UNKNOWN else int(value)

    found: Rows = {}
    for n in range(len(made.key)):
        person = None if made.person[n] < 0 else str(snapshot.person_ids[made.person[n]] % 1000)
        key = (made.codes[made.scheme[n]], int(snapshot.household_ids[made.home[n]]), person)
        found[key] = ("entitled" if made.entitled[n] else "unknown", known(made.amount[n]), known(made.payable[n]))
    return found


def worked_out(law: Law, some: Sequence[Household], day: date = DAY) -> Rows:
    found: Rows = {}
    for place, household in enumerate(some):
        for row in evaluate(law, household, day).payable():
            fen = row.payable_fen if row.status == "entitled" else None
            found[(row.scheme, place, row.person)] = (row.status, row.amount_fen, fen)
    return found


@settings(max_examples=many(6), suppress_health_check=SLOW, deadline=None)
@given(some=st.lists(households(BOOK), min_size=1, max_size=6), reform=REFORMS)
def test_a_reform_says_what_the_interpreter_says_and_leaves_the_law_alone(
    some: list[Household], reform: Reform
) -> None:
    law = BOOK.law_on(DAY)
    snapshot = snapshot_of(law, some)
    digest, row, before = law.digest, law.row(DAY), rows_of(run(law, snapshot), snapshot)
    assert before == worked_out(law, some)

    changed = reformed(BOOK, reform, POLICIES).law_on(DAY)
    assert rows_of(run(changed, snapshot), snapshot) == worked_out(changed, some)

    again = BOOK.law_on(DAY)
    assert (again.digest, again.row(DAY)) == (digest, row)
    assert rows_of(run(again, snapshot), snapshot) == before
    assert load_rulebook(POLICIES).law_on(DAY).digest == digest


@settings(max_examples=many(3), suppress_health_check=SLOW, deadline=None)
@given(some=st.lists(households(BOOK), min_size=2, max_size=6), reform=REFORMS.filter(lambda r: not r.changes_rules))
def test_both_engines_say_the_same_of_everybody_and_of_a_few(some: list[Household], reform: Reform) -> None:
    changed = reformed(BOOK, reform, POLICIES).law_on(DAY)
    snapshot = snapshot_of(changed, some)
    few = np.arange(0, len(some), 2)
    said = []
    for engine in (DUCK, KERNEL):
        columns = engine.prepare(changed.book, snapshot.persons, snapshot.households)
        for homes in (None, few):
            said.append(rows_of(outcomes_of(changed, DAY, snapshot, engine, columns, homes=homes), snapshot))
    assert said[0] == said[2]
    assert said[1] == said[3] == {key: row for key, row in said[0].items() if key[1] % 2 == 0}


def test_a_reform_has_a_digest_of_its_own() -> None:
    digests = {
        reformed(BOOK, reform, POLICIES).law_on(DAY).digest
        for reform in (
            Reform(),
            Reform(numbers={STANDARD: 120_000}),
            Reform(tables={TIERS: (0, 1, 2, 3)}),
            Reform(off=frozenset({"old_age_allowance"})),
            Reform(rules={"household.work_cost": "0"}),
        )
    }
    assert len(digests) == 5
    assert BOOK.law_on(DAY).digest in digests


def test_figures_alone_need_no_other_book_but_other_signs_do() -> None:
    assert reformed(BOOK, Reform(numbers={STANDARD: 150_000})).book is BOOK
    widened = reformed(BOOK, Reform(numbers={"household.minor_age": 0}))
    assert widened.law_on(DAY).numbers["household.minor_age"].value == 0


def test_switching_a_scheme_off_reaches_the_schemes_that_build_on_it() -> None:
    cases = [example.household for scheme in BOOK.schemes.values() for example in scheme.examples]
    before = by_interpreter(BOOK.law_on(DAY), cases, DAY)
    after = by_interpreter(
        reformed(BOOK, Reform(off=frozenset({"minimum_living_allowance"})), POLICIES).law_on(DAY), cases, DAY
    )
    gone = {key[0] for key in set(before) - set(after)}
    assert not [key for key in after if key[0] == "minimum_living_allowance"]
    assert "minimum_living_allowance" in gone


@pytest.mark.parametrize(
    ("reform", "words"),
    [
        (Reform(numbers={"household.nothing": 1}), "no number"),
        (Reform(numbers={STANDARD: -1}), "below zero"),
        (Reform(numbers={STANDARD: 2**61}), "可能大到"),
        (Reform(numbers={STANDARD: True}), "not a whole number"),
        (Reform(tables={"household.nothing": (1,)}), "no table"),
        (Reform(tables={TIERS: (0, 1, 2, -1)}), "below zero"),
        (Reform(off=frozenset({"nothing"})), "no scheme"),
        (Reform(rules={"household.work_cost": "0"}), "folder"),
    ],
)
def test_a_wrong_reform_is_refused_in_words(reform: Reform, words: str) -> None:
    with pytest.raises(UnableToReform, match=words):
        reformed(BOOK, reform)


def test_a_table_of_another_length_is_refused() -> None:
    with pytest.raises(UnableToResolveLaw, match="no table"):
        reformed(BOOK, Reform(tables={TIERS: (0, 1)})).law_on(DAY)


@pytest.mark.parametrize(
    "rule", ["standard +", "standard + count(member for member in members)", "nowhere.to_be_found"]
)
def test_a_wrong_rule_is_refused_like_any_load(rule: str) -> None:
    with pytest.raises(RulebookErrors):
        reformed(BOOK, Reform(rules={"household.income_year": rule}), POLICIES)
    with pytest.raises(RulebookErrors, match=r"没有叫 'household\.unheard_of' 的规则") as caught:
        reformed(BOOK, Reform(rules={"household.unheard_of": "0"}), POLICIES)
    assert [(one.file, one.line) for one in caught.value.problems] == [("(试算)", 1)]


@settings(max_examples=many(3), suppress_health_check=SLOW, deadline=None)
@given(
    some=st.lists(households(BOOK), min_size=1, max_size=6), reform=REFORMS, start=st.sampled_from([2019, 2025, 2026])
)
def test_the_months_ahead_are_what_each_month_alone_would_say(
    some: list[Household], reform: Reform, start: int
) -> None:
    days = months_from(date(start, 11, 17), 5)
    changed = reformed(BOOK, reform, POLICIES)
    snapshot = snapshot_of(BOOK.law_on(DAY), some)
    columns = KERNEL.prepare(changed.book, snapshot.persons, snapshot.households)
    for day, made in zip(days, outlook(changed.law_on, days, snapshot, KERNEL, columns), strict=True):
        assert rows_of(made, snapshot) == rows_of(run(changed.law_on(day), snapshot, day), snapshot), day


def test_the_first_month_ahead_is_under_the_law_of_its_own_day() -> None:
    days = [date(2019, 12, 1), date(2020, 1, 1)]  # the standard rises between them
    cases = [example.household for example in BOOK.schemes["minimum_living_allowance"].examples]
    some = [Household(h.facts, [Person(str(n), m.facts) for n, m in enumerate(h.members)]) for h in cases]
    turning = {**some[0].members[0].facts, "birth_date": date(1939, 12, 15), "resident": True}
    some.append(Household(some[0].facts, [Person("0", turning)]))  # is eighty before the second month
    snapshot = snapshot_of(BOOK.law_on(DAY), some)
    columns = KERNEL.prepare(BOOK, snapshot.persons, snapshot.households)
    first, second = outlook(BOOK.law_on, days, snapshot, KERNEL, columns)
    for day, made in zip(days, (first, second), strict=True):
        assert rows_of(made, snapshot) == rows_of(run(BOOK.law_on(day), snapshot, day), snapshot)
    assert rows_of(first, snapshot) != rows_of(second, snapshot)


def test_a_change_at_the_edge_of_a_band_counts_once_and_in_the_lower_band() -> None:
    edge = BANDS_FEN[0]
    made = _bands(np.array([edge, edge + 1, -edge, 1, 0, 10 * BANDS_FEN[-1]], dtype=np.int64))
    assert [(band.above_fen, band.upto_fen, band.gain, band.lose) for band in made] == [
        (0, edge, 2, 1),
        (edge, BANDS_FEN[1], 1, 0),
        *((low, high, 0, 0) for low, high in pairwise(BANDS_FEN[1:])),
        (BANDS_FEN[-1], None, 1, 0),
    ]


def test_only_households_with_a_birthday_are_worked_out_anew() -> None:
    def home(*born: date | None) -> Household:
        return Household({}, [Person(str(n), {"birth_date": day}) for n, day in enumerate(born)])

    some = [home(date(1940, 12, 1)), home(date(1940, 11, 1)), home(None), home(date(2000, 5, 5), date(1966, 11, 2)),
            home(date(2026, 11, 20)), home(date(2030, 1, 1))]  # fmt: skip
    snapshot = snapshot_of(BOOK.law_on(DAY), some)
    flags = aged(BOOK.law_on(DAY), snapshot, date(2026, 11, 1), date(2026, 12, 1))
    # 86 years decide nothing, and 26 and 36 neither; 60 years and a birth do.
    assert flags.tolist() == [False, False, False, True, True, False]


@settings(max_examples=many(5), suppress_health_check=SLOW, deadline=None)
@given(some=st.lists(households(BOOK), min_size=1, max_size=8), reform=REFORMS)
def test_a_comparison_adds_up(some: list[Household], reform: Reform) -> None:
    law, changed = BOOK.law_on(DAY), reformed(BOOK, reform, POLICIES).law_on(DAY)
    snapshot = snapshot_of(law, some)
    before, after = run(law, snapshot), run(changed, snapshot)
    facts = measured(law, DAY, snapshot, INCOME)
    groups = np.arange(len(some), dtype=np.int64) % 3
    everybody = np.ones(len(some), dtype=np.bool_)
    made = compare(snapshot, before, after, facts, 110_200, groups, everybody)

    assert made.total.before == cost_of(before, everybody)
    # Only what is paid by the month adds up across schemes.
    monthly = {code for code, period in zip(before.codes, before.periods, strict=True) if period is Period.MONTH}
    for tally, one_law in ((made.total.before, law), (made.total.after, changed)):
        said = worked_out(one_law, some)
        assert tally.fen == sum(row[2] or 0 for key, row in said.items() if key[0] in monthly)
    assert made.total.more_fen == sum(change.more_fen for change in made.schemes if change.key in monthly)
    assert made.total.more_fen == sum(place.after_fen - place.before_fen for place in made.places)
    assert sum(place.gain for place in made.places) == sum(band.gain for band in made.bands) == made.gainers
    assert sum(place.lose for place in made.places) == sum(band.lose for band in made.bands) == made.losers
    assert made.measures.known + made.measures.unknown == len(some)
    if not made.undetermined:
        assert made.total.more_fen == int((made.will - made.was).sum())
    parts = [compare(snapshot, before, after, facts, 110_200, groups, groups == n) for n in range(3)]
    assert made.total.more_fen == sum(part.total.more_fen for part in parts)

    same = compare(snapshot, before, before, facts, 110_200, groups, everybody)
    assert (same.total.more_fen, same.gainers, same.losers, same.undetermined) == (0, 0, 0, 0)


@settings(max_examples=many(6), suppress_health_check=SLOW, deadline=None)
@given(some=st.lists(households(BOOK), min_size=1, max_size=6))
def test_measured_income_is_the_interpreters(some: list[Household]) -> None:
    law = BOOK.law_on(DAY)
    facts = measured(law, DAY, snapshot_of(law, some), INCOME)
    for place, household in enumerate(some):
        told = evaluate(law, household, DAY)
        income, heads, members = (told.value(n) for n in (INCOME, BOOK.heads, "household.counted_members"))
        sure = isinstance(income, int) and isinstance(heads, int) and isinstance(members, int) and members >= 1
        # A sure income with an unsure member count, or the other way round, is not enough.
        assert bool(facts.known[place]) == sure
        if sure:
            assert (facts.income[place], facts.heads[place]) == (income, heads)


def test_a_snapshot_without_order_in_its_ids_is_refused() -> None:
    homes = pa.table({"household_id": pa.array([1, 2], pa.int64())})
    persons = pa.table({"household_id": pa.array([1, 2], pa.int64()), "person_id": pa.array([5, 6], pa.int64())})
    assert take_snapshot(persons, homes).sizes.tolist() == [1, 1]
    with pytest.raises(UnableToPrepare, match="stands twice"):
        take_snapshot(persons, pa.table({"household_id": pa.array([2, 2], pa.int64())}))
    with pytest.raises(UnableToPrepare, match="not among"):
        take_snapshot(persons, homes.slice(0, 1))
    with pytest.raises(UnableToPrepare, match="whole numbers"):
        take_snapshot(persons.drop_columns("person_id"), homes)


def test_nobody_at_all_is_no_fault() -> None:
    law: Law = BOOK.law_on(DAY)
    empty = snapshot_of(law, [])
    made = run(law, empty)
    nothing = np.zeros(0, dtype=np.int64)
    answer = compare(empty, made, made, measured(law, DAY, empty, INCOME), 110_200, nothing, nothing == 1)
    assert answer.total.before.fen == 0
    assert answer.measures.gini == (None, None, None)
    assert answer.measures.poverty[0].rate is None


def test_a_book_is_not_what_a_reform_changes(book: Rulebook) -> None:
    """Negative control: a change of the baseline would be seen by the digest."""
    number = book.numbers[STANDARD]
    other = replace(book, numbers={**book.numbers, STANDARD: replace(number, versions=number.versions[:1])})
    assert other.law_on(DAY).digest != book.law_on(DAY).digest
