"""How the installation runs now, in a file beside its keys: it must be readable while the database is not."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from minsheng.foundation.running.rules import State


class UnableToSetState(ValueError):
    """The level does not exist; the text names the steps."""


def current_state() -> State:
    """This function will return the state, read again whenever the file was replaced."""
    try:
        status = _place().stat()
    except FileNotFoundError:
        return State()
    return _read_once(_place(), status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=4)
def _read_once(path: Path, modified_ns: int, inode: int) -> State:
    return State(**json.loads(path.read_text(encoding="utf-8")))


def set_state(*, level: int | None = None, read_only: bool | None = None) -> State:
    """This function will change what is named; all processes of the installation obey from their next request on."""
    before, steps = current_state(), settings.DEGRADE_STEPS
    if level is not None and not 0 <= level <= len(steps):
        told = "、".join(f"{number} {step.label}" for number, step in enumerate(steps, start=1))
        raise UnableToSetState(f"只有 0 到 {len(steps)} 级：0 全部开放、{told}。")
    state = State(
        level=before.level if level is None else level, read_only=before.read_only if read_only is None else read_only
    )
    fresh = _place().with_suffix(".new")
    fresh.write_text(json.dumps({"level": state.level, "read_only": state.read_only}), encoding="utf-8")
    fresh.replace(_place())
    return state


def _place() -> Path:
    return Path(settings.STATE_FILE)
