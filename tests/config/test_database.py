"""Where the embedded server is found."""

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from minsheng.config import database
from minsheng.config.database import Address, await_burial, connection_settings, socket_directory


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


def test_what_an_address_says_of_tls_reaches_the_driver_and_comes_back() -> None:
    url = "postgresql://minsheng_app:s%2Fx@db.example:5433/minsheng?sslmode=verify-full&sslrootcert=/etc/ca.pem&x=1"
    address = Address.parse(url)
    told = address.django()["OPTIONS"]
    assert (told["sslmode"], told["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert "x" not in told
    assert Address.parse(address.url()) == address
    assert not address.in_the_open


@pytest.mark.parametrize(
    ("where", "in_the_open"),
    [
        ("postgresql://a@/b?host=/run/postgresql", False),
        ("postgresql://a@127.0.0.1/b", False),
        ("", False),  # the embedded server
        ("postgresql://a@db.example/b", True),
        ("postgresql://a@db.example/b?sslmode=require", True),  # encrypted, but to whomever answers
        ("postgresql://a@db.example/b?sslmode=verify-full", False),
    ],
)
def test_a_database_elsewhere_wants_a_proven_name(where: str, in_the_open: bool) -> None:
    assert Address.parse(where).in_the_open is in_the_open
