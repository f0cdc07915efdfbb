"""The local server for all tests that only talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local_run import LocalRun, local_run


@pytest.fixture(scope="session")
def running() -> Iterator[LocalRun]:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        yield run
