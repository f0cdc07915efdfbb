"""The local server, for the tests that leave it as it is, and the Docker engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.local_run import LocalRun, local_run


@pytest.fixture(scope="session")
def running() -> Iterator[LocalRun]:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        yield run
