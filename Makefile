# The one list of commands. Two matter to a newcomer: `make report` and `make test`.
PYTHON ?= python3.11
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: report quick test test-all check axe bench simulate attack docs picture release matrix lock clean

report: $(VENV)/.core
	$(BIN)/iop-outcomes report data/synthetic --by track --output reports

# Two tiers, each test in one of them (tests/conftest.py), and the quick part of the first. Two workers share two processors: threads of the
# libraries under numpy would only wait for one another.
PYTEST = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest

# The arithmetic against references, one report, the order of imports: after every change.
quick: $(VENV)/.dev
	$(PYTEST) --tier quick

# These and every capability once: before every commit.
test: $(VENV)/.dev check
	$(PYTEST) --tier test

# Everything: `make test`, then pages in a browser, notebooks, faults, simulations, random programs, other systems' files in every spelling.
test-all: test
	$(PYTEST) --tier rest

check: $(VENV)/.dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m vulture

# What the tests in a browser check pages with; they also need chromium (Debian: apt-get install chromium).
axe: $(VENV)/axe.min.js

$(VENV)/axe.min.js: tools/axe.py | $(VENV)/bin/python
	$(BIN)/python tools/axe.py $@

simulate: $(VENV)/.dev
	$(BIN)/python -m simulations

attack: $(VENV)/.dev
	$(BIN)/python -m attacks

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# The pages of docs/ in site/: they open from the folder and need no network; a link that leads nowhere, or a page that would fetch something, stops it.
docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/doctrees docs site
	@echo site/index.html

# The wheel, the sdist and the release notes in dist/, each file installed and tried in an empty environment; uploads nothing.
release: $(VENV)/.dev
	$(BIN)/python tools/release.py

# The lowest and the newest versions that pyproject.toml allows, on each Python that is installed; writes docs/matrix.md. Needs uv (pip install uv).
matrix: $(VENV)/bin/python
	$(BIN)/python tools/matrix.py

# The picture of page one in the README; needs chromium, as the tests in a browser do.
picture: $(VENV)/.dev
	$(BIN)/python tools/picture.py

# Environments come from the hashed locks alone: first the build tools of source-only packages, then everything, then this package, whose modules
# are compiled once as pip compiles the others: else, where PYTHONDONTWRITEBYTECODE is set, every process compiles some 300 of them again.
$(VENV)/.core: requirements/core.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements/core.txt)
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements/dev.txt)
	touch $@ $(VENV)/.core

$(VENV)/.docs: requirements/docs.txt pyproject.toml | $(VENV)/bin/python
	$(call install,requirements/docs.txt)
	touch $@ $(VENV)/.core

define install
sh tools/build_tools.sh $(1) > $(VENV)/build-tools.txt
$(PIP) install --require-hashes --no-deps -r $(VENV)/build-tools.txt
$(PIP) install --require-hashes --no-deps --no-build-isolation -r $(1)
$(PIP) install --no-deps --no-build-isolation --editable .
$(BIN)/python -m compileall -q iop_outcomes
endef

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) was not found. Install it (Debian: apt-get install python3.11 python3.11-venv), or name another: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) lacks its venv module. Install it (Debian: apt-get install python3.11-venv), then run make again."; exit 2; }
	$(PYTHON) -m venv $(VENV)

lock:
	sh tools/lock.sh

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache build dist site docs/definitions.md docs/scales.md
