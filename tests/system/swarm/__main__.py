"""What becomes of calls on three machines: `python -m tests.system.swarm` prints the table of docs/deploy.md."""
# ruff: noqa: T201  # it speaks to a person at a terminal

from __future__ import annotations

import signal
import sys

from tests.system.chaos.__main__ import HEAD, row
from tests.system.swarm.experiments import CALLS, ENGINES_AT_FIRST, EXPERIMENTS, NODES, run
from tests.system.swarm.stack import deployed, swarm_problem


def main() -> int:
    """Print the table; return 1 if a call was lost."""
    if problem := swarm_problem():
        raise SystemExit(f"The experiments need machines of their own: {problem}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # remove the machines then, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lost = 0
    with deployed(NODES, ENGINES_AT_FIRST, CALLS) as stack:
        print(HEAD, flush=True)
        for experiment in EXPERIMENTS:
            stack.scale(experiment.engines)
            result = run(experiment, stack)
            lost += result.lost
            print(f"| {experiment.fault} | {row(result)} |", flush=True)
            for error in result.errors:
                print(error, file=sys.stderr)
    return min(lost, 1)


if __name__ == "__main__":
    sys.exit(main())
