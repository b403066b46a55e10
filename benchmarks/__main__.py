"""`python -m benchmarks [name]`: run one benchmark or all; each prints one JSON line last."""

import importlib
import os
import sys

NAMES = ("rules", "search", "payments", "demo", "district", "cockpit")
ON_DEMAND = ("scaling",)  # takes many minutes


def main() -> int:
    """This function will run the named benchmark, or all of them in order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    chosen = sys.argv[1:] or list(NAMES)
    known = (*NAMES, *ON_DEMAND)
    unknown = set(chosen) - set(known)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in chosen:
        print(f"== {name}", file=sys.stderr)
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


sys.exit(main())
