"""One process of the load: many calls on one clock, a tick of 20 ms, and in it each call at its own moment."""

from __future__ import annotations

import bisect
import contextlib
import gc
import select
import signal
import ssl
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from ..audio.format import FRAME_SECONDS, AudioFormat
from ..vonage.application import trusted_authorities
from .frames import AudioFrames
from .measurement import Measurement
from .opening import OwnLimitError, SocketRefusedError, SocketToOpen, open_wire
from .orders import HangUp, Measure, Open, Order, Settle, Settled
from .streaming_call import Counts, StreamingCall

ECHO_SECONDS = 1.0  # after the measured time, for the last echoes
SHORTEST_SLEEP_SECONDS = 0.0001
BEHIND_SECONDS = 0.2
HEARING_SECONDS = 0.0005  # between two looks at the wires that don't stamp what they bring
FILES_WITHOUT_LIMIT = 10_240  # where no limit is set, macOS still allows no more than its OPEN_MAX
GOLDEN_RATIO = 0.6180339887498949  # its multiples lie evenly in an interval, however many there are


def work(main: Connection, ca: Path | None) -> None:
    """Do what the main process orders until it says so or ends; this is the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then ends this one
    allow_many_sockets()
    gc.freeze()
    gc.disable()  # nothing here makes cycles, and a collection would hold all calls up
    with contextlib.suppress(EOFError, BrokenPipeError):  # the main process has ended
        Worker(main, ca).run()


def allow_many_sockets() -> None:
    """Raise this process's limit of open files as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_WITHOUT_LIMIT if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Worker:
    """The calls of one process."""

    def __init__(self, main: Connection, ca: Path | None) -> None:
        self._main = main
        self._ca = ca
        self._tls: ssl.SSLContext | None = None  # from the first wss socket on
        self._frames: dict[AudioFormat, AudioFrames] = {}
        self._opening = 0  # sockets
        self._opened: SimpleQueue[StreamingCall | SocketRefusedError | OwnLimitError] = SimpleQueue()
        self._refused: list[str] = []
        self._own_limits: list[str] = []
        self._calls: list[StreamingCall] = []  # in the order of their moments
        self._unprompt = select.poll()
        self._heard_at = 0.0
        self._by_descriptor: dict[int, StreamingCall] = {}  # of wires that must be listened to at once
        self._counts = Counts()
        self._measurement: Measurement | None = None
        self._settling = False
        self._ended = False

    def run(self) -> None:
        """Tick until the order to hang up."""
        tick = perf_counter()
        while not self._ended:
            self._obey()
            self._take_opened()
            self._keep_measurement(tick)
            for call in self._calls:
                due = tick + call.phase
                self._wait_until(due)
                if not call.ended:
                    call.listen(self._counts)
                if not call.ended:
                    call.speak(due, self._counts, measured=self._is_measured(due))
            tick = self._next_tick(tick)
            self._wait_until(tick)
        for call in self._calls:
            call.hang_up()

    def _next_tick(self, tick: float) -> float:
        """Return when the next tick is due; ticks that this process has missed by far are left out, and noted as late.

        To send all of their frames at once would be a load that was not ordered.
        """
        following = tick + FRAME_SECONDS
        behind = perf_counter() - following
        if behind < BEHIND_SECONDS:
            return following
        missed = int(behind / FRAME_SECONDS)
        if self._is_measured(following):
            self._counts.late.extend([int(behind * 1e6)] * (missed * len(self._calls)))
        return following + missed * FRAME_SECONDS

    def _obey(self) -> None:
        while self._main.poll():
            order: Order = self._main.recv()
            match order:
                case Open(target):
                    self._begin_to_open(target)
                case Settle():
                    self._settling = True
                case Measure():
                    self._measurement = Measurement(order)
                case HangUp():
                    self._ended = True

    def _begin_to_open(self, target: SocketToOpen) -> None:
        secure = target.uri.lower().startswith("wss:")
        if secure and self._tls is None:
            self._tls = trusted_authorities(self._ca)
        try:
            threading.Thread(target=self._open, args=(target, self._tls if secure else None), daemon=True).start()
        except RuntimeError as error:  # too many threads
            self._own_limits.append(str(error))
        else:
            self._opening += 1

    def _open(self, target: SocketToOpen, tls: ssl.SSLContext | None) -> None:
        try:
            wire, rest = open_wire(target, tls)
        except (SocketRefusedError, OwnLimitError) as error:
            self._opened.put(error)
            return
        frames = self._frames.setdefault(target.audio_format, AudioFrames(target.audio_format))
        phase = target.call * GOLDEN_RATIO % 1 * FRAME_SECONDS
        self._opened.put(StreamingCall(target.call, phase, wire, frames, rest))

    def _take_opened(self) -> None:
        """Let the sockets that have been opened stream; note why others have not."""
        while not self._opened.empty():
            self._opening -= 1
            match self._opened.get():
                case StreamingCall() as call:
                    self._add(call)
                case SocketRefusedError() as error:
                    self._refused.append(str(error))
                case OwnLimitError() as error:
                    self._own_limits.append(str(error))
        if self._settling and not self._opening:
            self._settling = False
            self._calls = [call for call in self._calls if not call.ended]
            self._main.send(Settled(len(self._calls), self._refused, self._counts.ended, self._own_limits))
            self._refused, self._own_limits, self._counts = [], [], Counts()

    def _add(self, call: StreamingCall) -> None:
        bisect.insort(self._calls, call, key=lambda each: each.phase)
        if not call.wire.prompt:
            self._by_descriptor[call.wire.fileno()] = call
            self._unprompt.register(call.wire.fileno(), select.POLLIN)

    def _is_measured(self, due: float) -> bool:
        return self._measurement is not None and self._measurement.holds(due)

    def _keep_measurement(self, now: float) -> None:
        """Begin to measure, end it, and report, each if it is time."""
        measurement = self._measurement
        if measurement is None:
            return
        if measurement.begins(now):
            self._counts = Counts()
            measurement.begin(sum(not call.ended for call in self._calls))
        if measurement.ends(now):
            measurement.end()
        if now >= measurement.order.end + ECHO_SECONDS:
            self._main.send(measurement.report(self._counts))
            self._measurement, self._counts = None, Counts()

    def _wait_until(self, moment: float) -> None:
        """Sleep, and meanwhile listen to the wires that must be listened to at once."""
        while True:
            if self._by_descriptor and perf_counter() - self._heard_at > HEARING_SECONDS:
                self._hear()
            left = moment - perf_counter()
            if left <= SHORTEST_SLEEP_SECONDS:
                return
            time.sleep(min(left, HEARING_SECONDS) if self._by_descriptor else left)

    def _hear(self) -> None:
        self._heard_at = perf_counter()
        for descriptor, _ in self._unprompt.poll(0):
            call = self._by_descriptor[descriptor]
            if not call.ended:
                call.listen(self._counts)
            if call.ended:
                self._unprompt.unregister(descriptor)
                del self._by_descriptor[descriptor]
