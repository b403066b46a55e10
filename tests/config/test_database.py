"""Where the embedded server is found."""

from pathlib import Path

import pytest

from minsheng.config.database import connection_settings, socket_directory


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
