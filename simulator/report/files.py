"""The files that keep a call: a WAV file of the echo, and a picture of the whole call."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import typer

from simulator.audio import SAMPLE_BYTES, AudioFormat
from simulator.call.result import CallResult
from simulator.caller.script import Script


def keep(result: CallResult, script: Script, save: Path | None, plot: Path | None) -> None:
    """Write the files that were asked for, if the call got as far as audio; the result has kept its audio."""
    if not result.audio or result.audio_format is None:
        if save or plot:
            typer.echo("warning: nothing came back, so no file was written", err=True)
        return
    # A call that moved may have changed its format: the files have the first.
    audio = [frame for frame in result.audio if len(frame) == result.audio_format.frame_bytes]
    if save:
        _write_wav(save, audio, result.audio_format)
    if plot:
        from simulator.report.plot import plot_call  # slow to import, and rarely used

        plot_call(plot, result, result.audio_format, script, audio)


def _write_wav(path: Path, frames: Sequence[bytes], audio_format: AudioFormat) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(audio_format.sample_rate)
        file.writeframes(b"".join(frames))
