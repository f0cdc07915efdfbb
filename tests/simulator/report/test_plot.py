from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import imread

from simulator.audio import AudioFormat
from simulator.call.result import CallResult
from simulator.caller.script import Script, Stall
from simulator.caller.speech import Speech
from simulator.echo.frame_mark import FrameMark, write_mark
from simulator.echo.ledger import EchoLedger
from simulator.report.plot import draw_call, plot_call

FORMAT = AudioFormat.L16_8000
# Two frames, one of them silent: 0x1111 is 0.133 of full scale.
SPEECH = [bytes(320), b"\x11" * 320]
SAMPLES = np.frombuffer(b"".join(SPEECH), "<i2").astype(np.float32) / np.float32(2**15)
SCRIPT = Script(Speech(SAMPLES, 8000), stalls=(Stall(0.1, at=0.2),))
SPOKEN = 20
STARTED_AT = 50.0
FOREIGN = b"\x01" * 320


def call(lost: int) -> tuple[CallResult, list[bytes]]:
    """Return a call of which the first frames were lost, each other came back after 30 ms, and what came back."""
    ledger, audio = EchoLedger(0), [FOREIGN]
    result = CallResult("CON-1", ledger, started_at=STARTED_AT)
    for number in range(SPOKEN):
        frame, time = write_mark(SPEECH[number % 2], FrameMark(0, number)), STARTED_AT + number * 0.02
        ledger.send(frame, time)
        if number >= lost:
            result.play_out.queue(ledger.receive(frame, time + 0.03), time + 0.03)
            audio.append(frame)
    result.play_out.end(STARTED_AT + 1)
    return result, audio


def drawn(lost: int) -> Figure:
    result, audio = call(lost)
    return draw_call(result, FORMAT, SCRIPT, audio)


def points(figure: Figure, panel: int, line: int = 0) -> list[tuple[float, float]]:
    x, y = figure.axes[panel].lines[line].get_data()
    return list(zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True))


def heights(figure: Figure, panel: int) -> dict[int, float]:
    """Return the height of a panel's waveform at each frame that is drawn, by the frame's number."""
    (waveform,) = (shape for shape in figure.axes[panel].collections if isinstance(shape, PolyCollection))
    found: dict[int, float] = {}
    for path in waveform.get_paths():
        for second, height in np.asarray(path.vertices):
            number = round(second * 8000) // 160
            found[number] = max(found.get(number, 0.0), abs(height))
    return found


@pytest.mark.parametrize("lost", [0, 3])
def test_the_waveforms_are_those_of_the_speech_and_of_the_echo(lost: int) -> None:
    figure = drawn(lost)
    loud = pytest.approx(0x1111 / 2**15, abs=1e-4)
    silent = pytest.approx(0, abs=1e-4)
    assert heights(figure, 0) == {number: loud if number % 2 else silent for number in range(SPOKEN)}
    assert heights(figure, 1) == {number: loud if number % 2 else silent for number in range(lost, SPOKEN)}


@pytest.mark.parametrize("lost", [0, 3])
def test_round_trips_and_lags_have_a_point_for_each_frame(lost: int) -> None:
    figure = drawn(lost)
    spoken_at = [number * 0.02 for number in range(lost, SPOKEN)]
    for panel, delay in ((2, 0.0), (3, 0.03)):
        x, y = zip(*points(figure, panel), strict=True)
        assert x == pytest.approx([time + delay for time in spoken_at])
        assert y == pytest.approx([30.0] * len(spoken_at))


def test_lost_frames_are_marked_and_named() -> None:
    assert len(drawn(0).axes[2].lines) == 1
    assert drawn(0).axes[2].get_legend() is None
    figure = drawn(3)
    assert points(figure, 2, line=1) == [(0.0, 0.0), (0.02, 0.0), (0.04, 0.0)]
    legend = figure.axes[2].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["lost"]


def test_a_stall_is_shaded_in_each_panel() -> None:
    for axes in drawn(0).axes:
        (stall,) = axes.patches
        assert stall.get_extents().transformed(axes.transData.inverted()).intervalx == pytest.approx([0.2, 0.3])


def test_the_title_has_the_counts() -> None:
    assert drawn(3).get_suptitle() == "audio/l16;rate=8000: 17 of 20 frames returned intact"


def green_pixels(path: Path) -> int:
    """Return the number of pixels in a PNG file that have the colour of the echo's waveform."""
    red, green, blue = (imread(path, format="png")[..., channel] for channel in range(3))
    return int(((green > red + 0.2) & (green > blue + 0.2)).sum())


def test_the_file_is_a_png_with_the_drawing_in_it(tmp_path: Path) -> None:
    for lost, name in ((0, "echo.any"), (SPOKEN, "nothing.any")):
        result, audio = call(lost)
        plot_call(tmp_path / name, result, FORMAT, SCRIPT, audio)
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert green_pixels(tmp_path / "echo.any") > 1000
    assert green_pixels(tmp_path / "nothing.any") == 0
