"""The files that keep a call: its trace, a WAV file of what was said and heard, and a picture of the whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..audio.tape import Sound
from ..call.result import CallResult
from ..record.trace import write_trace
from .sound_file import as_file

SOUND_ENDINGS = (".wav",)
PICTURE_ENDINGS = (".png", ".svg", ".pdf")


def keep(result: CallResult, save: Path | None = None, plot: Path | None = None, trace: Path | None = None) -> None:
    """Write the files that were asked for, sound and picture if the call got as far as audio, and say so."""
    record = result.record
    sound = as_file(result.sound or Sound()) if save else None
    if (save and not sound) or (plot and not record.frames.spoken):
        sys.stderr.write("warning: the caller said nothing and heard nothing, so no file was written\n")
    elif plot and result.audio_format is None:
        sys.stderr.write("warning: no socket was opened, so no picture was written\n")
    if trace:
        with _told(trace, f"a trace of {len(record.events)} events"):
            write_trace(record, trace)
    if save and sound:
        with _told(save, f"{sound.seconds:.1f} s, caller left, application right; {sound.sample_rate} Hz"):
            save.write_bytes(sound.file)
    if plot and record.frames.spoken and result.audio_format:
        from .plot import Picture  # slow to import, and rarely used

        picture = Picture(result)
        with _told(plot, f"a picture of {picture.seconds:.1f} s"):
            picture.save(plot)


@contextmanager
def _told(path: Path, contents: str) -> Iterator[None]:
    """Say what was written, or that it could not be: the disk may be full, or the folder gone, since the start."""
    try:
        yield
    except OSError as error:
        sys.stderr.write(f"error: {path} can't be written: {error.strerror}\n")
    else:
        sys.stderr.write(f"wrote {path} ({contents})\n")
