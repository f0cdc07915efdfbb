"""What all tests share: the local server, the Docker engine, a small heap, and `--fast`, which starts no process."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess

import pytest

from tests.harness.local_run import LocalRun, local_run
from tests.harness.missing import lacking

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}  # Python's audit events
STARTED = "it starts a process"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="skip each test as soon as it starts a process")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--fast"):
        sys.addaudithook(skip_processes)
        pytest.MonkeyPatch().setattr(BaseProcess, "start", lambda _: pytest.skip(STARTED))  # it tells no audit hook


def skip_processes(event: str, _arguments: tuple[object, ...]) -> None:
    """Skip the test that is about to start a process: no list of slow tests to keep, and none to forget.

    Modules may start one when they are collected: test_docs lists the files by git.
    """
    if event in STARTS and "PYTEST_CURRENT_TEST" in os.environ:
        pytest.skip(STARTED)


@pytest.fixture(scope="module", autouse=True)
def _small_heap() -> None:
    """Take what earlier modules left out of the collector's sight.

    To go through all of it takes a third of a second in the end, and the calls of a test stand still meanwhile.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def running() -> Iterator[LocalRun]:
    with local_run() as run:
        run.process.wait_for("Ready: ")
        yield run


@pytest.fixture(scope="session")
def docker_engine() -> None:
    from tests.harness.containers import engine_problem  # slow to import

    if problem := engine_problem():
        lacking(f"no Docker engine: {problem}")
