"""A call that goes on beside an attack, as the platform streams it, and how it fares."""

from __future__ import annotations

import json
import math
import threading
import time
from typing import NamedTuple

from tests.attacks.target import BINARY, TEXT, Call, Target, call, frame

FRAMES = 200
FRAME_SECONDS = 0.02
CONNECTED = b'{"event": "websocket:connected", "content-type": "audio/l16;rate=16000"}'
PATIENCE = 2.0  # seconds for the last frames


class Stream(NamedTuple):
    """What a caller got back."""

    frames_back: int
    clears: int
    p99_ms: float
    worst_ms: float


def stream(target: Target) -> Stream:
    with call(target) as opened:
        opened.send(frame(CONNECTED, TEXT))
        sent_at: list[float] = []
        round_trips: list[float] = []
        clears: list[bytes] = []
        reader = threading.Thread(target=_read, args=(opened, sent_at, round_trips, clears), daemon=True)
        reader.start()
        start = time.perf_counter()
        for number in range(FRAMES):
            time.sleep(max(0.0, start + number * FRAME_SECONDS - time.perf_counter()))
            sent_at.append(time.perf_counter())
            opened.send(frame(number.to_bytes(4, "big") + bytes(636)))
        reader.join(PATIENCE)
        opened.send_no_more()
        reader.join(PATIENCE)
    ordered = sorted(round_trips) or [math.inf]
    return Stream(len(round_trips), len(clears), ordered[int(len(ordered) * 0.99)] * 1000, ordered[-1] * 1000)


def _read(opened: Call, sent_at: list[float], round_trips: list[float], clears: list[bytes]) -> None:
    try:
        while len(round_trips) < FRAMES:
            first, payload = opened.receive()
            if first == BINARY:
                round_trips.append(time.perf_counter() - sent_at[int.from_bytes(payload[:4], "big")])
            elif first == TEXT and json.loads(payload)["action"] == "clear":  # the engine also says notify
                clears.append(payload)
    except (EOFError, OSError):
        pass
