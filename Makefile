PYTHON ?= python3
MINUTES ?= 60
VENV = .venv/bin
PIP_INSTALL = $(VENV)/python -m pip install --quiet --disable-pip-version-check
LOCK = $(VENV)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-header

.PHONY: help install run call phone test test-fast chaos swarm soak benchmark lint lock clean
.DEFAULT_GOAL = help

help: # List these commands
	@sed -n 's/^\([a-z-]*\):.*# \(.*\)/make \1\t\2/p' Makefile | expand -t 16

install: .venv/installed # Make .venv with what `make run` and `make call` need

run: .venv/installed # Start the server: make run, make run PORT=4000
	@$(VENV)/python -m local_run

call: .venv/installed # Place a simulated call: make call, make call ARGS="--calls 5"
	@$(VENV)/voice-simulator $(ARGS)

phone: .venv/installed # Serve a phone for the browser: make phone, make phone ARGS="--answer-url URL --port 3002"
	@$(VENV)/voice-simulator phone $(ARGS)

test: lint # Run the linters, then all the tests
	$(VENV)/pytest

test-fast: .venv/installed-for-tests # Run the tests that start no process and no container
	$(VENV)/pytest --fast

chaos: .venv/installed-for-tests # Break the server in containers while calls run, and print what became of them
	@$(VENV)/python -m tests.chaos

swarm: .venv/installed-for-tests # Do the same to a Swarm of three machines, made on this one: as root
	@$(VENV)/python -m tests.deploy.swarm

soak: .venv/installed-for-tests # Place calls for an hour, and tell what has grown: make soak MINUTES=5
	@$(VENV)/python -m tests.soak $(MINUTES)

benchmark: .venv/installed-for-tests # Compare the echo engine with other servers, on two idle cores
	@$(VENV)/python -m benchmarks $(ARGS)

lint: .venv/installed-for-tests # Run the linters
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/shellcheck .ci/* deploy/swarm/deploy
	$(VENV)/hadolint */Dockerfile
	@$(VENV)/caddy fmt --diff Caddyfile >/dev/null

lock: .venv/installed-for-tests # Lock the requirements again, after a change of a pyproject.toml
	$(LOCK) simulator/pyproject.toml --extra plot --group tests -o tests/requirements.txt
	$(LOCK) simulator/pyproject.toml --extra plot --group local -c tests/requirements.txt -o requirements.txt
	$(LOCK) simulator/pyproject.toml --extra plot --group simulator/pyproject.toml:build -c tests/requirements.txt -o simulator/requirements.txt
	$(LOCK) pyproject.toml --group webhooks -c tests/requirements.txt -o webhooks/requirements.txt
	$(LOCK) pyproject.toml --group echo-engine -c tests/requirements.txt -o echo_engine/requirements.txt

clean: # Remove what these commands made
	rm -rf .venv .run .*_cache .hypothesis

.venv/installed: requirements.txt simulator/pyproject.toml | $(VENV)/pip
	$(PIP_INSTALL) --require-hashes -r requirements.txt
	$(PIP_INSTALL) --no-index --no-deps --no-build-isolation -e simulator
	@touch $@

.venv/installed-for-tests: tests/requirements.txt simulator/pyproject.toml | $(VENV)/pip
	$(PIP_INSTALL) --require-hashes -r tests/requirements.txt
	$(PIP_INSTALL) --no-index --no-deps --no-build-isolation -e simulator
	@touch $@

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make install PYTHON=python3.13")'
	$(PYTHON) -m venv .venv
