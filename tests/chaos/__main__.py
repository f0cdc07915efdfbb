"""What becomes of calls when something goes wrong: `python -m tests.chaos` prints the table of docs/operations.md."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import sys

from tests.chaos.experiments import EXPERIMENTS, SETTINGS, run
from tests.harness.containers import deployed, engine_problem


def main() -> int:
    """Print the table; return 1 if a call was lost."""
    if problem := engine_problem():
        raise SystemExit(f"The experiments need a Docker engine: {problem}")
    lost = 0
    with deployed(**SETTINGS) as deployment:
        print("| fault | calls | lost | moved | longest silence |\n|---|---:|---:|---:|---:|", flush=True)
        for experiment in EXPERIMENTS:
            result = run(experiment, deployment)
            lost += result.lost
            figures = f"{result.calls} | {result.lost} | {result.moved} | {result.silence_ms:.0f} ms"
            print(f"| {experiment.fault} | {figures} |", flush=True)
            for error in result.errors:
                print(error, file=sys.stderr)
    return min(lost, 1)


if __name__ == "__main__":
    sys.exit(main())
