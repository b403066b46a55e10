"""The drill: restore, check, measure, and leave a dated record in the database and in a file."""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from minsheng.config.backups.restoring import restored
from minsheng.config.backups.taking import newest_base
from minsheng.config.database import Address
from minsheng.foundation.accounts.types import APP_ROLE, OWNER_ROLE

NONE = "没有"  # where no backup could be tried


def drill(*, backups: Path, until: datetime | None, at: datetime, database: str, roots: Path) -> dict[str, Any]:
    """This function will restore the newest base backup into a scratch place, check it, and return what was found.

    The check runs in a process of its own as the app role, with this installation's keys: as the service would.
    """
    base = newest_base(backups)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="minsheng-drill-") as folder,
        restored(base=base, backups=backups, scratch=Path(folder) / "restored", until=until) as admin,
    ):
        ready = time.monotonic() - started
        told = _checked(admin, database=database, roots=roots)
    return {
        "at": at.isoformat(),
        "base": base.name,
        "until": until.isoformat() if until else None,
        "seconds_to_running": round(ready, 1),
        "seconds_with_checks": round(time.monotonic() - started, 1),
        **told,
    }


def sentence(told: dict[str, Any]) -> str:
    """This function will say the result of a drill in one sentence."""
    if "failed" in told:
        return (
            f"没有演练成：{told['failed']}"
            if told["base"] == NONE
            else f"{told['base']} 恢复以后，核对没有跑完，见明细。"
        )
    people, acts = told["counts"].get("registry_person", 0), told["counts"].get("audit_entry", 0)
    held = "账平、审计根相符、密文能打开" if told["holds"] else "有不符，见明细"
    to = f"到 {told['until']} 之前" if told["until"] else "到最后一笔"
    return f"{told['base']} 恢复{to}，{told['seconds_to_running']} 秒可用：{people:,} 人、{acts:,} 条审计记录，{held}。"


def write_record(*, folder: Path, told: dict[str, Any]) -> Path:
    """This function will keep a drill's record as a dated file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"drill-{told['at'][:19].replace(':', '').replace('-', '')}.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _checked(admin: Address, *, database: str, roots: Path) -> dict[str, Any]:
    def as_role(role: str) -> str:
        return Address(admin.host, admin.port, role, "", database).url()

    environment = os.environ | {"DATABASE_URL": as_role(APP_ROLE), "DATABASE_OWNER_URL": as_role(OWNER_ROLE)}
    done = subprocess.run(
        [sys.executable, "-m", "minsheng.config", "restore", "check", "--roots", str(roots)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {"holds": False, "counts": {}, "failed": (done.stderr or done.stdout)[-2000:]}
    told: dict[str, Any] = json.loads(lines[-1])
    return told
