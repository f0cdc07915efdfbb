"""Refuses requests that the platform did not sign; without a signature secret, limits them instead."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from shared.logs import get_logger
from shared.signed_token import Fault, TokenError
from shared.vonage_signature import WEBHOOK_CLAIMS, check_claims
from webhooks.client_address import Proxies
from webhooks.metrics import Metrics
from webhooks.request_fields import read_body
from webhooks.settings import WebhooksSettings
from webhooks.unsigned_rate import UnsignedRate

log = get_logger("webhooks")


class UnsignedError(Unauthorized):
    """A request without a valid signature; only the log says which check it failed."""

    def __init__(self, fault: Fault) -> None:
        challenge = WWWAuthenticate("bearer", {"realm": "webhooks"})
        super().__init__("the request has no valid signature of the platform", www_authenticate=challenge)
        self.fault = fault


class Authentication:
    """Decides which requests one application accepts; threads may share it. All times are in seconds since 1970."""

    def __init__(self, settings: WebhooksSettings, metrics: Metrics) -> None:
        self._policy = settings.signature_policy
        self._metrics = metrics
        self._proxies = Proxies(settings.forwarded_allow_ips)
        self._rate = UnsignedRate(settings.unsigned_answers_per_second, settings.unsigned_answers_per_address)

    @property
    def signatures_required(self) -> bool:
        return self._policy is not None

    def require_signature(self, request: Request, now: float) -> None:
        """Refuse a request unless the platform signed it; without a signature secret, let every request pass.

        Raises UnsignedError, or what `read_body` raises.
        """
        if self._policy is None:
            return
        posted = request.method == "POST"
        payload = read_body(request) if posted else query_payload(request.query_string)
        try:
            claims = check_claims(self._policy, request.headers.getlist("Authorization"), now, required=WEBHOOK_CLAIMS)
            fits = _is_hash_of(claims.get("payload_hash"), payload)
            # The hash of a GET isn't documented well enough to refuse a call for it (platform.md, 7).
            if posted and not fits:
                raise TokenError(Fault.PAYLOAD)
        except TokenError as error:
            self._metrics.signatures_refused.labels(error.fault.value).inc()
            raise UnsignedError(error.fault) from None
        if not fits:
            log.warning("GET accepted although its signature doesn't match its parameters")

    def limit_unsigned_answers(self, request: Request, now: float) -> None:
        """Refuse a request over the limit on unsigned answers; with a signature secret, refuse none.

        Raises TooManyRequests.
        """
        if self._policy is not None:
            return
        address = self._proxies.client_address(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""))
        refusal = self._rate.spend(address, now)
        if refusal is not None:
            self._metrics.answers_refused.labels(refusal.limit).inc()
            raise TooManyRequests(
                "too many unsigned requests; try again later", retry_after=refusal.retry_after_seconds
            )


def query_payload(query: bytes) -> bytes:
    """Return what the platform hashes for a GET: one compact JSON object of the parameters, in the order received."""
    parameters = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode()


def _is_hash_of(claim: object, payload: bytes) -> bool:
    expected = hashlib.sha256(payload).hexdigest()
    return isinstance(claim, str) and hmac.compare_digest(claim.encode(errors="replace"), expected.encode())
