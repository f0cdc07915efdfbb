"""The platform at the other end of a socket, in simulated time: what comes back is played by the simulator's queue."""

from __future__ import annotations

import json
from typing import NamedTuple

from shared.audio import AudioFormat
from voice_simulator.vonage.play_out import PlayOut

FRAME_BYTES = AudioFormat.L16_16000.frame_bytes


class Ping(NamedTuple):
    """A WebSocket ping, which is answered as soon as it arrives."""

    mark: int


class SimulatedPlatform:
    """Takes what the server sends, and owes answers; while the way back stalls, everything waits on it."""

    def __init__(self, *, answers_notify: bool = True) -> None:
        self.play_out = PlayOut()
        self.pongs: list[int] = []  # to be sent
        self.marks_asked = 0  # by notify
        self.clears = 0
        self._answers_notify = answers_notify
        self._sent_at: list[float] = []  # of each frame, by its number
        self._stalled: list[bytes | str | Ping] | None = None  # what waits on the way back, None while it is free

    def next_frame(self, now: float) -> bytes:
        self._sent_at.append(now)
        return (len(self._sent_at) - 1).to_bytes(4).ljust(FRAME_BYTES, b"\0")

    def stall(self) -> None:
        self._stalled = []

    def resume(self, now: float) -> None:
        waiting, self._stalled = self._stalled or [], None
        for message in waiting:
            self.receive(message, now)

    def receive(self, message: bytes | str | Ping, now: float) -> None:
        if self._stalled is not None:
            self._stalled.append(message)
        elif isinstance(message, bytes):
            self.play_out.queue(self._sent_at[int.from_bytes(message[:4])], now)
        elif isinstance(message, Ping):
            self.pongs.append(message.mark)
        else:
            self._obey(json.loads(message), now)

    def answers(self, now: float) -> list[str]:
        due = self.play_out.notifications_due(now) if self._answers_notify else []
        return [json.dumps({"event": "websocket:notify", "payload": payload}) for payload in due]

    def lag(self) -> float:
        """Return how long after it was sent the newest frame was heard that has been heard."""
        return self.play_out.frames.lags[-1]

    def _obey(self, command: dict[str, object], now: float) -> None:
        match command:
            case {"action": "clear", **rest} if not rest:
                self.clears += 1
                self.play_out.clear(now)
            case {"action": "notify", "payload": dict(payload), **rest} if not rest:
                self.marks_asked += 1
                self.play_out.notify(payload, now)
            case _:
                raise AssertionError(f"the platform knows no command {command}")
