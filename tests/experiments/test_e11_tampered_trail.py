"""Experiment E11: whoever owns the database edits, deletes, inserts, reorders, cuts and rebuilds the audit trail.

Pass: the check names the first bad entry; a cut end shows by the roots outside, and without them by silence; a trail
that was rebuilt as a whole shows by the roots outside. Controls: the untouched trail holds, after each repair again;
the rebuilt one holds where nobody looks outside, so that the outside is what found it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from builders import DISTRICT, STREET_CAIHE, plant_small_tree, staff
from connecting import connected_as, without_triggers
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.audit.rules import canonical, instant, leaf_of, root_of
from minsheng.foundation.evidence import operations, outside
from minsheng.foundation.evidence.rules import NO_LINE, hash_of, written
from minsheng.foundation.evidence.types import ProblemKind, RootLine, TrailReport
from minsheng.foundation.evidence.verifying import verify_trail

pytestmark = [pytest.mark.experiment, pytest.mark.django_db(transaction=True)]
TABLES = ("audit_entry", "evidence_leaf", "evidence_root")
Owner = psycopg.Connection


def live(at: datetime) -> tuple[Viewer, datetime]:
    """Twelve acts under four roots and two heartbeats; returns who checks and the instant of the last root."""
    plant_small_tree()
    clerk = staff(at=at, role="street_intake", area_id=STREET_CAIHE)
    officer = staff(at=at, role="audit_officer", area_id=DISTRICT, name="严谨")
    moment = at
    for number in range(6):
        moment = at + timedelta(minutes=11 * number)
        if number not in (2, 4):
            for index in range(3):
                with acting_as(viewer=clerk, at=moment):
                    audit.record(
                        actor=clerk,
                        at=moment,
                        action="payments.account_approved",
                        object_type="payments.account",
                        object_id=f"{number}-{index}",
                        area_id=STREET_CAIHE,
                    )
        operations.seal_waiting(actor=officer, at=moment)
    return officer, moment


@contextmanager
def tampering() -> Iterator[Owner]:
    """As the owner of the tables with the triggers off, and everything back as it was afterwards."""
    with without_triggers(*TABLES) as owner:
        for table in TABLES:
            owner.execute(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}")
        yield owner
        for table in TABLES:
            owner.execute(f"TRUNCATE {table}")
            owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def the_entry(owner: Owner, object_id: str) -> tuple[object, int]:
    row = owner.execute(
        "SELECT e.id, l.position FROM audit_entry e JOIN evidence_leaf l ON l.entry_id = e.id WHERE e.object_id = %s",
        [object_id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def edit(owner: Owner) -> None:
    owner.execute("UPDATE audit_entry SET account_name = '别人' WHERE object_id = '1-1'")


def delete(owner: Owner) -> None:
    owner.execute("DELETE FROM audit_entry WHERE object_id = '1-1'")


def insert(owner: Owner) -> None:
    """An act that never was, made to look as old as what is settled.

    The number is not copied from another entry: while an older transaction runs anywhere on the server (another
    worker of the suite), the number of a sealed entry may still be open, and such a row would rightly wait.
    """
    owner.execute(
        "INSERT INTO audit_entry SELECT gen_random_uuid(), at, account_id, account_name, role, area_id, action,"
        " object_type, 'invented', purpose, detail, request_id,"
        " (SELECT (max(settled_before) - 1)::text::xid8 FROM evidence_root)"
        " FROM audit_entry WHERE object_id = '1-1'"
    )


def reorder(owner: Owner) -> None:
    """Two entries change places, with their digests."""
    (first, low), (second, high) = the_entry(owner, "1-0"), the_entry(owner, "1-2")
    digests = dict(owner.execute("SELECT entry_id, digest FROM evidence_leaf").fetchall())
    owner.execute("DELETE FROM evidence_leaf WHERE position IN (%s, %s)", [low, high])
    for position, entry in ((low, second), (high, first)):
        owner.execute("INSERT INTO evidence_leaf VALUES (%s, %s, %s)", [position, entry, digests[entry]])


def unseal(owner: Owner) -> None:
    """The place of one entry is taken away, so that it looks as if it were waiting."""
    entry, _ = the_entry(owner, "1-1")
    owner.execute("DELETE FROM evidence_leaf WHERE entry_id = %s", [entry])


def cut_the_end(owner: Owner) -> None:
    """Everything since the fifth root is gone, the roots as well."""
    row = owner.execute("SELECT first FROM evidence_root WHERE number = 5").fetchone()
    assert row is not None
    owner.execute(
        "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM evidence_leaf WHERE position >= %s)", [row[0]]
    )
    owner.execute("DELETE FROM evidence_leaf WHERE position >= %s", [row[0]])
    owner.execute("DELETE FROM evidence_root WHERE number >= 5")


def rebuild(owner: Owner) -> None:
    """One entry is changed and the whole tree made again over it, by our own functions."""
    edit(owner)
    cursor = owner.cursor(row_factory=dict_row)
    rows = cursor.execute(
        "SELECT l.position, e.* FROM evidence_leaf l JOIN audit_entry e ON e.id = l.entry_id ORDER BY 1"
    ).fetchall()
    leaves = [leaf_of(canonical(row)) for row in rows]
    for row, leaf in zip(rows, leaves, strict=True):
        owner.execute("UPDATE evidence_leaf SET digest = %s WHERE position = %s", [leaf, row["position"]])
    previous = NO_LINE
    for root in cursor.execute("SELECT * FROM evidence_root ORDER BY number").fetchall():
        digest = root_of(leaves[root["first"] : root["first"] + root["size"]])
        owner.execute(
            "UPDATE evidence_root SET digest = %s, previous = %s WHERE number = %s", [digest, previous, root["number"]]
        )
        line = RootLine(
            root["number"],
            instant(root["at"]),
            root["first"],
            root["size"],
            digest.hex(),
            previous,
        )
        previous = hash_of(written(line))


ATTACKS: dict[Callable[[Owner], None], ProblemKind] = {
    edit: ProblemKind.CHANGED,
    delete: ProblemKind.DELETED,
    insert: ProblemKind.NEVER_SEALED,
    reorder: ProblemKind.ROOT_CHANGED,
    unseal: ProblemKind.ROOT_CHANGED,
    cut_the_end: ProblemKind.ROOT_MISSING,
    rebuild: ProblemKind.OUTSIDE_DIFFERS,
}


def test_every_attack_on_the_trail_is_found_and_named(at: datetime, tmp_path: Path) -> None:
    officer, now = live(at)
    operations.publish_roots(actor=officer, at=now, directory=tmp_path, anew=True)

    def check(directory: Path | None, when: datetime = now) -> TrailReport:
        return verify_trail(viewer=officer, at=when, directory=directory)

    whole = check(tmp_path)
    assert whole.holds, whole.problems
    assert (whole.roots, whole.lines) == (6, 6)
    with connected_as("owner") as looking:
        entry, position = the_entry(looking, "1-1")
    for attack, kind in ATTACKS.items():
        with tampering() as owner:
            attack(owner)
            found = check(tmp_path)
            inside = check(None)
            later = check(None, now + timedelta(hours=1))
        assert found.tampered, attack.__name__
        assert kind in {p.kind for p in found.problems}, (attack.__name__, found.problems)
        first = found.problems[0]
        if attack in (edit, delete):
            assert (first.kind, first.position, first.entry_id, first.root_number) == (kind, position, entry, 2)
        if attack is cut_the_end:
            assert "第 5 个根" in first.words
            assert [p.kind for p in later.problems] == [ProblemKind.SILENCE]  # without the outside: silence
        if attack is rebuild:
            assert inside.holds, "the control: from inside a rebuilt trail looks true"
            assert first.root_number == 2
        assert check(tmp_path).holds, f"repaired after {attack.__name__}"


def test_the_outside_cannot_be_cut_or_changed_unseen(at: datetime, tmp_path: Path) -> None:
    officer, now = live(at)
    operations.publish_roots(actor=officer, at=now, directory=tmp_path, anew=True)
    (file,) = outside.files(tmp_path)
    told = file.read_text().splitlines()
    later = now + timedelta(minutes=5)

    def kinds(lines: list[str]) -> set[ProblemKind]:
        file.write_text("\n".join(lines) + "\n")
        return {p.kind for p in verify_trail(viewer=officer, at=later, directory=tmp_path).problems}

    assert kinds(told) == set()
    assert kinds(told[:-1]) == {ProblemKind.OUTSIDE_MISSING}
    assert kinds([*told[:2], *told[3:]]) == {ProblemKind.CHAIN_BROKEN, ProblemKind.OUTSIDE_MISSING}
    changed = json.loads(told[3]) | {"size": 99}
    assert ProblemKind.OUTSIDE_DIFFERS in kinds([*told[:3], json.dumps(changed, sort_keys=True), *told[4:]])
    assert ProblemKind.OUTSIDE_DIFFERS in kinds([*told[:3], "not a root", *told[4:]])
