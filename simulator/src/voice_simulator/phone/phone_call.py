"""One call of the phone: the same call as the terminal's, with a person at the page for its caller."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from ..audio.format import TimedFrame
from ..call.call import Call
from ..call.joint_start import JointStart
from ..call.machine_pauses import PauseWatch
from ..call.plan import CallPlan
from ..caller.caller import Caller
from ..caller.frame_mark import read_mark
from ..record.events import Event, FaultBegan, Judged, as_json
from ..record.record import Record, Room
from ..record.trace import frames_as_json
from ..vonage.leg_limit import LegLimit
from ..vonage.recording_server import RecordingServer
from .call_request import CallRequest, Fault
from .faulty_legs import FaultyLegs
from .figures import LiveFigures
from .live_voice import LiveVoice
from .protocol import FrameKind, pack_frame
from .repeatable_webhooks import RepeatableWebhooks, Sent

FIGURES_SECONDS = 0.25
PLAY_OUT_SECONDS = 0.005  # between two looks at the play-out queue, at most
RESTART_CODE = 1012  # of a server that is about to restart

Send = Callable[[bytes | dict[str, Any]], None]

log = logging.getLogger(__name__)


class PhoneCall:
    """A call from the page's point of view: it takes what the page does, and sends what happens."""

    def __init__(
        self, plan: CallPlan, request: CallRequest, index: int, limit: LegLimit, room: Room, send: Send
    ) -> None:
        """Take a plan whose script has the bundled speech, an index from 1 for the frames' marks, and where to send.

        Raises ApplicationError where the request's application can't be used.
        """
        self._plan = replace(plan, application=request.application(plan.application))
        self._send = send
        self._room = Room(room)
        self._record = Record(room=self._room)
        self._webhooks = RepeatableWebhooks(self._plan.application, plan.retry_pause, self._record)
        self._record.listen(self._send_event)
        self._voice = LiveVoice(request.voice, plan.script.speech)
        self._caller = Caller(plan.script, index, self._voice, self._record, phone=self)
        self._figures = LiveFigures(self._caller, self._voice.microphone)
        self._legs = FaultyLegs(limit, self._record)
        self._closing: set[asyncio.Task[None]] = set()  # of sockets, by the fault button

    @property
    def voice(self) -> LiveVoice:
        return self._voice

    def hang_up(self) -> None:
        self._caller.hung_up.set()

    def break_something(self, fault: Fault, seconds: float) -> None:
        """Let a fault happen. Raises ValueError if it can't happen now."""
        if fault == "refuse":
            self._legs.refuse_next()
            return
        socket = self._caller.open_socket
        if socket is None:
            raise ValueError(f"the call has no open socket that the fault {fault!r} could happen to")
        if fault == "stall":
            self._voice.stall(seconds)
            return
        self._record.add(FaultBegan(self._record.now, fault))
        if fault == "cut":
            socket.cut()
        else:
            closing = asyncio.create_task(socket.end("fault", RESTART_CODE))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def send_again(self, id_: int) -> Coroutine[Any, Any, None]:
        """Send a request of the call again, and tell the page what comes. Raises ValueError if there is none."""
        return self._send_again(id_, self._webhooks.sent(id_))

    async def _send_again(self, id_: int, sent: Sent) -> None:
        self._send({"event": "sent_again", "at": None, "id": id_, **await self._webhooks.send_again(sent)})

    def said(self, number: int, frame: TimedFrame) -> None:
        """Send a frame as it leaves the telephone."""
        at, captured = frame.time, self._voice.captured_at(number)
        self._send(pack_frame(FrameKind.SAID, number, at, captured, frame.frame))

    def heard(self, frame: TimedFrame, *, streamed: bool) -> None:
        """Send a frame that is played now."""
        number = None if streamed else self._echoed(frame.frame)
        captured = None if number is None else self._voice.captured_at(number)
        kind = FrameKind.STREAMED if streamed else FrameKind.HEARD
        self._send(pack_frame(kind, number, frame.time, captured, frame.frame))

    async def run(self, recordings: RecordingServer, pauses: PauseWatch) -> None:
        """Place the call, and see it through to its end."""
        webhooks = self._webhooks
        call = Call(self._plan, 0, webhooks, JointStart(1), self._legs, pauses, recordings, self._caller)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(webhooks.close)
            for work in (self._play_in_time(), self._send_figures()):
                stack.callback(asyncio.create_task(work).cancel)
            stack.callback(self._room.give_back)
            await self._run(call)

    async def _run(self, call: Call) -> None:
        try:
            if await self._begin(call):
                await call.play()
            else:
                call.end("hung_up")
        except Exception:
            log.exception("the phone's call failed")
            call.end("failed")

    async def _begin(self, call: Call) -> bool:
        """Let a call begin, and return whether it was answered before the caller hung up."""
        beginning, hung_up = asyncio.create_task(call.begin()), asyncio.create_task(self._caller.hung_up.wait())
        await asyncio.wait((beginning, hung_up), return_when=asyncio.FIRST_COMPLETED)
        hung_up.cancel()
        if not beginning.done() and not call.answered:
            beginning.cancel()
            await asyncio.wait((beginning,))
            return False
        await beginning
        return True

    async def _play_in_time(self) -> None:
        """Play each frame of the queue when it is due: the rhythm of what is said, 20 ms, is too coarse to hear."""
        play_out = self._caller.play_out
        while True:
            now = self._record.now
            play_out.advance(now)
            due_in = PLAY_OUT_SECONDS if play_out.next_at is None else play_out.next_at - now
            await asyncio.sleep(max(0.0, min(PLAY_OUT_SECONDS, due_in)))

    async def _send_figures(self) -> None:
        while True:
            await asyncio.sleep(FIGURES_SECONDS)
            self._send_figures_now()

    def _send_figures_now(self) -> None:
        now = self._record.now
        self._send({"event": "figures", "at": now, **self._figures.look(now)})

    def _echoed(self, frame: bytes) -> int | None:
        """Return the number of the frame that one is the echo of, by its mark."""
        mark, own_index = read_mark(frame), self._caller.ledger.call_index
        return mark.number if mark.call_index == own_index and mark.number < self._record.frames.spoken else None

    def _send_event(self, event: Event) -> None:
        if isinstance(event, Judged):
            self._send_figures_now()
            self._send({"event": "frames", "at": self._record.now, "frames": frames_as_json(self._record.frames)})
        self._send(as_json(event))
