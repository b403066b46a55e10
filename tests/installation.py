"""The settings of tests: those of the product, in an installation of their own whose keys are made first."""

import os
from pathlib import Path

HOME = Path(__file__).parents[1] / ".demo" / "tests"
os.environ.setdefault("MINSHENG_HOME", str(HOME))
os.environ.setdefault("MINSHENG_DEMO", "1")

from minsheng.config.demo.stages import prepare_home  # noqa: E402

prepare_home(home=Path(os.environ["MINSHENG_HOME"]))

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

from minsheng.config.settings import *  # noqa: E402, F403


class QuickArgon2(Argon2PasswordHasher):
    """The product's hash with the least of work: thousands of tests sign somebody in and none of them is attacked."""

    time_cost, memory_cost, parallelism = 1, 64, 1


PASSWORD_HASHERS = ["installation.QuickArgon2"]
# Walks send thousands of posts a minute; the limits have their own tests, which switch them on.
RATE_LIMITED = False
