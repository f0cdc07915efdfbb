"""How a call ends: the reasons, and the close code that the peer gets for each of them."""

from __future__ import annotations

import enum

from websockets.frames import CloseCode
from websockets.server import ServerProtocol


class EndReason(enum.Enum):
    """Why a call ended; the values stand in logs and metrics."""

    CLOSED_BY_PEER = "closed_by_peer"
    LOST = "lost"  # the TCP connection went without a close frame
    PROTOCOL_ERROR = "protocol_error"
    RATE_EXCEEDED = "rate_exceeded"
    IDLE = "idle"
    STALLED = "stalled"
    DRAINED = "drained"


# For the ends that this side decides. A stalled peer gets none: a close frame would wait behind unread audio.
CLOSE_CODES = {
    EndReason.RATE_EXCEEDED: CloseCode.POLICY_VIOLATION,
    EndReason.IDLE: CloseCode.GOING_AWAY,
    EndReason.DRAINED: CloseCode.SERVICE_RESTART,
}


def reason_seen(protocol: ServerProtocol) -> EndReason:
    """Return why a call ended that this side did not decide to end."""
    if protocol.close_sent is None:
        return EndReason.LOST
    # The library answers the peer's close frame with that same one, and a fault with a frame of its own.
    return EndReason.CLOSED_BY_PEER if protocol.close_sent is protocol.close_rcvd else EndReason.PROTOCOL_ERROR


def close_code(protocol: ServerProtocol) -> int:
    """Return the code of the close frame that was sent, 1006 if none was (RFC 6455, 7.1.5)."""
    return CloseCode.ABNORMAL_CLOSURE if protocol.close_sent is None else protocol.close_sent.code
