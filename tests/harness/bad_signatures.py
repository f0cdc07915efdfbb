"""Changes that make a good signature a bad one, each with its fault; the time is that of the tests, NOW."""

from __future__ import annotations

from typing import Any

from shared.signed_token import Fault
from tests.harness.forge import OTHER_SECRET

NOW = 1_700_000_000.0
API_KEY, APPLICATION = "a1b2c3d4", "78d335fa-323d-0114-9c3d-d6f0d48968cf"  # those of forge's signature

# Wherever a signature is checked.
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
# On webhooks alone: a handshake's signature may leave these claims out.
BAD_WEBHOOK_SIGNATURES: list[tuple[dict[str, Any], Fault]] = [
    ({"iss": None}, Fault.ISSUER),
    ({"api_key": None}, Fault.API_KEY),
]
