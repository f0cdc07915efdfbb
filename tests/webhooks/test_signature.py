from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vonage_jwt import verify_signature  # type: ignore[import-untyped]

from shared.signed_token import Fault, TokenError
from shared.vonage_signature import SignaturePolicy
from tests.harness.bad_signatures import API_KEY, APPLICATION, BAD_SIGNATURES, BAD_WEBHOOK_SIGNATURES, NOW
from tests.harness.forge import HS256, SIGNATURE_SECRET, compact, signature
from webhooks.signature import check_signature, query_payload

BODY = b'{"status": "ringing", "uuid": "u-1"}'
ANYONE = SignaturePolicy(SIGNATURE_SECRET)
OURS = SignaturePolicy(SIGNATURE_SECRET, API_KEY, APPLICATION)


def check(token: str, policy: SignaturePolicy = ANYONE, payload: bytes = BODY) -> bool:
    return check_signature(policy, [f"Bearer {token}"], payload, NOW)


def test_the_official_library_takes_the_tokens_of_these_tests() -> None:
    assert verify_signature(signature(BODY), SIGNATURE_SECRET)


@pytest.mark.parametrize("policy", [ANYONE, OURS])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": NOW - 300},
        {"iat": NOW - 360},
        {"iat": NOW + 60},
        {"iat": NOW + 0.5},
        {"application_id": None},
        {"jti": None},
        {"exp": 1},
        {"aud": "anyone"},
    ],
)
def test_good_signatures(policy: SignaturePolicy, changes: dict[str, Any]) -> None:
    token = signature(BODY, **({"iat": NOW} | changes))
    assert check(token, policy)
    assert check(token, policy), "a retry may bring the same token"


@pytest.mark.parametrize(("changes", "fault"), BAD_SIGNATURES + BAD_WEBHOOK_SIGNATURES)
def test_bad_signatures(changes: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(TokenError, match=fault.value):
        check(signature(BODY, **({"iat": NOW} | changes)), OURS)


def test_key_and_application_are_compared_only_if_set() -> None:
    assert check(signature(BODY, iat=NOW, api_key="another", application_id="another"))


@pytest.mark.parametrize(
    "changes", [{"payload_hash": None}, {"payload_hash": "0" * 64}, {"payload_hash": "\ud800"}, {"payload_hash": 5}]
)
def test_hash_of_another_payload(changes: dict[str, Any]) -> None:
    assert not check(signature(BODY, **({"iat": NOW} | changes)))
    assert not check(signature(BODY, iat=NOW), payload=BODY + b" ")


@pytest.mark.parametrize(
    ("query", "payload"),
    [
        (b"", "{}"),
        (b"to=44&from=447&uuid=a-b", '{"to":"44","from":"447","uuid":"a-b"}'),
        (b"n=1&empty=&flag", '{"n":"1","empty":"","flag":""}'),
        (b"a=x+y%20z&b=%C3%BC%2F%22", '{"a":"x y z","b":"ü/\\""}'),
        (b"a=1&b=2&a=3", '{"a":"3","b":"2"}'),
        (b"\xff=%ff", '{"ÿ":"\ufffd"}'),
    ],
)
def test_what_is_hashed_of_a_query(query: bytes, payload: str) -> None:
    assert query_payload(query) == payload.encode()


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "iat", "payload_hash", "api_key", "application_id"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_claims_are_our_fault(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenError):
        check_signature(OURS, [f"Bearer {compact(HS256, claims, SIGNATURE_SECRET)}"], BODY, time.time())
