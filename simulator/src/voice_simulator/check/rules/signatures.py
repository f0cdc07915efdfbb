"""Rules of the group security: requests that the platform did not sign are refused."""

from __future__ import annotations

import hashlib
from typing import Literal

import httpx2

from ...vonage.signature import Signature
from ..finding import Finding, NotJudgedError, failed, passed
from ..forgery import STRANGERS_SECRET, Forgery, seconds_ago
from ..plain_answer import told
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
    """Ask with a wrong signature, once a right one has got an answer."""
    trial.plain.required()
    return _judge(await trial.ask(auth=auth, method=method))


def _judge(response: httpx2.Response) -> Finding:
    seen = told(response)
    return passed(seen, EXPECTED) if response.status_code in REFUSALS else failed(seen, EXPECTED)


def signature_of(trial: Trial) -> Signature:
    """Return the platform's signature; the rules here need the secret."""
    if trial.application.signature is None:
        raise AssertionError("a rule that needs the secret is not judged without it")
    return trial.application.signature


@rule(
    "security.unsigned-question",
    "A question without a signature gets no answer",
    section="7",
    fix=SIGNED_ONLY,
    needs=(Need.SECRET,),
)
async def unsigned_question(trial: Trial) -> Finding:
    """Ask without a token."""
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
    if not (response := await trial.tell(leg.event("started"))).is_success:
        raise NotJudgedError(f"signed events aren't taken either (webhooks.events): {told(response)}")
    return _judge(await trial.tell(leg.event("ringing"), auth=None))


@rule(
    "security.wrong-secret",
    "A question that another secret has signed gets no answer",
    section="7",
    fix=SIGNED_ONLY,
    needs=(Need.SECRET,),
)
async def wrong_secret(trial: Trial) -> Finding:
    """Ask with a stranger's token."""
    return await _refuses(trial, Forgery(signature_of(trial), STRANGERS_SECRET))


@rule(
    "security.no-algorithm",
    "A token whose header says that it needs no signature gets no answer",
    section="7",
    fix='Name the algorithm when the token is checked: algorithms=["HS256"].',
    needs=(Need.SECRET,),
)
async def no_algorithm(trial: Trial) -> Finding:
    """Ask with a token of the algorithm `none` (RFC 7519, 6)."""
    return await _refuses(trial, Forgery(signature_of(trial), None))


@rule(
    "security.old-signature",
    "A token of an hour ago gets no answer",
    section="7",
    fix="Refuse an `iat` more than 300 s old, with 60 s of skew: there is no `exp`.",
    needs=(Need.SECRET,),
)
async def old_signature(trial: Trial) -> Finding:
    """Ask with a token that was good an hour ago."""
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
    """Ask by POST with the token of another question; of a GET it is not known well enough how it is hashed."""
    trial.plain.required()
    if trial.application.method != "POST" and not (response := await trial.ask(method="POST")).is_success:
        raise NotJudgedError(f"the answer webhook takes no POST: {told(response)}")
    another = hashlib.sha256(b'{"from":"447700900999"}').hexdigest()
    return await _refuses(
        trial, Forgery(signature_of(trial), trial.application.signature_secret, payload_hash=another), method="POST"
    )


SIGNATURES = [unsigned_question, unsigned_event, wrong_secret, no_algorithm, old_signature, other_body]
