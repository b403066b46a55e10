"""Where the embedded server is found."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from minsheng.config import database
from minsheng.config.database import await_burial, connection_settings, socket_directory


def test_a_server_that_does_not_run_is_looked_for_beside_its_data(tmp_path: Path) -> None:
    assert socket_directory(home=tmp_path) == str(tmp_path / "postgres")


def test_a_server_in_a_deep_folder_is_found_where_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres").mkdir()
    lines = ["4711", str(tmp_path / "postgres"), "1764000000", "5432", "/run/user/0/short", "", "  123   456", "ready"]
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join(lines))
    assert socket_directory(home=tmp_path) == "/run/user/0/short"
    assert connection_settings(home=tmp_path)["default"]["HOST"] == "/run/user/0/short"


def test_a_server_that_is_only_starting_is_looked_for_beside_its_data(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text("4711\n")
    assert socket_directory(home=tmp_path) == str(tmp_path / "postgres")


@pytest.fixture
def dead(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that was killed and that nobody has reaped; its file still says ready."""
    process = subprocess.Popen(["sleep", "60"])
    process.kill()
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    (tmp_path / "postmaster.pid").write_text(f"{process.pid}\n{tmp_path}\n")
    yield process
    process.wait()


def test_a_killed_server_is_not_joined_before_it_is_reaped(tmp_path: Path, dead: "subprocess.Popen[bytes]") -> None:
    reaper = threading.Timer(0.3, dead.wait)
    began = time.monotonic()
    reaper.start()
    await_burial(directory=tmp_path)
    assert time.monotonic() - began >= 0.25
    assert not psutil.pid_exists(dead.pid)
    await_burial(directory=tmp_path)  # nor is anything waited for once it is gone


def test_a_server_that_nobody_reaps_is_an_error_that_says_so(
    tmp_path: Path, dead: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BURIED_WITHIN", 0.1)
    with pytest.raises(TimeoutError, match="does not reap"):
        await_burial(directory=tmp_path)
