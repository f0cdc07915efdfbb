from __future__ import annotations

import hashlib
import time
from typing import Any

import httpx2
import jwt
import pytest
from vonage_jwt import verify_signature  # type: ignore[import-untyped]

from simulator.tests.harness.placing import SIGNATURE_SECRET
from voice_simulator.vonage.signature import Signature

URL = "https://echo.example.com/webhooks/events"


def signed(request: httpx2.Request, *account: str) -> dict[str, Any]:
    """Return the claims of the token that a request gets, if the official library takes it."""
    next(iter(Signature(SIGNATURE_SECRET, *account).auth_flow(request)))
    token = request.headers["Authorization"].removeprefix("Bearer ")
    assert verify_signature(token, SIGNATURE_SECRET)
    return jwt.decode(token, SIGNATURE_SECRET, ["HS256"])


def test_a_post_is_signed_with_the_hash_of_its_body() -> None:
    claims = signed(httpx2.Request("POST", URL, content=b'{"uuid": "u-1"}'))
    assert claims["payload_hash"] == hashlib.sha256(b'{"uuid": "u-1"}').hexdigest()
    assert claims["iss"] == "Vonage"
    assert abs(claims["iat"] - time.time()) < 5
    assert claims["jti"] != signed(httpx2.Request("POST", URL))["jti"]
    assert claims.keys() == {"iat", "jti", "iss", "payload_hash"}


@pytest.mark.parametrize(
    ("query", "payload"),
    [
        ("", "{}"),
        ("?to=44&from=447+7&x=%C3%BC%2F", '{"to":"44","from":"447 7","x":"ü/"}'),
        ("?a&b=", '{"a":"","b":""}'),
    ],
)
def test_a_get_is_signed_with_the_hash_of_its_parameters(query: str, payload: str) -> None:
    claims = signed(httpx2.Request("GET", URL + query))
    assert claims["payload_hash"] == hashlib.sha256(payload.encode()).hexdigest()


def test_the_account_and_the_application_are_named_if_known() -> None:
    claims = signed(httpx2.Request("POST", URL), "a1b2c3d4", "78d335fa")
    assert (claims["api_key"], claims["application_id"]) == ("a1b2c3d4", "78d335fa")
