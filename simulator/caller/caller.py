"""A caller: speaks into the socket in real time, hears the echo, and hangs up."""

from __future__ import annotations

import asyncio
import itertools
from array import array
from time import perf_counter
from typing import Any

from ..audio import FRAME_SECONDS, TimedFrame
from ..echo.frame_mark import FrameMark, write_mark
from ..echo.ledger import CATCH_UP_SECONDS, EchoLedger, Excuse
from ..platform.line import Line
from ..platform.play_out import PlayOut
from ..platform.socket_leg import SocketLeg
from .keypad import AskedDelay, Keypad
from .moment import Moment, MomentKind
from .script import Script

DTMF_MS = 260
LAST_MOMENT_SECONDS = 10.0  # after the last word and the delay asked for, whatever still comes
LATE_SECONDS = 0.15  # a frame that is sent later than this may be stale for the server


class Caller:
    """One caller, for one call, over one socket after another."""

    def __init__(self, script: Script, call_index: int) -> None:
        """Take the call's index in the run, from 0."""
        self.ledger = EchoLedger(call_index)
        kept = script.audio_kept and call_index == 0
        self.line = Line(heard_kept=kept)
        self.play_out = PlayOut(heard_kept=kept, line=self.line)
        self.late = array("d")  # of each frame: seconds from when it was due to when it was sent
        self.said: list[TimedFrame] | None = [] if kept else None  # every frame, sent or not; None if not kept
        self.moments: list[Moment] | None = [] if kept else None
        self.unheard_keys: list[str] = []  # pressed when neither a socket nor an action listened
        self.hung_up = asyncio.Event()
        self._script = script
        self._keypad = Keypad(script.digits)
        self.delay_asked = AskedDelay(script.delay)
        self._socket: SocketLeg | None = None
        self._frames: list[bytes] = []
        self._words = list(reversed(script.words))
        self._connected_before = False
        self._stalled = False
        self._heard_at = 0.0
        self._catches_up_until = (
            0.0  # frames right behind a late one wait behind it at the platform, so they are late too
        )

    def pick_up(self, frames: list[bytes]) -> None:
        """Speak into the phone from now on, though no socket is open yet: the frames, over and over."""
        self._frames = frames

    def connect(self, socket: SocketLeg, frames: list[bytes]) -> None:
        """Speak into this socket from now on: the frames, over and over."""
        if self._connected_before:
            self._note(MomentKind.MOVED, perf_counter())
        self._socket, self._frames = socket, frames
        self._connected_before = True
        self._stalled = False

    def disconnect(self) -> None:
        """Note that the socket has ended: until the next one opens, nothing is sent and nothing is heard."""
        self._socket = None
        self.ledger.excuse(Excuse.MOVE)
        now = perf_counter()
        self.play_out.lose_socket(now)
        self._note(MomentKind.SOCKET_LOST, now)

    async def speak(self, count: int, start: float) -> None:
        """Speak `count` frames, each at its time: `start` (perf_counter) + n * 20 ms; then hang up.

        Before hanging up, be silent until every frame is back, or patience ends: some time after the last awaited frame
        that came, and at the last moment whatever comes. The platform sends that silence too, so it pushes the last
        words out of the server's delay line.
        """
        for number in itertools.count():
            due = start + number * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - perf_counter()))
            if number >= count and not self._awaits_echo(start + count * FRAME_SECONDS):
                break
            self._act(number, due, silent=number >= count)
        self.hung_up.set()

    def hear(self, frame: bytes, time: float) -> None:
        """Take a frame that came back."""
        awaited = self.ledger.frames_lost
        sent_at = self.ledger.receive(frame, time) if self._script.expect == "echo" else None
        self.play_out.queue(sent_at, time, frame)
        if self.ledger.frames_lost < awaited:
            self._heard_at = time

    def clear(self, time: float) -> None:
        """Drop the frames that are queued for playing, as the server has said clear."""
        self.play_out.clear(time)
        self.ledger.note_clear(time)
        self.line.course.note("clear")
        self._note(MomentKind.CLEAR, time)

    def notify(self, payload: dict[str, Any], time: float) -> None:
        """Send the payload back once everything queued so far has been played."""
        self.play_out.notify(payload, time)
        self._answer_notifications(time)

    @property
    def _open_socket(self) -> SocketLeg | None:
        return self._socket if self._socket and self._socket.is_open else None

    def _awaits_echo(self, spoken_at: float) -> bool:
        if self._open_socket is None or not self.ledger.frames_lost or self.ledger.silence_returned:
            return False
        patience, delay = self._script.patience, self.delay_asked.longest
        last_moment = spoken_at + max(patience, LAST_MOMENT_SECONDS)
        return perf_counter() < delay + min(max(self._heard_at, spoken_at) + patience, last_moment)

    def _act(self, number: int, due: float, *, silent: bool) -> None:
        """Do everything that the script has for the time of one frame."""
        time = number * FRAME_SECONDS
        self._stall_or_resume(time)
        self._press_keys(time)
        self._begin_words(time)
        self.play_out.advance(perf_counter())
        self._answer_notifications(perf_counter())
        if not silent:
            self._say(self._frames[number % len(self._frames)], due)
        elif self._socket:
            self._socket.send_now(write_mark(bytes(len(self._frames[0])), self.ledger.send_silence()))

    def _note(self, kind: MomentKind, time: float, key: str = "") -> None:
        if self.moments is not None:
            self.moments.append(Moment(time, kind, key))

    def _say(self, speech: bytes, due: float) -> None:
        if self.said is not None:
            self.said.append(TimedFrame(due, speech))
        if self.line.ears:
            self.line.say(speech, due)
        socket = self._open_socket
        if socket is None:
            self.ledger.skip()
            return
        if self._script.expect != "echo":
            self.late.append(perf_counter() - due)
            self.ledger.send_unmarked()
            socket.send_now(speech)
            return
        frame = write_mark(speech, FrameMark(self.ledger.call_index, self.ledger.frames_spoken))
        now = perf_counter()
        self.late.append(now - due)
        if now - due > LATE_SECONDS:
            self._catches_up_until = now + CATCH_UP_SECONDS
        self.ledger.send(frame, now, late=self._stalled or now < self._catches_up_until)
        socket.send_now(frame)

    def _press_keys(self, time: float) -> None:
        while key := self._keypad.press_due(time):
            if self._keypad.discards(key):
                self.ledger.excuse(Excuse.DISCARDED)
            if key.isdigit():
                self.delay_asked.change(float(key), perf_counter())
            if self._socket:
                self._socket.send_now({"event": "websocket:dtmf", "digit": key, "duration": DTMF_MS})
                self._note(MomentKind.KEY, perf_counter(), key)
            elif not self.line.press(key, perf_counter()):
                self.unheard_keys.append(key)

    def _begin_words(self, time: float) -> None:
        while self._words and self._words[-1].at <= time:
            words = self._words.pop()
            self.line.begin_words(words.text, perf_counter(), words.seconds)

    def _answer_notifications(self, now: float) -> None:
        if self._socket:
            for payload in self.play_out.notifications_due(now):
                self._socket.send_now({"event": "websocket:notify", "payload": payload})

    def _stall_or_resume(self, time: float) -> None:
        socket = self._open_socket
        if socket is None or self._script.is_stalled(time) is self._stalled:
            return
        self._stalled = not self._stalled
        self._note(MomentKind.STALL_BEGAN if self._stalled else MomentKind.STALL_ENDED, perf_counter())
        if self._stalled:
            socket.stall()
        else:
            socket.resume()
