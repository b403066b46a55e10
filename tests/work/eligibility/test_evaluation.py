"""The whole district through SQL, every household through the interpreter, and what follows from both."""

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility import operations
from minsheng.work.eligibility.law import law_on
from minsheng.work.eligibility.models import Finding, Receipt, Result
from minsheng.work.eligibility.operations.evaluation import evaluate_district, evaluate_households
from minsheng.work.eligibility.population import Population, outcomes_of_case
from minsheng.work.eligibility.rules import first_of_month
from minsheng.work.eligibility.types import Status
from rulebook import load_stories
from rulebook.duckdb_runner import run_population

pytestmark = pytest.mark.xdist_group("district")


def test_sql_and_interpreter_agree_on_every_household(district: None, at: datetime) -> None:
    viewer, month = system_viewer(at=at), first_of_month(at.date())
    with acting_as(viewer=viewer, at=at):
        population = Population(*registry.population_facts(viewer=viewer, at=at, as_of=month))
    by_sql = {}
    tables = run_population(
        law_on(month),
        month,
        population.persons.drop_columns(["area_id"]),
        population.households.drop_columns(["area_id"]),
    )
    for scheme, table in tables.items():
        for row in table.to_pylist():
            by_sql[scheme, row["household_id"], row["person_id"]] = (Status(row["status"]), row["amount_fen"])
    by_interpreter = {}
    households = 0
    for case in population.cases():
        households += 1
        for key, outcome in outcomes_of_case(law=law_on(month), as_of=month, case=case).items():
            by_interpreter[key] = (outcome.status, outcome.amount_fen)
    assert households > 900
    assert len(by_sql) > 100
    assert by_sql == by_interpreter


def test_population_and_single_household_read_the_same_facts(district: None, at: datetime) -> None:
    viewer, month = system_viewer(at=at), first_of_month(at.date())
    with acting_as(viewer=viewer, at=at):
        population = Population(*registry.population_facts(viewer=viewer, at=at, as_of=month))
        for case in list(population.cases())[:120]:
            single = registry.household_facts(viewer=viewer, household_id=case.household_id, as_of=month, known_at=at)
            assert single is not None
            known = {name: value for name, value in case.facts.items() if value is not None}
            assert single.household == {n: v for n, v in known.items() if n not in ("household_id", "area_id")}
            for mass, one in zip(case.members, single.members, strict=True):
                assert {n: v for n, v in mass.items() if v is not None} == one


def test_a_second_run_changes_nothing(district: None, at: datetime) -> None:
    viewer = system_viewer(at=at)
    with acting_as(viewer=viewer, at=at):
        before = (sorted(Result.objects.values_list()), sorted(Finding.objects.values_list("id", "amount_fen")))
    evaluate_district(actor=viewer, at=at, as_of=at.date())
    with acting_as(viewer=viewer, at=at):
        after = (sorted(Result.objects.values_list()), sorted(Finding.objects.values_list("id", "amount_fen")))
    assert before == after


def test_single_households_give_what_the_whole_run_gave(district: None, at: datetime) -> None:
    viewer = system_viewer(at=at)
    with acting_as(viewer=viewer, at=at):
        some = list(Result.objects.order_by("household_id").values_list("household_id", flat=True).distinct()[:40])
        before = sorted(Result.objects.values_list("id", "status", "amount_fen", "payable_fen"))
        findings = sorted(Finding.objects.filter(closed_at__isnull=True).values_list("id"))
    evaluate_households(actor=viewer, at=at, as_of=at.date(), household_ids=some)
    with acting_as(viewer=viewer, at=at):
        assert sorted(Result.objects.values_list("id", "status", "amount_fen", "payable_fen")) == before
        assert sorted(Finding.objects.filter(closed_at__isnull=True).values_list("id")) == findings


def test_the_dead_who_are_paid_are_found(district: None, at: datetime) -> None:
    with acting_as(viewer=system_viewer(at=at), at=at):
        dead = Finding.objects.filter(kind="receiving_not_entitled", reason="deceased")
        assert dead.exists()
        for finding in dead:
            paid = Receipt.objects.filter(scheme=finding.scheme, household_id=finding.household_id)
            assert sum(paid.values_list("amount_fen", flat=True)) >= (finding.receiving_fen or 0) > 0


def test_the_stories_are_found_as_written(district: None, at: datetime) -> None:
    """林阿珍's family: 1,806.00 a month and nothing received (reference §2.5)."""

    stories = {story.key: number for number, story in enumerate(load_stories(Path(settings.POLICIES)), start=1)}
    with acting_as(viewer=system_viewer(at=at), at=at):
        family = Finding.objects.get(
            household_id=stories["lin_azhen"], scheme="minimum_living_allowance", closed_at__isnull=True
        )
        assert (family.kind, family.amount_fen) == ("entitled_not_receiving", 180_600)


def test_nothing_is_stored_when_a_run_fails(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from minsheng.work.eligibility.operations import evaluation

    def broken(**_: object) -> None:
        raise RuntimeError("half way")

    viewer = system_viewer(at=at)
    with acting_as(viewer=viewer, at=at):
        before = Result.objects.count()
    monkeypatch.setattr(evaluation, "findings", broken)
    with pytest.raises(RuntimeError, match="half way"):
        operations.evaluate_district(actor=viewer, at=at, as_of=at.date().replace(month=12))
    with acting_as(viewer=viewer, at=at):
        assert Result.objects.count() == before
