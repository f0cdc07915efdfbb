from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.signed_token import Fault, TokenError
from shared.vonage_signature import WEBHOOK_CLAIMS, SignaturePolicy, check_claims
from tests.harness.forge import (
    API_KEY,
    APPLICATION,
    HS256,
    OTHER_SECRET,
    SIGNATURE_SECRET,
    compact,
    signature,
    socket_token,
)

NOW = 1_700_000_000.0
POLICY = SignaturePolicy(SIGNATURE_SECRET, API_KEY, APPLICATION)
UNSAID: dict[str, Any] = dict.fromkeys(("iss", "api_key", "application_id", "jti", "payload_hash"))


def check(token: str, **options: Any) -> dict[str, Any]:
    return check_claims(POLICY, [f"Bearer {token}"], NOW, **options)


@pytest.mark.parametrize("changes", [{}, UNSAID, {"iat": NOW - 360}, {"iat": NOW + 60}, {"aud": "x", "exp": 1}])
def test_a_fresh_signature_is_enough_for_a_handshake(changes: dict[str, Any]) -> None:
    token = signature(b"", **({"iat": NOW} | changes))
    assert check(token)["iat"] == ({"iat": NOW} | changes)["iat"]


@pytest.mark.parametrize("name", WEBHOOK_CLAIMS)
def test_a_webhook_must_say_more(name: str) -> None:
    check(signature(b"", iat=NOW), required=WEBHOOK_CLAIMS)
    unsaid: dict[str, Any] = {name: None}
    with pytest.raises(TokenError, match=f"wrong_{name.replace('iss', 'issuer')}"):
        check(signature(b"", iat=NOW, **unsaid), required=WEBHOOK_CLAIMS)


BAD_SIGNATURES: list[tuple[dict[str, Any], Fault]] = [
    ({"secret": OTHER_SECRET}, Fault.SIGNATURE),
    ({"secret": None}, Fault.SIGNATURE),
    ({"header": {"alg": "none"}, "secret": None}, Fault.ALGORITHM),
    ({"header": {"alg": "RS256"}}, Fault.ALGORITHM),
    ({"iss": "another"}, Fault.ISSUER),
    ({"iss": "vonage"}, Fault.ISSUER),
    ({"iss": ["Vonage"]}, Fault.ISSUER),
    ({"iat": None}, Fault.CLAIMS),
    ({"iat": "now"}, Fault.CLAIMS),
    ({"iat": float("nan")}, Fault.CLAIMS),
    ({"iat": NOW - 361}, Fault.EXPIRED),
    ({"iat": 0}, Fault.EXPIRED),
    ({"iat": NOW + 61}, Fault.FUTURE),
    ({"api_key": "another"}, Fault.API_KEY),
    ({"api_key": [API_KEY]}, Fault.API_KEY),
    ({"application_id": "another"}, Fault.APPLICATION),
    ({"application_id": ["another"]}, Fault.APPLICATION),
]


@pytest.mark.parametrize(("changes", "fault"), BAD_SIGNATURES)
def test_a_bad_signature_is_refused(changes: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(TokenError, match=fault.value):
        check(signature(b"", **({"iat": NOW} | changes)))


@pytest.mark.parametrize("authorization", [[], ["Basic YTpi"], [f"Bearer {socket_token()}"], ["Bearer a", "Bearer b"]])
def test_what_is_no_signature_is_refused(authorization: list[str]) -> None:
    with pytest.raises(TokenError):
        check_claims(POLICY, authorization, NOW)


def test_what_the_policy_leaves_open_is_not_compared() -> None:
    token = signature(b"", iat=NOW, api_key="another", application_id="another")
    assert check_claims(SignaturePolicy(SIGNATURE_SECRET), [f"Bearer {token}"], NOW)["api_key"] == "another"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "iat", "api_key", "application_id"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_claims_are_our_fault(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenError):  # no random time is within the five minutes
        check(compact(HS256, claims, SIGNATURE_SECRET))
