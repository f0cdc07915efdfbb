from __future__ import annotations

import pytest

from webhooks.public_address import PublicAddress, choose_public_address, parse_public_url

GOOD_HOSTS = [
    "echo.example.com",
    "abc-123.ngrok-free.app",
    "localhost:3000",
    "echo_server:80",
    "192.0.2.7",
    "192.0.2.7:65535",
    "[2001:db8::1]",
    "[::1]:3000",
    "a" * 63 + ".example",
]
BAD_HOSTS = [
    "",
    " ",
    "echo.example.com/path",
    "echo.example.com?x=1",
    "echo.example.com#x",
    "user@echo.example.com",
    "echo.example.com, evil.example",
    'echo.example.com"',
    "echo.example.com\n",
    "echo.example.com:",
    "echo.example.com:0",
    "echo.example.com:65536",
    "echo.example.com:http",
    "-echo.example.com",
    "echo..example.com",
    ".example.com",
    "éxample.com",
    "300.0.2.7",
    "1.2.3",
    "[::1",
    "::1",
    "[12345::1]",
    "[fe80::1%eth0]",
    "a" * 64 + ".example",
    "a." * 150 + "example",
]


@pytest.mark.parametrize(("scheme", "socket_scheme"), [("https", "wss"), ("http", "ws")])
def test_the_urls_have_the_scheme_of_the_request(scheme: str, socket_scheme: str) -> None:
    address = PublicAddress(scheme, "localhost:3000")
    assert address.socket_url == f"{socket_scheme}://localhost:3000/socket"
    assert address.events_url == f"{scheme}://localhost:3000/webhooks/events"


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_host_of_the_request(host: str) -> None:
    assert choose_public_address(None, "https", host) == PublicAddress("https", host)


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_malformed_host(host: str) -> None:
    assert choose_public_address(None, "https", host) is None


@pytest.mark.parametrize("host", ["elsewhere.example", ""])
def test_public_url_comes_before_the_request(host: str) -> None:
    assert choose_public_address("https://echo.example.com", "http", host) == PublicAddress("https", "echo.example.com")


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_public_url(host: str) -> None:
    assert parse_public_url(f"https://{host}") == PublicAddress("https", host)
    assert parse_public_url(f"HTTP://{host}/") == PublicAddress("http", host)


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://{host}" for host in BAD_HOSTS),
        "echo.example.com",
        "ws://echo.example.com",
        "https:/echo.example.com",
        "https://echo.example.com/prefix",
        "https://echo.example.com//",
        "https://echo.example.com/?x=1",
        " https://echo.example.com",
    ],
)
def test_malformed_public_url(url: str) -> None:
    with pytest.raises(ValueError, match="must be like https://"):
        parse_public_url(url)
