"""How a call's marks travel: each goes out in a `notify` and in a ping, and comes back in their answers."""

from __future__ import annotations

from collections.abc import Iterable

from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from echo_engine.call import Call
from echo_engine.platform_messages import notify
from echo_engine.quality_metrics import QualityMetrics


def send_mark(protocol: ServerProtocol, call: Call, now: float) -> bool:
    """Send a mark if one is due; return whether it was."""
    mark = call.send_mark(now)
    if mark is None:
        return False
    protocol.send_text(notify(mark).encode())
    protocol.send_ping(b"%d" % mark)
    return True


def receive_pongs(frames: Iterable[Frame], call: Call, metrics: QualityMetrics, now: float) -> None:
    """Take the marks that came back in pongs; any other pong says nothing here."""
    for frame in frames:
        if frame.opcode is Opcode.PONG and (mark := bytes(frame.data)).isdigit() and len(mark) < 10:
            metrics.round_trip.observe(call.queue_check.receive_pong(int(mark), now))
