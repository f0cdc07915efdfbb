"""The steps of action.yml that are commands, run as GitHub runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]

from simulator.tests.harness.process import ROOT, UNSET
from simulator.tests.harness.webhook_server import WebhookServer

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
Run = Callable[..., list[subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs the steps in a folder; what an earlier call installed is still there."""
    temporary = tmp_path_factory.mktemp("runner")

    def run_steps(folder: Path, **inputs: str) -> list[subprocess.CompletedProcess[str]]:
        values = {f"inputs.{name}": field.get("default") for name, field in ACTION["inputs"].items()}
        values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        values["steps.python.outputs.python-path"] = sys.executable
        return [run_step(step, folder, temporary, values) for step in ACTION["runs"]["steps"] if "run" in step]

    return run_steps


def run_step(
    step: dict[str, Any], folder: Path, temporary: Path, values: dict[str, Any]
) -> subprocess.CompletedProcess[str]:
    named = {
        name: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: values[match[1]], value) for name, value in step["env"].items()
    }
    environment = os.environ | UNSET | {"RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(ROOT)} | named
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)


def test_it_checks_an_application_and_keeps_the_reports(run: Run, webhooks: WebhookServer, tmp_path: Path) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Good morning"}])
    url = f"{webhooks.address}/webhooks/answer"
    installed, checked = run(tmp_path, answer_url=url, arguments="--only webhooks.get,webhooks.post")
    assert installed.returncode == 0, installed.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    cases = ElementTree.parse(tmp_path / "voice-simulator/check.xml").iter("testcase")
    assert [case.attrib["name"] for case in cases] == ["webhooks.get", "webhooks.post"]
    assert (tmp_path / "voice-simulator/check.html").read_text().startswith("<!doctype html>")


def test_a_scenario_that_misses_something_fails_the_step(run: Run, webhooks: WebhookServer, tmp_path: Path) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Good morning"}])
    (tmp_path / "evening.yaml").write_text("seconds: 2\nmust:\n  - {talk: evening}\n")
    url = f"{webhooks.address}/webhooks/answer"
    _, played = run(tmp_path, answer_url=url, scenario="evening.yaml", reports="reports")
    assert played.returncode == 1
    assert "error: scenario, missed: talk 'evening'" in played.stderr
    (call,) = json.loads((tmp_path / "reports/call.json").read_text())["calls"]
    assert call["errors"] == ["scenario, missed: talk 'evening'"]


def test_the_steps_are_sound_shell() -> None:
    for step in ACTION["runs"]["steps"]:
        if "run" in step:
            command = [str(Path(sys.executable).with_name("shellcheck")), "--shell=bash", "-"]
            checked = subprocess.run(command, input=step["run"], text=True, capture_output=True, check=False)
            assert checked.returncode == 0, checked.stdout
