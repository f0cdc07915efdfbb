"""What becomes of calls when something goes wrong: `make chaos` prints the table of docs/operations.md."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import sys

from tests.harness.containers import deployed, engine_problem
from tests.system.chaos.experiments import EXPERIMENTS, FRONT_EXPERIMENTS, PACED_EXPERIMENTS, SETTINGS, Result, run

HEAD = "| fault | calls | lost | moved | connects refused | median silence | longest silence |\n|---|" + "---:|" * 6


def main() -> int:
    """Print the tables; return 1 if a call was lost that may not be, or a silence was too long."""
    if problem := engine_problem():
        raise SystemExit(f"The experiments need a Docker engine: {problem}")
    broken = 0
    with deployed(**SETTINGS) as deployment:
        for title, experiments in (
            ("A platform without limits", EXPERIMENTS),
            ("Three new legs a second", PACED_EXPERIMENTS),
            ("A front that stands still or can't find the engines", FRONT_EXPERIMENTS),
        ):
            print(f"\n{title}\n\n{HEAD}", flush=True)
            for experiment in experiments:
                result = run(experiment, deployment)
                broken += 0 if experiment.may_lose else result.lost
                broken += result.silence_ms > experiment.silence_ms
                print(f"| {experiment.fault} | {row(result)} |", flush=True)
                for error in result.errors:
                    print(error, file=sys.stderr)
    return min(broken, 1)


def row(result: Result) -> str:
    """Return the figures of a row; a silence is there only where calls have moved."""
    median = "" if result.median_silence_ms is None else f"{result.median_silence_ms:.0f} ms"
    counts = f"{result.calls} | {result.lost} | {result.moved} | {result.refused}"
    return f"{counts} | {median} | {result.silence_ms:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
