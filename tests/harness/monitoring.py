"""Prometheus and Alertmanager beside the containers, as the profile of docker-compose.yml starts them, but quicker."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException  # type: ignore[import-untyped]

from local_run.environment import unused_ports
from local_run.supervisor import status
from simulator.tests.harness.waiting import wait_until
from tests.harness.containers import Deployment, deployed
from tests.harness.process import DEADLINE
from tests.harness.rules import FOLDER

ALERT_SECONDS = 90.0  # a scrape, the rules, and the alert's own time, on a busy machine
# As in docker-compose.yml, which may name others by these variables.
IMAGES = {
    "PROMETHEUS_IMAGE": "prom/prometheus:v3.5.0",
    "ALERTMANAGER_IMAGE": "prom/alertmanager:v0.28.1",
}
FIRED = 'max by (alertname) (max_over_time(ALERTS{alertstate="firing"}[10m]))'
PROFILE = ("--profile", "observability")
# What would take minutes: how often is looked, and how long something must last until it is an alert.
QUICKER = (
    (re.compile(r"_interval: \d+s$", re.MULTILINE), "_interval: 1s"),
    (re.compile(r"refresh_interval: \d+s"), "refresh_interval: 1s"),
    (re.compile(r"\bfor: \d+[mh]$", re.MULTILINE), "for: 1s"),
    (re.compile(r"group_wait: \d+s"), "group_wait: 1s"),
)


class Monitoring:
    """A deployment with Prometheus and Alertmanager; both are asked over the ports that they publish."""

    def __init__(self, deployment: Deployment, prometheus_port: str, alertmanager_port: str = "") -> None:
        self.deployment = deployment
        self.ports = {"prometheus": prometheus_port, "alertmanager": alertmanager_port}

    def is_ready(self) -> bool:
        return _ready(self.ports["prometheus"])

    def values(self, promql: str) -> list[float]:
        result = self._get("prometheus", f"/api/v1/query?{urlencode({'query': promql})}")["data"]["result"]
        return [float(series["value"][1]) for series in result]

    def firing(self) -> set[str]:
        return self._alerts("firing")

    def pending(self) -> set[str]:
        return self._alerts("pending")

    def fired(self) -> set[str]:
        """Return the names of the alerts that fire now, or have fired."""
        found = self._get("prometheus", f"/api/v1/query?{urlencode({'query': FIRED})}")["data"]["result"]
        return {series["metric"]["alertname"] for series in found}

    def wait_for(self, promql: str, value: float) -> None:
        """Wait until a query finds one series, of this value."""
        wait_until(lambda: self.values(promql) == [value], f"{promql} is {value:g}")

    def wait_for_alert(self, name: str) -> None:
        wait_until(lambda: name in self.firing(), f"the alert {name} fires", ALERT_SECONDS)

    def received(self) -> dict[str, str]:
        """Return the alerts that have reached Alertmanager, each with the receiver that is told of it."""
        alerts = self._get("alertmanager", "/api/v2/alerts")
        return {alert["labels"]["alertname"]: alert["receivers"][0]["name"] for alert in alerts}

    def _alerts(self, state: str) -> set[str]:
        alerts = self._get("prometheus", "/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == state}

    def _get(self, service: str, path: str) -> Any:
        connection = HTTPConnection("127.0.0.1", int(self.ports[service]), timeout=DEADLINE)
        connection.request("GET", path)
        response = connection.getresponse()
        answer = json.load(response)
        connection.close()
        assert response.status == 200, answer
        return answer


def _ready(port: str) -> bool:
    return status(port, "GET", "/-/ready") == 200


def images_problem() -> str:
    engine = docker.from_env()
    try:
        for variable, official in IMAGES.items():
            name = os.environ.get(variable, official)
            if not engine.images.list(name):
                engine.images.pull(name)
    except DockerException as error:
        return f"no image {name}: {error}"
    finally:
        engine.close()
    return ""


@contextmanager
def monitored(folder: Path, **settings: str) -> Iterator[Monitoring]:
    """Start the containers, and what watches them with its files changed for a hurry; in the end remove them all."""
    for file in FOLDER.glob("*.yml"):
        text = file.read_text()
        for slow, quick in QUICKER:
            text = slow.sub(quick, text)
        (folder / file.name).write_text(text)
    folder.chmod(0o755)
    ports = unused_ports(2)
    published = dict(zip(("PROMETHEUS_PORT", "ALERTMANAGER_PORT"), ports, strict=True))
    with deployed(**published, **settings) as deployment:
        files = {"prometheus": "/etc/prometheus", "alertmanager": "/etc/alertmanager"}
        deployment.override({name: {"volumes": [f"{folder}:{place}:ro"]} for name, place in files.items()})
        try:
            deployment.compose(*PROFILE, "up", "--detach", "--no-deps", *files)
            for port in ports:
                wait_until(partial(_ready, port), f"port {port} is ready")
            monitoring = Monitoring(deployment, *ports)
            # A counter that has risen before Prometheus first reads it doesn't rise for Prometheus.
            monitoring.wait_for('up{job="webhooks"}', 1)
            yield monitoring
        finally:
            deployment.compose(*PROFILE, "down", "--volumes")
