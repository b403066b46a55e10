#!/usr/bin/env bash
# Everything that must hold before a commit, in about a minute. `--static` leaves the tests to whoever runs them all.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
export DJANGO_SETTINGS_MODULE=minsheng.config.settings MINSHENG_DEMO=1
failed=0
step() { local name=$1; shift; local start=$SECONDS; if "$@" >/tmp/check.$$ 2>&1; then printf 'ok    %-22s %3ss\n' "$name" $((SECONDS-start)); else failed=1; printf 'FAIL  %s\n' "$name"; tail -n 40 /tmp/check.$$; fi; rm -f /tmp/check.$$; }
step format $bin/ruff format --check src tests benchmarks tools
step ruff $bin/ruff check src tests benchmarks tools
step types $bin/mypy
step walls $bin/lint-imports
step "house rules" $bin/python tools/house_rules.py
step django $bin/minsheng check --fail-level WARNING
step migrations $bin/minsheng makemigrations --check --dry-run
step policies $bin/minsheng policies check
[ "${1:-}" = --static ] || step "fast tests" $bin/python -m pytest tests/rulebook tests/architecture -n 2 -m "not browser and not slow"
exit $failed
