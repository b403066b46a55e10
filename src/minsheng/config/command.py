"""The `minsheng` command: everything an operator does, and `demo`."""

import os
import sys


def main() -> None:
    """This function will run `minsheng <act> …`; Django's own commands work too (`minsheng migrate`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    from minsheng.config import acts

    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    if name in acts.ACTS:
        sys.exit(acts.ACTS[name](sys.argv[2:]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(["minsheng", *sys.argv[1:]])
