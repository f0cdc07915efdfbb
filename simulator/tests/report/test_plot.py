from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import imread

from voice_simulator.audio.format import AudioFormat, TimedFrame
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.record.events import Cleared, FaultBegan, FaultEnded, KeyPressed, SocketClosed, SocketOpened
from voice_simulator.record.record import Record
from voice_simulator.report.plot import draw_call, plot_call
from voice_simulator.report.track import tracks
from voice_simulator.vonage.play_out import PlayOut

# Two frames, one of them silent: 0x1111 is 0.133 of full scale.
SPEECH = [bytes(320), b"\x11" * 320]
LOUD, SILENT = pytest.approx(0x1111 / 2**15, abs=1e-4), pytest.approx(0, abs=1e-4)
SPOKEN = 20
STARTED_AT = 50.0


def call(lost: int = 0, delay: float = 0.03) -> CallResult:
    """Return a call of which the first frames were lost, and each other came back after the delay."""
    result = CallResult(
        "CON-1",
        EchoLedger(0),
        PlayOut(heard_kept=True),
        audio_format=AudioFormat.L16_8000,
        started_at=STARTED_AT,
        said=[],
        record=Record(0.0),
    )
    assert result.said is not None
    for number in range(SPOKEN):
        frame, time = write_mark(SPEECH[number % 2], FrameMark(0, number)), STARTED_AT + number * 0.02
        result.ledger.send(frame, time)
        result.said.append(TimedFrame(time, frame))
    for number, (time, frame) in enumerate(result.said[lost:], start=lost):
        result.play_out.queue(result.ledger.receive(frame, time + delay), time + delay, frame)
        assert result.ledger.returned_numbers[-1] == number
    result.play_out.end(STARTED_AT + 10)
    return result


def drawn(result: CallResult) -> Figure:
    both = tracks(result)
    assert both is not None
    return draw_call(result, *both)


def panels(figure: Figure) -> tuple[Axes, Axes, Axes, Axes]:
    names, said, heard, delays = figure.axes
    return names, said, heard, delays


def heights(axes: Axes) -> dict[int, float]:
    """Return the height of a panel's waveform in each 20 ms in which it is drawn, by their number."""
    found: dict[int, float] = {}
    for waveform in axes.collections:
        # The strip of missing frames is a collection too.
        if isinstance(waveform, PolyCollection) and waveform.get_label() in ("came back", "lost: 3", "heard"):
            for path in waveform.get_paths():
                for second, height in np.asarray(path.vertices):
                    number = int(second / 0.02 + 1e-6)
                    found[number] = max(found.get(number, 0.0), abs(height))
    return found


def legend(axes: Axes) -> list[str]:
    found = axes.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


@pytest.mark.parametrize("lost", [0, 3])
def test_what_was_said_has_a_waveform_and_so_has_what_was_heard(lost: int) -> None:
    _, said, heard, _ = panels(drawn(call(lost, delay=0.04)))
    assert heights(said) == {number: LOUD if number % 2 else SILENT for number in range(SPOKEN)}
    assert heights(heard) == {number + 2: LOUD if number % 2 else SILENT for number in range(lost, SPOKEN)}


def test_a_delay_of_three_seconds_is_seen() -> None:
    _, said, heard, _ = panels(drawn(call(delay=3.0)))
    assert set(heights(said)) == set(range(SPOKEN))
    assert set(heights(heard)) == set(range(150, 150 + SPOKEN))
    assert [text.get_text() for text in heard.texts if text.get_text()] == ["nothing for 3.0 s"]


@pytest.mark.parametrize("lost", [0, 3])
def test_each_frame_has_its_delays_at_the_time_at_which_it_came_and_was_heard(lost: int) -> None:
    *_, delays = panels(drawn(call(lost)))
    round_trips, _, lags, _ = delays.lines
    for line in (round_trips, lags):
        x, y = (np.asarray(values).tolist() for values in line.get_data())
        assert x == pytest.approx([number * 0.02 + 0.03 for number in range(lost, SPOKEN)])
        assert y == pytest.approx([30.0] * (SPOKEN - lost))
    assert legend(delays) == [
        "each frame came back (round trip): median 30 ms",
        "was heard (play-out lag): median 30 ms",
    ]


def test_the_delays_have_a_logarithmic_axis_that_holds_them_all() -> None:
    for delay, top in ((0.0004, 1e4), (3.0, 1e4), (30.0, 1e5)):
        *_, delays = panels(drawn(call(delay=delay)))
        assert delays.get_yscale() == "log"
        assert delays.get_ylim() == pytest.approx((0.1, top))
    assert [label.get_text() for label in delays.get_yticklabels()] == [
        *("0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s")
    ]


def test_lost_frames_have_a_colour_a_strip_and_a_name() -> None:
    _, said, *_ = panels(drawn(call()))
    assert legend(said) == []
    _, said, *_ = panels(drawn(call(lost=3)))
    assert legend(said) == ["came back", "lost: 3"]
    (strip,) = [each for each in said.collections if not str(each.get_label()).startswith(("came", "lost"))]
    ends = np.asarray(strip.get_paths()[0].vertices)[:, 0]
    assert (ends.min(), ends.max()) == pytest.approx((0.0, 0.06))


def test_stalls_keys_clears_and_moves_are_marked_by_name() -> None:
    result = call(delay=3.0)
    for event in (
        KeyPressed(STARTED_AT + 0.2, "3", "socket"),
        FaultBegan(STARTED_AT + 1.0, "stall"),
        FaultEnded(STARTED_AT + 1.5, "stall"),
        Cleared(STARTED_AT + 1.6, 1),
        SocketClosed(STARTED_AT + 2.1, "", 1012, "", "application"),
        SocketOpened(STARTED_AT + 2.3, "", 8000, 0.1),
    ):
        result.record.add(event)
    names, *others = panels(drawn(result))
    assert [text.get_text() for text in names.texts][::-1] == [
        *("3: delay 3 s", "network stalled 0.5 s", "clear", "moved to another socket after 0.2 s")
    ]
    for axes in others:
        spans = [patch.get_extents().transformed(axes.transData.inverted()).intervalx for patch in axes.patches]
        assert np.sort(spans, axis=0) == pytest.approx(np.array([[1.0, 1.5], [2.1, 2.3]]))
        lines = [line.get_xdata() for line in axes.lines if line.get_linestyle() == "--"]
        assert sorted(float(np.asarray(x)[0]) for x in lines) == pytest.approx([0.2, 1.6, 2.1])


def test_the_words_say_how_the_call_went() -> None:
    assert [text.get_text() for text in drawn(call(lost=3)).texts] == [
        "Call over 0 s: 17 of 20 frames came back; 3 lost",
        "Verdict: good. A frame is 20 ms of audio.",
    ]


def test_a_long_reason_goes_on_in_further_lines() -> None:
    result = call()
    before = drawn(result)
    result.verdict.fail(Outcome.AUDIO_WRONG, f"$ {'a long reason ' * 12}$")
    after = drawn(result)
    assert [len(figure.texts[1].get_text().splitlines()) for figure in (before, after)] == [1, 2]
    assert after.get_figheight() > before.get_figheight()


def test_a_call_in_which_nothing_came_back_says_so() -> None:
    _, said, heard, delays = panels(drawn(call(lost=SPOKEN)))
    assert legend(said) == ["lost: 20"]
    assert heights(heard) == {}
    assert [text.get_text() for text in heard.texts if text.get_text()] == ["nothing for 0.4 s"]
    assert [text.get_text() for text in delays.texts] == ["no frame came back"]


def green_pixels(path: Path) -> int:
    """Return the number of pixels in a PNG file that have the colour of what was heard."""
    red, green, blue = (imread(path, format="png")[..., channel] for channel in range(3))
    return int(((green > red + 0.2) & (green > blue + 0.1)).sum())


def test_the_drawing_is_in_the_file(tmp_path: Path) -> None:
    for lost, name in ((0, "echo.png"), (SPOKEN, "nothing.png")):
        result = call(lost)
        both = tracks(result)
        assert both is not None
        plot_call(tmp_path / name, result, *both)
    assert green_pixels(tmp_path / "echo.png") > 1000
    assert green_pixels(tmp_path / "nothing.png") == 0


@pytest.mark.parametrize(("name", "begin"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")])
def test_the_ending_decides_the_format(name: str, begin: bytes, tmp_path: Path) -> None:
    result = call()
    both = tracks(result)
    assert both is not None
    plot_call(tmp_path / name, result, *both)
    assert (tmp_path / name).read_bytes().startswith(begin)
