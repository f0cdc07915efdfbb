"""The caller: speaks into the socket at the pace of real time, hears what comes back, and hangs up."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from time import perf_counter
from typing import Any

from simulator.call_plan import CallPlan
from simulator.echo_check import EchoCheck, Excuse
from simulator.frame_mark import FrameMark, write_mark
from simulator.keypad import Keypad
from simulator.playout import FRAME_SECONDS, PlayOut
from simulator.socket_leg import SocketLeg
from simulator.stall import stalled

DTMF_MS = 260
LATE_SECONDS = 0.15  # from here on the server may take a frame for stale


class Caller:
    """One caller, for one call, over one socket after another."""

    def __init__(self, plan: CallPlan, call_index: int) -> None:
        """With the plan's `audio_kept`, the first call's `audio` holds all that came back, in that order."""
        self.check = EchoCheck(call_index)
        self.play_out = PlayOut()
        self.late = array("d")  # of each frame: seconds from when it was due to when it was sent
        self.audio: list[bytes] | None = [] if plan.audio_kept and call_index == 0 else None
        self.hung_up = asyncio.Event()
        self._plan = plan
        self._keypad = Keypad(plan.digits)
        self._socket: SocketLeg | None = None
        self._frames: list[bytes] = []
        self._stalled = False
        self._heard_at = 0.0

    def connect(self, socket: SocketLeg, frames: list[bytes]) -> None:
        """Speak into this socket from now on: the frames, over and over."""
        self._socket, self._frames = socket, frames
        self._stalled = False

    def disconnect(self) -> None:
        """Note that the socket has ended: until the next one, the caller speaks into nothing and hears nothing."""
        self._socket = None
        self.check.excuse(Excuse.SEAM)
        self.play_out.lose_socket(perf_counter())

    async def speak(self, count: int, start: float) -> None:
        """Speak `count` frames, each at its time: `start` (perf_counter) + n * 20 ms; then hang up.

        Before that, wait in silence for the frames still on their way. As the platform sends that silence too, it
        carries out what waits in the server's delay line.
        """
        for number in itertools.count():
            due = start + number * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - perf_counter()))
            if number >= count and not self._awaits_echo(start + count * FRAME_SECONDS):
                break
            self._live(number, due, silent=number >= count)
        self.hung_up.set()

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame that came back."""
        self._heard_at = time
        self.play_out.queue(self.check.receive(frame, time), time)
        if self.audio is not None and not self.check.silence_returned:
            self.audio.append(frame)

    def clear(self, time: float) -> None:
        """Drop what is queued for playing, as the server wants."""
        self.play_out.clear(time)
        self.check.note_clear(time)

    def notify(self, payload: dict[str, Any], time: float) -> None:
        """Answer once everything queued so far has been played."""
        self.play_out.notify(payload, time)
        self._answer_notifications(time)

    @property
    def _open_socket(self) -> SocketLeg | None:
        return self._socket if self._socket and self._socket.is_open else None

    def _awaits_echo(self, spoken_at: float) -> bool:
        if self._open_socket is None or not self.check.frames_lost or self.check.silence_returned:
            return False
        patience = self._plan.echo_patience + self._keypad.longest_delay
        return perf_counter() < max(self._heard_at, spoken_at) + patience

    def _live(self, number: int, due: float, *, silent: bool) -> None:
        """Do what is due at one frame's time."""
        time = number * FRAME_SECONDS
        self._obey_network(time)
        self._press_keys(time)
        self._answer_notifications(perf_counter())
        if not silent:
            self._say(self._frames[number % len(self._frames)], due)
        elif self._socket:
            self._socket.send_now(write_mark(bytes(len(self._frames[0])), self.check.send_silence()))

    def _say(self, speech: bytes, due: float) -> None:
        socket = self._open_socket
        if socket is None:
            self.check.skip()
            return
        frame = write_mark(speech, FrameMark(self.check.call_index, self.check.frames_spoken))
        now = perf_counter()
        self.late.append(now - due)
        self.check.send(frame, now, late=self._stalled or now - due > LATE_SECONDS)
        socket.send_now(frame)

    def _press_keys(self, time: float) -> None:
        while key := self._keypad.press_due(time):
            if self._keypad.discards(key):
                self.check.excuse(Excuse.DISCARDED)
            if self._socket:
                self._socket.send_now({"event": "websocket:dtmf", "digit": key, "duration": DTMF_MS})

    def _answer_notifications(self, now: float) -> None:
        if self._socket:
            for payload in self.play_out.notifications_due(now):
                self._socket.send_now({"event": "websocket:notify", "payload": payload})

    def _obey_network(self, time: float) -> None:
        socket = self._open_socket
        if socket is None or stalled(self._plan.stalls, time) is self._stalled:
            return
        self._stalled = not self._stalled
        if self._stalled:
            socket.stall()
        else:
            socket.resume()
