"""Any bytes at all, sent to the real command."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_run.environment import unused_ports
from tests.attacks.target import Target, call, handshake
from tests.harness.forge import SOCKET_SECRET
from tests.harness.process import started

MANY = settings(max_examples=300, deadline=None)
LENGTHS = st.one_of(
    st.integers(0, 127).map(lambda size: bytes([size])),
    st.integers(0, 125).map(lambda size: bytes([0x80 | size])),
    st.binary(min_size=2, max_size=2).map(lambda size: b"\xfe" + size),
    st.binary(min_size=8, max_size=8).map(lambda size: b"\xff" + size),
)
FIRSTS = st.sampled_from(b"\x00\x01\x02\x80\x81\x82\x88\x89\x8a") | st.integers(0, 255)
FRAMES = st.builds(lambda first, length, rest: bytes([first]) + length + rest, FIRSTS, LENGTHS, st.binary(max_size=300))
HEADS = st.lists(st.sampled_from(handshake().splitlines(keepends=True)) | st.binary(max_size=30), max_size=12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Target]:
    """An engine that must be as new in the end."""
    (port,) = unused_ports(1)
    variables = {"ECHO_ENGINE_PORT": port, "DRAIN_SECONDS": "0", "SOCKET_AUTH": "on", "SOCKET_SECRET": SOCKET_SECRET}
    with started([sys.executable, "-m", "echo_engine"], **variables) as process:
        process.wait_for("listening")
        target = Target(f"http://127.0.0.1:{port}")
        yield target
        with call(target) as another:
            assert another.goes_on() == "the call goes on"
        process.stop()
        assert "Traceback" not in process.printed
        assert process.printed.count("call started") == process.printed.count("call ended")


@MANY
@given(st.lists(FRAMES, max_size=8).map(b"".join) | st.binary(max_size=500))
def test_any_bytes_after_the_handshake(engine: Target, sent: bytes) -> None:
    with call(engine) as opened, contextlib.suppress(ConnectionError):
        opened.send(sent)
        opened.send_no_more()
        opened.end()


@MANY
@given(HEADS.map(b"".join))
def test_any_bytes_instead_of_the_handshake(engine: Target, sent: bytes) -> None:
    with engine.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
