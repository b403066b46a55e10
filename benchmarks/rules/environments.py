"""Environments of their own for OpenFisca and PolicyEngine, made from hashed locks; never mixed with ours."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


class UnableToMakeEnvironment(Exception):
    """A peer's packages cannot be installed here. Says what pip answered."""


def cache_folder() -> Path:
    """This function will name the folder kept between runs: MINSHENG_HOME/bench, else .demo/bench."""
    return Path(os.environ.get("MINSHENG_HOME") or ".demo").resolve() / "bench"


def make_environment(name: str) -> Path:
    """This function will return the Python of an environment with exactly what `<name>.lock` says, made if need be.

    Raises UnableToMakeEnvironment when the packages cannot be had, for example without a network.
    """
    lock = HERE / f"{name}.lock"
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = cache_folder() / f"{name}-{digest}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.exists():
        return python
    print(f"making an environment for {name} from {lock.name} …", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, "--require-hashes", "-r", str(lock)]):
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            raise UnableToMakeEnvironment(f"{name}: {(made.stderr or made.stdout).strip()[-500:]}")
    done.touch()
    return python
