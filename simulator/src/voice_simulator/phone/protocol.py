"""The protocol between the page and the simulator, over one WebSocket at `/call`, subprotocol none.

A page keeps one socket open and places one call after the other over it. When the socket closes, its call is hung up.

Audio, binary messages, little-endian
    Up, one message for 20 ms of the microphone: float64, the page's clock in ms when the last sample was captured, then
    the samples (L16, mono). The number of bytes tells the rate: `rate / 50 * 2` after the 8 bytes of the header. The
    call's rate is 16000 until `socket_opened` names another. Frames of 8000, 16000 and 24000 Hz are taken at any time
    and resampled if they have to be, so a page may change its rate a moment late. The simulator keeps about two frames
    before it speaks them (`BUFFERED_FRAMES`); a missing frame is silence, and of too many the oldest are dropped.
    Frames outside a call are ignored, and so are those that come while the simulator speaks the bundled speech.

    Down, one message for each frame that the caller says or hears:

        offset 0   uint32    kind: 0 heard from a socket, 1 heard from a `stream`, 2 said
        offset 4   uint32    the number of the frame that was said; of a frame heard, the number of the one that it is
                             the echo of, or 0xffffffff if it is not known to be an echo
        offset 8   float64   seconds on the call's clock: when the frame begins to be played, or to be said
        offset 16  float64   ms on the page's clock, from the header of the microphone's frame that was said, or that is
                             heard again; NaN if there is none
        offset 24            the samples (L16, mono; the number of bytes tells the rate)

    A heard frame is sent when the platform plays it, so the page plays each at once, after the one before. A frame
    that is said has the mark that makes the round trip known: 48 lowest bits, -102 dBFS, which nobody hears. An
    application that echoes gives back the same bytes, so a page that compares both finds them equal. Said frames come
    down for the bundled speech as for the microphone: with both kinds the page has all for a recording and a trace. The
    simulator keeps neither: they are the page's to make.

Up, JSON `{"do": …}`
    call        `voice`: "microphone" or "speech" (the simulator speaks the bundled sample over and over, without any
                frames from the page); optional `answer_url`, `method`, `from` and `to` instead of the command line's;
                an answer URL must be of this machine, or of an origin that the command line has allowed
    send_again  `id` of a request of this tab's last call, which is sent again as it was, even after the call
    hang_up
    key         `digit`: one of 0-9 * #
    voice       `voice`: as for `call`, in mid-call
    fault       `fault`: one of
                  stall    the network carries nothing in either direction for `seconds` (0.1 to 30, 3 by default), and
                           then everything at once. A key pressed meanwhile waits like everything else
                  cut      the connection of the socket is broken off (TCP reset), with no close frame
                  close    the socket is closed with code 1012, as a server does that is about to restart. It is the
                           simulator that closes, as it can't make the server do it; then it goes on as the platform
                           does after a server's close
                  refuse   the next connect to a WebSocket is refused as one over the account's limit is (2.5)
    What can't be used is answered with the event `error`.

Down, JSON `{"event": …, "at": …}`; `at` is in seconds on the call's clock, which begins with the call; null before it
    hello           at once on opening: `version`, `application` {answer_url, event_url, fallback_url, answer_method},
                    `from`, `to`, `signed`, `most_calls`, `trace` {format, version} that the page writes and opens
    error           `sentence`: the page's message can't be used, and why
    not_placed      `sentence`: why the call was not placed: eight are going on, or its application is not allowed
    sent_again      `id`, and what came: `status`, `reason`, `seconds`, `body`; or `sentence`: why nothing did
    figures         four times a second, and before `judged`; null where unknown (see figures.py)
    frames          before `judged`: `frames`, what became of each frame, as in a trace (see record/frames.py)
    and each event of the call's record as it is added, by its kind and with its fields (see record/events.py), from
    `call_began` to `judged`. Of an action `talk` that begins, the page speaks `text` in `language`; a voice that still
    speaks as the action ends is to be stopped if it was `broken_off`, else the browser's voice is slower than the
    platform's. What is said has the `rate` of the last `socket_opened`.

Secrets, tokens, signatures and values of Authorization are shortened to their first characters and `…` in all of it.
"""

from __future__ import annotations

import enum
import math
import struct

MOST_CALLS = 8
UNKNOWN_NUMBER = 0xFFFFFFFF

_UP = struct.Struct("<d")
_DOWN = struct.Struct("<IIdd")


class FrameKind(enum.IntEnum):
    """What a frame that goes down to the page is."""

    HEARD = 0
    STREAMED = 1
    SAID = 2


def pack_frame(kind: FrameKind, number: int | None, at: float, captured: float | None, frame: bytes) -> bytes:
    """Return a frame with its header, as it goes down; `captured` is in ms on the page's clock."""
    known = UNKNOWN_NUMBER if number is None else number
    return _DOWN.pack(kind, known, at, math.nan if captured is None else captured) + frame


def unpack_frame(message: bytes) -> tuple[float, bytes]:
    """Return the page's time of capture in ms and the samples. Raises ValueError for a message without a header."""
    if len(message) < _UP.size:
        raise ValueError(f"a frame has a header of {_UP.size} bytes; this message has {len(message)}")
    (captured,) = _UP.unpack_from(message)
    return captured, message[_UP.size :]
