"""The routes: the webhooks that the platform requests, and the operator's pages, which Caddy doesn't publish."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import BadRequest

from shared.logs import get_logger
from webhooks.answers import Answers
from webhooks.authentication import Authentication
from webhooks.fields import Fields, unusable_fields
from webhooks.messages import NCCO_REJECTED, parse_event, parse_failed_request, parse_incoming_call
from webhooks.metrics import Metrics
from webhooks.ncco import Ncco, apology_ncco
from webhooks.public_address import ANSWER_PATHS, EVENTS_PATHS, FALLBACK_PATHS, PublicAddress, choose_public_address
from webhooks.request_fields import read_fields

METHODS = ["GET", "POST"]  # the account's owner chooses one

log = get_logger("webhooks")


class Routes:
    """The views of one application."""

    def __init__(
        self,
        public_url: str | None,
        authentication: Authentication,
        answers: Answers,
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        """Take a clock that returns seconds since 1970: each request reads it once."""
        self._public_url = public_url
        self._authentication = authentication
        self._answers = answers
        self._metrics = metrics
        self._clock = clock

    def add_to(self, app: Flask) -> None:
        """Register every route; the webhooks check signatures."""
        webhooks = Blueprint("webhooks", __name__)
        webhooks.before_request(self._begin)
        webhooks.after_request(self._measure_answer)
        views = {ANSWER_PATHS: self.answer, EVENTS_PATHS: self.events, FALLBACK_PATHS: self.fallback}
        for paths, view in views.items():
            for path in paths:
                webhooks.add_url_rule(path, view_func=view, methods=METHODS)
        app.register_blueprint(webhooks)
        for path in ("/healthz", "/readyz"):  # without dependencies, a healthy process is ready
            app.add_url_rule(path, view_func=self.healthy)
        app.add_url_rule("/metrics", view_func=self.metrics)

    def answer(self) -> Ncco:
        """Greet the caller, then connect the call to the echo engine; a repeated request gets the same answer."""
        self._authentication.limit_unsigned_answers(request, g.now)
        call = parse_incoming_call(_read_fields())
        address = self._address()
        if address is None:
            raise BadRequest(
                "the Host header must be a host name or an IP address, with or without a port; or set PUBLIC_URL"
            )
        return self._answers.greet_and_connect(call, address, g.now)

    def events(self) -> Response | Ncco:
        """Log and count an event; move a call that lost its socket."""
        fields = _read_fields()
        connect = self._answers.connect_of(request.args, g.now)
        event = parse_event(fields, about_connect=connect is not None)
        if event is None:
            raise BadRequest("not a call event: send at least one of status, reason, uuid and conversation_uuid")
        sender = self._sender(proven=connect is not None)
        self._metrics.events.labels(event.kind, sender).inc()
        if event.kind == NCCO_REJECTED:
            self._metrics.nccos_rejected.labels(sender).inc()
            log.error("NCCO rejected", **event.log_fields, sender=sender)
        else:
            log.info("call event", **event.log_fields)
        self._answers.learn(event, connect, g.now)
        return self._answers.keep(event, connect, self._address(), g.now) or _nothing()

    def fallback(self) -> Response | Ncco:
        """Stand in for the event webhook, or apologize to the caller if the answer webhook failed; log the reason."""
        fields = _read_fields()
        failed = parse_failed_request(fields)
        connect = self._answers.connect_of(failed.query, g.now)
        sender = self._sender(proven=connect is not None)
        self._metrics.fallbacks.labels(sender).inc()
        log.error("fallback requested", **failed.log_fields, sender=sender)
        # The platform's reason for the fallback replaces the event's own.
        event = parse_event(fields, about_connect=True)
        if connect is None or event is None:
            return apology_ncco()
        return self._answers.keep(event, connect, self._address(), g.now) or _nothing()

    def healthy(self) -> dict[str, str]:
        return {"status": "ok"}

    def metrics(self) -> Response:
        return Response(self._metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    def _begin(self) -> None:
        g.begun, g.now = perf_counter(), self._clock()
        self._authentication.require_signature(request, g.now)

    def _measure_answer(self, response: Response) -> Response:
        if request.path in ANSWER_PATHS:
            self._metrics.answer_seconds.observe(perf_counter() - g.begun)
        return response

    def _address(self) -> PublicAddress | None:
        return choose_public_address(self._public_url, request.scheme, request.headers.get("Host", ""))

    def _sender(self, *, proven: bool) -> str:
        """Return "proven" if the platform signed the request or the event URL's proof matches, else "unproven"."""
        return "proven" if proven or self._authentication.signatures_required else "unproven"


def _read_fields() -> Fields:
    """Return the fields of the request, and log unusable ones: a call is worth more than a field."""
    fields = read_fields(request)
    if unusable := unusable_fields(fields):
        log.warning("fields ignored", fields=unusable)
    return fields


def _nothing() -> Response:
    return Response(status=204)  # without a body: the platform could read any JSON as an NCCO
