.DEFAULT_GOAL := help
PYTHON ?= python3
DOCUMENTS ?= documents
INDEX ?= .assistant
PORT ?= 8000
BIN := .venv/bin

.PHONY: help install browser postgresql run test test-scale check bench torture screenshots evaluate clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18

install: .venv/installed ## install everything into .venv, pinned by constraints.txt

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

run: install ## index DOCUMENTS (default: documents/) and open the chat on 127.0.0.1:PORT
	$(BIN)/assistant index "$(DOCUMENTS)" --index "$(INDEX)"
	$(BIN)/assistant serve --index "$(INDEX)" --port $(PORT)

test: install browser ## install and run every test, but for test-scale's
	$(BIN)/pytest -n 2 -m 'not scale'

test-scale: .venv/installed-scale postgresql ## the same for PostgreSQL, Milvus and Dask
	$(BIN)/pytest -n 2 -m scale

browser: ## install Debian's Chromium for the browser tests, where that is possible
	@tools/install-debian-package.sh chromium chromium 'the browser tests will be skipped'

.venv/installed-scale: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,scale,scale-dev]'
	@touch $@

postgresql: ## install Debian's PostgreSQL for the tests of it, where that is possible
	@tools/install-debian-package.sh postgresql \
		"$(firstword $(wildcard /usr/lib/postgresql/*/bin/postgres) postgres)" \
		'the tests of PostgreSQL will be skipped'

check: install ## lint, format check and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install browser ## measure rates, ratios and latencies
	$(BIN)/python -m benchmarks

.venv-peers/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --constraint constraints.txt --editable '.[peers]'
	@touch $@

torture: install ## kill, corrupt, crowd and fuzz it, for an hour at most
	$(BIN)/python -m torture

screenshots: install browser ## photograph the chat page into docs/screenshots
	$(BIN)/python -m tools.screenshots

evaluate: .venv-peers/installed ## ask the sample's test set, and TESTSETS, beside Haystack and txtai
	@.venv-peers/bin/python -m benchmarks.peers tests/data/documents.jsonl=documents $(TESTSETS)

clean: ## remove what the targets made, the index included
	rm -rf .venv .venv-peers .assistant build dist .bench *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
