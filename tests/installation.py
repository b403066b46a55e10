"""The settings of tests: those of the product, in an installation of their own whose keys are made first."""

import os
from pathlib import Path

HOME = Path(__file__).parents[1] / ".demo" / "tests"
os.environ.setdefault("MINSHENG_HOME", str(HOME))
os.environ.setdefault("MINSHENG_DEMO", "1")

from minsheng.config.demo.stages import prepare_home  # noqa: E402

prepare_home(home=Path(os.environ["MINSHENG_HOME"]))

from minsheng.config.settings import *  # noqa: E402, F403

# Walks send thousands of posts a minute; the limits have their own tests, which switch them on.
RATE_LIMITED = False
