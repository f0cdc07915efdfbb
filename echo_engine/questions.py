"""The engine's questions to a peer: whether it is still there, and how much audio waits with it.

For the latter a mark goes out in a `notify` and in a ping, and comes back in their answers.
"""

from __future__ import annotations

from collections.abc import Iterable

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from echo_engine.call import Call
from echo_engine.platform_messages import notify
from echo_engine.quality_metrics import QualityMetrics
from echo_engine.watchdog import Watchdog


def ask(protocol: ServerProtocol, watchdog: Watchdog, call: Call, now: float) -> bool:
    """Ask what it is time to ask the peer of a call; return whether it was anything."""
    if watchdog.ping_due(call, now):
        watchdog.pinged(now)
        protocol.send_ping(b"")
        return True
    if protocol.state is not State.OPEN or watchdog.write_paused or (mark := call.send_mark(now)) is None:
        return False
    protocol.send_text(notify(mark).encode())
    protocol.send_ping(b"%d" % mark)
    return True


def receive_pongs(frames: Iterable[Frame], call: Call, metrics: QualityMetrics, now: float) -> None:
    """Take the marks that came back in pongs; any other pong says nothing here."""
    for frame in frames:
        if frame.opcode is Opcode.PONG and (mark := bytes(frame.data)).isdigit() and len(mark) < 10:
            metrics.round_trip.observe(call.queue_check.receive_pong(int(mark), now))
