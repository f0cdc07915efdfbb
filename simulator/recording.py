"""Files that keep a call: a WAV file of what came back, a picture of the whole."""

from __future__ import annotations

import wave
from pathlib import Path

import typer

from shared.audio import SAMPLE_BYTES, AudioFormat
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult
from simulator.speech import speech_frames


def keep(result: CallResult, plan: CallPlan, save: Path | None, plot: Path | None) -> None:
    """Write the files that were asked for, if the call got as far as audio."""
    if not result.audio or result.audio_format is None:
        if save or plot:
            typer.echo("warning: nothing came back, so no file was written", err=True)
        return
    # A call that moved may have changed its format.
    audio = [frame for frame in result.audio if len(frame) == result.audio_format.frame_bytes]
    if save:
        _write_wav(save, audio, result.audio_format)
    if plot:
        from simulator.plot import plot_call  # slow to import, and rarely used

        plot_call(
            plot, result, result.audio_format, speech_frames(plan.speech, result.audio_format), audio, plan.stalls
        )


def _write_wav(path: Path, frames: list[bytes], audio_format: AudioFormat) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(audio_format.sample_rate)
        file.writeframes(b"".join(frames))
