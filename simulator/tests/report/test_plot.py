from __future__ import annotations

from pathlib import Path

import pytest

from simulator.tests.harness.records import echo_record, ended
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.record.events import (
    Cleared,
    Event,
    FaultBegan,
    FaultEnded,
    KeyPressed,
    SocketClosed,
    SocketOpened,
)
from voice_simulator.record.frames import Fate
from voice_simulator.report.headline import FATES, OTHERS, headline, verdict_line
from voice_simulator.report.plot import Picture
from voice_simulator.report.plot_marks import find_marks, name_rows


def lost(at: float) -> Event:
    return SocketClosed(at, "", 1012, "", "application")


def opened(at: float) -> Event:
    return SocketOpened(at, "", 8000, 0.1)


def test_every_mark_has_its_name_its_begin_and_its_end() -> None:
    events = [
        *(KeyPressed(9.0 + number, key, "socket") for number, key in enumerate("05*#")),
        *(FaultBegan(14.0, "stall"), FaultEnded(17.0, "stall"), lost(18.0), opened(18.04), lost(19.0), opened(21.26)),
        *(Cleared(at, 1) for at in (22.0, 22.1, 22.9, 26.0)),
        *(lost(27.0), FaultBegan(28.0, "stall")),
    ]
    marks = find_marks(events, 7.0, 23.0)
    assert [(mark.name, round(mark.begin, 2), round(mark.end, 2)) for mark in marks] == [
        ("0: no delay", 2.0, 2.0),
        ("5: delay 5 s", 3.0, 3.0),
        ("*: drop what waits", 4.0, 4.0),
        ("key #", 5.0, 5.0),
        ("network stalled 3 s", 7.0, 10.0),
        ("moved to another socket after 40 ms", 11.0, 11.04),
        ("moved to another socket after 2.3 s", 12.0, 14.26),
        ("clear, 3 times", 15.0, 15.0),
        ("", 15.1, 15.1),
        ("", 15.9, 15.9),
        ("clear", 19.0, 19.0),
        ("socket lost", 20.0, 23.0),
        ("network stalled 2 s", 21.0, 23.0),
    ]


def test_names_that_would_meet_have_rows_of_their_own() -> None:
    marks = find_marks([KeyPressed(at, "5", "socket") for at in (1.0, 1.5, 9.0)], 0.0, 10.0)
    assert name_rows(marks, per_inch=1.0) == [1, 0, 0]


def test_the_headline_says_what_became_of_the_frames() -> None:
    assert headline(CallResult(echo_record([0.01] * 750)), 15.0) == "Call over 15 s: all 750 frames came back"
    assert headline(CallResult(echo_record([None] * 3)), 15.0) == "Call over 15 s: none of 3 frames came back; 3 lost"
    record = echo_record([0.01, 0.01, None])
    record.frames.fates[2] = Fate.STALE.letter
    record.frames.cleared = 1
    line = "Call over 15 s: 2 of 3 frames came back; 1 dropped as late, 1 cleared before they were heard"
    assert headline(CallResult(record), 15.0) == line
    assert {*FATES, *OTHERS} == record.frames.counts.keys() - {"sent", "returned"}


def test_the_verdict_has_its_first_reason() -> None:
    assert verdict_line(ended(echo_record([]))) == "Verdict: good. A frame is 20 ms of audio."
    wrong = ended(echo_record([]), "audio, of 4 frames sent: 1 lost", "b", "c", outcome=Outcome.AUDIO_WRONG)
    assert verdict_line(wrong) == "Verdict: audio wrong: of 4 frames sent: 1 lost, and 2 more"


@pytest.mark.parametrize("round_trips", [[0.01] * 10 + [None] * 3 + [2.5] * 10, [None], [0.01]])
def test_a_picture_is_written_with_or_without_sound(round_trips: list[float | None], tmp_path: Path) -> None:
    call = ended(echo_record(round_trips, opened(0.0), KeyPressed(0.05, "1", "socket"), first_at=0.1))
    Picture(call).save(tmp_path / "call.png")
    assert (tmp_path / "call.png").read_bytes().startswith(b"\x89PNG")
