"""The alerts that a fault raises: Prometheus beside the containers, with its files as they are deployed."""

from __future__ import annotations

import time

from simulator.tests.harness.waiting import wait_until
from tests.harness.monitoring import PROFILE, Monitoring
from tests.harness.rules import ALERTS, seconds
from tests.system.chaos.faults import REPLICAS

PROCESSES = REPLICAS + 2  # the webhooks and Caddy
NOTICED_SECONDS = 30.0  # names are looked up every 5 s, metrics and alerts every 10 s
# What would have to last for longer, such as LoopLate, tells of the machine and not of the fault.
PENDING_SECONDS = 120
ALWAYS = {"Watchdog"}
AWAITED = {name for name, alert in ALERTS.items() if seconds(alert.get("for", "0s")) <= PENDING_SECONDS}


def watch_anew(monitoring: Monitoring) -> None:
    """Start a Prometheus that knows nothing of what was before, and wait until it has found every process."""
    deployment = monitoring.deployment
    deployment.compose(*PROFILE, "rm", "--stop", "--force", "prometheus")
    for volume in deployment.engine.volumes.list(filters={"name": f"{deployment.project}_prometheus-data"}):
        volume.remove()
    deployment.compose(*PROFILE, "up", "--detach", "--no-deps", "prometheus")
    wait_until(monitoring.is_ready, "Prometheus is ready")
    wait_until(lambda: monitoring.values("count(up == 1)") == [PROCESSES], "every process is found", seconds=60)


def raised(monitoring: Monitoring) -> set[str]:
    """Return the alerts that have fired, once those that are pending have fired or gone."""
    if not monitoring.is_ready():  # it was stopped with the rest
        return set()
    time.sleep(NOTICED_SECONDS)
    wait_until(lambda: not monitoring.pending() & AWAITED, "no alert is pending", seconds=2 * PENDING_SECONDS)
    return monitoring.fired() - ALWAYS
