# From a bare checkout to a running office, and to proof that it works.
#
# Needs git, make and Python 3.11 or later with venv. Everything else goes into .venv and
# queue_service/web/node_modules: packages by hash from the three requirements locks, page assets by
# npm's lock. What is done once leaves a stamp in .venv and is done again only when its lock changes.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV ?= uv
# Two test processes more than the two cores of the smallest machine that this is meant to be developed
# on: a good half of the time tests wait for sounds, pages and programs that start.
PYTEST_WORKERS ?= 4
# For one file or one test: make test ARGS="tests/unit -k number".
ARGS ?=
# npm knows only the certificates it was built with; an administration's own are in Debian's bundle.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := --require-hashes --no-deps --only-binary :all:
WEB := queue_service/web
PAGE_ASSETS := $(addsuffix /vendor/kern/kern.min.css,$(WEB)/static kiosk/static display/static) \
	$(addsuffix /vendor/noto/arabic-400.woff2,kiosk/static display/static) \
	$(WEB)/static/vendor/kern/dark.css tests/browser/vendor/axe.min.js

.PHONY: help run setup test lint bench lock clean browser again

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: setup ## an office to try out: service, kiosk, display and database, until Ctrl-C
	@exec $(BIN)/queue-service demo

setup: $(VENV)/packages.stamp $(PAGE_ASSETS) ## what `make run` needs, without starting it

test: browser setup $(VENV)/dev.stamp ## every test, browser included
	@$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/dev.stamp ## style, types and who may import whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: setup ## benchmarks, with a table at the end
	@$(BIN)/queue-service bench

lock: ## new locks from pyproject.toml and package.json (needs uv and npm)
	$(COMPILE) --all-extras --group build --output-file requirements.lock pyproject.toml
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --group npm --output-file requirements-npm.lock
	cd $(WEB) && npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	$(PYTHON) .ci/plain_lock.py $(WEB)/package-lock.json

# No address and no path may stand in a lock: who installs decides where packages come from.
# Versions stay as they are unless asked for: make lock ARGS=--upgrade.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(ARGS)

clean: ## away with everything that was made, the demo's data included
	rm -rf $(VENV) $(WEB)/node_modules $(WEB)/static/vendor kiosk/static/vendor display/static/vendor \
		tests/browser/vendor .queue-data dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find queue_service kiosk display tests .ci -name __pycache__ -prune -exec rm -rf {} +

browser:
	@.ci/install-browser

# A virtual environment holds its own absolute path: after the checkout has moved, it is made anew.
ifneq ($(file <$(VENV)/made-for),$(CURDIR))
$(VENV)/made-for: again
endif

$(VENV)/made-for:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=…")'
	@echo "Python environment in $(VENV)"
	@"$(PYTHON)" -m venv $(if $(wildcard $@),--clear) $(VENV)
	@printf '%s\n' "$(CURDIR)" > $@

$(VENV)/packages.stamp: requirements.lock pyproject.toml $(VENV)/made-for
	@echo "Packages from requirements.lock"
	@$(PIP_INSTALL) $(LOCKED) --requirement requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/packages.stamp
	@echo "Packages from requirements-dev.lock"
	@$(PIP_INSTALL) $(LOCKED) --requirement requirements-dev.lock
	@touch $@

$(PAGE_ASSETS) &: $(WEB)/package-lock.json .ci/page_assets.py $(VENV)/made-for
	@command -v npm >/dev/null || $(PIP_INSTALL) $(LOCKED) --requirement requirements-npm.lock
	@echo "Page assets from $(WEB)/package-lock.json"
	@cd $(WEB) && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@$(BIN)/python .ci/page_assets.py
