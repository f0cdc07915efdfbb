"""What both test trees share: who runs beside whom, how long a test may take, and what a skipped one means."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Generator
from types import FrameType

import pytest

SKIP_NOTHING = bool(os.environ.get("SKIP_NOTHING"))  # as .ci/run sets it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--limit", type=int, default=60, help="the seconds that a test may take, fixtures included")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, unless they say else; start the files with few tests first.

    Files with few tests tend to have the long ones, and the many short ones fill the gaps at the end.
    """
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: sizes[item.path])
    for item in items:
        if item.get_closest_marker("apart") is None and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """Take all that was imported out of the collector's sight: going through it stops the calls of a test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that takes too long; the traceback shows what it waits for."""
    limit: int = item.config.getoption("limit")

    def stop(_number: int, _frame: FrameType | None) -> None:
        faulthandler.dump_traceback(sys.__stderr__, all_threads=True)
        pytest.fail(f"{item.nodeid} takes more than {limit} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what is skipped where nothing may be."""
    report = yield
    if SKIP_NOTHING and report.skipped:
        report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped: {report.longrepr}"
    return report
