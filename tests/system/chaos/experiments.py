"""The experiments: a fault strikes while calls are up, and what must become of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.harness.containers import Deployment, Override
from tests.harness.process import ROOT
from tests.system.chaos import faults
from tests.system.chaos.faults import MAX_CALLS, REPLICAS

SETTINGS = {"ENGINES": str(REPLICAS), "DRAIN_SECONDS": "2", "MOVES_PER_SECOND": "10", "CONNECTS_PER_SECOND": "0"}
CALLS = 9
# The platform's own pace (platform.md, 2.5), and how many calls it takes about 24 s to open.
LIMIT, PACED_CALLS, ALL_UP_SECONDS = 3, 60, 24
ROLLOUT_SECONDS = 180  # longer than it takes on a busy machine
PACED: Override = {
    "webhooks": {"environment": {"CONNECTS_PER_SECOND": str(LIMIT)}},
    "echo-engine": {"environment": {"MOVES_PER_SECOND": "2"}},
}


@dataclass(frozen=True)
class Experiment:
    """A fault, and what must become of the calls; none is lost unless it may be."""

    fault: str
    inflict: Callable[[Deployment], int]  # returns how many calls have to move
    silence_ms: int  # the longest that a caller may hear, on a machine with nothing else to do
    seconds: float = 8.0  # how long the callers speak: longer than the fault strikes
    calls: int = CALLS
    moves: bool = True  # False: no call may move
    override: Callable[[], Override] = dict
    before: Callable[[Deployment], None] = lambda _: None
    retry_pause: float = 1.0  # seconds until the platform tries a request again
    limit: int = 0  # legs that the platform opens in a second; 0: any number
    refused_as: str = "rejected"
    median_silence_ms: int | None = None
    may_lose: bool = False
    in_ci: bool = True  # False where another experiment of CI shows the same, or the machine suffers too
    alerts: frozenset[str] = frozenset()  # that must fire
    section: str = ""  # of docs/operations.md, for the operator who sees it

    @property
    def options(self) -> list[str]:
        """The simulator's options."""
        options = {
            "--calls": self.calls,
            "--seconds": self.seconds,
            "--retry-pause": self.retry_pause,
            "--connects-per-second": self.limit,
            "--refused-as": self.refused_as,
        }
        return [word for name, value in options.items() for word in (name, str(value))]


def paced(fault: str, inflict: Callable[[Deployment], int], silence_ms: int, seconds: float, **more: Any) -> Experiment:
    """Return an experiment with 60 calls at the platform's pace; `seconds` are those after all calls are up."""
    defaults: dict[str, Any] = {"calls": PACED_CALLS, "limit": LIMIT, "override": lambda: PACED, "in_ci": False}
    return Experiment(fault, inflict, silence_ms, ALL_UP_SECONDS + seconds, **defaults | more)


# 1500 ms for a killed engine is a promise; the other bounds leave room for a slow machine.
EXPERIMENTS = [
    Experiment("an engine is killed", faults.kill_engine, 1500, in_ci=False),
    Experiment("two of three engines are scaled in", faults.scale_in, 1500),
    Experiment("all engines are restarted, one after the other", faults.restart_engines, 1500, seconds=18, in_ci=False),
    Experiment("the webhooks are restarted", faults.restart_webhooks, 500, moves=False),
    Experiment("an engine and the webhooks are killed at once", faults.kill_engine_and_webhooks, 5000, seconds=9),
    Experiment("Caddy reloads a changed Caddyfile", faults.reload_caddy, 500, moves=False),
    # Nothing answers the platform meanwhile: whether the calls come back is up to when it tries again.
    Experiment(
        "Caddy is restarted; the platform tries again after 3 s",
        faults.restart_caddy,
        6000,
        seconds=12,
        retry_pause=3.0,
    ),
    Experiment("an engine stands still for 5 s", faults.pause_engine, 6000, seconds=9),
    Experiment("an engine loses its network", faults.cut_engine_off, 5000, seconds=9),
    Experiment(
        "an engine is full, which Caddy doesn't know",
        faults.fill_the_rest,
        500,
        seconds=2,
        calls=MAX_CALLS * (REPLICAS - 1),
        moves=False,
        override=faults.few_calls_fit,
        before=faults.fill_engine,
    ),
    Experiment(
        "the webhooks' clock is 60 s fast, an engine is killed",
        faults.kill_engine,
        1500,
        override=lambda: faults.webhooks_clock_off(60),
        in_ci=False,
    ),
    Experiment(
        "the webhooks' clock is 60 s slow, an engine is killed",
        faults.kill_engine,
        1500,
        override=lambda: faults.webhooks_clock_off(-60),
        in_ci=False,
    ),
    Experiment(
        "the disk for logs is full, an engine is killed",
        faults.kill_engine,
        1500,
        override=faults.disk_full,
        in_ci=False,
    ),
]


# With 20 calls of a killed engine, 3 connects a second can't be faster than 6.7 s. Caddy holds all 60.
PACED_EXPERIMENTS = [
    paced("an engine is killed", faults.kill_engine, 8000, 16, median_silence_ms=4000, in_ci=True),
    paced("an engine is drained", faults.drain_engine, 1500, 22),
    paced("the webhooks are restarted", faults.restart_webhooks, 500, 12, moves=False),
    paced("an engine and the webhooks are killed at once", faults.kill_engine_and_webhooks, 15_000, 25),
    paced("an engine stands still for 5 s", faults.pause_engine, 15_000, 25),
    paced("an engine loses its network", faults.cut_engine_off, 15_000, 25),
    paced("Caddy is restarted; the platform tries again after 3 s", faults.restart_caddy, 25_000, 40, retry_pause=3.0),
    *(
        paced(
            f"an engine is killed; set to 6 a second by mistake, refused as `{refused_as}`",
            faults.kill_engine_paced_wrongly,
            30_000,
            40,
            refused_as=refused_as,
        )
        for refused_as in ("failed", "rejected", "timeout", "reason")
    ),
    paced("an engine is killed, and nothing paces", faults.kill_engine_unpaced, 60_000, 45, may_lose=True),
    paced(
        "Caddy is restarted, and nothing paces",
        faults.restart_caddy_unpaced,
        60_000,
        50,
        retry_pause=3.0,
        may_lose=True,
    ),
]


FRONT_EXPERIMENTS = [
    Experiment("Caddy is stopped for 3 s, and continued", faults.stop_caddy_for_a_while, 4500, in_ci=False),
    Experiment("Caddy can't look names up, and then can again", faults.take_names_away, 500, 25, moves=False),
]


def watched(
    fault: str, inflict: Callable[[Deployment], int], silence_ms: int, section: str, *alerts: str, **more: Any
) -> Experiment:
    """Return an experiment with 30 calls at the platform's pace, and the alerts that it must raise."""
    defaults: dict[str, Any] = {"calls": 30, "limit": LIMIT, "seconds": 35, "in_ci": False}
    return Experiment(fault, inflict, silence_ms, section=section, alerts=frozenset(alerts), **defaults | more)


# With the settings, Prometheus and the alerts as they are deployed.
WATCHED_EXPERIMENTS = [
    watched("an engine is killed", faults.kill_engine, 8000, "is-it-up", "CallsCut", "ProcessRestarts"),
    watched("the kernel kills an engine that has taken all its memory", faults.run_out_of_memory, 8000,
            "is-it-up", "CallsCut", "ProcessRestarts"),
    watched("an engine's container is killed, and stays away", faults.kill_container, 8000,
            "is-it-up", "CallsCut", "EngineMissing"),
    watched("an engine stands still for 5 s", faults.pause_engine, 15_000, "is-it-up"),
    watched("Caddy is restarted; the platform tries again after 3 s", faults.restart_caddy, 25_000,
            "caddy", "CallsCut", seconds=45, retry_pause=3.0),
    watched("Caddy reloads a changed Caddyfile", faults.reload_caddy, 500, "caddy", moves=False),
    watched("a new version, with `deploy/rollout`", faults.roll_out, 4000, "a-new-version", seconds=ROLLOUT_SECONDS),
    watched("a changed setting, with `deploy/rollout`", faults.change_setting, 4000,
            "a-new-version", seconds=ROLLOUT_SECONDS),
    watched("a new version that doesn't start, with `deploy/rollout`", faults.roll_out_broken, 1500,
            "a-new-version", seconds=60, moves=False),
    watched("`docker compose --profile '*' down`", faults.take_down, 60_000, "stopping", may_lose=True),
]  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What became of the calls."""

    calls: int
    lost: int
    moved: int
    must_move: int
    refused: int  # connects
    median_silence_ms: float | None  # of the moves
    silence_ms: float
    errors: list[str]


def run(experiment: Experiment, deployment: Deployment) -> Result:
    """Inflict the fault once all calls are up, and return what became of them."""
    deployment.override(experiment.override())
    deployment.restore(REPLICAS)
    experiment.before(deployment)
    environment = os.environ | {"PORT": deployment.port}
    return strike(experiment.options, environment, lambda: experiment.inflict(deployment))


def strike(
    options: Sequence[str],
    environment: Mapping[str, str],
    inflict: Callable[[], int],
    meanwhile: Callable[[], None] = lambda: None,
) -> Result:
    """Place calls, inflict a fault once all are up, and return what became of them; do `meanwhile` as they come."""
    command, pipe = [sys.executable, "-m", "voice_simulator", "--json", *options], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=pipe) as calls:
        assert calls.stderr is not None
        meanwhile()
        said = next((line for line in calls.stderr if line.endswith(" calls are up\n")), "")
        must_move = inflict() if said else 0
        over = calls.poll() is not None
        printed = json.loads(calls.communicate()[0])
    assert said, f"not all calls came up: {printed['errors']}"
    assert printed["calls_lost"] or not over, "the calls ended before all was done"
    return Result(
        calls=printed["calls_placed"],
        lost=printed["calls_lost"],
        moved=printed["moved"],
        must_move=must_move,
        refused=printed["connects_refused"],
        median_silence_ms=printed["gap_ms"] and printed["gap_ms"]["p50"],
        silence_ms=printed["longest_silence_ms"],
        errors=printed["errors"],
    )
