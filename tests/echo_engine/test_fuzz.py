"""Any bytes at all, sent to the real command."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from local_run.environment import unused_ports
from tests.attacks.target import Call, Target, call, handshake
from tests.harness.forge import SOCKET_SECRET
from tests.harness.process import ECHO_ENGINE, Process, started

MANY = limits(max_examples=300, deadline=None)
LENGTHS = st.one_of(
    st.integers(0, 127).map(lambda size: bytes([size])),
    st.integers(0, 125).map(lambda size: bytes([0x80 | size])),
    st.binary(min_size=2, max_size=2).map(lambda size: b"\xfe" + size),
    st.binary(min_size=8, max_size=8).map(lambda size: b"\xff" + size),
)
FIRSTS = st.sampled_from(b"\x00\x01\x02\x80\x81\x82\x88\x89\x8a") | st.integers(0, 255)
FRAMES = st.builds(lambda first, length, rest: bytes([first]) + length + rest, FIRSTS, LENGTHS, st.binary(max_size=300))
HEADS = st.lists(st.sampled_from(handshake().splitlines(keepends=True)) | st.binary(max_size=30), max_size=12)


class Engine(NamedTuple):
    """A running engine, and the call that no bytes of another connection may disturb."""

    process: Process
    target: Target
    another: Call

    def judge(self) -> None:
        """Check, after each example, that the engine is as new: it would shrink no example later."""
        assert self.another.goes_on() == "the call goes on"
        assert "Traceback" not in self.process.printed


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    (port,) = unused_ports(1)
    settings = {"DRAIN_SECONDS": "0", "MOVES_PER_SECOND": "1000", "SOCKET_AUTH": "on", "SOCKET_SECRET": SOCKET_SECRET}
    with started(ECHO_ENGINE, ECHO_ENGINE_PORT=port, **settings) as process:
        process.wait_for("listening")
        target = Target(f"http://127.0.0.1:{port}")
        with call(target) as another:
            yield Engine(process, target, another)


@MANY
@given(st.lists(FRAMES, max_size=8).map(b"".join) | st.binary(max_size=500))
def test_any_bytes_after_the_handshake(engine: Engine, sent: bytes) -> None:
    with call(engine.target) as opened, contextlib.suppress(ConnectionError):
        opened.send(sent)
        opened.send_no_more()
        opened.end()
    engine.judge()


@MANY
@given(HEADS.map(b"".join))
def test_any_bytes_instead_of_the_handshake(engine: Engine, sent: bytes) -> None:
    with engine.target.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    engine.judge()


def test_afterwards_every_call_that_started_has_ended(engine: Engine) -> None:
    engine.process.stop()
    assert engine.process.printed.count("call started") == engine.process.printed.count("call ended")
    assert "Traceback" not in engine.process.printed
