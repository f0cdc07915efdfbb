"""The experiments: something happens to a Swarm while calls are up, and none may be lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.process import UNSET
from tests.system.chaos.experiments import Result, strike
from tests.system.swarm.images import BROKEN, NEXT
from tests.system.swarm.machine import Machine
from tests.system.swarm.stack import CADDIES, ENGINES, SECRETS, WEBHOOKS, Stack, calls_open
from tests.system.swarm.waiting import wait_until

LIMIT = 3  # legs that the platform opens in a second (platform.md, 2.5)
NODES, ENGINES_AT_FIRST, CALLS = 3, 3, 60
FEWEST_ENGINES, MOST_ENGINES = 2, 6
OPENING_SECONDS = 0.4  # for each call, until all are up


@dataclass(frozen=True)
class Experiment:
    """What happens, and how long the callers speak once all calls are up: longer than it takes."""

    fault: str
    inflict: Callable[[Stack], int]  # returns how many calls have to move, at least
    seconds: float
    engines: int = ENGINES_AT_FIRST
    meanwhile: Callable[[Stack], None] = lambda _: None  # while calls come


def update(stack: Stack) -> int:
    """Update webhooks and engines, and wait until the last old task has ended."""
    engines = len(stack.engines())
    stack.deploy(NEXT, engines)
    wait_until(lambda: stack.versions() == {NEXT}, "every task has the new version")
    stack.wait_for(ENGINES, engines)
    return stack.calls


def update_to_a_broken_version(stack: Stack) -> int:
    """Update to a version that never gets healthy, and wait until all is as it was."""
    stack.deploy(BROKEN, ENGINES_AT_FIRST)
    stack.wait_for_update("rollback_completed")
    return 0


def scale_out(stack: Stack) -> None:
    """Scale the engines to six, while calls come."""
    stack.scale(MOST_ENGINES)


def scale_in(stack: Stack) -> int:
    """Scale the engines back to two, one by one."""
    calls = sorted(map(calls_open, stack.engines()))
    for engines in range(MOST_ENGINES - 1, FEWEST_ENGINES - 1, -1):
        stack.scale(engines)
    return sum(calls[:-FEWEST_ENGINES])


def drain_node(stack: Stack) -> int:
    """Drain the node with the busiest engine, wait until it is empty, and take it back."""
    machine, calls = busiest_node(stack)
    set_availability(stack, machine, "drain")
    wait_until(lambda: not any(machine.containers(name) for name in (ENGINES, WEBHOOKS, CADDIES)), "the node is empty")
    stack.wait_for_calls()
    set_availability(stack, machine, "active")
    stack.wait_for(CADDIES, len(stack.nodes))
    return calls


def kill_node(stack: Stack) -> int:
    """Kill the node with the busiest engine but for the last manager, and wait until all calls have moved."""
    machine, calls = busiest_node(stack)
    machine.kill()
    stack.wait_for_calls()
    return calls


def busiest_node(stack: Stack) -> tuple[Machine, int]:
    """Return the node whose engines have the most calls, and how many; not the one manager of two nodes."""
    nodes = stack.nodes[1:] if len(stack.nodes) == 2 else stack.nodes
    calls = [(node, sum(map(calls_open, node.containers(ENGINES)))) for node in nodes if node.is_up]
    return max(calls, key=lambda pair: pair[1])


def set_availability(stack: Stack, machine: Machine, availability: str) -> None:
    """Tell the Swarm whether a node may have tasks: `active` or `drain`."""
    stack.docker("node", "update", "--availability", availability, machine.name)


UPDATED, KILLED = "the stack is updated to a new version", "a node is killed"
EXPERIMENTS = [
    Experiment(UPDATED, update, 130),
    Experiment(
        "the stack is updated to a version that doesn't start, and rolled back", update_to_a_broken_version, 110
    ),
    Experiment(
        "two engines become six while calls come, and two again, one by one",
        scale_in,
        120,
        engines=FEWEST_ENGINES,
        meanwhile=scale_out,
    ),
    Experiment("a node is drained", drain_node, 70),
    Experiment(KILLED, kill_node, 80),
]
# On two nodes, with few calls, in less than three minutes.
CI_EXPERIMENTS = [Experiment(UPDATED, update, 60, engines=2), Experiment(KILLED, kill_node, 50, engines=2)]


def run(experiment: Experiment, stack: Stack) -> Result:
    """Place calls, inflict what happens once all are up, and return what became of them."""
    seconds = stack.calls * OPENING_SECONDS + experiment.seconds
    options = ["--calls", str(stack.calls), "--seconds", str(seconds), "--connects-per-second", str(LIMIT)]
    secret = {"VONAGE_SIGNATURE_SECRET": SECRETS["vonage-signature-secret"]}
    environment = os.environ | UNSET | secret | {"PORT": stack.port}
    return strike(options, environment, lambda: experiment.inflict(stack), lambda: experiment.meanwhile(stack))
