"""The tools of Prometheus, of Debian's packages; without them these tests are skipped, unless they are required."""

from __future__ import annotations

import shutil

import pytest

from tests.harness.missing import lacking

TOOLS = ("prometheus", "promtool", "amtool")


@pytest.fixture(scope="session")
def prometheus_tools() -> None:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        problem = f"not installed: {', '.join(missing)} (Debian: prometheus, prometheus-alertmanager)"
        lacking(problem)
