"""`minsheng audit`: exit codes, a proof, the page of a day; the job that does the same by the clock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from connecting import without_triggers
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import jobs, queries
from minsheng.foundation.evidence.command import run
from minsheng.foundation.evidence.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_seals_checks_proves_and_prints(
    sealer: Viewer,
    act: Callable[[str], None],
    at: datetime,
    roots_outside: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    act("one")
    with override_settings(AUDIT_ROOTS=roots_outside):
        assert run(["seal"], viewer=sealer, at=at) == 0
        assert run(["verify", "--json"], viewer=sealer, at=at) == 0
        told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        assert told["holds"] is True
        assert told["entries"] == Leaf.objects.count()
        entry = Leaf.objects.order_by("-position").values_list("entry_id", flat=True)[0]
        assert run(["proof", str(entry), "--out", str(tmp_path / "p.json")], viewer=sealer, at=at) == 0
        assert json.loads((tmp_path / "p.json").read_text())["entry"]["id"] == str(entry)
        assert run(["page", "--day", "2026-11-03", "--out", str(tmp_path / "d.pdf")], viewer=sealer, at=at) == 0
        assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF")
        assert run(["page", "--day", "2026-11-04", "--out", str(tmp_path / "d.pdf")], viewer=sealer, at=at) == 1
        assert run(["verify"], viewer=sealer, at=at + timedelta(hours=2)) == 3
        assert run(["verify", "--since", "2026-11-03"], viewer=sealer, at=at) == 0
        with without_triggers("audit_entry") as owner:
            owner.execute("UPDATE audit_entry SET object_id = 'two' WHERE object_id = 'one'")
        assert run(["verify"], viewer=sealer, at=at) == 1
    assert "的内容与封存时不同" in capsys.readouterr().out
    with acting_as(viewer=sealer, at=at):
        assert [c.holds for c in queries.checks(viewer=sealer, at=at)].count(False) == 2


def test_the_nightly_check_keeps_what_it_found(sealer: Viewer, at: datetime, roots_outside: Path) -> None:
    with override_settings(AUDIT_ROOTS=roots_outside), acting_as(viewer=sealer, at=at):
        jobs.check_trail.function(actor=sealer, at=at)
    (kept,) = queries.checks(viewer=sealer, at=at)
    assert kept.holds
    assert "0 个根" in kept.summary


def test_who_may_not_see_the_trail_may_not_seal_or_prove_it(clerk: Viewer, at: datetime) -> None:
    with pytest.raises(PermissionError):
        run(["verify"], viewer=clerk, at=at)
    with pytest.raises(PermissionError):
        run(["seal"], viewer=clerk, at=at)
