"""One caller can't hurt another: a call streams on beside every heavy attack, with this machine's ordinary buffers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from local_run.environment import unused_ports
from tests.attacks.neighbour import FRAMES, Stream, stream
from tests.attacks.socket_call import DELAY_MEMORY_MB, HEAVY_ATTACKS
from tests.attacks.target import Attack, Target
from tests.harness.forge import SOCKET_SECRET
from tests.harness.local_run import local_run

TRIES = 3  # the machine may stand still for a moment too; a server that starves a call does so each time
SETTINGS = {"SOCKET_SECRET": SOCKET_SECRET, "DELAY_MEMORY_MB": str(DELAY_MEMORY_MB)}


@pytest.fixture(scope="module")
def targets() -> Iterator[list[Target]]:
    """The engine itself, and the front before it."""
    (port,) = unused_ports(1)
    with local_run(**SETTINGS, ECHO_ENGINE_PORT=port) as run:
        run.process.wait_for("Ready: ")
        yield [Target(f"http://127.0.0.1:{port}"), Target(f"http://127.0.0.1:{run.port}")]


def beside(attack: Attack, targets: list[Target]) -> list[Stream]:
    """Return how a call went at each target, with the attack tried at both of them all the time."""
    # In processes of their own: the attacker's work must not be taken for the server's.
    with ProcessPoolExecutor(len(targets), get_context("spawn")) as pool:
        streams = [pool.submit(stream, target) for target in targets]
        while not all(future.done() for future in streams):
            for target in targets:
                assert attack.act(target) == attack.answer
        return [future.result() for future in streams]


def undisturbed(went: Stream) -> bool:
    return went.frames_back >= FRAMES - 1 and went.clears == 0 and went.p99_ms <= 50


@pytest.mark.parametrize("attack", HEAVY_ATTACKS, ids=lambda attack: attack.name)
def test_another_call_goes_on_undisturbed(targets: list[Target], attack: Attack) -> None:
    tries = []
    for _ in range(TRIES):
        tries.append(beside(attack, targets))
        if all(map(undisturbed, tries[-1])):
            break
    else:
        raise AssertionError(f"disturbed: {tries}")
