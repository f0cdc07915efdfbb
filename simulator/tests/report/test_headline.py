from __future__ import annotations

import pytest

from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import FAULTS, EchoLedger, Excuse
from voice_simulator.report.headline import FATES, OTHERS, headline, verdict_line
from voice_simulator.vonage.play_out import PlayOut


def result(sent: int, returned: int) -> CallResult:
    ledger = EchoLedger(0)
    for number in range(sent):
        ledger.send(write_mark(bytes(320), FrameMark(0, number)), 0.0)
    for number in range(returned):
        ledger.receive(write_mark(bytes(320), FrameMark(0, number)), 0.0)
    return CallResult("CON-1", ledger)


def test_the_headline_says_how_many_frames_came_back() -> None:
    assert headline(result(750, 750), 15.0) == "Call over 15 s: all 750 frames came back"
    assert headline(result(750, 0), 15.0) == "Call over 15 s: none of 750 frames came back; 750 lost"


def test_the_headline_says_what_became_of_the_others() -> None:
    call = result(750, 601)
    call.ledger.excuse(Excuse.STALE)
    assert headline(call, 15.02) == "Call over 15 s: 601 of 750 frames came back; 149 dropped as late"
    call.ledger.skip()
    call.play_out.queue(0.0, 0.0)
    call.play_out.queue(0.0, 0.0)
    call.play_out.clear(0.0)
    assert headline(call, 15.02).endswith(
        "601 of 751 frames came back; 149 dropped as late, 1 said without a socket, 1 cleared before they were heard"
    )


def test_every_count_has_words() -> None:
    counts = CallResult("CON-1", EchoLedger(0), PlayOut()).frames
    assert {*FATES, *OTHERS} == counts.keys() - {"sent", "returned"}
    assert {*FAULTS} <= {*FATES, *OTHERS}


@pytest.mark.parametrize(
    ("errors", "line"),
    [
        ([], "Verdict: good. A frame is 20 ms of audio."),
        (["audio, of 4 frames sent: 1 lost"], "Verdict: audio wrong: of 4 frames sent: 1 lost"),
        (["a", "b", "c"], "Verdict: audio wrong: a, and 2 more"),
    ],
)
def test_the_verdict_has_its_first_reason(errors: list[str], line: str) -> None:
    call = result(4, 4)
    for error in errors:
        call.verdict.fail(Outcome.AUDIO_WRONG, error)
    assert verdict_line(call) == line
