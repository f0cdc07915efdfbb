"""What becomes of calls when something goes wrong: `make chaos` prints the tables of docs/operations.md."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

from local_run.environment import unused_ports
from tests.harness.containers import deployed, engine_problem
from tests.harness.monitoring import Monitoring
from tests.harness.process import PATIENT
from tests.system.chaos.alerts import raised, watch_anew
from tests.system.chaos.experiments import (
    EXPERIMENTS,
    FRONT_EXPERIMENTS,
    PACED_EXPERIMENTS,
    SETTINGS,
    WATCHED_EXPERIMENTS,
    Experiment,
    Result,
    run,
)
from tests.system.chaos.faults import REPLICAS

HEAD = "| fault | calls | lost | moved | connects refused | median silence | longest silence |\n|---|" + "---:|" * 6
WATCHED_HEAD = HEAD.replace("\n", " alerts | what to do |\n") + "---|---|"


def main(words: list[str]) -> int:
    """Print the tables; return 1 if a call was lost that may not be, a silence was too long, or an alert is missing.

    `words` chooses the faults whose names have them all.
    """
    if problem := engine_problem():
        raise SystemExit(f"The experiments need a Docker engine: {problem}")

    def chosen(experiments: Iterable[Experiment]) -> list[Experiment]:
        return [each for each in experiments if all(word in each.fault for word in words)]

    broken = try_watched(chosen(WATCHED_EXPERIMENTS))
    with deployed(**SETTINGS, **PATIENT) as deployment:
        for title, experiments in (
            ("Sixty calls, and three new legs a second", PACED_EXPERIMENTS),
            ("Nine calls, and a platform without limits", EXPERIMENTS),
            ("A front that stands still or can't find the engines", FRONT_EXPERIMENTS),
        ):
            print(f"\n{title}\n\n{HEAD}", flush=True)
            for experiment in chosen(experiments):
                result = run(experiment, deployment)
                print(f"| {experiment.fault} | {row(result)} |", flush=True)
                broken |= is_broken(experiment, result)
    return int(broken)


def try_watched(experiments: list[Experiment]) -> bool:
    """Print what the faults do with Prometheus beside the server; tell whether one broke a promise."""
    broken = False
    (port,) = unused_ports(1)
    print(f"\nThirty calls, three new legs a second, and the alerts\n\n{WATCHED_HEAD}", flush=True)
    with deployed(PROMETHEUS_PORT=port, ENGINES=str(REPLICAS), **PATIENT) as deployment:
        monitoring = Monitoring(deployment, port)
        for experiment in experiments:
            result = run(replace(experiment, before=lambda _: watch_anew(monitoring)), deployment)
            alerts = raised(monitoring)
            names = ", ".join(f"`{name}`" for name in sorted(alerts))
            title = experiment.section.replace("-", " ").capitalize()
            print(f"| {experiment.fault} | {row(result)} | {names} | [{title}](#{experiment.section}) |", flush=True)
            broken |= is_broken(experiment, result)
            if missing := experiment.alerts - alerts:
                print(f"Not raised: {', '.join(sorted(missing))}", file=sys.stderr)
                broken = True
    return broken


def is_broken(experiment: Experiment, result: Result) -> bool:
    """Tell whether a promise was broken, and print the errors of the calls."""
    for error in result.errors:
        print(error, file=sys.stderr)
    return result.silence_ms > experiment.silence_ms or (result.lost > 0 and not experiment.may_lose)


def row(result: Result) -> str:
    """Return the figures of a row; a silence is there only where calls have moved."""
    median = "" if result.median_silence_ms is None else f"{result.median_silence_ms:.0f} ms"
    counts = f"{result.calls} | {result.lost} | {result.moved} | {result.refused}"
    return f"{counts} | {median} | {result.silence_ms:.0f} ms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
