"""The actions of an NCCO with their fields and defaults: the one description of them (platform.md, 2.2 to 2.4).

A field's annotation says which values it takes; its name in JSON is the attribute's in camelCase.
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, ClassVar

from . import values
from .endpoints import Endpoint
from .values import NccoObject, number, one_of, text, whole

SPOKEN_CHARACTERS_PER_SECOND = 15  # about, by the platform's voices
MIN_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.1, 7200.0


class Action(NccoObject):
    """An action."""

    named_by = "action"
    action: ClassVar[str]
    section: ClassVar[str] = "2.4"  # of the platform facts


class ReportingAction(Action):
    """An action that sends events, to a URL of its own if it names one."""

    event_url: values.Urls = ()
    event_method: values.Method = "POST"

    @property
    def is_synchronous(self) -> bool:
        """Whether the response to its events may be an NCCO."""
        return False


class Talk(ReportingAction):
    """Speaks a text."""

    action, section = "talk", "2.2"

    text: Annotated[str, text(r"(?=.*\S).{1,1500}", "1 to 1500 characters, not only spaces", "ncco.talk-text")]
    language: values.Language = "en-US"
    style: Annotated[int, whole(0)] = 0
    premium: values.Boolean = False
    barge_in: values.Boolean = False
    loop: values.Loop = 1
    level: values.Level = 0
    provider: values.Anything = None
    provider_options: values.Anything = None
    event_on_completion: values.Boolean = False
    voice_name: values.String = ""  # old: language and style have replaced it

    @property
    def seconds(self) -> float | None:
        """How long a voice speaks the text as often as the action says; None for no end."""
        return len(self.text) * self.loop / SPOKEN_CHARACTERS_PER_SECOND if self.loop else None


class Stream(ReportingAction):
    """Plays a sound file."""

    action = "stream"

    stream_url: values.Urls
    level: values.Level = 0
    barge_in: values.Boolean = False
    loop: values.Loop = 1
    event_on_completion: values.Boolean = False


class DtmfSettings(NccoObject):
    """How an input collects keys."""

    time_out: Annotated[float, number(0, 10, " of seconds")] = 3  # from the last key
    max_digits: Annotated[int, whole(1, 20)] = 4
    submit_on_hash: values.Boolean = False


class SpeechSettings(NccoObject):
    """How an input recognizes words."""

    uuid: values.Strings = ()
    language: values.Language = "en-US"
    context: values.Strings = ()
    end_on_silence: Annotated[float, number(0.4, 10, " of seconds")] = 2  # after the last word
    start_timeout: Annotated[float, number(1, 60, " of seconds")] = 10  # until the caller begins to speak
    max_duration: Annotated[float, number(1, 60, " of seconds")] = 60
    save_audio: values.Boolean = False
    sensitivity: Annotated[int, whole(0, 100)] = 90
    provider: values.Anything = None
    provider_options: values.Anything = None


class Input(ReportingAction):
    """Collects keys, words, or both."""

    action = "input"

    type: values.InputTypes
    dtmf: DtmfSettings = field(default_factory=DtmfSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    mode: Annotated[str, one_of("synchronous", "asynchronous")] = "synchronous"


class RecordAudio(ReportingAction):
    """Records the call; without an ending of its own until the call ends."""

    action = "record"

    format: Annotated[str, one_of("mp3", "wav", "ogg")] | None = None
    split: Annotated[str, one_of("conversation")] | None = None
    channels: Annotated[int, whole(1, 32)] = 1
    end_on_silence: Annotated[float, number(3, 10, " of seconds")] | None = None
    end_on_key: Annotated[str, text("[0-9*#]", "one key: 0-9, * or #")] | None = None
    time_out: Annotated[int, whole(3, 7200, " of seconds")] | None = None
    beep_start: values.Boolean = False
    transcription: values.Object | None = None


class Conversation(ReportingAction):
    """Brings the caller into a named conversation."""

    action = "conversation"

    name: values.Name
    music_on_hold_url: values.Urls = ()
    start_on_enter: values.Boolean = True
    end_on_exit: values.Boolean = False
    record: values.Boolean = False
    can_speak: values.Strings | None = None
    can_hear: values.Strings | None = None
    mute: values.Boolean = False
    transcription: values.Object | None = None


class Notify(ReportingAction):
    """Sends a payload to a webhook."""

    action, required = "notify", frozenset({"eventUrl"})

    payload: values.Object


class Wait(Action):
    """Lets time pass."""

    action = "wait"

    timeout: values.AnySeconds = 10

    @property
    def seconds(self) -> float:
        """How long the platform waits: for a time out of bounds it takes the nearest one."""
        return min(max(self.timeout, MIN_WAIT_SECONDS), MAX_WAIT_SECONDS)


class Transfer(Action):
    """Moves the call into an existing conversation."""

    action = "transfer"

    conversation_id: values.Name
    can_hear: values.Strings | None = None
    can_speak: values.Strings | None = None
    mute: values.Boolean = False


class Connect(ReportingAction):
    """Connects the call to an endpoint."""

    action, section = "connect", "2.3"

    endpoint: Endpoint
    from_: values.String | None = None  # what it must be depends on the endpoint
    random_from_number: values.Boolean = False
    event_type: Annotated[str, one_of("synchronous")] | None = None
    timeout: values.Seconds = 60
    limit: values.Seconds = 7200
    machine_detection: Annotated[str, one_of("continue", "hangup")] | None = None
    advanced_machine_detection: values.Object | None = None
    ringback_tone: values.UrlOrUrls = ""

    @property
    def is_synchronous(self) -> bool:
        """Whether the response to its events may be an NCCO."""
        return self.event_type == "synchronous"


ACTIONS: dict[str, type[Action]] = {
    kind.action: kind for kind in (Talk, Stream, Input, RecordAudio, Conversation, Notify, Wait, Transfer, Connect)
}
