# Every command of the project. `make` lists them; each sets up what it needs by itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Images of containers often forbid Python to keep what it compiled; then each of the hundreds of commands that the tests
# start would compile itself and its libraries anew, which is half of all that it does.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test fuzz chaos load check format web web-check web-test sdk local bench bench-page eval screenshots train-ranker requirements browser clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: .venv/.runs local ## Ask in the browser: API and page on http://127.0.0.1:8000, local model, no keys needed
	@trillm serve

test: .venv/.develops local browser web-test ## Everything to run before pushing: unit, contract, journey and house tests
	pytest -n 4 --dist worksteal --durations=12

fuzz: .venv/.develops ## What chance makes up, twenty times as much of it as `make test` tries (some minutes)
	pytest -m "fuzz or hypothesis" --scale 20 -n 2 --timeout 3600

chaos: .venv/.develops web ## Kill the server at moments of chance, thirty lives more than `make test` (some minutes)
	pytest -m chaos --scale 30 -n 2

load: .venv/.develops web ## Many questions at once, fifty times as many as in `make test` (some minutes)
	pytest -m load --scale 50 --timeout 3600

check: .venv/.develops web-check ## Format, lint, types, import order, dead code, complete docs
	ruff format --check src tests bench evals
	ruff check src tests bench evals
	pyright
	lint-imports
	vulture
	pytest tests/house

format: .venv/.develops ## Format the code and mend what can be mended
	ruff format src tests bench evals
	ruff check --fix src tests bench evals

web: .venv/.runs ## Build the page into the package
	python -m trillm.entrypoints.page

web-check: .venv/.develops ## Types, lint, format and translations of the page, and whether the typed client is that of the API
	python -m trillm.entrypoints.page check
	python -m trillm.entrypoints.page catalogs
	python -m trillm.entrypoints.openapi | python -m trillm.entrypoints.page sdk-check

web-test: .venv/.develops ## The page's unit tests, and the page itself for the browser tests
	python -m trillm.entrypoints.page test
	python -m trillm.entrypoints.page

sdk: .venv/.develops ## Make the types of clients/sdk anew from the API
	python -m trillm.entrypoints.openapi | python -m trillm.entrypoints.page sdk

local: .venv/.runs ## Install the embedded model (98 MB, once)
	@trillm models install

browser: ## Install Debian's Chromium without windows for the browser tests, where it is missing
	@if ! command -v chromium-headless-shell >/dev/null; then \
	  echo "installing chromium-headless-shell"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null; } \
	  || command -v chromium chromium-browser google-chrome | head -1 | grep . \
	  || { echo "no browser for the tests: install chromium-headless-shell, chromium or google-chrome" >&2; exit 1; }; fi

bench: .venv/.develops ## Measure speed and memory beside a floor and a peer; writes docs/reference/performance.md
	python -m bench full

bench-page: .venv/.develops browser ## Measure what the page costs a browser, and what Lighthouse sees; writes docs/reference/page.md
	python -m trillm.entrypoints.page
	python -m bench.page

eval: .venv/.develops ## Measure the pick on recorded answers (TRILLM_EVALS_DIR); writes docs/reference/ranking.md
	python -m evals report
	python -m evals report-time

screenshots: .venv/.develops browser ## Take a picture of every state of the page, both themes and sizes; writes build/screenshots
	python -m tests.journeys.screenshots

train-ranker: .venv/.develops ## Fit the numbers of the learned ranker anew (TRILLM_EVALS_DIR)
	python -m evals train
	python -m evals.train_waiting

requirements: .venv/.develops ## Compile the pinned and hashed requirements anew
	for part in run dev; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --extra local --extra postgres --group $$part pyproject.toml -o requirements/$$part.txt; done
	echo uv | uv pip compile -q --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/uv.txt

clean: ## Remove what was built; the data directory stays
	rm -rf .venv build dist artifacts src/trillm/entrypoints/static clients/node_modules clients/*/node_modules

# What `make run` needs: the product, and Node for the page. What `make test` and `make check` need besides.
# uv, itself pinned and hashed, installs in seconds what takes pip a minute.
INSTALL := UV_SYSTEM_CERTS=1 uv pip install -q --python $(BIN)/python

.venv/.runs: requirements/run.txt requirements/uv.txt pyproject.toml
	@echo "setting up .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.develops: .venv/.runs requirements/dev.txt
	@echo "adding the tools of development (once)"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
