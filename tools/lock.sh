#!/usr/bin/env bash
# Resolve the dependencies anew and write them with hashes. Needs uv; no index address enters a lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
options=(--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 --quiet "$@")
uv pip compile pyproject.toml --group build "${options[@]}" -o locks/runtime.txt
uv pip compile pyproject.toml --group build --group dev "${options[@]}" -c locks/runtime.txt -o locks/dev.txt
