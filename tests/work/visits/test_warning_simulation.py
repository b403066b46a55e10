"""The measurement is not rigged: choosing sees records only, visits are as many, and shuffled it is luck."""

import json
from datetime import date

import pytest

from minsheng.config import acts
from minsheng.config.warning import simulated_world
from minsheng.work.visits.simulation import World, by_score, report, run, shuffled, ways
from minsheng.work.visits.weights import weights_on

WEIGHTS = weights_on(date(2026, 1, 1))
VISITS = 50


@pytest.fixture(scope="module")
def world() -> World:
    return simulated_world(people=5_000, months=12, seed=1)


def found(world: World, name: str, seed: int = 1) -> int:
    return len(run(world, ways(WEIGHTS, seed=seed)[name], visits=VISITS, seed=seed).found)


def test_the_score_finds_more_than_chance_and_than_single_triggers(world: World) -> None:
    by = {
        name: found(world, name) for name in ("score", "random", "only_medical_bill", "only_job_lost", "law_triggers")
    }
    assert by["score"] > 2 * by["random"]
    assert by["score"] > max(by["only_medical_bill"], by["only_job_lost"], by["law_triggers"])


def test_shuffled_the_advantage_is_gone(world: World) -> None:
    """The control: with the needs dealt out to other households, records tell nothing, and score is luck."""
    mixed = [shuffled(world, seed=seed) for seed in range(2)]
    score = sum(found(one, "score", seed) for seed, one in enumerate(mixed))
    chance = sum(found(one, "random", seed) for seed, one in enumerate(mixed))
    honest = found(world, "score") * len(mixed)
    assert score < honest / 2
    assert score < 1.6 * chance


def test_the_choice_does_not_see_the_truth(world: World) -> None:
    """The first month is chosen alike whatever the truth is; the score is never handed the needs."""
    first = World(world.start, 1, world.states, world.records, world.needs, world.subgroups)
    none = World(world.start, 1, world.states, world.records, {}, world.subgroups)
    visited = [
        sorted(run(one, by_score(WEIGHTS, seed=1), visits=VISITS, seed=1).tried)
        for one in (first, shuffled(first, seed=9), none)
    ]
    assert visited[0] == visited[1] == visited[2]
    assert len(visited[0]) == VISITS


def test_a_record_counts_from_the_day_it_is_known(world: World) -> None:
    """What is recorded after the month began changes nothing of that month's choice."""
    day = world.start
    late = {n: tuple(r for r in known if r.known_date <= day) for n, known in world.records.items()}
    one = World(day, 1, world.states, world.records, world.needs, world.subgroups)
    other = World(day, 1, world.states, late, world.needs, world.subgroups)
    chosen = [sorted(run(w, by_score(WEIGHTS, seed=1), visits=VISITS, seed=1).tried) for w in (one, other)]
    assert chosen[0] == chosen[1]


def test_every_way_makes_the_same_number_of_visits_and_the_line_repeats(world: World) -> None:
    line = report(world, weights=WEIGHTS, visits=20, seed=2)
    assert set(line["visits_made"].values()) == {20 * 12}  # type: ignore[attr-defined]
    assert json.dumps(line) == json.dumps(report(world, weights=WEIGHTS, visits=20, seed=2))
    groups = line["by_group"]
    assert {"old_alone", "disabled", "children", "working_age", "traceless", "with_trace"} == set(groups)  # type: ignore[call-overload]
    assert groups["traceless"]["in_need"] + groups["with_trace"]["in_need"] == line["in_need"]  # type: ignore[index]


def test_the_command_ends_with_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert acts.warn(["simulate", "--people", "2000", "--months", "2", "--visits", "5", "--seed", "3"]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    told = json.loads(lines[-1])
    assert (told["people"], told["visits_per_month"], told["seed"], told["shuffled"]) == (2000, 5, 3, False)
    assert "虚拟数据" in lines[-2]
