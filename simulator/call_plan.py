"""What a run of the simulator is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulator.keypad import Digit
from simulator.signature import Signature
from simulator.speech import Speech
from simulator.stall import Stall


@dataclass(frozen=True)
class CallPlan:
    """What is common to all calls of a run; URLs are absolute, times in seconds."""

    answer_url: str
    event_url: str
    fallback_url: str
    speech: Speech
    method: Literal["GET", "POST"] = "GET"  # of the answer and the fallback request
    caller_number: str = "447700900123"
    called_number: str = "442079460000"
    seconds: float = 10.0
    greeting_spoken: bool = False
    digits: tuple[Digit, ...] = ()
    stalls: tuple[Stall, ...] = ()  # in order of their times
    events_duplicated: bool = False  # those of the sockets' legs
    calls: int = 1
    echo_patience: float = 2.0  # how long the caller waits, after the last word and the last sound, for lost frames
    audio_kept: bool = False  # the first call's
    signature: Signature | None = None  # of the requests
    retry_pause: float = 0.0  # before a request is tried again
