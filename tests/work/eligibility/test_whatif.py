"""Trials on a district of 2,000 people: the interpreter's figures, nobody else's areas, nothing stored."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_for
from hypothesis import strategies as st

from architecture.access_targets import viewer_of
from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.jobs.declaring import turn_of
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import law_on, seed
from minsheng.work.eligibility.population import Case, Population, outcomes_of_case
from minsheng.work.eligibility.publishing.events import PolicyPublished
from minsheng.work.eligibility.types import Key, Status
from minsheng.work.eligibility.whatif import jobs, operations, queries, snapshots, subscribers
from minsheng.work.eligibility.whatif.figures import (
    Trial,
    UnableToTry,
    apply_trial,
    figures_of,
    parameters,
    read_trial,
)
from minsheng.work.eligibility.whatif.pages.wording import decimal, heading_of, money, percent
from minsheng.work.eligibility.whatif.rules import hidden_cells
from rulebook import Law, Period, kernel_runner, load_rulebook
from rulebook.outlook import months_from
from rulebook.reform import Reform, reformed
from rulebook.snapshot import DuckEngine, KernelEngine

SCHEME, STANDARD = "minimum_living_allowance", "household.standard"
DAY = date(2026, 11, 1)
RAISED = {"household.standard": "1400.00"}
KEPT = ("eligibility_", "publishing_", "missed_")
on_district = pytest.mark.xdist_group("district")


@pytest.fixture(scope="module")
def seed_law() -> Law:
    return load_rulebook(Path(__file__).parents[3] / "policies").law_on(DAY)


@pytest.fixture
def warm(district: None, at: datetime, tmp_path: Path) -> snapshots.Warm:
    settings.SNAPSHOTS = tmp_path
    operations.take_snapshot(actor=system_viewer(at=at), at=at, as_of=at.date())
    found = snapshots.current()
    assert found is not None
    return found


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer months and coarser steps: each is a run of all rules, and SQL is planned anew for each."""
    monkeypatch.setattr(queries, "MONTHS_AHEAD", 3)
    monkeypatch.setattr(queries, "MOST_STEPS", 8)


# ---- figures and addresses, without a database --------------------------------------------------------------


def test_a_trial_goes_into_an_address_and_comes_back(seed_law: Law) -> None:
    trial = read_trial(seed_law, SCHEME, {STANDARD: "1,400", "minimum_living_allowance.asset_months": "12", "off": "1"})
    assert trial.changed == {STANDARD: 140_000, "minimum_living_allowance.asset_months": 12}
    told = parameters(seed_law, trial)
    assert told == {
        "scheme": SCHEME, STANDARD: "1400.00", "minimum_living_allowance.asset_months": "12", "off": "1",
    }  # fmt: skip
    assert read_trial(seed_law, SCHEME, told) == trial


def test_todays_value_is_no_change_and_rows_of_tables_are_figures(seed_law: Law) -> None:
    today = {figure.key: figure.scale["value"] for figure in figures_of(seed_law, "old_age_allowance")}
    assert read_trial(seed_law, "old_age_allowance", today).empty
    rows = [key for key in today if ":" in key]
    assert len(rows) >= 3
    labels = {figure.key: figure.label for figure in figures_of(seed_law, "old_age_allowance")}
    assert labels[rows[1]].endswith("满 80 岁、不满 90 岁"), labels
    labels = [f.label for f in figures_of(seed_law, "minimum_living_allowance") if ":" in f.key]
    assert any(label.endswith("不满 3 个月") for label in labels), labels
    assert read_trial(seed_law, "old_age_allowance", today | {rows[1]: "77.70"}).changed == {rows[1]: 7770}


@pytest.mark.parametrize("text", ["abc", "-1", "1.005", "1e99", "NaN", "Infinity", "１２３四"])
def test_what_is_no_amount_is_refused_with_an_example(seed_law: Law, text: str) -> None:
    with pytest.raises(UnableToTry, match=r"例如 1102\.00"):
        read_trial(seed_law, SCHEME, {STANDARD: text})


@given(counts=st.lists(st.integers(0, 40), max_size=12))
def test_no_small_cell_can_be_worked_out_from_the_total(counts: list[int]) -> None:
    hidden = hidden_cells(counts)
    assert all(place in hidden for place, count in enumerate(counts) if 0 < count < 5)
    assert all(counts[place] > 0 for place in hidden)
    others = [count for place, count in enumerate(counts) if count >= 5]
    if len(hidden) == 1:
        assert not others


def test_ratios_and_amounts_are_written_exactly() -> None:
    assert percent(None) == decimal(None) == "未知"
    assert percent(Fraction(1, 3)) == "33.33%"
    assert percent(Fraction(1, 20_000), 3) == "0.005%"
    assert decimal(Fraction(2, 3)) == "0.6667"
    assert money(99_999_999) == "100.0 万元"
    assert money(48_234_000) == "48.2 万元"
    assert money(-123) == "-1.23 元"


# ---- on the district ----------------------------------------------------------------------------------------


@on_district
def test_a_trial_is_the_interpreters_sum(warm: snapshots.Warm, at: datetime) -> None:
    """Household by household, of what is paid by the month: other sums do not add up with it."""
    viewer = viewer_of("district_business", at)
    month = warm.taken.as_of
    law = law_on(month)
    changed = reformed(law.book, Reform(numbers={STANDARD: 140_000})).law_on(month)
    with acting_as(viewer=viewer, at=at):
        answer = queries.what_if(viewer=viewer, trial=read_trial(law, SCHEME, RAISED))
        cases = list(Population(*registry.population_facts(viewer=viewer, at=at, as_of=month)).cases())
    monthly = {code for code, scheme in law.book.schemes.items() if scheme.period is Period.MONTH}
    was, will = ([by_interpreter(used, month, case, monthly) for case in cases] for used in (law, changed))
    moved = [after[0] - before[0] for before, after in zip(was, will, strict=True) if before[1] == after[1]]
    assert [answer.before_fen, answer.after_fen] == [sum(fen for fen, _ in made) for made in (was, will)]
    assert answer.gain == len([more for more in moved if more > 0]) > 0
    assert answer.lose == len([more for more in moved if more < 0])
    assert answer.undetermined == len(cases) - len(moved)
    assert sum(line.more_fen for line in answer.streets) == answer.more_fen > 0
    assert "多领" in heading_of(answer, "低保")


def by_interpreter(law: Law, month: date, case: Case, monthly: set[str]) -> tuple[int, set[Key]]:
    """What a household is paid by the month, and which of all its benefits are open."""
    made = outcomes_of_case(law=law, as_of=month, case=case)
    paid = {key: o.payable_fen if o.status is Status.ENTITLED else None for key, o in made.items()}
    fen = sum(amount for key, amount in paid.items() if amount is not None and key[0] in monthly)
    return fen, {key for key, amount in paid.items() if amount is None}


@st.composite
def trials(draw: st.DrawFn, law: Law) -> Trial:
    """Any scheme, any of its figures anywhere on its slider, stopped or not."""
    scheme = draw(st.sampled_from(sorted(law.book.schemes)))
    figures = draw(st.lists(st.sampled_from(figures_of(law, scheme)), max_size=3, unique=True))
    changed = {figure.key: draw(st.integers(figure.low, figure.high)) for figure in figures}
    return Trial(scheme, changed, off=draw(st.sampled_from([False, False, False, True])))


@on_district
def test_no_trial_touches_the_law_or_what_is_stored(warm: snapshots.Warm, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    month = warm.taken.as_of
    law = law_on(month)
    tried: list[int] = []

    def baseline() -> tuple[object, ...]:
        now = law_on(month)
        return now.digest, now.row(month), seed().law_on(month).digest, warm.outcomes(now, month).payable.tobytes()

    @settings_for(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trial=trials(law))
    def holds(trial: Trial) -> None:
        with suppress(UnableToTry):
            tried.append(queries.what_if(viewer=viewer, trial=trial).after_fen)
        assert baseline() == as_it_was

    with acting_as(viewer=viewer, at=at):
        as_it_was, stored = baseline(), everything_stored()
        holds()
        assert everything_stored() == stored
    assert len(set(tried)) > 1  # some of them did try something


def everything_stored() -> dict[str, str]:
    """One fingerprint of all rows for each table of eligibility, of what is published, and of who is missed."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(KEPT)]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            found[table] = cursor.fetchone()[0]
    assert len(set(found.values())) > 3
    return found


@on_district
def test_many_people_are_answered_in_sql_until_a_job_has_compiled_the_rules(
    warm: snapshots.Warm, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is compiled in a request: it would keep somebody waiting for half a minute and more."""
    viewer = viewer_of("district_business", at)
    law = law_on(warm.taken.as_of)
    trial = read_trial(law, SCHEME, RAISED)
    ready: set[int] = set()
    monkeypatch.setattr(snapshots, "COMPILED_FROM", 1)
    monkeypatch.setattr(kernel_runner, "is_compiled", lambda book: id(book) in ready)
    monkeypatch.setattr(kernel_runner, "_compiled", lambda text, folder: pytest.fail("compiled in a request"))
    with acting_as(viewer=viewer, at=at):
        answer = queries.what_if(viewer=viewer, trial=trial)
    assert answer.gain > 0
    assert not answer.basis.quick
    columns = warm.columns(law)
    assert isinstance(columns.chosen()[0], DuckEngine)
    # As soon as the job is done, without another snapshot and another process:
    ready.add(id(law.book))
    assert isinstance(columns.chosen()[0], KernelEngine)
    assert columns.chosen()[1] is columns.chosen()[1]  # prepared once
    assert warm.quick(law)
    stopped = apply_trial(law, Trial(SCHEME, {}, off=True), settings.POLICIES).law_on(law.day)
    assert isinstance(warm.columns(stopped).chosen()[0], DuckEngine)


@on_district
def test_the_job_compiles_for_many_people_only(
    warm: snapshots.Warm, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    monkeypatch.setattr(kernel_runner, "compile_ahead", lambda law, as_of: compiled.append(law.digest))
    step = partial(turn_of, "system")
    jobs.compile_rules.function(step=step)
    assert compiled == []
    monkeypatch.setattr(snapshots, "COMPILED_FROM", warm.taken.persons)
    jobs.compile_rules.function(step=step)
    assert compiled == [law_on(warm.taken.as_of).digest]


@on_district
def test_a_snapshot_and_a_publication_queue_the_compilation(
    district: None, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[object] = []
    for module in (operations, subscribers):
        monkeypatch.setattr(module, "enqueue", lambda job, once: queued.append((job, once)))
    monkeypatch.setattr(settings, "SNAPSHOTS", tmp_path)
    operations.take_snapshot(actor=system_viewer(at=at), at=at, as_of=at.date())
    assert queued == [(jobs.compile_rules, "eligibility.compile_rules")]
    subscribers.compile_what_is_published(PolicyPublished(1, DAY, at), actor=system_viewer(at=at), at=at)
    assert queued == 2 * [(jobs.compile_rules, "eligibility.compile_rules")]


@on_district
def test_nobody_sees_figures_or_families_of_other_areas(warm: snapshots.Warm, at: datetime) -> None:
    business = viewer_of("district_business", at)
    street = viewer_of("street_intake", at)
    trier = replace(street, capabilities=street.capabilities | {"eligibility.what_if"})
    trial = read_trial(law_on(warm.taken.as_of), SCHEME, RAISED)
    with acting_as(viewer=business, at=at):
        whole = queries.what_if(viewer=business, trial=trial)
        families = queries.moved_households(viewer=business, trial=trial, size=10_000)
    with acting_as(viewer=trier, at=at):
        part = queries.what_if(viewer=trier, trial=trial)
        own = queries.moved_households(viewer=trier, trial=trial, size=10_000)
    assert 0 < part.basis.households < whole.basis.households
    assert len(part.streets) == 1
    assert part.after_fen < whole.after_fen
    assert {row.household_id for row in own.rows} <= {row.household_id for row in families.rows}
    # Even where the snapshot's own areas were wrong, the registry shows no name of another street.
    with acting_as(viewer=trier, at=at):
        seen = {area.id for area in queries.areas_inside(viewer=trier)}
        warm.area_of[:] = next(iter(seen))
        wrong = queries.moved_households(viewer=trier, trial=trial, size=10_000)
    assert {row.household_id for row in wrong.rows} == {row.household_id for row in own.rows}
    snapshots._WARM.clear()


@on_district
def test_who_may_not_try_is_refused_and_leaders_see_no_families(warm: snapshots.Warm, at: datetime) -> None:
    trial = read_trial(law_on(warm.taken.as_of), SCHEME, RAISED)
    worker, leader = viewer_of("community_worker", at), viewer_of("district_leader", at)
    with acting_as(viewer=worker, at=at), pytest.raises(UnableToAct):
        queries.what_if(viewer=worker, trial=trial)
    with acting_as(viewer=leader, at=at):
        assert queries.what_if(viewer=leader, trial=trial).gain > 0
        with pytest.raises(UnableToAct):
            queries.moved_households(viewer=leader, trial=trial)


@on_district
def test_months_and_ceiling_follow_the_trial(warm: snapshots.Warm, few_runs: None, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    trial = read_trial(law_on(warm.taken.as_of), SCHEME, RAISED)
    with acting_as(viewer=viewer, at=at):
        answer = queries.what_if(viewer=viewer, trial=trial)
        months = queries.months_ahead(viewer=viewer, trial=trial)
        found = queries.ceiling(viewer=viewer, trial=trial, key=STANDARD, budget_fen=answer.after_fen).ceiling
    assert [line.day for line in months] == list(months_from(warm.taken.as_of, 3))
    assert (months[0].before_fen, months[0].after_fen) == (answer.before_fen, answer.after_fen)
    assert found.monotone
    assert found.value is not None
    assert found.cost_fen is not None
    assert found.cost_fen <= answer.after_fen
    assert found.value <= 140_000


@on_district
def test_the_page_says_the_answer_and_carries_it_in_the_address(
    warm: snapshots.Warm, few_runs: None, at: datetime
) -> None:
    client = Client()
    client.force_login(Account.objects.get(username="yewu"), "django.contrib.auth.backends.ModelBackend")
    page = client.get("/policies/what-if/", RAISED).content.decode()
    assert "最低生活保障标准提高到 1,400.00 元：" in page
    assert "/policies/numbers/new/household.standard/?value=1400.00" in page
    draft = client.get("/policies/numbers/new/household.standard/?value=1400.00").content.decode()
    assert 'value="1400.00"' in draft
    part = client.get("/policies/what-if/", RAISED, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    wrong = client.get("/policies/what-if/", {STANDARD: "很多"})
    assert "要填不小于 0 的金额" in wrong.content.decode()
    assert client.get("/policies/what-if/months/", RAISED).status_code == 200
    assert (
        "按这个数试算"
        in client.get(
            "/policies/what-if/ceiling/", RAISED | {"figure": STANDARD, "budget": "90000000"}
        ).content.decode()
    )
    assert client.get("/policies/what-if/", {"scheme": "nothing"}).status_code == 404


@on_district
def test_without_a_snapshot_the_page_says_what_to_do(district: None, at: datetime, tmp_path: Path) -> None:
    settings.SNAPSHOTS = tmp_path / "nothing"
    client = Client()
    client.force_login(Account.objects.get(username="yewu"), "django.contrib.auth.backends.ModelBackend")
    assert "准备人口快照" in client.get("/policies/what-if/").content.decode()
    assert client.post("/policies/what-if/snapshot/").status_code == 302
