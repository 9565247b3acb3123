# The commands of Newsbell. `make serve` and `make test` set up all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATE := $(VENV)/.state

# One test process a core: more keep the browsers waiting, whose tests are one group in one of them.
TEST_PROCESSES ?= $(shell getconf _NPROCESSORS_ONLN)

# Percent of branches that the tests must reach; what is left is mostly the worst of luck: a full disk, a lost race.
COVERAGE := 95

.PHONY: serve test coverage check lint types layers js e2e extension tools format lock clean

serve: $(STATE)/serve
	$(BIN)/newsbell serve

PYTEST := $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup
test: check js tools
	$(PYTEST)

# The same with a look at what the tests reach: a command of its own, because tracing takes a third more of the
# processors' time.
coverage: $(STATE)/dev $(STATE)/node tools
	$(BIN)/coverage erase
	$(PYTEST) --cov --cov-report=
	$(BIN)/coverage report --fail-under=$(COVERAGE)

# Only the real browsers.
e2e: $(STATE)/dev $(STATE)/node tools
	$(BIN)/python -m pytest -m browser

# What needs no test run: style, types, layers.
check: lint types layers

lint: $(STATE)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STATE)/dev
	$(BIN)/mypy

layers: $(STATE)/dev
	$(BIN)/lint-imports --no-cache

# The scripts that readers' browsers run: tested by node, checked by TypeScript and biome.
js: $(STATE)/node
	npm --prefix tests --silent test

# The browser extension, packed for both stores: the same source gives the same bytes.
extension:
	$(PYTHON) extension/pack.py

# Browsers, a screen, an RSS client: installed where that is possible, else named as left out.
tools:
	@tests/tools.sh

format: $(STATE)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Writes the locked requirements anew from pyproject.toml.
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --no-header --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
lock: $(STATE)/dev
	$(COMPILE) --extra postgres --extra broker -o requirements.txt pyproject.toml
	$(COMPILE) --extra postgres --extra broker --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) tests/node_modules dist

# pip 23, which comes with Python 3.11, cannot resolve some of what is locked here: a newer one goes first.
$(VENV)/bin/pip:
	@echo "Making a Python environment in $(VENV)."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade 'pip>=24'

$(STATE)/serve: $(VENV)/bin/pip requirements.txt pyproject.toml
	@echo "Installing what Newsbell needs: about a minute the first time."
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	@mkdir -p $(STATE) && touch $@

$(STATE)/dev: $(VENV)/bin/pip requirements-dev.txt pyproject.toml
	@echo "Installing what Newsbell and its tests need: about two minutes the first time."
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(STATE) && touch $@

$(STATE)/node: tests/package.json tests/package-lock.json $(STATE)/dev
	@# Not `npm ci`: it refuses a lock without the binaries of other platforms, which a registry may lack.
	npm --prefix tests install --no-save --no-audit --no-fund --silent
	@touch $@
