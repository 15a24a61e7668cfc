# FlexSync's commands. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The most processes that run the tests; they are one more than the machine has cores.
WORKERS ?= 4
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses $(WORKERS) --dist worksteal
# Tests start dozens of processes, each of which would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
# The seed of a night's random histories and faults; the same seed makes the same ones.
SEED ?= $(shell date +%s)
# How long a soak takes.
SOAK_MINUTES ?= 10

# Production's settings, with values that only a check may use.
PRODUCTION := DEBUG=false ALLOWED_HOSTS=billing.example.com PUBLIC_URL=https://billing.example.com \
	SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK \
	CREDENTIAL_KEYS=b25seS1mb3ItY2hlY2tzLTAxMjM0NTY3ODlhYmNkZWY=
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --no-annotate --no-header --allow-unsafe --no-emit-find-links \
	--no-emit-index-url --no-emit-trusted-host --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help demo test nightly faults soak check screenshots docs run shell lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo  ## start everything with sample data and a Stripe simulator, until Ctrl-C
	@$(BIN)/python -m demo

test: $(VENV)/.dev $(VENV)/.npm  ## run all tests (ARGS="-k webhook" narrows them down)
	@$(PYTEST) $(ARGS)

nightly: $(VENV)/.dev $(VENV)/.npm  ## try 5,000 histories of three kinds, 1,000 of lost webhooks, all pairs that ask for money, and what meets them in a call, 2,000 of faults, a burst of 10,000, 5,000 links, 1,000 of drift, 300 that are compared, every odd input, every page with axe-core (SEED=... repeats a night)
	@echo "SEED=$(SEED)"
	@HYPOTHESIS_PROFILE=exploring HISTORIES=5000 LOST_HISTORIES=1000 HISTORY_SEED=$(SEED) FAULT_PAIRS=2000 FAULT_SEED=$(SEED) BURST=10000 MONEY_PAIRS=all LINKS=5000 INPUTS=all PROMISES=100 DRIFT_HISTORIES=1000 COMPARED_HISTORIES=300 PLANTED=20 INTERLEAVINGS=200 AXE=1 $(PYTEST) $(ARGS) \
		integrations/providers/stripe/tests/histories integrations/providers/stripe/tests/faults/test_pairs_of_faults.py \
		integrations/providers/stripe/tests/money integrations/providers/stripe/tests/bursts \
		integrations/providers/stripe/tests/catching_up/test_lost_webhooks.py \
		integrations/providers/stripe/tests/importing/test_many_links.py \
		integrations/providers/stripe/tests/comparing/test_after_histories.py integrations/providers/stripe/tests/comparing/test_planted.py \
		integrations/providers/stripe/tests/repairing/test_random_drift.py \
		integrations/providers/stripe/tests/two_writers/histories tests/endpoints billing/tests/test_api_versions.py tests/accessibility

faults: $(VENV)/.dev  ## kill, freeze, stop and starve the proxy, each process, PostgreSQL and Redis while events and changes flow: a table
	@$(BIN)/python -m devstack --home test -- $(BIN)/python -W ignore -m benchmarks.faults $(ARGS)

soak: $(VENV)/.dev  ## both roads at a third of what they can, and random faults of everything, for SOAK_MINUTES (10): tables (SEED=... repeats one)
	@$(BIN)/python -m devstack --home test -- $(BIN)/python -W ignore -m benchmarks.soak --minutes $(SOAK_MINUTES) --seed $(SEED) $(ARGS)

check: $(VENV)/.dev  ## check format, lint, types, import rules, migrations, production settings
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(PRODUCTION) DATABASE_URL=postgres://flexsync@db/flexsync REDIS_URL=redis://cache/0 $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m devstack --home test -- env $(PRODUCTION) sh -ec '$(BIN)/python manage.py makemigrations --check --dry-run; \
		$(BIN)/python manage.py migrate --verbosity 0; \
		$(BIN)/python manage.py check --deploy --database default --fail-level WARNING'

docs: $(VENV)/.docs $(VENV)/.npm  ## build the documentation as a site into site/, with search and the API's reference; a wrong link fails
	@rm -rf site
	@PYTHONPATH=. DJANGO_SETTINGS_MODULE=flexsync.settings $(PRODUCTION) DATABASE_URL=postgres://flexsync@db/flexsync REDIS_URL=redis://cache/0 NO_MKDOCS_2_WARNING=1 \
		$(BIN)/mkdocs build --strict

screenshots: $(VENV)/.dev  ## make the pictures of admin in docs/images anew, of a demo of their own (needs chromium)
	@$(BIN)/python -m tests.screenshots

run: $(VENV)/.demo  ## run all processes (Procfile) with a local database, without sample data; web is on port 8000
	@PATH="$(CURDIR)/$(BIN):$$PATH" WEBHOOK_URL=$${WEBHOOK_URL:-http://localhost:8001} $(BIN)/python -m devstack -- \
		sh -c 'python manage.py migrate && exec honcho start'

shell: $(VENV)/.demo  ## open Django's shell on the demo's database
	@$(BIN)/python -m devstack -- $(BIN)/python manage.py shell

lock: $(VENV)/.dev  ## pin the newest versions that requirements*.in allow
	$(COMPILE) --upgrade --output-file requirements.txt requirements.in
	$(COMPILE) --upgrade --output-file requirements-demo.txt requirements-demo.in
	$(COMPILE) --upgrade --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --upgrade --output-file requirements-docs.txt requirements-docs.in

clean:  ## remove the environment and all local data
	rm -rf $(VENV) tests/npm/node_modules .flexsync .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles site

# The stamps record which requirements are installed, so that a second start does not call pip again.
$(VENV)/.%: requirements-%.txt bootstrap.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "FlexSync needs Python 3.11 or newer; '$(PYTHON)' is missing or older. Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing $< into $(VENV) ..."
	@$(PYTHON) bootstrap.py $(VENV) $<
	@touch $@

# Where npm's registry cannot be reached, the tests that need its packages are left out.
$(VENV)/.npm: tests/npm/package-lock.json | $(VENV)/.dev
	@echo "Installing $< ..."
	@$(BIN)/python -m tests.npm && touch $@ || echo "Tests that need packages of npm are left out." >&2
