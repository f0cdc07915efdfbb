"""The tools that these tests need, which not every machine has."""

from __future__ import annotations

import shutil

import pytest

from tests.harness.containers import engine_problem

PROMETHEUS_TOOLS = ("prometheus", "promtool", "amtool")


@pytest.fixture(scope="session")
def docker_engine() -> None:
    if problem := engine_problem():
        pytest.skip(f"no Docker engine: {problem}")


@pytest.fixture(scope="session")
def prometheus_tools() -> None:
    if missing := [tool for tool in PROMETHEUS_TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: prometheus, prometheus-alertmanager)")
