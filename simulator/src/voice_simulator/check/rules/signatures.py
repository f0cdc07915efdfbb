"""Rules of the group security: requests that the platform did not sign are refused."""

from __future__ import annotations

import hashlib
from typing import Literal

import httpx2

from ...vonage.requester import shown
from ...vonage.signature import Signature
from ..finding import Finding, NotJudgedError, failed, passed
from ..forgery import STRANGERS_SECRET, Forgery, seconds_ago
from ..rule import Need, rule
from ..trial import Trial

REFUSALS = (401, 403)
EXPECTED = "401"
OLD_SECONDS = 3600
SIGNED_ONLY = "Check the JWT of every request by the account's signature secret, and answer 401 without a good one."


async def _refuses(
    trial: Trial,
    auth: httpx2.Auth | None,
    *,
    method: Literal["GET", "POST"] | None = None,
) -> Finding:
    """Send a wrong signature, if a right one was answered."""
    trial.first_answer.required()
    return _judge(await trial.request_answer(auth=auth, method=method))


def _judge(response: httpx2.Response) -> Finding:
    seen = shown(response)
    return passed(seen, EXPECTED) if response.status_code in REFUSALS else failed(seen, EXPECTED)


def signature_of(trial: Trial) -> Signature:
    """Return the platform's signature; the rules here need the secret."""
    if trial.application.signature is None:
        raise AssertionError("a rule that needs the secret is not judged without it")
    return trial.application.signature


@rule(
    "security.unsigned-request",
    "A request without a signature gets no answer",
    section="7",
    fix=SIGNED_ONLY,
    needs=(Need.SECRET,),
)
async def unsigned_request(trial: Trial) -> Finding:
    return await _refuses(trial, None)


@rule(
    "security.unsigned-event",
    "An event without a signature is refused",
    section="7",
    fix=SIGNED_ONLY,
    needs=(Need.SECRET,),
)
async def unsigned_event(trial: Trial) -> Finding:
    """Send an event without a token, once one with a token has been taken."""
    leg = trial.new_leg()
    if not (response := await trial.send_event(leg.event("started"))).is_success:
        raise NotJudgedError(f"signed events aren't taken either (webhooks.events): {shown(response)}")
    return _judge(await trial.send_event(leg.event("ringing"), auth=None))


@rule(
    "security.wrong-secret",
    "A request that another secret has signed gets no answer",
    section="7",
    fix=SIGNED_ONLY,
    needs=(Need.SECRET,),
)
async def wrong_secret(trial: Trial) -> Finding:
    return await _refuses(trial, Forgery(signature_of(trial), STRANGERS_SECRET))


@rule(
    "security.no-algorithm",
    "A token whose header says that it needs no signature gets no answer",
    section="7",
    fix='Name the algorithm when the token is checked: algorithms=["HS256"].',
    needs=(Need.SECRET,),
)
async def no_algorithm(trial: Trial) -> Finding:
    """Send a token of the algorithm `none` (RFC 7519, 6)."""
    return await _refuses(trial, Forgery(signature_of(trial), None))


@rule(
    "security.old-signature",
    "A token of an hour ago gets no answer",
    section="7",
    fix="Refuse an `iat` more than 300 s old, with 60 s of skew: there is no `exp`.",
    needs=(Need.SECRET,),
)
async def old_signature(trial: Trial) -> Finding:
    return await _refuses(
        trial, Forgery(signature_of(trial), trial.application.signature_secret, iat=seconds_ago(OLD_SECONDS))
    )


@rule(
    "security.other-body",
    "A token for another body gets no answer",
    section="7",
    fix="Compare `payload_hash` with the SHA-256 of the raw body of a POST.",
    needs=(Need.SECRET,),
)
async def other_body(trial: Trial) -> Finding:
    """POST with the token of another request; how a GET is hashed is not known well enough."""
    trial.first_answer.required()
    if trial.application.method != "POST" and not (response := await trial.request_answer(method="POST")).is_success:
        raise NotJudgedError(f"the answer webhook takes no POST: {shown(response)}")
    another = hashlib.sha256(b'{"from":"447700900999"}').hexdigest()
    return await _refuses(
        trial, Forgery(signature_of(trial), trial.application.signature_secret, payload_hash=another), method="POST"
    )


SIGNATURES = [unsigned_request, unsigned_event, wrong_secret, no_algorithm, old_signature, other_body]
