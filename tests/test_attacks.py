"""Every attack of tests/attacks, straight at the real processes and through the front."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from local_run.environment import unused_ports
from tests.attacks.__main__ import ATTACKS, OTHER_SETTINGS
from tests.attacks.socket_call import DELAY_MEMORY_MB
from tests.attacks.target import Attack, Call, Target, call, handshake
from tests.harness.forge import SIGNATURE_SECRET, SOCKET_SECRET, signature
from tests.harness.gunicorn_server import COMMAND as WEBHOOKS
from tests.harness.local_run import local_run
from tests.harness.process import ECHO_ENGINE, ROOT, Process, started

SETTINGS = {
    "SOCKET_SECRET": SOCKET_SECRET,
    "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET,
    "VONAGE_API_KEY": "a1b2c3d4",
    "VONAGE_APPLICATION_ID": "78d335fa-323d-0114-9c3d-d6f0d48968cf",
    "MAX_CALLS": "50",
    "DELAY_MEMORY_MB": str(DELAY_MEMORY_MB),
    "DRAIN_SECONDS": "0",
}
HERE = [attack for attack in ATTACKS if attack.endpoint not in OTHER_SETTINGS]
SLOW = [attack for attack in HERE if attack.slow]


class Usage(NamedTuple):
    """What a process takes."""

    open_files: float
    memory_bytes: float


@dataclass
class Server:
    """The real processes, and a call that no attack may disturb."""

    webhooks: Target
    echo_engine: Target
    front: Target | None  # None: the attacks go straight at the processes
    processes: list[Process]
    call: Call

    def __post_init__(self) -> None:
        self.before = {target: usage(target) for target in (self.webhooks, self.echo_engine)}

    def answer(self, attack: Attack) -> str:
        return attack.act(self.front or (self.webhooks if attack.endpoint.startswith("webhooks") else self.echo_engine))


def metrics(target: Target) -> dict[str, float]:
    with urllib.request.urlopen(f"{target.url}/metrics", timeout=10) as page:
        lines = [line.rpartition(" ") for line in page.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def usage(target: Target) -> Usage:
    values = metrics(target)
    return Usage(values["process_open_fds"], values["process_resident_memory_bytes"])


@contextmanager
def straight(settings: dict[str, str]) -> Iterator[tuple[list[Process], Target | None]]:
    with started(WEBHOOKS, **settings) as webhooks, started(ECHO_ENGINE, **settings) as echo_engine:
        webhooks.wait_for("Listening at")
        echo_engine.wait_for("listening")
        yield [webhooks, echo_engine], None


@contextmanager
def through_the_front(settings: dict[str, str]) -> Iterator[tuple[list[Process], Target | None]]:
    with local_run(**settings) as run:
        run.process.wait_for("Ready: ")
        yield [run.process], Target(f"http://127.0.0.1:{run.port}")


Start = Callable[[dict[str, str]], AbstractContextManager[tuple[list[Process], Target | None]]]
STARTS: list[Start] = [straight, through_the_front]


@contextmanager
def serving(start: Start, token: str | None = None, **changed: str) -> Iterator[Server]:
    """Start the server, with a call; by default the call has a good socket token."""
    ports = unused_ports(2)
    settings = SETTINGS | changed | dict(zip(("WEBHOOKS_PORT", "ECHO_ENGINE_PORT"), ports, strict=True))
    webhooks, echo_engine = (Target(f"http://127.0.0.1:{port}") for port in ports)
    with start(settings) as (processes, front), call(front or echo_engine, handshake(token=token)) as undisturbed:
        yield Server(webhooks, echo_engine, front, processes, undisturbed)


@pytest.fixture(scope="module", params=STARTS, ids=lambda start: start.__name__)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(request.param) as server:
        yield server


def test_slow_attacks(server: Server) -> None:
    with ThreadPoolExecutor(len(SLOW)) as pool:
        answers = dict(zip((attack.name for attack in SLOW), pool.map(server.answer, SLOW), strict=True))
    assert answers == {attack.name: attack.expected(server.front is not None) for attack in SLOW}
    assert server.call.goes_on() == "the call goes on"


@pytest.mark.parametrize("attack", [attack for attack in HERE if not attack.slow], ids=lambda attack: attack.name[:60])
def test_attack(server: Server, attack: Attack) -> None:
    assert server.answer(attack) == attack.expected(server.front is not None)
    assert server.call.goes_on() == "the call goes on"


def test_afterwards_all_is_as_before(server: Server) -> None:
    """Nothing has crashed, no slot is lost, no descriptor, and no memory to speak of."""
    while metrics(server.echo_engine)["echo_engine_calls_open"] > 1:
        time.sleep(0.05)
    assert server.call.goes_on() == "the call goes on"
    for target, before in server.before.items():
        after = usage(target)
        assert after.open_files <= before.open_files + 2
        assert after.memory_bytes < before.memory_bytes + 32 * 1024 * 1024
    for process in server.processes:
        assert "Traceback" not in process.printed


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.__name__)
@pytest.mark.parametrize("endpoint", OTHER_SETTINGS)
def test_attacks_with_other_settings(start: Start, endpoint: str) -> None:
    attacks = [attack for attack in ATTACKS if attack.endpoint == endpoint]
    token = signature(b"") if "SOCKET_AUTH" in OTHER_SETTINGS[endpoint] else None
    with serving(start, token, **OTHER_SETTINGS[endpoint]) as server:
        answers = {}
        for attack in attacks:
            answers[attack.name] = server.answer(attack)
            assert server.call.goes_on() == "the call goes on"
        for process in server.processes:
            assert "Traceback" not in process.printed
    assert answers == {attack.name: attack.expected(server.front is not None) for attack in attacks}


def test_the_documents_count_the_attacks() -> None:
    counts = [re.search(r"(\d+)\W+attacks", (ROOT / name).read_text()) for name in ("README.md", "SECURITY.md")]
    assert [count and int(count[1]) for count in counts] == [len(ATTACKS)] * 2
