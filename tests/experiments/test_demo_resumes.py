"""The demo may be killed at any stage and started again: it goes on where it stopped, and a third start reuses all."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.experiment, pytest.mark.slow]
COMMAND = [sys.executable, "-m", "minsheng.config", "demo", "--people", "2000", "--no-serve"]


def start(home: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"MINSHENG_HOME": str(home)}
    environment["DJANGO_SETTINGS_MODULE"] = "minsheng.config.settings"
    environment.pop("MINSHENG_KEY_FILE", None)
    return subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(home: Path) -> dict[str, object]:
    path = home / "2000" / "demo.json"
    return json.loads(path.read_text())["done"] if path.exists() else {}


@pytest.mark.parametrize(
    "last_stage",
    ["load", *(pytest.param(one, marks=pytest.mark.exhaustive) for one in ("schema", "twin"))],
)
def test_a_killed_demo_goes_on(last_stage: str, tmp_path: Path) -> None:
    process = start(tmp_path)
    deadline = time.monotonic() + 120
    while last_stage not in finished(tmp_path) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done_before = set(finished(tmp_path))
    assert last_stage in done_before
    second = start(tmp_path)
    output, errors = second.communicate(timeout=180)
    assert second.returncode == 0, errors
    line = json.loads(output.strip().splitlines()[-1])
    assert set(line["reused"]) == done_before
    assert line["people"] > 2000
    assert line["findings"] > 0
    third = start(tmp_path)
    output, errors = third.communicate(timeout=60)
    again = json.loads(output.strip().splitlines()[-1])
    assert set(again["reused"]) == {
        "schema",
        "reference",
        "twin",
        "load",
        "evaluate",
        "snapshot",
        "payments",
        "visits",
        "cockpit",
        "audit",
        "exchange",
        "catalogue",
        "cases",
    }
    assert again["findings"] == line["findings"]
