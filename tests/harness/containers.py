"""The containers of docker-compose.yml, as a project of their own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import compose  # type: ignore[import-untyped]

from local_run.environment import unused_ports
from local_run.supervisor import status
from simulator.tests.harness.waiting import wait_until
from tests.harness.process import ROOT, Process, started

# The wheel's program itself: its wrapper in .venv/bin exits with 0 whatever happened.
COMPOSE = str(Path(compose.__file__).with_name("docker-compose"))
IMAGES = ("PYTHON_IMAGE", "CADDY_IMAGE", "PROMETHEUS_IMAGE", "ALERTMANAGER_IMAGE")
FETCH = ("python", "-c", "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=2).read().decode())")
Override = Mapping[str, Any]  # of services in docker-compose.yml


def compose_command(project: str) -> list[str]:
    """Return the start of a compose command that no .env changes."""
    return [COMPOSE, "--project-name", project, "--env-file", os.devnull]


def compose_environment(**settings: str) -> dict[str, str]:
    """Return an environment with no settings but those given; the base images stay as they are."""
    kept = {name: value for name, value in os.environ.items() if name in (*IMAGES, "PATH", "HOME", "DOCKER_HOST")}
    return kept | settings


def docker_with_compose(folder: Path) -> dict[str, str]:
    """Return the variable with which `docker compose` is the wheel's, by a file made in this folder."""
    plugins = folder / "docker" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-compose").symlink_to(COMPOSE)
    return {"DOCKER_CONFIG": str(folder / "docker")}


def engine_problem() -> str:
    """Return why no Docker engine can be used, or an empty text."""
    done = subprocess.run([COMPOSE, "ls", "--quiet"], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


class Deployment:
    """A started project; its front is at `port` on this machine, and its phone, if started, at `phone_port`."""

    def __init__(self, engine: Any, folder: Path, settings: Mapping[str, str]) -> None:
        self.engine = engine
        self.project = f"voice-echo-test-{os.getpid()}"
        self.port, self.phone_port = unused_ports(2)
        self.caddyfile = folder / "Caddyfile"  # a copy, to be changed at will
        self.caddyfile.write_bytes((ROOT / "Caddyfile").read_bytes())
        self._override_file = folder / "override.json"
        self.override({})
        self._settings = settings
        self._docker = docker_with_compose(folder)

    def compose(self, *arguments: str) -> str:
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a compose command to its end, whatever its exit code; stdout has both streams."""
        return subprocess.run(
            [*compose_command(self.project), "--file", "docker-compose.yml", "--file", self._override_file, *arguments],
            cwd=ROOT,
            env=self._environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    def roll_out(self) -> subprocess.CompletedProcess[str]:
        """Run deploy/rollout with the images that are there, to its end; stdout has both streams."""
        compose = {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": f"docker-compose.yml:{self._override_file}",
            "COMPOSE_ENV_FILES": os.devnull,
        }
        return subprocess.run(
            ["deploy/rollout", "--no-build"],
            cwd=ROOT,
            env=self._environment(**compose, **self._docker),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    def _environment(self, **more: str) -> dict[str, str]:
        return compose_environment(PORT=self.port, PHONE_PORT=self.phone_port, **self._settings, **more)

    def override(self, services: Override) -> None:
        """Have compose add these keys to its services, or replace them there, from the next command on."""
        caddy = {"volumes": [f"{self.caddyfile}:/etc/caddy/Caddyfile:ro"]}
        self._override_file.write_text(json.dumps({"services": {"caddy": caddy, **services}}))

    def restore(self, replicas: int) -> None:
        """Recreate the containers behind the front as compose defines them now, and wait until they take calls."""
        # With caddy named here, compose would wait for the health checks of all that it depends on.
        self.compose("up", "--detach", "--no-deps", "--scale", f"echo-engine={replicas}", "webhooks", "echo-engine")
        self.wait_for_webhooks()
        self.wait_for_engines(replicas)

    def wait_for_webhooks(self) -> None:
        """Wait until the webhooks answer: an event without a body, as an answer would take a place in the schedule."""
        wait_until(lambda: self.status("/webhooks/events") == 400, "the webhooks answer")

    def wait_for_engines(self, count: int) -> None:
        wait_until(
            lambda: sum(map(takes_calls, self.containers("echo-engine"))) == count, f"{count} engines take calls"
        )

    def status(self, path: str) -> int | None:
        return status(self.port, "GET", path)

    def scale(self, replicas: int) -> None:
        count = f"echo-engine={replicas}"
        self.compose("up", "--detach", "--no-deps", "--no-recreate", "--scale", count, "echo-engine")
        self.wait_for_engines(replicas)

    def logs(self, service: str) -> AbstractContextManager[Process]:
        """Follow the log of a service; each line starts with the service and the number of its container."""
        return started([*compose_command(self.project), "logs", "--follow", service])

    def containers(self, service: str | None = None) -> list[Any]:
        labels = [f"com.docker.compose.project={self.project}"]
        if service:
            labels.append(f"com.docker.compose.service={service}")
        found: list[Any] = self.engine.containers.list(filters={"label": labels})
        return found


def takes_calls(engine: Any) -> bool:
    from docker.errors import APIError  # type: ignore[import-untyped]

    try:
        return bool(engine.exec_run([*FETCH, "http://127.0.0.1:8765/readyz"]).exit_code == 0)
    except APIError:  # it isn't running
        return False


def execute(container: Any, *command: str) -> str:
    code, printed = container.exec_run(command)
    assert code == 0, printed
    return str(printed.decode())


def metric(container: Any, name: str) -> float:
    lines = execute(container, *FETCH, "http://127.0.0.1:8765/metrics").splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(f"{name} ")))


@contextmanager
def deployed(**settings: str) -> Iterator[Deployment]:
    """Build and start the containers; in the end remove them with their volumes and images."""
    import docker  # type: ignore[import-untyped]  # slow, and some tests need no more than compose's configuration

    engine = docker.from_env()
    try:
        with tempfile.TemporaryDirectory() as folder:
            deployment = Deployment(engine, Path(folder), settings)
            try:
                deployment.compose("up", "--build", "--wait")
                yield deployment
            finally:
                deployment.compose("--profile", "*", "down", "--volumes", "--rmi", "local")
    finally:
        engine.close()
