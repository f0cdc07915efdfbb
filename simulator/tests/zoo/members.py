"""The zoo: every application with its fault's name, and the verdict that a call to it must come to."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo import late_echo, wrong_audio, wrong_close, wrong_webhooks
from simulator.tests.zoo.application import Arrange, React, ReactRaw, greet_and_connect, running
from voice_simulator.call.verdict import Outcome

SHORT = {"seconds": 1.5}
LONG = {"seconds": 7.0}


@dataclass(frozen=True)
class Member:
    """An application of the zoo."""

    outcome: Outcome
    says: str  # a pattern in one of the errors, or of the warnings if the outcome is good; empty for neither
    react: React | None = late_echo.good
    raw: ReactRaw | None = None
    arrange: Arrange = greet_and_connect
    script: dict[str, Any] = field(default_factory=lambda: SHORT)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        made_wrong = self.arrange if self.arrange is not greet_and_connect else self.raw or self.react
        object.__setattr__(self, "name", getattr(made_wrong, "__name__", ""))

    def running(self) -> AbstractAsyncContextManager[WebhookServer]:
        return running(self.react, raw=self.raw, arrange=self.arrange)


GOOD, AUDIO, NCCO, CONNECTION = Outcome.GOOD, Outcome.AUDIO_WRONG, Outcome.NCCO_WRONG, Outcome.CONNECTION_FAILED

MEMBERS = [
    Member(GOOD, "", late_echo.good),
    # Lag
    Member(AUDIO, r"heard 3\d\d to \d+ ms late from 0\.3 s", late_echo.constantly_300_ms_late),
    Member(AUDIO, r"heard 20\d\d to \d+ ms late from 2\.\d s", late_echo.constantly_2_s_late),
    Member(AUDIO, r"heard 2[5-9]\d to \d+ ms late from [45]\.\d s", late_echo.later_by_50_ms_a_second, script=LONG),
    Member(GOOD, r"falls behind by \d\.\d ms a second", late_echo.later_by_1_ms_a_second, script={"seconds": 12.0}),
    Member(GOOD, r"jitter: within a second the round trips differ by", late_echo.jitter_of_100_ms, script=LONG),
    Member(AUDIO, r"heard \d+ to \d+ ms late from 3\.\d s", late_echo.stall_of_2_s_and_a_burst, script=LONG),
    Member(GOOD, r"up to \d+ ms late for 0\.\d+ s, from 1\.\d s", late_echo.hiccup_of_400_ms_and_a_clear, script=LONG),
    # Audio that is no echo, and has no end
    Member(AUDIO, r"74 lost, 1 corrupted, \d+ duplicated.*--expect audio", wrong_audio.silence_without_end),
    Member(AUDIO, r"74 lost, \d+ duplicated", wrong_audio.one_frame_without_end),
    Member(AUDIO, r"\d+ lost", wrong_audio.a_frame_each_second),
    Member(AUDIO, r"75 corrupted", wrong_audio.corrupted),
    # The close handshake
    Member(GOOD, "", raw=wrong_close.close_never_answered),
    Member(
        CONNECTION, r"closed the socket after .*, code 1011", raw=wrong_close.closed_by_half, script={"seconds": 3.0}
    ),
    # Events
    Member(
        GOOD,
        r'events ringing, answered answered with \{"ok": true\}: it is no NCCO',
        arrange=wrong_webhooks.ok_to_socket_events,
    ),
    Member(GOOD, "", arrange=wrong_webhooks.empty_list_to_socket_events),
    Member(NCCO, r'event answered answered with \[\{"action": "connect"', arrange=wrong_webhooks.ncco_on_answered),
    Member(GOOD, r'events started, .* answered with \{"ok": true\}', arrange=wrong_webhooks.ok_to_plain_events),
    Member(GOOD, r"no answer has come 11 s after", arrange=wrong_webhooks.events_never_answered),
    Member(
        GOOD,
        r"^events started, .*, completed: .* answered 404 Not Found; name .* --event-url$",
        arrange=wrong_webhooks.no_event_webhook,
    ),
    # The answer webhook
    Member(CONNECTION, r"it redirects to http://.*/new", arrange=wrong_webhooks.answer_redirected),
    Member(CONNECTION, r"VONAGE_SIGNATURE_SECRET", arrange=wrong_webhooks.answer_asks_for_a_signature),
    Member(CONNECTION, r"did not answer in time", arrange=wrong_webhooks.answer_byte_by_byte),
    Member(CONNECTION, r"a body of more than 1 MiB", arrange=wrong_webhooks.answer_without_end),
]
