"""The files that keep a call: a WAV file of what was heard, and a picture of the whole call."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
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
        with _told(save, f"{heard.seconds:.1f} s as heard, silences too; {heard.sample_rate} Hz"):
            _write_wav(save, heard)
    if plot:
        from simulator.report.plot import plot_call  # slow to import, and rarely used

        with _told(plot, f"a picture of {said.seconds:.1f} s"):
            plot_call(plot, result, said, heard)


@contextmanager
def _told(path: Path, contents: str) -> Iterator[None]:
    """Say what was written, or that it could not be: the disk may be full, or the folder gone, since the start."""
    try:
        yield
    except OSError as error:
        typer.echo(f"error: {path} can't be written: {error.strerror}", err=True)
    else:
        typer.echo(f"wrote {path} ({contents})", err=True)


def _write_wav(path: Path, track: Track) -> None:
    with path.open("wb") as binary, wave.open(binary, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(track.samples.itemsize)
        file.setframerate(track.sample_rate)
        file.writeframes(track.samples.astype("<i2").tobytes())
