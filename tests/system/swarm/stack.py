"""The stack of deploy/swarm on machines that have joined a Swarm, with a load balancer before their Caddies."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from docker.errors import APIError  # type: ignore[import-untyped]

from local_run.environment import unused_ports
from local_run.supervisor import status
from tests.harness.containers import COMPOSE, FETCH, engine_problem
from tests.harness.process import ROOT, started
from tests.system.swarm.images import BUILT, images
from tests.system.swarm.machine import Machine, machines, machines_problem
from tests.system.swarm.waiting import wait_until

NAME, FRONT_PORT = "echo", "3000"
ENGINES, WEBHOOKS, CADDIES = (f"{NAME}_{service}" for service in ("echo-engine", "webhooks", "caddy"))
ENDED = ("complete", "failed", "shutdown", "rejected", "remove", "orphaned")  # a task's states
SECRETS = {"socket-secret": secrets.token_hex(32), "vonage-signature-secret": secrets.token_hex(16)}
DRAIN_SECONDS = 2


def swarm_problem() -> str:
    """Return why no Swarm can be made here, or an empty text."""
    return machines_problem("docker", "haproxy") or engine_problem()


class Stack:
    """A stack for so many calls; the platform comes in at `port` on this machine."""

    def __init__(self, nodes: list[Machine], place: str, folder: Path, calls: int, drain_seconds: int) -> None:
        self.nodes = nodes
        self.calls = calls
        (self.port,) = unused_ports(1)
        self._settings = {
            "IMAGES": place,
            "PORT": FRONT_PORT,
            "DRAIN_SECONDS": str(DRAIN_SECONDS),
            "IDLE_SECONDS": "20",  # then an engine gives the calls up that came through a Caddy that is dead
            "ENGINE_UPDATE_DELAY": f"{drain_seconds}s",
        }
        self._plugins = folder / "docker"
        (self._plugins / "cli-plugins").mkdir(parents=True)
        (self._plugins / "cli-plugins" / "docker-compose").symlink_to(COMPOSE)

    @property
    def manager(self) -> Machine:
        """A node that is up and may tell the Swarm what to do."""
        return next(node for node in self.nodes if node.is_up and node.engine.info()["Swarm"]["ControlAvailable"])

    def docker(self, *arguments: str) -> None:
        """Run a command of Docker's on a manager, as an operator does."""
        self._run(["docker", *arguments])

    def deploy(self, version: str, engines: int) -> None:
        """Deploy a version as docs/deploy.md says; returns before it is there."""
        settings = self._settings | {"VERSION": version, "ENGINES": str(engines)}
        self._run([str(ROOT / "deploy" / "swarm" / "deploy"), NAME, "--resolve-image", "never"], **settings)

    def _run(self, command: list[str], **settings: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        docker_settings = {"DOCKER_HOST": self.manager.url, "DOCKER_CONFIG": str(self._plugins)}
        environment = kept | settings | docker_settings | {"COMPOSE_DISABLE_ENV_FILE": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def scale(self, engines: int) -> None:
        """Have so many echo engines, and wait until they run, and no other."""
        self.docker("service", "scale", "--detach", f"{ENGINES}={engines}")
        self.wait_for(ENGINES, engines)

    def versions(self) -> set[str]:
        tasks = [task for name in (ENGINES, WEBHOOKS) for task in self.tasks(name) if _state(task) == "running"]
        return {task["Spec"]["ContainerSpec"]["Image"].rpartition(":")[2] for task in tasks}

    def wait_for(self, service: str, count: int) -> None:
        """Wait until as many of a service's tasks run, which they do once they are healthy, and no other is left."""
        wait_until(
            lambda: [_state(task) for task in self.tasks(service) if _state(task) not in ENDED] == ["running"] * count,
            f"{count} tasks of {service} run",
        )

    def tasks(self, service: str) -> list[dict[str, Any]]:
        """Return a service's tasks, those of the past too, as the Swarm describes them."""
        tasks: list[dict[str, Any]] = self.manager.engine.services.get(service).tasks()
        return tasks

    def wait_for_update(self, state: str) -> None:
        """Wait until the updates of webhooks and engines have come to a state: `completed`, `rollback_completed`."""
        for name in (WEBHOOKS, ENGINES):
            wait_until(partial(self._update_is, name, state), f"the update of {name} is {state}")

    def _update_is(self, service: str, state: str) -> bool:
        status = self.manager.engine.services.get(service).attrs.get("UpdateStatus", {})
        return bool(status.get("State") == state)

    def engines(self) -> list[Any]:
        """Return the containers of the echo engines that run, on all machines that are up."""
        return [container for node in self.nodes if node.is_up for container in node.containers(ENGINES)]

    def wait_for_calls(self) -> None:
        """Wait until all calls are open, on the machines that are up."""
        wait_until(lambda: sum(map(calls_open, self.engines())) == self.calls, "all calls have moved")


def _state(task: dict[str, Any]) -> str:
    return str(task["Status"]["State"])


def calls_open(engine: Any) -> int:
    try:
        code, printed = engine.exec_run([*FETCH, "http://127.0.0.1:8765/metrics"])
    except APIError:
        return 0
    found = re.search(r"^echo_engine_calls_open (\S+)$", printed.decode(), re.MULTILINE)
    return int(float(found[1])) if code == 0 and found else 0


@contextmanager
def deployed(count: int, engines: int, calls: int) -> Iterator[Stack]:
    """Build the images, make the machines and deploy the stack for so many calls; in the end remove all of it."""
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        built = cleanup.enter_context(images(folder))
        nodes = cleanup.enter_context(machines(count, folder))
        _join(nodes)
        for node in nodes:
            with built.archive.open("rb") as file:
                node.engine.images.load(file)
        stack = Stack(nodes, built.place, folder, calls, DRAIN_SECONDS + calls // engines + 1)
        for name, value in SECRETS.items():
            stack.manager.engine.secrets.create(name=name, data=value.encode())
        stack.deploy(BUILT, engines)
        stack.wait_for(ENGINES, engines)
        stack.wait_for(CADDIES, count)
        cleanup.enter_context(_balancer(stack))
        yield stack


def _join(nodes: list[Machine]) -> None:
    """Join the machines to a Swarm: three as managers, of which one can be lost; of two the second as a worker."""
    first, *others = nodes
    first.engine.swarm.init(
        advertise_addr=first.address, listen_addr=first.address, default_addr_pool=["10.231.0.0/16"]
    )
    tokens = first.engine.swarm.attrs["JoinTokens"]
    for node in others:
        token = tokens["Manager" if len(nodes) > 2 else "Worker"]
        node.engine.swarm.join([first.address], token, advertise_addr=node.address, listen_addr=node.address)


@contextmanager
def _balancer(stack: Stack) -> Iterator[None]:
    """Run the load balancer of deploy/haproxy.cfg; a third node that isn't there is down."""
    first = stack.nodes[0].address.rpartition(".")[0]
    addresses = {f"NODE_{number}": f"{first}.{number + 1}:{FRONT_PORT}" for number in (1, 2, 3)}
    with started(["haproxy", "-db", "-f", "deploy/haproxy.cfg"], ADDRESS=f"127.0.0.1:{stack.port}", **addresses):
        wait_until(
            lambda: status(stack.port, "GET", "/webhooks/events") == 401, "the webhooks answer through the front"
        )
        yield
