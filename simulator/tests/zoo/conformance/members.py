"""All members of the conformance zoo; the first ones have no fault."""

from __future__ import annotations

import asyncio
import itertools

from simulator.tests.zoo.conformance.member import Member
from simulator.tests.zoo.conformance.session import FRAME_SECONDS, Session, tone
from simulator.tests.zoo.conformance.wrong_audio import WRONG_AUDIO
from simulator.tests.zoo.conformance.wrong_deployment import WRONG_DEPLOYMENT
from simulator.tests.zoo.conformance.wrong_ending import WRONG_ENDING
from simulator.tests.zoo.conformance.wrong_events import WRONG_EVENTS
from simulator.tests.zoo.conformance.wrong_mid_call import WRONG_MID_CALL
from simulator.tests.zoo.conformance.wrong_ncco import WRONG_NCCO
from simulator.tests.zoo.conformance.wrong_opening import WRONG_OPENING
from simulator.tests.zoo.conformance.wrong_output import WRONG_OUTPUT
from simulator.tests.zoo.conformance.wrong_requests import WRONG_REQUESTS
from simulator.tests.zoo.conformance.wrong_security import WRONG_SECURITY
from voice_simulator.check.finding import Status


class Listener(Session):
    """Listens, and says nothing."""

    def hear(self, frame: bytes) -> None:
        pass


class Speaker(Listener):
    """Speaks until it says good-bye, whoever says what."""

    async def watch(self) -> None:
        speaking = asyncio.create_task(self.speak())
        try:
            await super().watch()
        finally:
            speaking.cancel()

    async def speak(self) -> None:
        start = self.loop.time()
        for number in itertools.count():
            await asyncio.sleep(start + number * FRAME_SECONDS - self.loop.time())
            if not self.leaving:
                self.send(tone(number, self.frame_bytes))


class Agent(Listener):
    """Greets for a second, and then listens."""

    async def watch(self) -> None:
        greeting = asyncio.create_task(self.greet())
        try:
            await super().watch()
        finally:
            greeting.cancel()

    async def greet(self) -> None:
        start = self.loop.time()
        for number in range(50):
            await asyncio.sleep(start + number * FRAME_SECONDS - self.loop.time())
            self.send(tone(number, self.frame_bytes))


GOOD = [
    Member("good"),
    Member("good at 8000 Hz", rate=8000),
    Member("good at 24000 Hz", rate=24000),
    Member("good over TLS", days=(-50, 80)),
    Member("a good listener", session=Listener),
    Member("a good speaker", session=Speaker),
    Member("a good agent that greets", session=Agent),
]

MEMBERS = [
    *GOOD,
    *WRONG_OPENING,
    *WRONG_MID_CALL,
    *WRONG_OUTPUT,
    *WRONG_ENDING,
    *WRONG_AUDIO,
    *WRONG_DEPLOYMENT,
    *WRONG_REQUESTS,
    *WRONG_EVENTS,
    *WRONG_NCCO,
    *WRONG_SECURITY,
]


def passes_or_is_told_why(member: Member) -> None:
    """Check that a good member passes each rule, or is told why a rule was skipped."""
    found = {name: result.finding for name, result in member.check(member.rules).items()}
    assert {finding.status for finding in found.values()} <= {Status.PASS, Status.SKIPPED}, found
    assert all(finding.seen for finding in found.values() if finding.status is Status.SKIPPED)
    assert sum(finding.status is Status.PASS for finding in found.values()) > len(found) / 2
