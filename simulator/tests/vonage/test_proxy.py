from __future__ import annotations

import pytest

from voice_simulator.vonage.proxy import proxy_for

PROXY, SECURE_PROXY = "http://proxy.example:3128", "http://proxy.example:3129"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://voice.example/answer", PROXY),
        ("ws://voice.example/socket", PROXY),
        ("https://voice.example/answer", SECURE_PROXY),
        ("wss://voice.example/socket", SECURE_PROXY),
        ("https://inside.example/answer", None),
        ("http://localhost:3000/answer", None),
        ("ws://127.0.0.1/socket", None),
        ("http://[::1]:3000/answer", None),
        ("http://app.localhost/answer", None),
    ],
)
def test_the_environment_names_the_proxy_of_public_addresses(
    url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("http_proxy", PROXY), ("https_proxy", SECURE_PROXY), ("no_proxy", "inside.example")):
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


def test_without_a_proxy_the_connection_is_direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for("http://voice.example/answer") is None
