"""Real Prometheus watches the real deployment: every panel shows something, and faults make the alerts fire."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.chaos import faults
from tests.chaos.experiments import SETTINGS, Experiment, run
from tests.harness.containers import wait_until
from tests.harness.local_run import simulate
from tests.harness.monitoring import Monitoring, images_problem, monitored
from tests.harness.process import DEADLINE
from tests.harness.rules import QUERIES, Query


@pytest.fixture(scope="module")
def monitoring(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    if problem := images_problem():
        (pytest.fail if os.environ.get("REQUIRE_DOCKER") else pytest.skip)(problem)
    with monitored(tmp_path_factory.mktemp("observability"), **SETTINGS) as monitoring:
        monitoring.deployment.restore(faults.REPLICAS)
        yield monitoring


def place_calls(monitoring: Monitoring, *options: str) -> None:
    done = simulate(monitoring.deployment.port, *options)
    assert json.loads(done.stdout)["calls_lost"] == 0, done.stdout


def request(monitoring: Monitoring, path: str, fields: dict[str, str] | None = None, **headers: str) -> int:
    """Send what the platform sends, or a stranger, to the front; return the status of the answer."""
    connection = HTTPConnection("127.0.0.1", int(monitoring.deployment.port), timeout=DEADLINE)
    body, names = json.dumps(fields), {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET" if fields is None else "POST", path, None if fields is None else body, names)
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_replica_is_found(monitoring: Monitoring) -> None:
    wait_until(lambda: monitoring.values('job:up:count{job="echo-engine"}') == [faults.REPLICAS])
    wait_until(lambda: monitoring.values('job:up:count{job="webhooks"}') == [1])


def test_good_calls_let_no_alert_fire(monitoring: Monitoring) -> None:
    place_calls(monitoring, "--calls", "6", "--seconds", "7")
    wait_until(lambda: monitoring.values("sum(echo_engine_call_seconds_count)") == [6])
    assert monitoring.firing() == set()


def test_calls_that_are_cut_are_told(monitoring: Monitoring) -> None:
    result = run(Experiment("an engine is killed", faults.kill_engine, 0), monitoring.deployment)
    assert result.moved >= 3
    monitoring.wait_for_alert("CallsCut")


def test_an_engine_that_stands_still_is_told(monitoring: Monitoring) -> None:
    run(Experiment("an engine stands still for 5 s", faults.pause_engine, 0, seconds=7), monitoring.deployment)
    monitoring.wait_for_alert("LoopLate")


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.dashboard}: {query.panel}")
def test_every_query_of_every_panel_finds_something(monitoring: Monitoring, query: Query) -> None:
    wait_until(lambda: any(map(math.isfinite, monitoring.values(query.promql))))
