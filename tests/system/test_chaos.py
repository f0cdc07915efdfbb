"""No fault loses a call, and a killed engine keeps no caller waiting for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.containers import Deployment, deployed
from tests.harness.documents import OPERATIONS, rows
from tests.harness.process import PATIENT
from tests.system.chaos.experiments import (
    EXPERIMENTS,
    FRONT_EXPERIMENTS,
    PACED_EXPERIMENTS,
    SETTINGS,
    Experiment,
    run,
)

DEPLOYMENTS = 2  # side by side, each with experiments of its own
ALL = (*PACED_EXPERIMENTS, *EXPERIMENTS, *FRONT_EXPERIMENTS)
TRIED = [experiment for experiment in ALL if experiment.in_ci]


@pytest.fixture(scope="module")
def deployment(docker_engine: None) -> Iterator[Deployment]:
    with deployed(**SETTINGS, **PATIENT) as running:
        yield running


@pytest.mark.parametrize(
    "experiment",
    [
        pytest.param(each, id=f"{each.fault}, {each.calls} calls, @{number % DEPLOYMENTS}")
        for number, each in enumerate(TRIED)
    ],
)
def test_no_call_is_lost_when(experiment: Experiment, deployment: Deployment) -> None:
    result = run(experiment, deployment)
    assert result.lost == 0, result.errors
    assert result.moved >= result.must_move
    assert experiment.moves or result.moved == 0


@pytest.mark.alone
def test_the_callers_of_a_killed_engine_wait_no_longer_than_promised(deployment: Deployment) -> None:
    killed = EXPERIMENTS[0]
    result = run(killed, deployment)
    assert result.moved >= result.must_move > 0
    assert result.silence_ms <= killed.silence_ms


def test_the_table_of_operations_md_has_every_experiment() -> None:
    experiments = [[each.fault, str(each.calls)] for each in (*PACED_EXPERIMENTS, *EXPERIMENTS)]
    assert [row[:2] for row in rows(OPERATIONS) if row[:2] in experiments] == experiments
