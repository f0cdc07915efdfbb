"""The log lines of a call: refused, started, ended."""

from __future__ import annotations

from websockets.frames import CloseCode
from websockets.server import ServerProtocol

from echo_engine.call import Call
from echo_engine.call_figures import CallFigures
from echo_engine.calls import EndReason
from shared.identifier import loggable
from shared.logs import get_logger
from shared.signed_token import Fault
from shared.socket_token import CallIdentity

log = get_logger("echo_engine")


def log_refusal(protocol: ServerProtocol, fault: Fault) -> None:
    """Log that a handshake was refused for its token, and the check that the token failed."""
    log.warning("handshake refused", connection=str(protocol.id), status=401, reason=fault.value)


def log_start(protocol: ServerProtocol, call: Call) -> None:
    """Log that a call started; unless SOCKET_AUTH is on, the call has no name yet."""
    log.info("call started", connection=str(protocol.id), **_names(call))


def log_end(protocol: ServerProtocol, call: Call, figures: CallFigures, reason: EndReason, now: float) -> None:
    """Log that a call ended, why, and its figures; what is not known is null.

    Without a close frame the close code is 1006 (RFC 6455, 7.1.5).
    """
    log.info(
        "call ended",
        connection=str(protocol.id),
        **_names(call),
        reason=reason.value,
        close_code=CloseCode.ABNORMAL_CLOSURE if protocol.close_sent is None else protocol.close_sent.code,
        duration_seconds=round(now - call.started_at, 3),
        frames_received=call.frames_received,
        frames_echoed=call.frames_echoed,
        frames_dropped=call.frames_dropped.total(),
        frames_cut=call.play_out.frames_cut,
        bytes_received=call.bytes_received,
        longest_gap_ms=round(figures.longest_gap * 1000),
        lag_resets=call.play_out.lag_resets,
        **_quality(figures),
    )


def _quality(figures: CallFigures) -> dict[str, float | None]:
    return {
        "jitter_ms": _rounded(figures.jitter, 1000),
        "delay_variation_p95_ms": _rounded(figures.delay_variation_p95, 1000),
        "gaps": figures.gaps,
        "gap_seconds": _rounded(figures.gap_seconds),
        "round_trip_ms": _rounded(figures.round_trip, 1000),
        "platform_queue_ms_max": _rounded(figures.platform_queue_max, 1000),
        "mos_estimate": _rounded(figures.mos_estimate),
    }


def _rounded(value: float | None, factor: int = 1) -> float | None:
    return None if value is None else round(value * factor, 2)


def _names(call: Call) -> dict[str, str | None]:
    """Return the uuids of a call: those of its token, or without a token those of the first message."""
    headers = call.headers
    identity = call.identity or CallIdentity(headers.get("call_uuid", ""), headers.get("conversation_uuid"))
    return {
        "call_uuid": loggable(identity.call_uuid),
        "conversation_uuid": loggable(identity.conversation_uuid),
    }
