"""Facts, months and figures in any order: working out only whom they concern leaves what a full run would find."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minsheng.work.eligibility.incremental import concerned_households
from minsheng.work.eligibility.population import Case, Population, outcomes_of_case
from minsheng.work.eligibility.types import Key
from rulebook import Law, NewVersion, Rulebook, changed_schemes, dependencies_of, load_rulebook
from rulebook.book import Input
from rulebook.units import Entity

BOOK = load_rulebook(Path(__file__).parents[3] / "policies")
TYPES = {"bool": pa.bool_(), "int": pa.int64(), "money": pa.int64(), "date": pa.date32(), "code": pa.string()}
STANDARD = "household.standard"
State = dict[Key, tuple[str, int | None, int | None]]
Homes = list[tuple[dict[str, Any], list[dict[str, Any]]]]  # facts of the household, facts of each member
# The inputs that birthdays, money and residence turn on; the others stay unknown, which is a value too.
PERSONAL = ("birth_date", "hukou_local", "resident", "dead", "wage_income", "disability_grade", "marital_status")


def value(made: Input) -> st.SearchStrategy[Any]:
    if made.type == "bool":
        return st.sampled_from([True, False, None])
    if made.type == "date":
        years = st.integers(1900, 2026)
        return st.one_of(
            st.none(), st.builds(date, years, st.integers(1, 12), st.integers(1, 28)), st.just(date(1946, 12, 1))
        )
    if made.type == "code":
        return st.sampled_from([*made.codes, None])
    return st.one_of(st.none(), st.integers(0, 3) if made.type == "int" else st.sampled_from([0, 600_000, 1_322_400]))


MEMBER = st.fixed_dictionaries({name: value(BOOK.inputs[name]) for name in PERSONAL})
HOMES = st.lists(
    st.tuples(st.just({"financial_assets": 0}), st.lists(MEMBER, min_size=1, max_size=2)), min_size=1, max_size=4
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("month"), st.integers(1, 5)),
        st.tuples(st.just("figure"), st.integers(60_000, 200_000)),
        st.tuples(
            st.just("fact"), st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from(PERSONAL), st.data())
        ),
    ),
    min_size=1,
    max_size=6,
)


def case(number: int, home: tuple[dict[str, Any], list[dict[str, Any]]]) -> Case:
    facts, members = home
    people = tuple({"person_id": number * 10 + place, **member} for place, member in enumerate(members))
    return Case(number, 1, facts, people)


def population(homes: Homes) -> Population:
    def table(entity: Entity, rows: list[dict[str, Any]], ids: list[str]) -> pa.Table:
        fields = [pa.field(name, pa.int64()) for name in ids]
        fields += [pa.field(i.name, TYPES[i.type]) for i in BOOK.inputs.values() if i.entity is entity]
        return pa.Table.from_pylist(rows, pa.schema(fields))

    cases = [case(number, home) for number, home in enumerate(homes)]
    persons = [{"household_id": c.household_id, **member} for c in cases for member in c.members]
    return Population(
        table(Entity.PERSON, persons, ["household_id", "person_id"]),
        table(Entity.HOUSEHOLD, [{"household_id": c.household_id, **c.facts} for c in cases], ["household_id"]),
    )


def worked_out(law: Law, day: date, homes: Homes, numbers: set[int]) -> State:
    found: State = {}
    for number in numbers:
        for key, one in outcomes_of_case(law=law, as_of=day, case=case(number, homes[number])).items():
            found[key] = (one.status.value, one.amount_fen, one.payable_fen)
    return found


def months_later(day: date, months: int) -> date:
    place = day.month - 1 + months
    return date(day.year + place // 12, place % 12 + 1, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(homes=HOMES, stream=EVENTS)
def test_any_stream_of_events_leaves_what_a_full_run_finds(homes: Homes, stream: list[tuple[str, Any]]) -> None:
    book: Rulebook = BOOK
    day = date(2026, 11, 1)
    everybody = set(range(len(homes)))
    state = worked_out(book.law_on(day), day, homes, everybody)
    for kind, given_value in stream:
        law = book.law_on(day)
        if kind == "fact":
            place, person, name, data = given_value
            number = place % len(homes)
            members = homes[number][1]
            changed = {**members[person % len(members)], name: data.draw(value(BOOK.inputs[name]))}
            members = [changed if at == person % len(members) else one for at, one in enumerate(members)]
            homes = [*homes[:number], (homes[number][0], members), *homes[number + 1 :]]
            concerned = {number} if dependencies_of(law).schemes_reading(name) else set()
            state = _with(state, concerned, None, worked_out(law, day, homes, concerned))
        elif kind == "month":
            later = months_later(day, given_value)
            people = population(homes)
            found = concerned_households(
                before_law=law, after_law=book.law_on(later), before=people, after=people,
                before_day=day, after_day=later,
            )  # fmt: skip
            day = later
            concerned = everybody if found is None else found
            state = _with(state, concerned, None, worked_out(book.law_on(day), day, homes, concerned))
        else:
            book = book.with_versions([NewVersion(STANDARD, date(2026, 1, 1), "文号", value=given_value)])
            schemes = changed_schemes(law, book.law_on(day))
            state = _with(state, everybody, schemes, worked_out(book.law_on(day), day, homes, everybody))
        assert state == worked_out(book.law_on(day), day, homes, everybody), (kind, given_value)


def _with(state: State, households: set[int], schemes: frozenset[str] | None, new: State) -> State:
    """The state with the results of these households, and of these schemes only, put in place of the old ones."""

    def concerned(key: Key) -> bool:
        return key[1] in households and (schemes is None or key[0] in schemes)

    kept = {key: row for key, row in state.items() if not concerned(key)}
    return kept | {key: row for key, row in new.items() if concerned(key)}


def test_a_birthday_concerns_the_one_household_and_an_ordinary_month_nobody() -> None:
    """The control: if everybody were always concerned, the property above would hold and prove nothing."""
    known = dict.fromkeys(PERSONAL) | {"hukou_local": True, "dead": False}
    homes: Homes = [
        ({}, [{**known, "birth_date": date(1946, 12, 1)}]),
        ({}, [{**known, "birth_date": date(1950, 3, 1)}]),
    ]
    people, law = population(homes), BOOK.law_on(date(2026, 11, 1))
    found = concerned_households(
        before_law=law, after_law=BOOK.law_on(date(2026, 12, 1)), before=people, after=people,
        before_day=date(2026, 11, 1), after_day=date(2026, 12, 1),
    )  # fmt: skip
    assert found == {0}
    moved = population([homes[0], ({}, [{**homes[1][1][0], "hukou_local": False}])])
    found = concerned_households(
        before_law=law, after_law=law, before=people, after=moved,
        before_day=date(2026, 11, 1), after_day=date(2026, 11, 1),
    )  # fmt: skip
    assert found == {1}
    raised = BOOK.with_versions([NewVersion(STANDARD, date(2026, 12, 1), "文号", value=200_000)])
    assert (
        concerned_households(
            before_law=law, after_law=raised.law_on(date(2026, 12, 1)), before=people, after=people,
            before_day=date(2026, 11, 1), after_day=date(2026, 12, 1),
        )
        is None
    )  # fmt: skip
