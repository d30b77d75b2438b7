# Everything sets itself up: `make demo` and `make test` work on a fresh clone with Python >= 3.11 and nothing else.

# The first Python that runs and is new enough; set PYTHON=/path/to/python to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.offhook-setup

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench run dev check format lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(STAMP) ## Create .venv with everything in it, `offhook` on its path

$(STAMP): requirements.lock pyproject.toml tools/build_hook.py
	@test -n "$(PYTHON)" || { echo "offhook needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make virtual environments here; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(STAMP) ## Watch offhook take a phone call and book a car service
	@$(BIN)/offhook demo

test: $(STAMP) ## Run all tests: the quick ones side by side, then whole servers and real-time calls one by one
	$(BIN)/pytest -n auto --dist worksteal -m "not e2e"
	$(BIN)/pytest -m e2e

bench: $(STAMP) ## Measure offhook beside pipecat and livekit-agents, half an hour (short: make bench ARGS=--quick)
	$(BIN)/python benchmarks/peers/run.py $(ARGS)

run: $(STAMP) ## Start the server for people: http://127.0.0.1:8000
	$(BIN)/offhook serve

dev: $(STAMP) ## The same, restarted at each change of the source
	$(BIN)/python -m watchfiles --filter python "$(BIN)/offhook serve" src

check: $(STAMP) ## Format, lint, types, layers, our own rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lint

format: $(STAMP) ## Format the source
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: $(STAMP) ## Make requirements.lock anew (names, versions, hashes; no address of any index)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile --quiet pyproject.toml --group dev --generate-hashes --no-emit-index-url \
	  --no-header --universal --python-version 3.11 --upgrade -o requirements.lock

clean: ## Remove what was built (keeps data/)
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
