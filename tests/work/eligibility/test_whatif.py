"""Trials on a district of 2,000 people: the interpreter's figures, nobody else's areas, nothing stored."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from architecture.access_targets import viewer_of
from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.models import Result, Run
from minsheng.work.eligibility.population import Population, outcomes_of_case
from minsheng.work.eligibility.whatif import queries, snapshots
from minsheng.work.eligibility.whatif.figures import UnableToTry, figures_of, parameters, read_trial
from minsheng.work.eligibility.whatif.operations import take_snapshot
from minsheng.work.eligibility.whatif.pages.wording import decimal, heading_of, money, percent
from minsheng.work.eligibility.whatif.rules import hidden_cells
from rulebook import Law, load_rulebook
from rulebook.reform import Reform, reformed

SCHEME, STANDARD = "minimum_living_allowance", "household.standard"
DAY = date(2026, 11, 1)
RAISED = {"household.standard": "1400.00"}
on_district = pytest.mark.xdist_group("district")


@pytest.fixture(scope="module")
def seed_law() -> Law:
    return load_rulebook(Path(__file__).parents[3] / "policies").law_on(DAY)


@pytest.fixture
def warm(district: None, at: datetime, tmp_path: Path) -> snapshots.Warm:
    settings.SNAPSHOTS = tmp_path
    take_snapshot(actor=system_viewer(at=at), at=at, as_of=at.date())
    found = snapshots.current()
    assert found is not None
    return found


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
def test_a_trial_is_the_interpreters_sum_and_stores_nothing(warm: snapshots.Warm, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    month = warm.taken.as_of
    law = law_on(month)
    stored = (Run.objects.count(), Result.objects.count())
    trial = read_trial(law, SCHEME, RAISED)
    with acting_as(viewer=viewer, at=at):
        answer = queries.what_if(viewer=viewer, trial=trial)
        population = Population(*registry.population_facts(viewer=viewer, at=at, as_of=month))
    changed = reformed(law.book, Reform(numbers={STANDARD: 140_000})).law_on(month)
    sums: list[int] = []
    moved = 0
    for used in (law, changed):
        fen = 0
        for case in population.cases():
            fen += sum(o.payable_fen or 0 for o in outcomes_of_case(law=used, as_of=month, case=case).values())
        sums.append(fen)
    for case in population.cases():
        each = [
            sum(o.payable_fen or 0 for o in outcomes_of_case(law=used, as_of=month, case=case).values())
            for used in (law, changed)
        ]
        moved += each[0] != each[1]
    monthly_only = {code for code, scheme in law.book.schemes.items() if scheme.period == "month"}
    if monthly_only == set(law.book.schemes):
        assert [answer.before_fen, answer.after_fen] == sums
        assert answer.gain + answer.lose + answer.undetermined >= moved > 0
    assert answer.more_fen > 0
    assert answer.gain > 0
    assert sum(line.more_fen for line in answer.streets) == answer.more_fen
    assert "多领" in heading_of(answer, "低保")
    assert (Run.objects.count(), Result.objects.count()) == stored
    assert law_on(month).digest == law.digest


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
def test_months_and_ceiling_follow_the_trial(warm: snapshots.Warm, at: datetime) -> None:
    viewer = viewer_of("district_business", at)
    trial = read_trial(law_on(warm.taken.as_of), SCHEME, RAISED)
    with acting_as(viewer=viewer, at=at):
        answer = queries.what_if(viewer=viewer, trial=trial)
        months = queries.months_ahead(viewer=viewer, trial=trial)
        found = queries.ceiling(viewer=viewer, trial=trial, key=STANDARD, budget_fen=answer.after_fen).ceiling
    assert len(months) == 12
    assert (months[0].before_fen, months[0].after_fen) == (answer.before_fen, answer.after_fen)
    assert found.monotone
    assert found.value is not None
    assert found.cost_fen is not None
    assert found.cost_fen <= answer.after_fen
    assert found.value <= 140_000


@on_district
def test_the_page_says_the_answer_and_carries_it_in_the_address(warm: snapshots.Warm, at: datetime) -> None:
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
