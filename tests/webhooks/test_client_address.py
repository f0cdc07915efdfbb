from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.client_address import Proxies
from webhooks.settings import PRIVATE_NETWORKS


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.1", "", "203.0.113.1"),
        ("203.0.113.1", "198.51.100.7", "203.0.113.1"),  # a stranger is believed nothing
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("172.18.0.3", "198.51.100.7, 203.0.113.1", "203.0.113.1"),  # the first one is the client's own invention
        ("172.18.0.3", "203.0.113.1, 172.18.0.4", "203.0.113.1"),  # ngrok's agent before Caddy
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "203.0.113.1, 447700900777", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.1,", "10.0.0.1"),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "203.0.113.1", ""),
    ],
)
def test_the_client_is_the_last_address_that_a_trusted_proxy_reports(
    peer: str, forwarded_for: str, client: str
) -> None:
    assert Proxies(PRIVATE_NETWORKS).client_address(peer, forwarded_for) == client


def test_a_star_trusts_everyone() -> None:
    assert Proxies("*").client_address("203.0.113.1", "198.51.100.7, 203.0.113.9") == "198.51.100.7"


def test_an_empty_list_trusts_no_proxy() -> None:
    assert Proxies("").client_address("127.0.0.1", "203.0.113.1") == "127.0.0.1"


@given(st.text(), st.text())
def test_no_header_is_our_fault(peer: str, forwarded_for: str) -> None:
    for allowed in (PRIVATE_NETWORKS, "*"):
        assert Proxies(allowed).client_address(peer, forwarded_for) is not None
