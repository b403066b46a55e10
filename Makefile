# Two commands matter: `make demo` and `make test`. Both need only Python >= 3.11, make and the package index.
PYTHON ?= python3
PEOPLE ?= 66000
VENV := .venv
BIN := $(VENV)/bin
export PYTHONUTF8 := 1

.PHONY: demo test check bench fix clean browser

$(VENV)/runtime: locks/runtime.txt pyproject.toml
	@tools/environment.sh "$(PYTHON)" $(VENV) locks/runtime.txt
	@touch $@

$(VENV)/dev: locks/dev.txt pyproject.toml
	@tools/environment.sh "$(PYTHON)" $(VENV) locks/dev.txt
	@touch $@ $(VENV)/runtime

demo: $(VENV)/runtime
	@$(BIN)/minsheng demo --people $(PEOPLE)

test: $(VENV)/dev browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

# Installs Debian's Chromium where it may; the tests say loudly which of them they skip without it.
browser: $(VENV)/dev
	@tools/browser.sh

check: $(VENV)/dev
	@tools/check.sh $(CHECK)

bench: $(VENV)/dev
	@$(BIN)/python -m benchmarks $(ONLY)

fix: $(VENV)/dev
	@$(BIN)/ruff check --fix src tests benchmarks tools
	@$(BIN)/ruff format src tests benchmarks tools

clean:
	rm -rf $(VENV) .demo
