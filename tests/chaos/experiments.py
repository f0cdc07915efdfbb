"""The experiments: a fault strikes while calls are up, and what must become of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos import faults
from tests.chaos.faults import CALLS, MAX_CALLS, REPLICAS
from tests.harness.containers import Deployment, Override
from tests.harness.process import ROOT

SETTINGS = {"DRAIN_SECONDS": "2", "MOVES_PER_SECOND": "10"}


@dataclass(frozen=True)
class Experiment:
    """A fault, and what must become of the calls; none is ever lost."""

    fault: str
    inflict: Callable[[Deployment], int]  # returns how many calls have to move
    silence_ms: int  # the longest that a caller may hear
    seconds: float = 8.0  # how long the callers speak: longer than the fault strikes
    calls: int = CALLS
    moves: bool = True  # False: no call may move
    override: Callable[[], Override] = dict
    before: Callable[[Deployment], None] = lambda _: None
    retry_pause: float = 1.0  # seconds until the platform tries a request again


# 1500 ms for a killed engine is a promise; the other bounds leave room for a slow machine.
EXPERIMENTS = [
    Experiment("an engine is killed", faults.kill_engine, 1500),
    Experiment("two of three engines are scaled in", faults.scale_in, 1500),
    Experiment("all engines are restarted, one after the other", faults.restart_engines, 1500, seconds=18),
    Experiment("all engines are replaced by new ones", faults.replace_engines, 1500, seconds=12),
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
    ),
    Experiment(
        "the webhooks' clock is 60 s slow, an engine is killed",
        faults.kill_engine,
        1500,
        override=lambda: faults.webhooks_clock_off(-60),
    ),
    Experiment("the disk for logs is full, an engine is killed", faults.kill_engine, 1500, override=faults.disk_full),
]


@dataclass(frozen=True)
class Result:
    """What became of the calls."""

    calls: int
    lost: int
    moved: int
    must_move: int
    silence_ms: float
    errors: list[str]


def run(experiment: Experiment, deployment: Deployment) -> Result:
    """Inflict the fault once all calls are up, and return what became of them."""
    deployment.override(experiment.override())
    deployment.restore(REPLICAS)
    experiment.before(deployment)
    options = ["--json", "--calls", str(experiment.calls), "--seconds", str(experiment.seconds)]
    options += ["--retry-pause", str(experiment.retry_pause)]
    command = [sys.executable, "-m", "simulator", *options]
    environment, pipe = os.environ | {"PORT": deployment.port}, subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=pipe) as calls:
        assert calls.stderr is not None
        said = next((line for line in calls.stderr if line.endswith(" calls are up\n")), "")
        must_move = experiment.inflict(deployment) if said else 0
        over = calls.poll() is not None
        printed = json.loads(calls.communicate()[0])
    assert said, f"not all calls came up: {printed['errors']}"
    assert printed["calls_lost"] or not over, "the calls ended before the fault had struck"
    return Result(
        calls=printed["calls_placed"],
        lost=printed["calls_lost"],
        moved=printed["moved"],
        must_move=must_move,
        silence_ms=printed["longest_silence_ms"],
        errors=printed["errors"],
    )
