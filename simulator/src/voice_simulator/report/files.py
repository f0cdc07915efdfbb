"""The files that keep a call: a WAV file of what was heard, and a picture of the whole call."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..audio.tape import Sound
from ..call.result import CallResult
from .stereo import stereo
from .track import tracks

SOUND_ENDINGS = (".wav",)
PICTURE_ENDINGS = (".png", ".svg", ".pdf")


def keep(result: CallResult, save: Path | None, plot: Path | None) -> None:
    """Write the files that were asked for, if the call got as far as audio, and say so; the result has kept it."""
    kept = result.sound or Sound()
    sound = stereo(kept) if save else None
    both = tracks(result) if plot else None
    if (save and not sound) or (plot and not kept.said):
        sys.stderr.write("warning: the caller said nothing and heard nothing, so no file was written\n")
    elif plot and not both:
        sys.stderr.write("warning: no socket was opened, so no picture was written\n")
    if save and sound:
        with _told(save, f"{sound.seconds:.1f} s, caller left, application right; {sound.sample_rate} Hz"):
            save.write_bytes(sound.file)
    if plot and both:
        from .plot import plot_call  # slow to import, and rarely used

        said, heard = both
        with _told(plot, f"a picture of {said.seconds:.1f} s"):
            plot_call(plot, result, said, heard)


@contextmanager
def _told(path: Path, contents: str) -> Iterator[None]:
    """Say what was written, or that it could not be: the disk may be full, or the folder gone, since the start."""
    try:
        yield
    except OSError as error:
        sys.stderr.write(f"error: {path} can't be written: {error.strerror}\n")
    else:
        sys.stderr.write(f"wrote {path} ({contents})\n")
