from __future__ import annotations

import pytest
from websockets.datastructures import Headers

from voice_simulator.phone.own_origin import OwnOrigin

OWN = OwnOrigin(3001)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_is_let_in(name: str) -> None:
    assert OWN.refuse_host(Headers(Host=f"{name}:3001")) == ""
    assert OWN.refuse_origin(Headers(Origin=f"http://{name}:3001")) == ""


@pytest.mark.parametrize(
    "host", ["", "localhost", "localhost:3000", "localhost:3001.evil.example", "evil.example:3001"]
)
def test_every_other_host_is_refused(host: str) -> None:
    assert "at no other name" in OWN.refuse_host(Headers(Host=host))


@pytest.mark.parametrize(
    "origin", ["null", "https://localhost:3001", "http://localhost", "http://localhost:3001.evil.example"]
)
def test_every_other_origin_is_refused(origin: str) -> None:
    assert OWN.refuse_origin(Headers(Origin=origin))


def test_a_header_must_be_there_once() -> None:
    assert OWN.refuse_host(Headers())
    assert OWN.refuse_origin(Headers())
    assert OWN.refuse_host(Headers([("Host", "localhost:3001"), ("Host", "localhost:3001")]))
    assert OWN.refuse_origin(Headers([("Origin", "http://localhost:3001"), ("Origin", "http://evil.example")]))


def test_the_port_of_http_need_not_be_named() -> None:
    assert OwnOrigin(80).refuse_host(Headers(Host="localhost")) == ""
    assert OwnOrigin(80).refuse_origin(Headers(Origin="http://localhost")) == ""
