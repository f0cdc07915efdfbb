PYTHON ?= python3
MINUTES ?= 60
# How late the server echoes, as `make run` reads it: `make call` must expect that.
ECHO_DELAY_MS ?= $(shell sed -n "s/^ECHO_DELAY_MS=\([0-9]*\).*/\1/p" .env 2>/dev/null)
VENV = .venv/bin
PIP_INSTALL = $(VENV)/python -m pip install --quiet --disable-pip-version-check
# Most tests wait for a clock or a process, so more of them run at a time than there are cores. Python keeps the tests'
# bytecode, as each of these processes imports all of them.
PYTEST = PYTHONDONTWRITEBYTECODE= $(VENV)/pytest -q
SIDE_BY_SIDE = -n 6 -m "not alone"
SYSTEM = --limit 600 tests/system simulator/tests/system
LOCK = $(VENV)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-header

.PHONY: help install run call phone test test-system chaos swarm soak benchmark pictures lint lock clean
.DEFAULT_GOAL = help

help: # List these commands
	@sed -n 's/^\([a-z-]*\):.*# \(.*\)/make \1\t\2/p' Makefile | expand -t 16

install: .venv/installed # Make .venv with what `make run` and `make call` need

run: .venv/installed # Start the server: make run, make run PORT=4000
	@$(VENV)/python -m local_run

call: .venv/installed # Place a simulated call: make call, make call ARGS="--calls 5"
	@$(VENV)/voice-simulator call $(if $(ECHO_DELAY_MS),--echo-delay $(ECHO_DELAY_MS)e-3) $(ARGS)

phone: .venv/installed # Serve a phone for the browser: make phone, make phone ARGS="--answer-url URL --port 3002"
	@$(VENV)/voice-simulator phone $(ARGS)

test: lint # Run the linters, and the tests that need nothing but this machine
	$(PYTEST) $(SIDE_BY_SIDE)
	$(PYTEST) -m alone

test-system: .venv/installed-for-tests # Run the tests that need containers, a browser, Prometheus or a Swarm
	$(PYTEST) $(SYSTEM) $(SIDE_BY_SIDE) -n 3
	$(PYTEST) $(SYSTEM) -m alone

chaos: .venv/installed-for-tests # Break the server in containers while calls run, and print what became of them: make chaos ARGS=rollout
	@$(VENV)/python -m tests.system.chaos $(ARGS)

swarm: .venv/installed-for-tests # Do the same to a Swarm of three machines, made on this one: as root
	@$(VENV)/python -m tests.system.swarm

soak: .venv/installed-for-tests # Place calls for an hour, and tell what has grown: make soak MINUTES=5
	@$(VENV)/python -m tests.soak $(MINUTES)

benchmark: .venv/installed-for-tests # Compare the echo engine with other servers, on two idle cores
	@$(VENV)/python -m benchmarks $(ARGS)

pictures: .venv/installed-for-tests # Take the pictures of the phone in simulator/docs again
	@$(VENV)/python -m tests.system.browser.pictures

lint: .venv/installed-for-tests # Run the linters
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/shellcheck .ci/* deploy/rollout deploy/swarm/deploy deploy/kubernetes/large/rules
	$(VENV)/hadolint */Dockerfile
	PATH="$(VENV):$$PATH" $(VENV)/actionlint
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
