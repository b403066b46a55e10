#!/usr/bin/env bash
# environment.sh PYTHON VENV LOCK: make the environment and install what the lock names, each file checked by its hash.
set -euo pipefail
python=$1 venv=$2 lock=$3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed; $("$python" --version) was found. Name another: make demo PYTHON=python3.12" >&2
  exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the locked packages into $venv (about a minute the first time) …"
# The lock names every file, so nothing is resolved: a resolver that looks at newer releases would refuse them for want of a hash.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
"$venv/bin/python" -m pip check --quiet --disable-pip-version-check
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
