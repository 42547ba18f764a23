# Headgate's commands. `make` or `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# What the surroundings say about packages, paths or settings must not change what is installed
# or tested; an index or a proxy that is set up stays in force.
export PIP_CONSTRAINT := /dev/null
export PIP_USER := 0
export PIP_REQUIRE_HASHES := 0
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX DJANGO_SETTINGS_MODULE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-fast lint types floors check lock bench format screenshots

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## Make the environment in .venv, with exactly the locked packages

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Headgate needs Python 3.11 or newer; name one with: make PYTHON=python3.12 setup")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## Start Headgate with demo data and leads flowing; prints the address
	$(BIN)/headgate demo

run: setup  ## Start Headgate on its own data in headgate-data/
	$(BIN)/headgate serve

test: setup  ## Every test, on SQLite and on a real PostgreSQL
	@$(BIN)/python tests/both_engines.py

test-fast: setup  ## The domain's tests only, in seconds
	$(BIN)/pytest -q -n 2 tests/domain

lint: setup  ## Style and likely mistakes
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: setup  ## Write the code in the house's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: setup  ## Types, strictly
	$(BIN)/mypy
	MYPYPATH=src $(BIN)/mypy examples/*/src

floors: setup  ## Import contracts and house rules
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/test_house_rules.py

check: lint types floors test  ## Everything CI runs

bench: setup  ## Measure this machine beside its bare-SQL ceiling
	$(BIN)/headgate bench

screenshots: setup  ## Pictures of the main screens, from a fresh demonstration, into docs/images
	$(BIN)/python tests/pictures.py

lock: $(BIN)/uv  ## Lock the newest allowed packages, with hashes
	$(BIN)/uv pip compile --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		requirements/runtime.in -o requirements/runtime.txt
	$(BIN)/uv pip compile --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		-c requirements/runtime.txt requirements/pdf.in -o requirements/pdf.txt
	$(BIN)/uv pip compile --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		-c requirements/runtime.txt -c requirements/pdf.txt requirements/dev.in -o requirements/dev.txt

$(BIN)/uv: $(READY)
	$(BIN)/pip install --quiet uv
