"""Entries are sealed once each, also those that commit late; roots beat without acts and stand outside."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from connecting import connected_as, without_triggers
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import operations, outside, queries
from minsheng.foundation.evidence.models import Leaf, Root
from minsheng.foundation.evidence.types import ProblemKind
from minsheng.foundation.evidence.verifying import verify_trail

pytestmark = pytest.mark.django_db(transaction=True)
VERIFIER = Path(__file__).parents[3] / "tools" / "verify_audit.py"
Act = Callable[[str], None]


def positions() -> list[int]:
    return list(Leaf.objects.order_by("position").values_list("position", flat=True))


def entry_with(object_id: str) -> UUID:
    with connected_as("owner") as owner:
        row = owner.execute("SELECT id FROM audit_entry WHERE object_id = %s", [object_id]).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def test_what_commits_late_is_sealed_late_and_never_passed_over(
    sealer: Viewer, act: Act, at: datetime, roots_outside: Path
) -> None:
    """A writes first and commits last; B writes second, commits and is sealed before A is seen at all."""
    operations.seal_waiting(actor=sealer, at=at)
    with connected_as("default") as other, connected_as("default") as lost:
        insert = (
            "INSERT INTO audit_entry (id, at, account_name, role, action, object_type, object_id, purpose, detail,"
            " request_id) VALUES (gen_random_uuid(), %s, '', '', 'test.act', 'test', %s, '', '{}', '')"
        )
        other.execute("BEGIN")
        other.execute(insert, [at, "late"])
        lost.execute("BEGIN")
        lost.execute(insert, [at, "rolled back"])
        act("early")
        first = operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=1))
        assert first.entries == 1
        # The control: a mark of the highest transaction sealed so far, which is later than A's, would lose A.
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(written_in)::text FROM audit_entry JOIN evidence_leaf ON entry_id = id")
            mark = cursor.fetchone()[0]
        other.execute("COMMIT")
        lost.execute("ROLLBACK")
    with connected_as("owner") as owner:
        beyond = owner.execute("SELECT count(*) FROM audit_entry WHERE written_in > %s::text::xid8", [mark]).fetchone()
    assert beyond == (0,)
    assert operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=2)).entries == 1
    assert Leaf.objects.filter(entry_id=entry_with("late")).exists()
    assert positions() == list(range(len(positions())))
    report = verify_trail(viewer=sealer, at=at + timedelta(minutes=3), directory=None)
    assert (report.holds, report.waiting) == (True, 0), report.problems


def test_a_beat_without_acts_a_cut_end_and_a_long_silence(
    sealer: Viewer, act: Act, at: datetime, roots_outside: Path
) -> None:
    operations.seal_waiting(actor=sealer, at=at)
    assert operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=5)).root_number is None
    beat = operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=10))
    assert beat == type(beat)(0, 2)
    assert operations.publish_roots(actor=sealer, at=at, directory=roots_outside, anew=True) == 2
    assert operations.publish_roots(actor=sealer, at=at, directory=roots_outside) == 0
    soon, later = at + timedelta(minutes=20), at + timedelta(minutes=40)
    assert verify_trail(viewer=sealer, at=soon, directory=roots_outside).holds
    silent = verify_trail(viewer=sealer, at=later, directory=roots_outside)
    assert [p.kind for p in silent.problems] == [ProblemKind.SILENCE]
    assert not silent.tampered
    act("after the gap")
    operations.seal_waiting(actor=sealer, at=later)
    gap = verify_trail(viewer=sealer, at=later, directory=None)
    assert [p.kind for p in gap.problems] == [ProblemKind.SILENCE]
    assert "30 分钟" in gap.problems[0].words


def test_full_batches_and_a_server_whose_transaction_numbers_begin_anew(sealer: Viewer, act: Act, at: datetime) -> None:
    for number in range(7):
        act(f"act {number}")
    sizes = []
    for minute in range(20):
        done = operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=minute), limit=3)
        sizes.append(done.entries)
        if done.entries < 3:
            break
    assert sum(sizes) == len(positions())
    assert verify_trail(viewer=sealer, at=at + timedelta(minutes=len(sizes)), directory=None).holds
    # As after loading a dump into a fresh server: the mark is far beyond every number that server has given.
    with without_triggers("evidence_root") as owner:
        owner.execute("UPDATE evidence_root SET settled_before = 9000000000000000000")
    act("on the new server")
    assert operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=30)).entries == 1
    assert Root.objects.get(number=Root.objects.count()).settled_before < 9_000_000_000_000_000_000


def test_roots_outside_are_not_written_over(sealer: Viewer, act: Act, at: datetime, roots_outside: Path) -> None:
    operations.seal_waiting(actor=sealer, at=at)
    operations.publish_roots(actor=sealer, at=at, directory=roots_outside)
    act("one more")
    operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=1))
    (file,) = outside.files(roots_outside)
    told = file.read_text()
    file.write_text(told.replace('"root":"', '"root":"00'))
    with pytest.raises(outside.UnableToPublish, match="与库内不同"):
        operations.publish_roots(actor=sealer, at=at, directory=roots_outside)
    file.unlink()
    with pytest.raises(outside.UnableToPublish, match="空的"):
        operations.publish_roots(actor=sealer, at=at, directory=roots_outside)
    assert operations.publish_roots(actor=sealer, at=at, directory=roots_outside, anew=True) == 2


def test_a_full_disk_outside_stops_nothing_inside_and_is_made_up(
    sealer: Viewer, act: Act, at: datetime, roots_outside: Path
) -> None:
    """E7, the part of the trail: the roots' disk is full, sealing goes on, and what is missing is written later."""
    roots_outside.mkdir()
    file = roots_outside / f"roots-{at.astimezone(UTC):%Y-%m-%d}.jsonl"
    file.symlink_to("/dev/full")
    act("on a full disk")
    assert operations.seal_waiting(actor=sealer, at=at).entries > 0
    with pytest.raises(OSError, match="No space left"):
        outside.append(roots_outside, [root.line for root in Root.objects.all()])
    file.unlink()
    act("space again")
    assert operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=1)).entries == 1
    assert operations.publish_roots(actor=sealer, at=at, directory=roots_outside, anew=True) == 2
    assert verify_trail(viewer=sealer, at=at + timedelta(minutes=2), directory=roots_outside).holds


def test_a_clock_that_is_set_back_neither_breaks_the_chain_nor_changes_the_order(
    sealer: Viewer, act: Act, at: datetime, roots_outside: Path
) -> None:
    """E8, the part of the trail: order is the sealed place, never the clock."""
    act("before")
    operations.seal_waiting(actor=sealer, at=at)
    act("after the clock was set back")
    back = at - timedelta(hours=1)
    assert operations.seal_waiting(actor=sealer, at=back).entries == 1
    operations.publish_roots(actor=sealer, at=back, directory=roots_outside, anew=True)
    report = verify_trail(viewer=sealer, at=back, directory=roots_outside)
    assert report.holds, report.problems
    order = {str(leaf.entry_id): leaf.position for leaf in Leaf.objects.all()}
    assert order[str(entry_with("before"))] < order[str(entry_with("after the clock was set back"))]


def run_verifier(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_one_entry_is_proven_without_our_program(
    sealer: Viewer, act: Act, at: datetime, roots_outside: Path, tmp_path: Path
) -> None:
    for number in range(5):
        act(f"act {number}")
    with pytest.raises(queries.UnableToProve, match="还没有封存"):
        queries.proof_of(viewer=sealer, at=at, entry_id=entry_with("act 3"))
    operations.seal_waiting(actor=sealer, at=at)
    operations.seal_waiting(actor=sealer, at=at + timedelta(minutes=11))
    operations.publish_roots(actor=sealer, at=at, directory=roots_outside, anew=True)
    proof = queries.proof_of(viewer=sealer, at=at, entry_id=entry_with("act 3"))
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
    day_hash = queries.roots(viewer=sealer, at=at)[0].line_hash
    held = run_verifier(file, "--roots", roots_outside, "--expect", day_hash[:16])
    assert held.returncode == 0, held.stdout + held.stderr
    assert "相符" in held.stdout
    assert run_verifier(roots_outside).returncode == 0
    # Controls: one letter of the entry, one node, one later root, another day's hash, roots of somebody else.
    assert run_verifier(file, "--expect", "f" * 64).returncode == 1
    for change in (
        lambda p: p["entry"].update(object_id="act 4"),
        lambda p: p["entry"].update(object_id="act 4") or p.update(bytes=p["bytes"].replace("act 3", "act 4")),
        lambda p: p["path"].pop(),
        lambda p: p.update(index=p["index"] + 1),
        lambda p: p["lines"].__setitem__(1, p["lines"][1].replace('"size":0', '"size":1')),
        lambda p: p["lines"].__setitem__(0, p["lines"][0].replace('"number":1', '"number":9')),
    ):
        spoiled = json.loads(json.dumps(proof))
        change(spoiled)
        assert spoiled != proof
        file.write_text(json.dumps(spoiled, ensure_ascii=False), encoding="utf-8")
        answer = run_verifier(file, "--roots", roots_outside)
        assert answer.returncode == 1, answer.stdout + answer.stderr
