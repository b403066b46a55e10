#!/usr/bin/env bash
# Lines and branches of `rulebook` that tests/rulebook reach; fails below 100 %. Further arguments go to pytest.
# Kernels run as Python here: a tracer sees nothing inside machine code, and what is measured is that which writes it.
set -euo pipefail
cd "$(dirname "$0")/.."
export NUMBA_DISABLE_JIT=1 CI=1
exec .venv/bin/python -m pytest tests/rulebook -n 2 --dist loadgroup --cov=rulebook --cov-report=term "$@"
