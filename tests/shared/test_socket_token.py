from __future__ import annotations

from typing import Any

import pytest

from shared.signed_token import Fault, TokenError
from shared.socket_token import CallIdentity, mint_token, verify_token
from tests.harness.forge import OTHER_SECRET, SOCKET_SECRET, socket_token

NOW = 1_700_000_000.25
IDENTITY = CallIdentity("u-1", "CON-1")


@pytest.mark.parametrize("identity", [IDENTITY, CallIdentity("u-1", None), CallIdentity("u" * 100, "c" * 100)])
def test_a_token_names_its_call(identity: CallIdentity) -> None:
    token = mint_token(identity, [SOCKET_SECRET], NOW, 300)
    assert verify_token(token, [SOCKET_SECRET], NOW) == identity
    assert len(f"Bearer {token}") <= 8191
    assert token.isascii()
    assert token.isprintable()


def test_a_token_is_the_same_for_the_same_call_and_second() -> None:
    assert mint_token(IDENTITY, [SOCKET_SECRET], NOW, 300) == mint_token(IDENTITY, [SOCKET_SECRET], NOW + 0.5, 300)


def test_the_first_secret_signs_and_all_verify() -> None:
    old, both = [OTHER_SECRET], [SOCKET_SECRET, OTHER_SECRET]
    assert verify_token(mint_token(IDENTITY, old, NOW, 300), both, NOW) == IDENTITY
    with pytest.raises(TokenError, match=Fault.SIGNATURE.value):
        verify_token(mint_token(IDENTITY, both, NOW, 300), old, NOW)


@pytest.mark.parametrize("later", [-60, -29, 0, 299, 300, 359])
def test_good_for_its_time_with_clocks_a_minute_apart(later: float) -> None:
    assert verify_token(mint_token(IDENTITY, [SOCKET_SECRET], NOW, 300), [SOCKET_SECRET], NOW + later) == IDENTITY


@pytest.mark.parametrize(
    ("later", "fault"), [(361, Fault.EXPIRED), (1e9, Fault.EXPIRED), (-61, Fault.FUTURE), (-120, Fault.FUTURE)]
)
def test_no_good_at_another_time(later: float, fault: Fault) -> None:
    token = mint_token(IDENTITY, [SOCKET_SECRET], NOW, 300)
    with pytest.raises(TokenError, match=fault.value):
        verify_token(token, [SOCKET_SECRET], NOW + later)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"unknown": "claim", "jti": 5}, None),
        ({"conversation_uuid": None}, None),
        ({"aud": "another-server"}, Fault.AUDIENCE),
        ({"aud": ["echo-engine", "another-server"]}, Fault.AUDIENCE),
        ({"aud": None}, Fault.AUDIENCE),
        ({"exp": None}, Fault.CLAIMS),
        ({"exp": "never"}, Fault.CLAIMS),
        ({"exp": float("nan")}, Fault.CLAIMS),
        ({"exp": float("inf")}, Fault.CLAIMS),
        ({"iat": None}, Fault.CLAIMS),
        ({"iat": True}, Fault.CLAIMS),
        ({"call_uuid": None}, Fault.CLAIMS),
        ({"call_uuid": 5}, Fault.CLAIMS),
        ({"conversation_uuid": ["CON-1"]}, Fault.CLAIMS),
    ],
)
def test_claims(changes: dict[str, Any], fault: Fault | None) -> None:
    token = socket_token(**({"iat": int(NOW), "exp": int(NOW) + 300} | changes))
    if fault is None:
        assert verify_token(token, [SOCKET_SECRET], NOW).call_uuid == "u-1"
    else:
        with pytest.raises(TokenError, match=fault.value):
            verify_token(token, [SOCKET_SECRET], NOW)
