"""The files that keep a call: a WAV file of what was heard, and a picture of the whole call."""

from __future__ import annotations

import wave
from pathlib import Path

import typer

from simulator.call.result import CallResult
from simulator.report.track import Track, tracks

SOUND_ENDINGS = (".wav",)
PICTURE_ENDINGS = (".png", ".svg", ".pdf")


def keep(result: CallResult, save: Path | None, plot: Path | None) -> None:
    """Write the files that were asked for, if the call got as far as audio, and say so; the result has kept it."""
    if not (save or plot):
        return
    both = tracks(result)
    if both is None:
        typer.echo("warning: the caller said nothing and heard nothing, so no file was written", err=True)
        return
    said, heard = both
    if save:
        _write_wav(save, heard)
        typer.echo(f"wrote {save} ({heard.seconds:.1f} s as heard, silences too; {heard.sample_rate} Hz)", err=True)
    if plot:
        from simulator.report.plot import plot_call  # slow to import, and rarely used

        plot_call(plot, result, said, heard)
        typer.echo(f"wrote {plot} (a picture of {said.seconds:.1f} s)", err=True)


def _write_wav(path: Path, track: Track) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(track.samples.itemsize)
        file.setframerate(track.sample_rate)
        file.writeframes(track.samples.astype("<i2").tobytes())
