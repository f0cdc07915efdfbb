"""The rules, group by group, in the order of the reports."""

from __future__ import annotations

from ..rule import Rule
from .address import ADDRESS
from .answer_requests import ANSWER_REQUESTS, fallback
from .audio_course import COURSE
from .audio_delay import DELAY
from .event_shapes import EVENT_SHAPES
from .events import EVENTS
from .ncco import NCCO, after_socket
from .odd_fields import ODD_FIELDS
from .proxy import PROXY
from .signatures import SIGNATURES
from .socket_ending import ENDING
from .socket_mid_call import MID_CALL
from .socket_opening import OPENING
from .socket_output import OUTPUT
from .strangers import STRANGERS
from .times import TIMES

RULES: list[Rule] = [
    *ANSWER_REQUESTS,
    *ODD_FIELDS,
    *EVENTS,
    *EVENT_SHAPES,
    *TIMES,
    fallback,
    *NCCO,
    after_socket,
    *OPENING,
    *MID_CALL,
    *OUTPUT,
    *ENDING,
    *DELAY,
    *COURSE,
    *SIGNATURES,
    *STRANGERS,
    *ADDRESS,
    *PROXY,
]
