"""The local server for all tests that only talk to it, and the Docker engine for those that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.harness.local_run import LocalRun, local_run


@pytest.fixture(scope="session")
def running() -> Iterator[LocalRun]:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        yield run


@pytest.fixture(scope="session")
def docker_engine() -> None:
    from tests.harness.containers import engine_problem  # slow to import

    if problem := engine_problem():
        (pytest.fail if os.environ.get("REQUIRE_DOCKER") else pytest.skip)(f"no Docker engine: {problem}")
