"""`docker compose up`: calls through the real containers, and what these may and may not do."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest
from websockets.sync.client import ClientConnection, connect

from local_run.supervisor import status
from tests.harness.containers import Deployment, deployed, execute, metric
from tests.harness.local_run import authorization, simulate
from tests.harness.process import DEADLINE, PATIENT

SERVICES = ("caddy", "webhooks", "echo-engine")


@pytest.fixture(scope="module")
def deployment(docker_engine: None) -> Iterator[Deployment]:
    with deployed(ENGINES="2", **PATIENT) as running:
        yield running


def call_socket(deployment: Deployment) -> ClientConnection:
    headers = authorization(deployment.port)
    return connect(f"ws://127.0.0.1:{deployment.port}/socket", additional_headers=headers, proxy=None)


def assert_echoes(call: ClientConnection) -> None:
    call.send(b"audio")
    assert call.recv() == b"audio"


def test_a_call_comes_back_byte_for_byte(deployment: Deployment) -> None:
    done = simulate(deployment.port, "--seconds", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["frames"]["returned"] == 150


def test_the_simulators_container_places_a_good_call_and_takes_no_engine_away(deployment: Deployment) -> None:
    before = {container.id for container in deployment.containers()}
    printed = deployment.compose("run", "--rm", "simulator", "call", "--seconds", "3")
    assert "good: every byte came back, once and in order" in printed
    assert re.search(r"frames returned +│ 150 ", printed)
    assert {container.id for container in deployment.containers()} == before


def test_the_simulators_container_checks_the_rules(deployment: Deployment) -> None:
    printed = deployment.compose("run", "--rm", "simulator", "check", "--json", "--only", "webhooks,ncco")
    rules = json.loads(printed[printed.index("{\n") :])["rules"]  # after what compose itself says
    assert {rule["group"] for rule in rules} == {"webhooks", "ncco"}
    assert [rule for rule in rules if rule["status"] not in ("pass", "skipped")] == []


def test_the_simulators_container_finds_the_load(deployment: Deployment) -> None:
    options = ("--first", "2", "--max-calls", "2", "--seconds", "1")
    done = deployment.attempt("run", "--rm", "simulator", "load", *options)
    assert done.returncode in (0, 4), done.stdout  # 4 on a machine that is too busy
    assert re.search("No breaking point: (2 calls are carried|how many calls can't be judged)", done.stdout), (
        done.stdout
    )
    assert re.search(r"│ +2 │ .*│ +0 │", done.stdout), done.stdout  # no frame was lost


def test_the_phones_container_is_at_home_on_this_machine_alone(deployment: Deployment) -> None:
    deployment.compose("--profile", "phone", "up", "--wait", "--no-recreate", "phone")
    assert status(deployment.phone_port, "GET", "/") == 200
    (phone,) = deployment.containers("phone")
    assert phone.ports == {f"{deployment.phone_port}/tcp": [{"HostIp": "127.0.0.1", "HostPort": deployment.phone_port}]}


def test_calls_spread_over_all_replicas(deployment: Deployment) -> None:
    deployment.scale(3)
    engines = deployment.containers("echo-engine")
    before = [metric(engine, "echo_engine_calls_total") for engine in engines]
    done = simulate(deployment.port, "--calls", "12", "--seconds", "4")
    report = json.loads(done.stdout)
    assert (report["calls_lost"], report["moved"], report["frames"]["lost"]) == (0, 0, 0)
    after = [metric(engine, "echo_engine_calls_total") for engine in engines]
    assert min(new - old for new, old in zip(after, before, strict=True)) >= 3


def test_replicas_that_go_let_their_calls_end_and_get_no_new_ones(deployment: Deployment) -> None:
    deployment.scale(3)
    with ExitStack() as stack:
        calls = [stack.enter_context(call_socket(deployment)) for _ in range(3)]
        scaling = threading.Thread(target=deployment.scale, args=(1,))
        scaling.start()
        with deployment.logs("echo-engine") as log:
            log.wait_for('echo-engine-2 .*"draining"')
            log.wait_for('echo-engine-3 .*"draining"')
        calls += [stack.enter_context(call_socket(deployment)) for _ in range(6)]
        for call in calls:
            assert_echoes(call)
        (staying,) = (engine for engine in deployment.containers("echo-engine") if engine.name.endswith("-1"))
        assert metric(staying, "echo_engine_calls_open") == 7
    scaling.join()
    assert [engine.name for engine in deployment.containers("echo-engine")] == [staying.name]


@pytest.mark.parametrize("brackets", [1000, 4096, 65_536])
def test_deeply_nested_json_harms_neither_process(deployment: Deployment, brackets: int) -> None:
    # In the image is a newer Python than most tests run with, and each has its own limits of recursion.
    nested = "[" * brackets
    connection = HTTPConnection("127.0.0.1", int(deployment.port), timeout=DEADLINE)
    for path in ("/webhooks/answer", "/webhooks/events", "/webhooks/fallback"):
        connection.request("POST", path, nested, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 400
        assert json.load(answer)["error"]
    connection.close()
    with call_socket(deployment) as call:
        call.send('{"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}')
        call.send(nested[:65_536])
        call.send('{"event": ' + "[" * (brackets - 20))
        call.send(bytes(320))
        assert call.recv() == bytes(320)
    for service in ("webhooks", "echo-engine"):
        for container in deployment.containers(service):
            assert container.attrs["RestartCount"] == 0


def test_only_caddy_publishes_a_port(deployment: Deployment) -> None:
    published = {
        service: {
            (port, address["HostPort"])
            for container in deployment.containers(service)
            for port, addresses in container.ports.items()
            for address in addresses or ()
        }
        for service in SERVICES
    }
    assert published == {
        "caddy": {(f"{deployment.port}/tcp", deployment.port)},
        "webhooks": set(),
        "echo-engine": set(),
    }


def test_only_caddy_is_in_a_network_that_leads_outside(deployment: Deployment) -> None:
    for service in SERVICES:
        for container in deployment.containers(service):
            names = container.attrs["NetworkSettings"]["Networks"]
            leading_outside = [name for name in names if not deployment.engine.networks.get(name).attrs["Internal"]]
            assert bool(leading_outside) == (service == "caddy")


def test_processes_run_without_rights(deployment: Deployment) -> None:
    for container in deployment.containers():
        options = container.attrs["HostConfig"]
        assert options["ReadonlyRootfs"]
        assert options["CapDrop"] == ["ALL"]
        assert options["SecurityOpt"] == ["no-new-privileges:true"]
        state = dict(line.split(":\t", 1) for line in execute(container, "cat", "/proc/1/status").splitlines())
        assert state["Uid"].split() == ["65532"] * 4
        assert int(state["CapEff"], 16) == int(state["CapPrm"], 16) == 0
        assert state["NoNewPrivs"] == "1"


def test_buffers_for_audio_are_small(deployment: Deployment) -> None:
    for service in ("caddy", "echo-engine"):
        for container in deployment.containers(service):
            for name in ("tcp_rmem", "tcp_wmem"):
                assert execute(container, "cat", f"/proc/sys/net/ipv4/{name}").split() == ["4096", "16384", "65536"]
