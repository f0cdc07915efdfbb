"""Prometheus's own tools can read every file and every query."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.harness.process import ROOT
from tests.harness.rules import QUERIES


@pytest.mark.parametrize(
    "check",
    [
        ["promtool", "check", "config", "observability/prometheus.yml"],
        ["promtool", "check", "rules", "observability/recording.yml", "observability/alerts.yml"],
        ["amtool", "check-config", "observability/alertmanager.yml"],
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_its_own_tool_finds_no_fault(prometheus_tools: None, check: list[str]) -> None:
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_can_read_every_query(prometheus_tools: None, tmp_path: Path) -> None:
    rules = [{"record": f"query:{number}", "expr": query.promql} for number, query in enumerate(QUERIES)]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
