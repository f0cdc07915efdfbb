"""What both test trees share: who runs beside whom, how long a test may take, and what a skipped one means."""

from __future__ import annotations

import faulthandler
import functools
import gc
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SKIP_NOTHING = bool(os.environ.get("SKIP_NOTHING"))  # as .ci/run sets it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--limit", type=int, default=240, help="the seconds that a test may take, fixtures included")


class Scheduling(LoadScopeScheduling):
    """Keeps the tests of a file in one process, unless the file's are `apart`, or their names end in groups (`@2`).

    pytest 9.2's node ids have no place for the groups of pytest-xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if group := re.search(r"@(\d+)\]$", nodeid):
            return f"{file}@{group[1]}"
        return nodeid if is_apart(file) else file


@functools.cache
def is_apart(file: str) -> bool:
    return "pytest.mark.apart" in (Path(__file__).parent / file).read_text()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    config.option.loadscopereorder = False  # they are in order
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the files with few tests first: theirs tend to be long, and the many short ones fill the gaps."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: sizes[item.path])


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
