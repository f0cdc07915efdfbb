"""Forged signatures: each is the platform's but for one thing."""

from __future__ import annotations

import time

import httpx2
import jwt
import pytest

from simulator.tests.harness.placing import SIGNATURE_SECRET
from voice_simulator.check.forgery import STRANGERS_SECRET, Forgery, seconds_ago
from voice_simulator.vonage.signature import Signature

SIGNATURE = Signature(SIGNATURE_SECRET, "key")


def token(forgery: Forgery) -> str:
    request = next(forgery.auth_flow(httpx2.Request("POST", "http://x/", json={"a": 1})))
    return request.headers["Authorization"].removeprefix("Bearer ")


def right() -> dict[str, object]:
    request = next(SIGNATURE.auth_flow(httpx2.Request("POST", "http://x/", json={"a": 1})))
    authorization = request.headers["Authorization"].removeprefix("Bearer ")
    claims: dict[str, object] = jwt.decode(authorization, SIGNATURE_SECRET, ["HS256"])
    return claims


def test_a_changed_claim_is_the_only_change() -> None:
    old = seconds_ago(3600)
    claims = jwt.decode(token(Forgery(SIGNATURE, SIGNATURE_SECRET, iat=old)), SIGNATURE_SECRET, ["HS256"])
    assert claims["iat"] == old == pytest.approx(time.time() - 3600, abs=5)
    same = ("iss", "api_key", "payload_hash")
    assert {name: claims[name] for name in same} == {name: right()[name] for name in same}


def test_a_stranger_has_another_secret() -> None:
    forged = token(Forgery(SIGNATURE, STRANGERS_SECRET))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, SIGNATURE_SECRET, ["HS256"])
    assert jwt.decode(forged, STRANGERS_SECRET, ["HS256"])["api_key"] == "key"


def test_a_token_without_a_signature_says_so() -> None:
    forged = token(Forgery(SIGNATURE, None))
    assert jwt.get_unverified_header(forged)["alg"] == "none"
    assert forged.endswith(".")


def test_a_handshake_can_be_forged_too() -> None:
    forged = Forgery(SIGNATURE, STRANGERS_SECRET).of_handshake().removeprefix("Bearer ")
    assert jwt.decode(forged, STRANGERS_SECRET, ["HS256"])["iss"] == "Vonage"
