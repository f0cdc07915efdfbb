"""One call, step by step as the platform does it: answer, greeting, socket, hang-up, and the events about them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import uuid
from time import perf_counter
from typing import Any, NamedTuple

import httpx2

from shared.audio import FRAMES_PER_SECOND
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult, Outcome
from simulator.caller import FRAME_SECONDS, Caller
from simulator.events import Leg, ncco_rejected
from simulator.ncco import CONTENT_TYPES, check_response
from simulator.socket_leg import SocketLeg, SocketNotOpenedError, open_socket
from simulator.speech import speech_frames
from simulator.webhook_client import ANSWER_LIMITS, EVENT_LIMITS, WebhookClient, WebhookError

TOGETHER_SECONDS = 3.0
SPOKEN_CHARACTERS_PER_SECOND = 15  # about, by the platform's voices
DEFAULT_TIMEOUT_SECONDS = 60
DEFAULT_LIMIT_SECONDS = 7200


class CallsTogether(NamedTuple):
    """What the calls of a run have in common while they run."""

    epoch: float  # an instant (perf_counter)
    sockets_open: asyncio.Barrier


class Call:
    """A call to the account's number; its `result` fills while it runs."""

    def __init__(self, plan: CallPlan, index: int, webhooks: WebhookClient, together: CallsTogether) -> None:
        """Take the call's index in the run, from 0."""
        self._plan = plan
        self._webhooks = webhooks
        self._together = together
        # Spread evenly over 20 ms: the frames of real calls are not in step either.
        self._phase = together.epoch + index / plan.calls * FRAME_SECONDS
        self._actions: list[dict[str, Any]] = []
        # The platform's uuids have dashes or none: this leg's has none, the socket leg's has them.
        self._leg = Leg(plan.caller_number, plan.called_number, f"CON-{uuid.uuid4()}", uuid=uuid.uuid4().hex)
        self._caller = Caller(index, keep_audio=plan.audio_kept and index == 0)
        self.result = CallResult(
            self._leg.conversation_uuid, self._caller.check, late=self._caller.late, audio=self._caller.audio
        )

    async def begin(self) -> None:
        """Ask the answer webhook what to do, and judge what it says."""
        response = await self._answer()
        if response is None:
            return
        for event in (self._leg.event("started"), self._leg.event("ringing"), self._leg.answered()):
            await self._post(event)
        self._actions = await self._judge(response)

    async def play(self) -> None:
        """Do what the answer webhook said, then end the call."""
        for action in self._actions:
            await (self._talk(action) if action["action"] == "talk" else self._connect(action))
        if self._leg.answered_at:
            await self._post(self._leg.completed())

    async def _answer(self) -> httpx2.Response | None:
        """Return the answer webhook's response, or failing that the fallback webhook's, or None."""
        plan, leg = self._plan, self._leg
        fields = {
            "from": leg.caller,
            "to": leg.called,
            "uuid": leg.uuid,
            "conversation_uuid": leg.conversation_uuid,
            "region_url": "https://api-eu.vonage.com",
            "endpoint_type": "phone",
        }
        start = perf_counter()
        try:
            response = await self._webhooks.request(plan.method, plan.answer_url, fields, ANSWER_LIMITS)
        except WebhookError as error:
            self.result.fail(Outcome.CONNECTION_FAILED, f"answer webhook: {error}")
            reason = str(error)
        else:
            self.result.answer_seconds = perf_counter() - start
            return response
        more = {"reason": reason, "original_request": {"url": plan.answer_url, "type": plan.method}}
        try:
            return await self._webhooks.request(plan.method, plan.fallback_url, fields | more, ANSWER_LIMITS)
        except WebhookError as error:
            self.result.fail(Outcome.CONNECTION_FAILED, f"fallback webhook: {error}")
            return None

    async def _judge(self, response: httpx2.Response) -> list[dict[str, Any]]:
        """Return the actions in the response, none if they break a rule."""
        content_type = response.headers.get("content-type", "")
        caller, secure = self._plan.caller_number, response.url.scheme == "https"
        ncco, problems = check_response(
            response.status_code, content_type, response.content, caller=caller, secure=secure
        )
        for problem in problems:
            self.result.fail(Outcome.NCCO_WRONG, problem)
        if problems:
            await self._post(ncco_rejected(problems[0], self._leg.conversation_uuid))
            return []
        actions: list[dict[str, Any]] = ncco
        if self.result.outcome is Outcome.GOOD and all(action["action"] != "connect" for action in actions):
            self.result.fail(Outcome.NCCO_WRONG, "the NCCO has no connect: there is no echo to check")
        return actions

    async def _talk(self, action: dict[str, Any]) -> None:
        if self._plan.greeting_spoken:
            await asyncio.sleep(len(action["text"]) * action.get("loop", 1) / SPOKEN_CHARACTERS_PER_SECOND)

    async def _connect(self, action: dict[str, Any]) -> None:
        endpoint = action["endpoint"][0]
        self.result.audio_format = CONTENT_TYPES[endpoint["content-type"]]
        caller = action.get("from", self._plan.caller_number)
        headers = endpoint.get("headers", {})
        leg = Leg(caller, endpoint["uri"], self._leg.conversation_uuid, "outbound", headers)
        await self._post(leg.event("ringing"), action)
        if endpoint.get("authorization", {}).get("type") == "vonage":
            self.result.warnings.append("authorization of type vonage: this simulator has no signature to send")
        start = perf_counter()
        try:
            open_seconds = action.get("timeout", DEFAULT_TIMEOUT_SECONDS)
            socket = await open_socket(endpoint, self.result.audio_format, open_seconds, self._caller.hear)
        except SocketNotOpenedError as error:
            self.result.fail(Outcome.CONNECTION_FAILED, f"socket {endpoint['uri']}: {error}")
            await self._post(leg.event(error.status, reason=str(error)), action)
            return
        self.result.connect_seconds = perf_counter() - start
        frames = speech_frames(self._plan.speech, self.result.audio_format)
        async with asyncio.TaskGroup() as group:
            posted = group.create_task(self._post(leg.answered(), action))
            await self._wait_for_others(posted)
            hung_up = await self._converse(socket, frames, action.get("limit", DEFAULT_LIMIT_SECONDS))
        await self._post(leg.completed() if hung_up else leg.event("disconnected"), action)

    async def _wait_for_others(self, posted: asyncio.Task[None]) -> None:
        """Let all calls get this far before the first frame, but not for long: handshakes and events disturb audio."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TOGETHER_SECONDS):
                await asyncio.shield(posted)
                await self._together.sockets_open.wait()

    async def _converse(self, socket: SocketLeg, frames: list[bytes], limit: float) -> bool:
        """Speak, listen and hang up; return False if the socket was closed before that."""
        caller, check = self._caller, self._caller.check
        count = max(1, round(min(self._plan.seconds, limit) * FRAMES_PER_SECOND))
        periods = math.ceil((perf_counter() - self._phase) / FRAME_SECONDS)
        await caller.speak(socket, frames, count, self._plan.digits, start=self._phase + periods * FRAME_SECONDS)
        hung_up = await caller.hang_up(socket, self._plan.echo_patience)
        for problem in socket.problems:
            self.result.fail(Outcome.AUDIO_WRONG, f"the server sent {problem}")
        if not hung_up and not socket.problems:
            when = f"after {check.frames_sent * FRAME_SECONDS:.2f} s of audio"
            code = f"code {socket.close_code} {socket.close_reason or ''}".rstrip()
            self.result.fail(Outcome.CONNECTION_FAILED, f"the server closed the socket {when}, {code}")
        if check.fault:
            self.result.fail(Outcome.AUDIO_WRONG, f"audio, {check.fault}")
        return hung_up

    async def _post(self, event: dict[str, Any], connect: dict[str, Any] | None = None) -> None:
        """Send an event to where the connect action wants it, without one to the account's event URL."""
        wishes = connect or {}
        url = wishes.get("eventUrl", [self._plan.event_url])[0]
        try:
            await self._webhooks.request(wishes.get("eventMethod", "POST"), url, event, EVENT_LIMITS)
        except WebhookError as error:
            self.result.warnings.append(f"event {event.get('status', 'about the NCCO')}: {error}")
