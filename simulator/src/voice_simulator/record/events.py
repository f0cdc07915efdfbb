"""The events of a call. Each has its time, `at`: seconds on the call's clock, which begins as the call does.

The fields hold plain JSON, so that an event is written and read back as it is. `kind` names an event in a trace and in
the phone's protocol.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..audio.format import Rate

Json = Any
Action = dict[str, Any]  # of an NCCO
Webhook = Literal["answer", "fallback", "event", "onAnswer"]
# What a problem is about; that of an NCCO for a callee, or of the simulator itself, is no fault of the call.
About = Literal["webhook", "ncco", "event", "socket", "onAnswer", "simulator"]
Fault = Literal["stall", "cut", "close", "refuse"]
# Who closed a socket: the application, the caller by hanging up, the platform as a message broke a rule or the
# connect's limit is over, or whoever lets something go wrong on purpose.
ClosedBy = Literal["application", "caller", "platform", "fault"]
# Why a call ended: the caller hung up, no action is left, no webhook answered, the simulator failed, the page lost it.
Why = Literal["hung_up", "application", "unanswered", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A step, or sound or silence, that must come, and when, in seconds on the caller's clock."""

    kind: str
    text: str = "true"  # that the step's detail contains, whatever the case; "true" for any detail
    after: float | None = None
    within: float | None = None  # from `after`, or from 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a time."""

    at: float

    @property
    def kind(self) -> str:
        return kind_of(type(self))


@dataclass(frozen=True, slots=True)
class CallPlanned(Event):
    """The caller's part in the call, and what is expected of the application."""

    expect: Literal["echo", "audio", "nothing"] = "nothing"
    delay: float = 0.0  # seconds that the echo is asked to be late before the first key
    patience: float = 2.0  # seconds that the caller waits for lost frames
    stalls: tuple[tuple[float, float], ...] = ()  # of the network: seconds, and when, from the first frame
    onsets: tuple[float, ...] = ()  # when the caller begins to speak after a silence, from the first frame
    must: tuple[Expectation, ...] = ()  # what must come of the call
    threshold: float = -45.0  # dBFS from which a frame is sound
    noises: tuple[tuple[float, float], ...] = ()  # of the caller, no turns: seconds, and when, from the first frame
    reactions: tuple[str, ...] = ()  # what the caller does once the application has spoken, or stops, in words


@dataclass(frozen=True, slots=True)
class CallBegan(Event):
    """The caller calls the account's number."""

    conversation_uuid: str
    caller: str
    called: str
    time: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class RequestSent(Event):
    """A request leaves for a webhook."""

    id: int
    webhook: Webhook
    event_name: str | None  # of the event that is sent: its status, or what it is about
    method: str
    url: str
    fields: dict[str, Any]
    attempt: int  # 2 is the platform's retry


@dataclass(frozen=True, slots=True)
class ResponseReceived(Event):
    """The whole response to a request is here."""

    id: int  # of the request
    status: int
    reason: str
    content_type: str | None
    body: Json  # text if it is no JSON, or too long
    body_bytes: int
    seconds: float
    authorization: str | None  # that the request had


@dataclass(frozen=True, slots=True)
class RequestFailed(Event):
    """No response came, or none that could be read."""

    id: int
    sentence: str
    seconds: float
    section: str


@dataclass(frozen=True, slots=True)
class WebhookFailed(Event):
    """The answer or the fallback webhook gave no usable answer, not even to the retry where one is due."""

    webhook: Webhook
    url: str
    trouble: str  # as it follows the URL
    timed_out: bool
    unreachable: bool


@dataclass(frozen=True, slots=True)
class EventUndelivered(Event):
    """An event could not be delivered, not even by the retry where one is due, or not in time."""

    event_name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ProblemFound(Event):
    """The application broke a rule, or did something odd that the platform takes."""

    sentence: str
    breaks_rule: bool
    section: str  # of the platform facts; empty if it is about the simulator
    request: int | None = None  # the id of the request whose response it is about
    rule: str = ""  # its id
    about: About = "webhook"

    def __str__(self) -> str:
        """Return the sentence with its rule and its section, if it has a rule."""
        return f"{self.sentence} ({self.rule}; platform.md, {self.section})" if self.rule else self.sentence


@dataclass(frozen=True, slots=True)
class NccoReceived(Event):
    """A response brought an NCCO."""

    request: int | None
    actions: list[Action]  # none if it breaks a rule


@dataclass(frozen=True, slots=True)
class CallAnswered(Event):
    """The platform answers the caller's leg."""


@dataclass(frozen=True, slots=True)
class ActionBegan(Event):
    """The platform begins to carry out an action."""

    number: int  # from 0
    action: Action
    seconds: float | None  # that it will take, if that is known


@dataclass(frozen=True, slots=True)
class ActionEnded(Event):
    """An action is over; the caller may have broken it off by a key or a word."""

    number: int
    seconds: float
    broken_off: bool


@dataclass(frozen=True, slots=True)
class SocketOpening(Event):
    """The platform begins to open a WebSocket."""

    uri: str
    endpoint: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SocketOpened(Event):
    """The WebSocket is open; what is said from now on has its rate."""

    uri: str
    rate: Rate
    seconds: float


@dataclass(frozen=True, slots=True)
class SocketRefused(Event):
    """The WebSocket could not be opened."""

    uri: str
    status: str | None  # of the platform's event about it; None if that has only a reason
    sentence: str
    section: str
    over_limit: bool  # of new legs


@dataclass(frozen=True, slots=True)
class SocketClosed(Event):
    """The WebSocket is closed. Unless the caller hung up, the call may move to another."""

    uri: str
    code: int | None
    reason: str | None
    by: ClosedBy
    failed: bool = False  # the application's doing, and its code is one of an error


@dataclass(frozen=True, slots=True)
class SocketReported(Event):
    """The application has answered the event that the socket was not opened, or that it has closed it."""

    new_ncco: bool  # whether the answer is an NCCO, which replaces the rest of the call


@dataclass(frozen=True, slots=True)
class ReactionBegan(Event):
    """The caller does what a scenario's `when` waited for."""

    when: str  # the moment, in the scenario's words
    deed: str
    seconds: float  # of speech
    noise: bool  # whether that is no turn: the application should go on speaking


@dataclass(frozen=True, slots=True)
class ReactionMissed(Event):
    """The moment that a scenario's `when` waited for has not come."""

    when: str
    deed: str  # what the caller would have done then
    within: float


@dataclass(frozen=True, slots=True)
class PatienceEnded(Event):
    """The caller has waited long enough for a first socket, and hangs up."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TextSent(Event):
    """A text message goes to the application."""

    message: Json


@dataclass(frozen=True, slots=True)
class TextReceived(Event):
    """A text message came from the application."""

    message: Json  # text if it is no JSON


@dataclass(frozen=True, slots=True)
class Cleared(Event):
    """The play-out queue was emptied, as the application said clear."""

    frames: int  # that nobody will hear


@dataclass(frozen=True, slots=True)
class KeyPressed(Event):
    """The caller pressed a key."""

    digit: str
    taken_by: Literal["socket", "action"] | None  # None: nothing listened


@dataclass(frozen=True, slots=True)
class InputCollected(Event):
    """An input action has what it waited for, or its time is over."""

    words: str | None
    digits: str


@dataclass(frozen=True, slots=True)
class RecordingMade(Event):
    """A recording is over, and can be fetched."""

    uuid: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class FaultBegan(Event):
    """Something goes wrong on purpose: a stall by the script, or any fault by a button of the phone."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultEnded(Event):
    """A stall is over, or a refusal is spent; the others have no end."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class MachinePaused(Event):
    """A pause of this machine is over: the process was stopped, or the machine was busy with others."""

    seconds: float  # until now, at most


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    """The call is over, and all events about it are delivered or given up."""

    why: Why


@dataclass(frozen=True, slots=True)
class Cause:
    """The first thing that went wrong in a call."""

    sentence: str
    event: int | None = None  # that shows it: its index in the record
    evidence: str = ""  # what came instead, where the sentence leaves that open


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """The verdict on the call, its last event."""

    outcome: Literal["good", "audio_wrong", "ncco_wrong", "connection_failed", "not_judged"]
    errors: list[str]
    warnings: list[str]
    cause: Cause | None = None  # even of a good call: one that expects nothing may see a socket fail


def connects_to_socket(action: Action) -> bool:
    """Return whether an action is a connect to a WebSocket."""
    match action:
        case {"action": "connect", "endpoint": [{"type": "websocket"}, *_]}:
            return True
    return False


def has_socket(actions: Sequence[Action]) -> bool:
    """Return whether one of some actions is a connect to a WebSocket."""
    return any(connects_to_socket(action) for action in actions)


def kind_of(event: type[Event]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()


def kinds() -> dict[str, type[Event]]:
    """Return the class of each kind of event, by its name."""
    # Not by __subclasses__(): a dataclass with slots is a copy of its class, and the first one may still be around.
    found = [each for each in globals().values() if isinstance(each, type) and issubclass(each, Event)]
    return {kind_of(each): each for each in found if each is not Event}


def as_json(event: Event) -> dict[str, Any]:
    """Return an event as a JSON object: its kind under `event`, then its fields."""
    return {"event": event.kind, **asdict(event)}
