"""No fault loses a call, or keeps a caller waiting for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.experiments import EXPERIMENTS, SETTINGS, Experiment, run
from tests.harness.containers import Deployment, deployed


@pytest.fixture(scope="module")
def deployment(docker_engine: None) -> Iterator[Deployment]:
    with deployed(**SETTINGS) as running:
        yield running


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.fault)
def test_no_call_is_lost_when(experiment: Experiment, deployment: Deployment) -> None:
    result = run(experiment, deployment)
    assert result.lost == 0, result.errors
    assert result.moved >= result.must_move
    assert experiment.moves or result.moved == 0
    assert result.silence_ms <= experiment.silence_ms
