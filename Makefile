# Every target works from a fresh clone: what it needs is installed into .venv on first use,
# and again when pyproject.toml or requirements.lock has changed.
#
#   PYTHON   the interpreter for .venv             make test PYTHON=/opt/python3.13/bin/python3
#   PATTERN  theorems to prove                     make prove PATTERN='mmu.shadow.*'
#   ARGS     more arguments for pytest             make test ARGS='-k walk -x'
#   JOBS     number of test processes              make test JOBS=8

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

JOBS ?= 2
SPHINXOPTS ?= -n -W --keep-going -j 2
# The lock is resolved for 3.11.0, the oldest supported Python: newer releases of some packages need a
# newer one, some even a newer 3.11 than Debian 12 has.
LOCK_PYTHON ?= python3.11

# Tests and proofs run in many processes, and each imports the model: its bytecode is kept, whatever the environment says.
export PYTHONDONTWRITEBYTECODE =

VENV := .venv
READY := $(VENV)/.ready
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input
# The first interpreter of these that is new enough; empty when there is none.
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11)

.PHONY: help
help: ## show this text
	@echo 'usage: make TARGET [PATTERN=...] [ARGS=...] [JOBS=2] [PYTHON=python3]'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1:\2/p' Makefile | awk -F: '{ printf "%-9s %s\n", $$1, $$2 }'

.PHONY: prove
prove: $(READY) ## prove the theorems; PATTERN selects some, as in PATTERN='mmu.shadow.*'
	@set -f; $(VENV)/bin/nvspec prove $(PATTERN)

.PHONY: test
test: $(READY) ## run the tests and the examples in docstrings; ARGS goes to pytest
	@$(VENV)/bin/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

.PHONY: mutants
mutants: $(READY) ## refute the seeded bugs; PATTERN selects some, as in PATTERN=B02
	@set -f; $(VENV)/bin/nvspec mutants $(PATTERN)

.PHONY: bench
bench: $(READY) ## measure the speed of the concrete reading
	@$(VENV)/bin/python bench/translations.py
	@$(VENV)/bin/python bench/accesses.py
	@$(VENV)/bin/python bench/traces.py

.PHONY: docs
docs: $(READY) ## build the site in docs/_build/html; a warning is an error
	@$(VENV)/bin/sphinx-build $(SPHINXOPTS) -b html docs docs/_build/html

.PHONY: lint
lint: $(READY) ## check style, format and types
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy

.PHONY: ci
ci: lint test prove mutants docs ## everything (lint, test, prove, mutants, docs)

.PHONY: setup
setup: $(READY) ## only install what the others need, in .venv
	@:

.PHONY: lock
lock: ## resolve the dependencies of pyproject.toml afresh into requirements.lock
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	$(LOCK_PYTHON) -m venv "$$tmp/venv" && \
	"$$tmp/venv/bin/python" -m pip install -q --disable-pip-version-check --no-input \
	    --dry-run --ignore-installed --report "$$tmp/report" \
	    --python-version 3.11.0 --only-binary=:all: --target "$$tmp/target" \
	    hatchling editables '.[test,lint,docs]' && \
	{ echo '# Exact versions of everything in .venv. Made by `make lock`; do not edit.'; \
	  "$$tmp/venv/bin/python" -c "$$FREEZE" < "$$tmp/report"; } > "$$tmp/lock" && \
	cp "$$tmp/lock" requirements.lock && \
	echo "requirements.lock: $$(grep -c == requirements.lock) packages"

# The report of pip's resolver as lines NAME==VERSION, without the project itself.
define FREEZE
import json, sys
found = (item["metadata"] for item in json.load(sys.stdin)["install"])
pins = {item["name"]: item["version"] for item in found if item["name"] != "nvspec"}
for name in sorted(pins, key=str.lower):
    print(name + "==" + pins[name])
endef
export FREEZE

.PHONY: clean
clean: ## remove everything that was made, .venv included
	rm -rf $(VENV) build dist docs/_build docs/reference/registers htmlcov .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements.lock
	@python=; \
	for p in $(CANDIDATES); do \
	    if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$p; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "nvspec needs Python 3.11 or newer, and none of these is: $(CANDIDATES)" >&2; exit 1; \
	fi; \
	echo 'Preparing $(VENV) (once, less than a minute) ...' >&2; \
	$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV)
	@$(PIP) install -q -r requirements.lock
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@
