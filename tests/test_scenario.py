"""The simulator's example scenario of an echo server, against ours."""

from __future__ import annotations

import json
from pathlib import Path

import voice_simulator
from tests.harness.local_run import LocalRun, simulate

SCENARIO = Path(voice_simulator.__file__).parent / "examples" / "echo.yaml"


def test_the_scenario_of_an_echo_is_met(running: LocalRun) -> None:
    done = simulate(running.port, "--scenario", str(SCENARIO))
    assert (done.returncode, json.loads(done.stdout)["errors"]) == (0, [])
