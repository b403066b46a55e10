"""Old backups go by a rule of dates, never the last that is known to open; a drill that is late calls somebody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from builders import DISTRICT, plant_small_tree, staff
from minsheng.config.backups import drill as drills
from minsheng.config.backups import jobs
from minsheng.config.backups.pruning import kept, prune, taken_at
from minsheng.config.backups.taking import UnableToBackUp
from minsheng.config.backups.warnings import somebody_drills
from minsheng.foundation.evidence import operations, queries
from minsheng.foundation.evidence.models import Check
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.jobs.declaring import turn_of

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)


def name_of(when: datetime) -> str:
    return f"base-{when:%Y%m%dT%H%M%S}"


def weekly(weeks: int) -> list[str]:
    return [name_of(NOW - timedelta(days=7 * n)) for n in range(weeks)]


def test_five_weeks_whole_then_the_first_of_each_month() -> None:
    stay = sorted(kept(weekly(80), at=NOW, proven=()))
    ages = [(NOW - when).days for name in stay if (when := taken_at(name)) is not None]
    assert [age for age in ages if age <= 35] == [35, 28, 21, 14, 7, 0]
    older = [taken_at(name) for name in stay if (NOW - taken_at(name)).days > 35]  # type: ignore[operator]
    months = [(when.year, when.month) for when in older if when is not None]
    assert len(months) == len(set(months)) == 13
    assert all(when is not None and when.day <= 7 for when in older[1:]), "the first of its month"
    assert max(ages) <= 400


def test_the_newest_and_the_newest_proven_stay_however_old() -> None:
    old = [name_of(NOW - timedelta(days=n)) for n in (900, 800, 700)]
    assert kept(old, at=NOW, proven=[old[0], old[1]]) == {old[1], old[2]}
    assert taken_at("base-of-somebody-else") is None


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    for place, name in enumerate(reversed(weekly(80))):
        folder = tmp_path / name / "postgres"
        folder.mkdir(parents=True)
        (folder / "PG_VERSION").write_text("18")
        label = (
            f"START WAL LOCATION: 0/{place:X}000028 (file 00000001000000000000{place:04X})\nCHECKPOINT LOCATION: x\n"
        )
        (folder / "backup_label").write_text(label)
    (tmp_path / "base-notes").mkdir()
    (tmp_path / "wal").mkdir()
    for place in range(80):
        (tmp_path / "wal" / f"00000001000000000000{place:04X}").touch()
    (tmp_path / "wal" / "00000002.history").touch()
    return tmp_path


def test_pruning_deletes_what_the_rule_lets_go_and_changes_that_no_promise_needs(backups: Path) -> None:
    newest = weekly(1)[0]
    told = prune(backups=backups, at=NOW, proven={newest}, really=False)
    assert len(list(backups.glob("base-2*"))) == 80, "without the word nothing goes"
    done = prune(backups=backups, at=NOW, proven={newest})
    assert done == told
    left = {path.name for path in backups.glob("base-2*")}
    assert left == kept(weekly(80), at=NOW, proven={newest})
    assert len(done.copies) == 80 - len(left)
    pieces = sorted(path.name for path in (backups / "wal").iterdir())
    assert pieces[0] == f"00000001000000000000{80 - 6:04X}", "from the oldest copy of the five weeks on"
    assert "00000002.history" in pieces
    assert (backups / "base-notes").exists()
    assert prune(backups=backups, at=NOW, proven={newest}).copies == ()


def test_control_without_a_proven_copy_nothing_goes(backups: Path) -> None:
    assert prune(backups=backups, at=NOW, proven={"base-20200101T000000"}).copies == ()
    assert len(list(backups.glob("base-2*"))) == 80


@pytest.fixture
def sealer(at: datetime) -> None:
    plant_small_tree()
    staff(at=at, role="audit_officer", area_id=DISTRICT, name="系统（审计封存）", username="sealer")


@pytest.mark.django_db
def test_a_late_or_failing_drill_calls_somebody(sealer: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)
    step = lambda: turn_of("sealer")  # noqa: E731

    def found(holds: bool, days_ago: int) -> None:
        with step() as turn:
            operations.record_check(
                actor=turn.actor, at=at - timedelta(days=days_ago), kind=CheckKind.RESTORE, holds=holds, summary="x",
                detail={"base": "base-20261101T000000"},
            )  # fmt: skip

    jobs.watch.function(step=step)  # no backups are named: nothing to watch
    with override_settings(BACKUPS="/backup"):
        with pytest.raises(jobs.UnableToTrustBackups, match="还没有一次"):
            jobs.watch.function(step=step)
        found(False, 1)
        found(True, 9)
        with pytest.raises(jobs.UnableToTrustBackups, match="已经 9 天"):
            jobs.watch.function(step=step)
        found(True, 8)
        jobs.watch.function(step=step)
        with step() as turn:
            assert queries.proven_copies(viewer=turn.actor, at=at) == {"base-20261101T000000"}


@pytest.mark.django_db
def test_the_weekly_drill_leaves_a_dated_record_and_prunes_only_after_a_good_one(
    sealer: None, at: datetime, monkeypatch: pytest.MonkeyPatch, backups: Path, tmp_path: Path
) -> None:
    """The drill itself is E10; here it is what comes after it."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    step = lambda: turn_of("sealer")  # noqa: E731
    told: dict[str, Any] = {
        "at": NOW.isoformat(), "base": weekly(1)[0], "until": None, "seconds_to_running": 6.0, "holds": False,
        "counts": {"registry_person": 2000, "audit_entry": 9},
    }  # fmt: skip
    monkeypatch.setattr(jobs, "start_embedded", lambda home: None)
    with override_settings(BACKUPS=str(backups), HOME=tmp_path / "home"):
        monkeypatch.setattr(drills, "drill", lambda **given: told)
        jobs.drill.function(step=step)
        assert len(list(backups.glob("base-2*"))) == 80
        told["holds"] = True
        jobs.drill.function(step=step)
        assert len(list(backups.glob("base-2*"))) < 80

        def nothing(**given: object) -> None:
            raise UnableToBackUp("里没有基础备份")

        monkeypatch.setattr(drills, "drill", nothing)
        jobs.drill.function(step=step)
    with step():
        records = list(Check.objects.order_by("id").values_list("holds", "summary"))
    assert [holds for holds, _ in records] == [False, True, False]
    assert "2,000 人" in records[1][1]
    assert "没有演练成" in records[2][1]
    assert list((tmp_path / "home" / "drills").glob("drill-2026*.json"))


def test_whoever_serves_without_backups_is_told() -> None:
    with override_settings(BACKUPS=""):
        assert [one.id for one in somebody_drills(None)] == ["backups.W001"]
    with override_settings(BACKUPS="none"):
        assert somebody_drills(None) == []
