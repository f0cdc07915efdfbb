"""Real Prometheus watches the real deployment: every panel shows something, and faults make the alerts fire."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from observability.log_lines import lines_of_call, parse_line
from observability.story import tell
from simulator.tests.harness.waiting import wait_until
from tests.harness.containers import Deployment
from tests.harness.forge import OTHER_SECRET, SIGNATURE_SECRET, signature, socket_token
from tests.harness.local_run import simulate
from tests.harness.monitoring import ALERT_SECONDS, Monitoring, images_problem, monitored
from tests.harness.process import DEADLINE, PATIENT
from tests.harness.rules import ALERTS, QUERIES, Query
from tests.system.chaos import faults
from tests.system.chaos.experiments import SETTINGS, Experiment, run
from webhooks.moves import FAILURE_SECONDS

MAX_CALLS = 6
SLOW_MACHINE = {"LoopLate", "AnswersSlow", "CallsSoundBad", "EchoLate"}  # they may tell of the machine with these tests
# `Watchdog` always fires. The test of signatures has restarted the webhooks.
EXPECTED = {"Watchdog", "ProcessRestarts"}


@pytest.fixture(scope="module")
def monitoring(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    if problem := images_problem():
        pytest.skip(problem)
    settings = SETTINGS | PATIENT | {"DRAIN_SECONDS": "5", "MAX_CALLS": str(MAX_CALLS), "GREETING": "Hello"}
    with monitored(tmp_path_factory.mktemp("observability"), **settings) as monitoring:
        monitoring.deployment.restore(faults.REPLICAS)
        yield monitoring


def place_calls(monitoring: Monitoring, *options: str) -> None:
    done = simulate(monitoring.deployment.port, *options)
    assert json.loads(done.stdout)["calls_lost"] == 0, done.stdout


def require_signatures(monitoring: Monitoring, secret: str) -> None:
    """Start the webhooks again with this signature secret; an empty one requires no signatures."""
    monitoring.deployment.override({"webhooks": {"environment": {"VONAGE_SIGNATURE_SECRET": secret}}})
    monitoring.deployment.compose("up", "--detach", "--no-deps", "webhooks")
    monitoring.wait_for("max(webhooks_signatures_required)", bool(secret))


def answered(monitoring: Monitoring) -> str:
    """Request an answer; return the path and query of its event URL."""
    connection = HTTPConnection("127.0.0.1", int(monitoring.deployment.port), timeout=DEADLINE)
    connection.request("GET", "/webhooks/answer")
    url = urlsplit(json.load(connection.getresponse())[-1]["eventUrl"][0])
    connection.close()
    return f"{url.path}?{url.query}"


def request(monitoring: Monitoring, path: str, fields: dict[str, Any] | None = None, **headers: str) -> int:
    """Send what the platform sends, or a stranger, to the front; return the status of the answer."""
    connection = HTTPConnection("127.0.0.1", int(monitoring.deployment.port), timeout=DEADLINE)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if fields is None:
        connection.request("GET", path, headers=names)
    else:
        connection.request("POST", path, json.dumps(fields), names | {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_replica_is_found(monitoring: Monitoring) -> None:
    monitoring.wait_for('job:up:count{job="echo-engine"}', faults.REPLICAS)
    monitoring.wait_for('job:up:count{job="webhooks"}', 1)


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/query?query=up", "/graph", "/prometheus", "/grafana"])
def test_nothing_of_it_is_behind_the_front(monitoring: Monitoring, path: str) -> None:
    assert request(monitoring, path) == 404


def test_only_this_machine_reaches_it(monitoring: Monitoring) -> None:
    for service, port in monitoring.ports.items():
        (container,) = monitoring.deployment.containers(service)
        (address,) = (address for addresses in container.ports.values() for address in addresses or ())
        assert address == {"HostIp": "127.0.0.1", "HostPort": port}


def test_a_signature_secret_that_is_not_the_platforms_is_told(monitoring: Monitoring) -> None:
    require_signatures(monitoring, SIGNATURE_SECRET)
    authorization = f"Bearer {signature(b'{}', secret=OTHER_SECRET)}"
    statuses = [request(monitoring, "/webhooks/answer", {}, Authorization=authorization) for _ in range(3)]
    assert statuses == [401] * 3
    monitoring.wait_for_alert("SignaturesWrong")
    require_signatures(monitoring, "")


def test_good_calls_let_no_alert_fire(monitoring: Monitoring) -> None:
    place_calls(monitoring, "--calls", "6", "--seconds", "7")
    monitoring.wait_for("sum(echo_engine_call_seconds_count)", 6)
    assert monitoring.firing() <= EXPECTED | SLOW_MACHINE


# Faults of tests/chaos, while calls are up


def test_calls_that_are_cut_are_told(monitoring: Monitoring) -> None:
    def kill_engine(deployment: Deployment) -> int:
        time.sleep(FAILURE_SECONDS)  # a younger socket counts as a connect that failed
        return faults.kill_engine(deployment)

    result = run(Experiment("an engine is killed", kill_engine, 0, seconds=10), monitoring.deployment)
    assert result.moved >= 3
    monitoring.wait_for_alert("CallsCut")


def test_a_call_that_moved_is_told(monitoring: Monitoring) -> None:
    logs = monitoring.deployment.compose("logs", "--no-color").splitlines()
    lines = [line for text in logs if (line := parse_line(text)) is not None]
    moved = next(line.fields["conversation_uuid"] for line in lines if line.fields["event"] == "call moved")
    told = "\n".join(tell(lines_of_call(lines, moved)))
    for words in ("asked and answered", "connected", "moved", "socket ended", "quality"):
        assert words in told
    assert "webhooks-1" in told
    assert len(set(re.findall(r"echo-engine-[123](?=  connected)", told))) > 1


def test_an_engine_that_stands_still_is_told_and_its_late_loop_too(monitoring: Monitoring) -> None:
    def stand_still(deployment: Deployment) -> int:
        engine, _ = faults.busiest_engine(deployment)
        faults.pause(engine)
        assert "ProcessUnreachable" in monitoring.fired()
        for _ in range(20):  # of about 600 ticks a minute, more than a hundredth are late
            faults.pause(engine, 0.1)
        return 0

    run(Experiment("an engine stands still", stand_still, 0, seconds=16), monitoring.deployment)
    monitoring.wait_for_alert("LoopLate")


def test_a_drain_that_does_not_end_is_told(monitoring: Monitoring) -> None:
    run(Experiment("an engine is drained", faults.drain_engine, 0, seconds=12), monitoring.deployment)
    assert "DrainTooLong" in monitoring.fired()


def test_engines_without_room_are_told(monitoring: Monitoring) -> None:
    def wait(_: Deployment) -> int:
        monitoring.wait_for_alert("NoRoom")
        return 0

    full = Experiment("all engines are full", wait, 0, seconds=14, calls=MAX_CALLS * faults.REPLICAS)
    run(full, monitoring.deployment)


def test_a_process_that_dies_again_and_again_is_told(monitoring: Monitoring) -> None:
    deployment, started = monitoring.deployment, 'process_start_time_seconds{job="webhooks"}'

    def has_changed(before: float) -> bool:
        return monitoring.values(started) not in ([], [before])

    for _ in range(3):
        deployment.wait_for_webhooks()
        (before,) = monitoring.values(started)
        faults.kill(deployment, *deployment.containers("webhooks"))
        wait_until(partial(has_changed, before), "the webhooks have started again")
    monitoring.wait_for_alert("ProcessRestarts")


def test_webhooks_that_are_gone_are_told(monitoring: Monitoring) -> None:
    monitoring.deployment.compose("stop", "webhooks")
    monitoring.wait_for_alert("ServerDown")
    monitoring.deployment.compose("start", "webhooks")
    monitoring.deployment.wait_for_webhooks()


# A bad network, a platform that refuses, and strangers


def test_calls_that_sound_bad_are_told(monitoring: Monitoring) -> None:
    place_calls(monitoring, "--calls", "9", "--seconds", "8", "--stall", "3@3")
    monitoring.wait_for_alert("CallsSoundBad")


def test_connects_that_the_platform_refuses_are_told(monitoring: Monitoring) -> None:
    options = ["--calls", "14", "--seconds", "1", "--connects-per-second", "3", "--greeting", "skip"]
    simulate(monitoring.deployment.port, *options)  # nothing paces here: eleven are refused at once
    monitoring.wait_for_alert("ConnectsRefused")


def test_what_the_platform_complains_of_is_told(monitoring: Monitoring) -> None:
    url = answered(monitoring)
    assert request(monitoring, url, {"reason": "Syntax error in NCCO."}) == 204
    monitoring.wait_for_alert("NccosRejected")
    failed = {"status": "completed", "original_request": {"url": f"https://echo.example.com{url}"}}
    assert request(monitoring, "/webhooks/fallback", failed) == 204
    monitoring.wait_for_alert("FallbacksRequested")
    assert "UnprovenReports" not in monitoring.firing()


def test_what_nobody_has_signed_is_told_apart(monitoring: Monitoring) -> None:
    assert request(monitoring, "/webhooks/fallback", {"reason": "Connection timed out"}) == 200
    monitoring.wait_for_alert("UnprovenReports")


def test_a_call_that_is_given_up_is_told(monitoring: Monitoring) -> None:
    require_signatures(monitoring, SIGNATURE_SECRET)
    event = {"status": "failed", "to": "wss://echo.example.com/socket"}
    url = f"/webhooks/events?due={time.time():.3f}&failures=7&lost=31.0&call=u-1"
    authorization = f"Bearer {signature(json.dumps(event).encode())}"
    assert request(monitoring, url, event, Authorization=authorization) == 200
    monitoring.wait_for_alert("CallsGivenUp")
    require_signatures(monitoring, "")


def test_a_queue_and_strangers_are_told(monitoring: Monitoring) -> None:
    faults.change_pace(monitoring.deployment, 3)
    monitoring.wait_for('job:up:count{job="webhooks"}', 1)

    def knock() -> bool:
        for _ in range(100):  # the limit is 300 at once, and 5 a second
            request(monitoring, f"/webhooks/answer?uuid={uuid4()}")
        return "StrangersKnock" in monitoring.firing()

    wait_until(knock, "the alert StrangersKnock fires", ALERT_SECONDS)
    monitoring.wait_for_alert("CallersWait")


def test_a_token_of_another_secret_is_told(monitoring: Monitoring) -> None:
    handshake: dict[str, Any] = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
    handshake |= {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": f"Bearer {socket_token()}"}
    monitoring.wait_for("echo_engine:calls_open:sum", 0)
    assert request(monitoring, "/socket", **handshake) == 401
    monitoring.wait_for_alert("TokensWrong")


def test_alertmanager_sends_each_to_its_receiver(monitoring: Monitoring) -> None:
    receivers = {"critical": "page", "warning": "ticket", "none": "heartbeat"}
    wait_until(lambda: len(monitoring.received()) > 3, "Alertmanager has alerts")
    for name, receiver in monitoring.received().items():
        assert receiver == receivers[ALERTS[name]["labels"]["severity"]]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.dashboard}: {query.panel}")
def test_every_query_of_every_panel_finds_something(monitoring: Monitoring, query: Query) -> None:
    wait_until(lambda: any(map(math.isfinite, monitoring.values(query.promql))), f"{query.promql} finds something")
