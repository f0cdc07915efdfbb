"""The log lines of a call: at its start and at its end, or that it was refused."""

from __future__ import annotations

import enum

from websockets.frames import CloseCode
from websockets.server import ServerProtocol

from echo_engine.call import Call
from shared.logs import get_logger
from shared.signed_token import Fault
from shared.socket_token import CallIdentity

MAX_UUID_CHARACTERS = 64

log = get_logger("echo_engine")


class EndReason(enum.Enum):
    """Why a call ended."""

    CLOSED_BY_PEER = "closed_by_peer"
    LOST = "lost"  # the TCP connection went without a close frame
    PROTOCOL_ERROR = "protocol_error"
    RATE_EXCEEDED = "rate_exceeded"
    IDLE = "idle"
    STALLED = "stalled"
    DRAINED = "drained"


def log_refusal(protocol: ServerProtocol, fault: Fault) -> None:
    """Say that a handshake was refused for its token, and which check that failed."""
    log.warning("handshake refused", connection=str(protocol.id), status=401, reason=fault.value)


def log_start(protocol: ServerProtocol, call: Call) -> None:
    """Say that a call began; without tokens, which one is only told by the first message."""
    log.info("call started", connection=str(protocol.id), **_names(call))


def log_end(protocol: ServerProtocol, call: Call, reason: EndReason, now: float) -> None:
    """Say that a call ended, why, and what it was."""
    log.info(
        "call ended",
        connection=str(protocol.id),
        **_names(call),
        reason=reason.value,
        close_code=close_code(protocol),
        duration_seconds=round(now - call.started_at, 3),
        frames_received=call.frames_received,
        frames_echoed=call.frames_echoed,
        frames_dropped=call.frames_dropped.total(),
        bytes_received=call.bytes_received,
        longest_gap_ms=round(call.longest_gap * 1000),
        lag_resets=call.lag_resets,
    )


def reason_seen(protocol: ServerProtocol) -> EndReason:
    """Return why a call ended that this side did not decide to end."""
    if protocol.close_sent is None:
        return EndReason.LOST
    # The library answers the peer's close frame with that same one, and a fault with a frame of its own.
    return EndReason.CLOSED_BY_PEER if protocol.close_sent is protocol.close_rcvd else EndReason.PROTOCOL_ERROR


def close_code(protocol: ServerProtocol) -> int:
    """Return the code of the close frame that was sent, 1006 if none was (RFC 6455, 7.1.5)."""
    return CloseCode.ABNORMAL_CLOSURE if protocol.close_sent is None else protocol.close_sent.code


def _names(call: Call) -> dict[str, str | None]:
    """Return what a call is known by: its token's word, else what the peer says."""
    headers = call.headers
    identity = call.identity or CallIdentity(headers.get("call_uuid", ""), headers.get("conversation_uuid"))
    names = {"call_uuid": identity.call_uuid, "conversation_uuid": identity.conversation_uuid}
    return {name: value and value[:MAX_UUID_CHARACTERS] for name, value in names.items()}
