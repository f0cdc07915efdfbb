"""No fault loses a call, or keeps a caller waiting for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.containers import Deployment, deployed
from tests.harness.documents import OPERATIONS, rows
from tests.system.chaos.experiments import EXPERIMENTS, FRONT_EXPERIMENTS, PACED_EXPERIMENTS, SETTINGS, Experiment, run


@pytest.fixture(scope="module")
def deployment(docker_engine: None) -> Iterator[Deployment]:
    with deployed(**SETTINGS) as running:
        yield running


TRIED = [experiment for experiment in (*EXPERIMENTS, *PACED_EXPERIMENTS, *FRONT_EXPERIMENTS) if experiment.in_ci]


def name(experiment: Experiment) -> str:
    return f"{experiment.fault}, {experiment.calls} calls"


@pytest.mark.parametrize("experiment", TRIED, ids=name)
def test_no_call_is_lost_when(experiment: Experiment, deployment: Deployment) -> None:
    result = run(experiment, deployment)
    assert result.lost == 0, result.errors
    assert result.moved >= result.must_move
    assert experiment.moves or result.moved == 0
    assert result.silence_ms <= experiment.silence_ms
    if experiment.median_silence_ms is not None:
        assert result.median_silence_ms is not None
        assert result.median_silence_ms <= experiment.median_silence_ms


def test_the_table_of_operations_md_has_every_experiment() -> None:
    experiments = [[each.fault, str(each.calls)] for each in (*PACED_EXPERIMENTS, *EXPERIMENTS)]
    assert [row[:2] for row in rows(OPERATIONS) if row[:2] in experiments] == experiments
