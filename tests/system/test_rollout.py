"""deploy/rollout, and what else docs/operations.md has an operator type: no command costs calls or engines."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from local_run.environment import unused_ports
from local_run.supervisor import status
from tests.harness.containers import compose_environment, docker_with_compose
from tests.harness.forge import SIGNATURE_SECRET
from tests.harness.local_run import authorization, simulate
from tests.harness.process import PATIENT, ROOT

ENGINES = 2
GATEWAY = "{{range .IPAM.Config}}{{.Gateway}}{{end}}"
LEFT_OUT = (".git", ".venv", ".run", ".env", "tests", "docs", "benchmarks")


class Host:
    """A machine with a copy of the project, whose operator types commands; settings stand in `.env`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "voice echo"
        shutil.copytree(ROOT, self.folder, ignore=lambda path, _: LEFT_OUT if path == str(ROOT) else ())
        self.port = unused_ports(1)[0]
        self.project = f"rollout-test-{os.getpid()}"
        self._environment = compose_environment(**docker_with_compose(folder))
        self.set()

    def set(self, **settings: str) -> None:
        """Write `.env`, with these settings beside those that every test needs."""
        always = {
            "COMPOSE_PROJECT_NAME": self.project,
            "PORT": self.port,
            "ENGINES": str(ENGINES),
            "DRAIN_SECONDS": "1",
            **PATIENT,
        }
        lines = [f"{name}={value}\n" for name, value in (always | settings).items()]
        (self.folder / ".env").write_text("".join(lines))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder; stdout has both streams."""
        pipe, merged = subprocess.PIPE, subprocess.STDOUT
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, text=True, stdout=pipe, stderr=merged, check=False
        )

    def compose(self, *arguments: str) -> str:
        done = self.run("docker", "compose", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def containers(self) -> list[str]:
        """Return the ids of all containers of the webhooks and the engines, stopped ones too."""
        return sorted(self.compose("ps", "--all", "--quiet", "webhooks", "echo-engine").split())

    def call(self, **settings: str) -> None:
        done = simulate(self.port, "--seconds", "1", **settings)
        report = json.loads(done.stdout)
        assert report["calls_lost"] == 0, done.stdout
        assert report["frames"]["returned"] > 0, done.stdout


@pytest.fixture(scope="module")
def host(docker_engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    try:
        host.compose("up", "--detach", "--build", "--wait")
        yield host
    finally:
        host.compose("--profile", "*", "down", "--volumes", "--rmi", "local", "--timeout", "10")


def test_it_says_that_it_is_ready(host: Host) -> None:
    log = host.compose("logs", "--no-color", "caddy")
    assert log.count(f'"event":"Ready: http://127.0.0.1:{host.port}"') == 1


@pytest.mark.parametrize("options", [["--force-recreate", "caddy"], []], ids=" ".join)
def test_no_documented_command_takes_an_engine_away(host: Host, options: list[str]) -> None:
    before = host.containers()
    host.compose("up", "--detach", *options)
    assert host.containers() == before
    assert len(before) == 1 + ENGINES


def test_a_good_version_replaces_the_old_one_and_loses_no_call(host: Host) -> None:
    before, results = host.containers(), []
    placing = threading.Thread(target=lambda: results.append(simulate(host.port, "--calls", "4", "--seconds", "45")))
    placing.start()
    done = host.run("deploy/rollout")
    placing.join()
    assert done.returncode == 0, done.stdout
    after = host.containers()
    assert not set(before) & set(after)
    assert len(after) == len(before)
    report = json.loads(results[0].stdout)
    assert (report["calls_lost"], report["calls_given_up"]) == (0, 0)
    assert report["moved"] >= 4
    lines = host.compose("exec", "-T", "webhooks", "grep", "-r", "", "/app/logs").splitlines()
    drained = [line for line in lines if '"call ended"' in line and '"drained"' in line]
    assert drained, "the lines of the engines that have gone are gone"
    uuid = json.loads(drained[0].partition("{")[1] + drained[0].partition("{")[2])["call_uuid"]
    story = subprocess.run(
        [sys.executable, "-m", "observability.story", uuid],
        cwd=ROOT, input="\n".join(lines), text=True, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert "sockets 2" in story or "sockets 3" in story, story


def test_a_version_that_does_not_start_changes_nothing(host: Host) -> None:
    routes = host.folder / "webhooks" / "routes.py"
    good = routes.read_text()
    routes.write_text(good + '\nraise RuntimeError("this version is broken")\n')
    assert_refused(host, "RuntimeError: this version is broken")
    routes.write_text(good)
    before = host.containers()
    host.compose("up", "--detach")  # the images' names lead to the old ones again
    assert host.containers() == before


def test_a_version_that_starts_and_gets_unhealthy_is_taken_away(host: Host) -> None:
    probes = host.folder / "echo_engine" / "handshake.py"
    good = probes.read_text()
    probes.write_text(good.replace('"/healthz"', '"/health"'))
    quicker = host.folder / "docker-compose.override.yml"
    quicker.write_text("services: {echo-engine: {healthcheck: {interval: 1s, start_period: 1s}}}\n")
    assert_refused(host, "the new echo-engine didn't get healthy. Its last lines:")
    quicker.unlink()
    probes.write_text(good)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SAMPLE_RATE", "11025", "SAMPLE_RATE: Value error, must be 8000, 16000 or 24000 (Hz)"),
        ("MAX_CALLS", "abc", "MAX_CALLS: Input should be a valid integer"),
        ("VONAGE_SIGNATURE_SECRET_FILE", "./missing", "missing"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_replaced(host: Host, setting: str, value: str, said: str) -> None:
    host.set(**{setting: value})
    assert_refused(host, said, "--no-build")
    host.set()


def assert_refused(host: Host, said: str, *options: str) -> None:
    before = host.containers()
    done = host.run("deploy/rollout", *options)
    assert done.returncode == 1, done.stdout
    assert said in done.stdout
    assert "nothing has changed: the old processes go on." in done.stdout
    assert host.containers() == before
    host.call()


CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)"


def test_the_pages_rule_keeps_the_host_from_the_webhooks_and_the_engines(host: Host) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    (rule,) = re.findall(r"^    (iptables -I INPUT .*)$", page, re.MULTILINE)
    rule = rule.replace("PROJECT", host.project)
    gateway = host.run("docker", "network", "inspect", f"{host.project}_internal", "--format", GATEWAY).stdout.strip()
    assert host.run("sh", "-c", rule).returncode == 0
    try:
        with socket.create_server(("0.0.0.0", 0)) as server:
            port = str(server.getsockname()[1])
            socket.create_connection((gateway, int(port)), 2).close()  # the host itself reaches it
            for service in ("webhooks", "echo-engine"):
                done = host.run("docker", "compose", "exec", "-T", service, "python", "-c", CONNECT, gateway, port)
                assert "TimeoutError" in done.stdout, done.stdout
        host.call()
    finally:
        assert host.run("sh", "-c", rule.replace("-I INPUT", "-D INPUT")).returncode == 0


def test_down_lets_the_engines_drain_before_caddy_goes(host: Host) -> None:
    headers = authorization(host.port)
    with connect(f"ws://127.0.0.1:{host.port}/socket", additional_headers=headers, proxy=None) as call:
        host.compose("down")
        with pytest.raises(ConnectionClosed) as closed:
            call.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


def test_a_deploy_mends_engines_that_crash(host: Host) -> None:
    host.set(MAX_CALLS="abc")
    host.compose("up", "--detach")  # as nobody should
    host.set()
    done = host.run("deploy/rollout", "--no-build")
    assert done.returncode == 0, done.stdout
    host.call()


def test_a_secret_comes_in_a_file_that_docker_inspect_does_not_show(host: Host) -> None:
    secret = host.folder / "signature-secret"
    secret.write_text(SIGNATURE_SECRET)
    secret.chmod(0o400)
    os.chown(secret, 65532, 65532)
    host.set(VONAGE_SIGNATURE_SECRET_FILE="./signature-secret")
    host.compose("up", "--detach", "--wait")
    assert status(host.port, "GET", "/webhooks/answer?uuid=a&conversation_uuid=b") == 401
    host.call(VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
    for container in host.containers():
        assert SIGNATURE_SECRET not in host.run("docker", "inspect", container).stdout
