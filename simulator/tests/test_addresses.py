"""`localhost` has two addresses, and an application listens at one of them: each command tries both."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from simulator.tests.harness.hostile_server import HostileServer
from simulator.tests.harness.own_loop import in_thread
from voice_simulator import check_application, place_call
from voice_simulator.audio.format import AudioFormat
from voice_simulator.load.opening import SocketToOpen, open_wire


@pytest.mark.parametrize("first", ["::1", "127.0.0.1"])
def test_both_addresses_of_localhost_are_tried(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of_libc = socket.getaddrinfo

    def with_both(host: Any, *arguments: Any, **options: Any) -> list[Any]:
        hosts = sorted(["::1", "127.0.0.1"], key=first.__ne__) if host == "localhost" else [host]
        return [found for each in hosts for found in of_libc(each, *arguments, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", with_both)
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # never for this machine's own names
    with in_thread(HostileServer().running()) as application:
        application.address = application.address.replace("127.0.0.1", "localhost")
        application.socket(b"")
        answer_url = f"{application.address}/answer"
        assert place_call(answer_url, expect="nothing", seconds=0.1).good
        (result,) = check_application(answer_url, only="socket.opens").results
        assert result.finding.status.value == "pass", result
        uri = f"ws{application.address[4:]}/socket"
        open_wire(SocketToOpen(0, uri, None, {}, AudioFormat.L16_16000), None)[0].close()
