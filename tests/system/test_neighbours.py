"""One caller can't hurt another: a call streams on beside every heavy attack, with this machine's ordinary buffers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from local_run.environment import unused_ports
from tests.attacks.neighbour import Stream, stream
from tests.attacks.socket_call import DELAY_MEMORY_MB, HEAVY_ATTACKS
from tests.attacks.target import Attack, Target
from tests.harness.forge import SOCKET_SECRET
from tests.harness.local_run import local_run
from tests.harness.process import ECHO_ENGINE, started

# One of each kind: many frames, many bytes, what is slow to parse, and what takes the audio from the fast path.
KINDS = ("11,000 frames of another size", "64 MB", "2000 nested lists", "2000 keys")
TRIED = [attack for attack in HEAVY_ATTACKS if attack.name.startswith(KINDS)]
SETTINGS = {"SOCKET_SECRET": SOCKET_SECRET, "DELAY_MEMORY_MB": str(DELAY_MEMORY_MB)}


@pytest.fixture(scope="module")
def targets() -> Iterator[list[Target]]:
    """The engine itself, the front before it, and last an engine that nobody attacks."""
    attacked, quiet = unused_ports(2)
    with (
        local_run(**SETTINGS, ECHO_ENGINE_PORT=attacked) as run,
        started(ECHO_ENGINE, **SETTINGS, ECHO_ENGINE_PORT=quiet) as engine,
    ):
        run.process.wait_for("Ready: ")
        engine.wait_for("listening")
        yield [Target(f"http://127.0.0.1:{port}") for port in (attacked, run.port, quiet)]


def beside(attack: Attack, targets: list[Target]) -> list[Stream]:
    """Return how a call went at each target, with the attack tried at all of them but the last all the time."""
    # In processes of their own: the attacker's work must not be taken for the server's.
    with ProcessPoolExecutor(len(targets), get_context("spawn")) as pool:
        streams = [pool.submit(stream, target) for target in targets]
        while not all(future.done() for future in streams):
            for target in targets[:-1]:
                assert attack.act(target) == attack.answer
        return [future.result() for future in streams]


@pytest.mark.alone
@pytest.mark.parametrize("attack", TRIED, ids=lambda attack: attack.name)
def test_another_call_goes_on_undisturbed(targets: list[Target], attack: Attack) -> None:
    """The machine may be slow, and the attacker keeps it busy: the call that nobody attacks shows how slow."""
    *streams, quiet = beside(attack, targets)
    for went in streams:
        assert went.frames_back >= quiet.frames_back - 1, (went, quiet)
        assert went.clears <= quiet.clears, (went, quiet)
        assert went.p99_ms <= quiet.worst_ms + 50, (went, quiet)
