"""Answers what the platform sends: connects a call to a socket, moves it to another socket, or ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.identifier import loggable
from shared.logs import get_logger
from shared.socket_token import CallIdentity, mint_token
from webhooks.messages import Event, IncomingCall
from webhooks.metrics import Metrics
from webhooks.moves import (
    MAX_AGE_SECONDS,
    PlannedConnect,
    call_proof,
    greeting_seconds,
    is_proven,
    needs_socket,
    next_connect,
    parse_connect,
    silence_seconds,
)
from webhooks.ncco import Action, Ncco, apology_ncco, connect, fill_wait, from_number, talk
from webhooks.public_address import PublicAddress
from webhooks.schedule import LONGEST_WAIT_SECONDS, Schedule
from webhooks.settings import WebhooksSettings
from webhooks.speech import Speech

# A new caller hears an apology instead of a longer wait. A call that lost its socket waits as long as needed.
MAX_NEW_CALL_WAIT_SECONDS = 600.0
# A socket token is valid for this time after its connect is due. The platform needs milliseconds; a voice that
# speaks slower than estimated or a clock that is late needs more.
SOCKET_TOKEN_SECONDS = 300

log = get_logger("webhooks")


class Answers:
    """The answers of one application; its threads may share them. All times are in seconds since 1970."""

    def __init__(
        self,
        settings: WebhooksSettings,
        secrets: Sequence[str],
        schedule: Schedule,
        speech: Speech,
        metrics: Metrics,
    ) -> None:
        """Take the secrets of the sockets; the first one signs the socket tokens and the proofs in event URLs."""
        self._settings = settings
        self._token_secrets = secrets if settings.socket_auth == "on" else ()
        self._proof_secrets = secrets if settings.signature_policy is None else ()
        self._schedule = schedule
        self._speech = speech
        self._metrics = metrics

    def greet_and_connect(self, call: IncomingCall, address: PublicAddress, now: float) -> Ncco:
        """Return the NCCO that greets the caller, then connects the call to the echo engine."""
        ready = now + self._speech.seconds(self._settings.greeting)
        first = PlannedConnect(call.uuid, call.conversation_uuid, ready)
        planned = self._take_turn(first, 0.0, now, MAX_NEW_CALL_WAIT_SECONDS)
        if planned is None:
            self._metrics.calls_turned_away.inc()
            log.error("call turned away", **_names(first), reason="too many calls wait for a socket")
            return apology_ncco()
        wait_seconds = max(planned.due - ready, 0.0)
        if wait_seconds == 0:
            planned = replace(planned, greeted=now)
        self._metrics.calls_answered.inc()
        log.info("call answered", **_names(planned), wait_seconds=round(wait_seconds, 3))
        # The connect stays last: an action after it could run as soon as the socket opens (platform.md, 2.3).
        return [
            talk(self._settings.greeting, self._settings.greeting_language),
            *self._wait(wait_seconds),
            from_number(call.to) | self._connect(planned, address, now),
        ]

    def connect_of(self, query: Mapping[str, str], now: float) -> PlannedConnect | None:
        """Return the connect that an event URL names; None unless its proof fits, or the platform signs requests."""
        named = parse_connect(query)
        if named is None or now > named.due + MAX_AGE_SECONDS:
            return None
        proven = not self._proof_secrets or is_proven(named, query.get("proof", ""), self._proof_secrets)
        return named if proven else None

    def learn(self, event: Event, connect: PlannedConnect | None, now: float) -> None:
        """Learn from an event: a slot that is free, the length of a greeting, the silence of a move."""
        if event.leg == "phone" and event.kind == "completed" and event.uuid is not None:
            self._schedule.release(event.uuid, now)
        if connect is not None and (greeting := greeting_seconds(event, connect, now)) is not None:
            self._speech.measure(greeting)
        if connect is not None and (silence := silence_seconds(event, connect, now)) is not None:
            self._metrics.move_silence_seconds.observe(silence)

    def keep(self, event: Event, ended: PlannedConnect | None, address: PublicAddress | None, now: float) -> Ncco:
        """Return the NCCO that moves a call without a socket to a new one; an empty NCCO if no move is needed.

        The caller hears no second greeting. A call that had no socket for too long, or without a known public
        address, ends with an apology.
        """
        if ended is None or not needs_socket(event):
            return []
        planned = next_connect(event, ended, now)
        if planned.failures:
            self._metrics.connects_failed.inc()
        if planned.lost > self._settings.give_up_seconds:
            return self._give_up(planned, "too long without a socket")
        if address is None:
            return self._give_up(planned, "the Host header is not an address; set PUBLIC_URL")
        moved = self._take_turn(planned, ended.due, now, LONGEST_WAIT_SECONDS)
        if moved is None:
            return self._give_up(planned, "too many calls wait for a socket")
        wait_seconds = max(moved.due - now, 0.0)
        self._metrics.calls_moved.inc()
        log.info("call moved", **_names(moved), failures=moved.failures, wait_seconds=round(wait_seconds, 3))
        return [*self._wait(wait_seconds), self._connect(moved, address, now)]

    def _give_up(self, planned: PlannedConnect, reason: str) -> Ncco:
        self._metrics.calls_given_up.inc()
        lost = round(planned.lost, 3)
        names = _names(planned)
        log.error("call given up", **names, reason=reason, seconds_without_socket=lost, failures=planned.failures)
        return apology_ncco()

    def _take_turn(self, planned: PlannedConnect, after: float, now: float, longest: float) -> PlannedConnect | None:
        """Return the connect with its slot as the time when it is due; None if its turn would come too late."""
        slot = self._schedule.reserve(planned.call_uuid, after, planned.due, now, longest)
        if slot is None:
            return None
        if slot > planned.due:
            self._metrics.connects_paced.inc()
            self._metrics.pacing_wait_seconds.inc(slot - planned.due)
        return replace(planned, due=slot)

    def _wait(self, seconds: float) -> Ncco:
        text, language = self._settings.wait_text, self._settings.greeting_language
        return fill_wait(seconds, talk(text, language), self._speech.seconds(text))

    def _connect(self, planned: PlannedConnect, address: PublicAddress, now: float) -> Action:
        query = planned.query
        if self._proof_secrets:
            query += f"&proof={call_proof(planned, self._proof_secrets[0])}"
        return connect(planned, address, self._settings.audio_format, query, self._authorization(planned, now))

    def _authorization(self, planned: PlannedConnect, now: float) -> Action | None:
        if self._settings.socket_auth == "vonage":
            return {"type": "vonage"}  # the platform's own signature
        if not self._token_secrets:
            return None
        identity = CallIdentity(planned.call_uuid, planned.conversation_uuid)
        lifetime = max(planned.due - now, 0.0) + SOCKET_TOKEN_SECONDS
        return {"type": "custom", "value": f"Bearer {mint_token(identity, self._token_secrets, now, lifetime)}"}


def _names(planned: PlannedConnect) -> dict[str, str | None]:
    return {"uuid": loggable(planned.call_uuid), "conversation_uuid": loggable(planned.conversation_uuid)}
