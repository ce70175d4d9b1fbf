# talentsim: `make demo` shows the main job, `make test` checks it. Everything is installed into .venv from pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEEDS ?= 8
SCALE ?= 250
WORKERS ?= 2
KERNELS := awareness cohorts dwellings_held eligibility matching mobility openings pay postings search separation skills tallies
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-python lint bench lock clean

help:
	@echo "make demo      simulate the baseline and one policy over paired seeds; prints a table of effects and where the figures are"
	@echo "make test      the quick tests"
	@echo "make test-all  every test"
	@echo "make test-python  the kernels and the known limits, run as plain Python"
	@echo "make lint      ruff and mypy"
	@echo "make bench     what a quarter costs, into benchmarks/results.md"
	@echo "make lock      refresh the pinned versions"
	@echo "make clean     remove the environment and caches (results stay)"

$(VENV)/.python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.core: $(VENV)/.python requirements.lock pyproject.toml
	$(PIP) install -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core requirements-dev.lock
	$(PIP) install -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.core
	$(BIN)/talentsim warmup
	$(BIN)/talentsim compare scenarios/baseline.yaml scenarios/beijing_affordable_rental.yaml \
		--scale $(SCALE) --seeds $(SEEDS) --jobs $(WORKERS)

test: $(VENV)/.dev
	$(BIN)/talentsim warmup
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope -m "not slow"

test-all: $(VENV)/.dev
	$(BIN)/talentsim warmup
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope

# without numba's compiler; whole runs are left to the known limits, which take fewer agents and draws then
test-python: $(VENV)/.dev
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal tests/limits \
		$(patsubst %,tests/unit/test_%.py,$(KERNELS))

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.core
	$(BIN)/talentsim warmup
	$(BIN)/python benchmarks/run_benchmarks.py

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install -q --upgrade setuptools && build/lock/bin/pip install -q .
	{ echo "# Everything that \`make demo\` installs: the dependencies of the package, pinned. Refresh with \`make lock\`."; \
	  build/lock/bin/pip freeze --all --exclude talentsim --exclude pip; } > requirements.lock
	build/lock/bin/pip install -q '.[calibration,cluster,dev,robust]'
	{ echo "# What the tests and linters need beyond requirements.lock, pinned. Refresh with \`make lock\`."; \
	  echo "-r requirements.lock"; \
	  build/lock/bin/pip freeze --all --exclude talentsim --exclude pip | grep -vxFf requirements.lock; } > requirements-dev.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist *.egg-info .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
