# Everything a person types. `make` alone lists it.
PYTHON ?= python3
ARGS ?=
PRODUCT := $(PYTHON) -I config/bootstrap.py requirements.lock .venv
TOOLS := $(PYTHON) -I config/bootstrap.py requirements-dev.lock .venv
BENCH := $(PYTHON) -I config/bootstrap.py requirements-bench.lock .venv-bench
COMPILE := -m uv --quiet pip compile --universal --generate-hashes --no-emit-index-url --no-header

# The settings of an installation on the internet; nothing is connected to.
LIVE := env GREENROOM_HOME=.greenroom-test/check PUBLIC_URL=https://greenroom.example DEBUG=off \
	TWITCH_CLIENT_ID=id TWITCH_CLIENT_SECRET=secret TWITCH_BROADCASTER_ID=1 \
	DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1

.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: ## Start everything here; Ctrl-C stops it
	@$(PRODUCT) -m config.supervisor

test: ## Run the tests; ARGS="tests/sagas -k crash" runs some
	@$(TOOLS) -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: ## Style, types, layers, settings, migrations, API schema
	@$(TOOLS) -m ruff check --quiet .
	@$(TOOLS) -m ruff format --quiet --check .
	@$(LIVE) $(TOOLS) -m mypy
	@$(TOOLS) -c "from importlinter.cli import lint_imports_command as lint; lint()"
	@$(LIVE) $(TOOLS) manage.py check --deploy --fail-level WARNING
	@$(LIVE) $(TOOLS) -W ignore manage.py makemigrations --check --dry-run
	@$(LIVE) $(TOOLS) manage.py spectacular --validate --fail-on-warn --file /dev/null

format: ## Let ruff put the code in order
	@$(TOOLS) -m ruff check --quiet --fix-only .
	@$(TOOLS) -m ruff format --quiet .

lock: ## Pin the newest packages that pyproject.toml allows
	@$(TOOLS) $(COMPILE) --upgrade pyproject.toml -o requirements.lock
	@$(TOOLS) $(COMPILE) --upgrade pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(TOOLS) $(COMPILE) --upgrade pyproject.toml --group bench -c requirements.lock -o requirements-bench.lock

bench: ## Measure side by side with the peers
	@$(BENCH) -m bench $(ARGS)
