"""Experiment E6: the database is killed with SIGKILL under load; nothing acknowledged is lost, all come back unaided.

It has a server, a database and a worker of its own, because nobody else may lose theirs (`power_cut_driver.py`).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.experiment, pytest.mark.slow]
ERRORS_AT_MOST, RECOVERED_WITHIN = 30.0, 60.0


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder: a socket's path may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="e6-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_database_is_killed_under_load(home: Path) -> None:
    without = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MINSHENG_KEY_FILE")}
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("power_cut_driver.py")), str(home)],
        env=without
        | {
            "MINSHENG_HOME": str(home),
            "MINSHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "minsheng.config.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), tests])),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["errors"] > 0, "nobody was hit: the cut says nothing"
    assert said["acknowledged"] >= 6
    assert (said["lost"], said["persons_lost"], said["twice"], said["unbalanced"]) == ([], 0, 0, 0)
    assert said["longest_error_seconds"] <= ERRORS_AT_MOST
    assert said["web_seconds"] <= RECOVERED_WITHIN
    assert said["drained"], "news waits for a worker that did not come back"
    assert said["news_seconds"] <= RECOVERED_WITHIN
    assert said["stuck_jobs"] == 0
