"""Sound files that come in, read by libsndfile: WAV in its many forms, FLAC, Ogg, MP3 and more."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .format import FRAME_MS

if TYPE_CHECKING:
    from soundfile import SoundFile  # type: ignore[import-untyped]

RATES = range(1000, 384_001)  # Hz
BLOCK_SAMPLES = 1 << 17  # of all channels
MOST_SAMPLES = 1 << 27  # of all channels, 23 minutes of stereo at 48 kHz: a small file may hold far more

Floats = npt.NDArray[np.float32]


class SoundError(Exception):
    """A sound file can't be used; the message says which and why."""


class _Forgiving(io.BufferedIOBase):
    """A file that bears a seek to before its beginning, as libsndfile does one where a file is broken."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return super().seek(offset, whence)
        except (ValueError, OSError):
            return self.tell()


class _InMemory(_Forgiving, io.BytesIO):
    pass


class _OnDisk(_Forgiving, io.BufferedReader):
    pass


@contextmanager
def opened(source: bytes | Path, name: str) -> Iterator[SoundFile]:
    """Open a file; `name` names it in a SoundError."""
    import soundfile  # slow to import

    try:
        with _file(source) as file, soundfile.SoundFile(_mended(file)) as sound:
            if sound.samplerate not in RATES:
                hint = f"give {RATES[0]} to {RATES[-1]}"
                raise SoundError(f"{name} has {sound.samplerate} samples a second, which is no speech; {hint}")
            yield sound
    except OSError as error:
        raise SoundError(f"{name} can't be read: {error.strerror}") from error
    except soundfile.LibsndfileError as error:
        reason = error.error_string.rstrip(".")
        raise SoundError(f"{name} can't be read as sound ({reason}); give WAV, FLAC, Ogg or MP3") from error


def blocks(sound: SoundFile, name: str, seconds: float) -> Iterator[Floats]:
    """Yield the beginning of a sound, block by block: one channel, the average of all, from -1 to 1.

    Raises SoundError if there is less than a frame.
    """
    wanted = min(int(seconds * sound.samplerate) + 1, MOST_SAMPLES // sound.channels)
    read = 0
    while read < wanted:
        count = min(wanted - read, max(1, BLOCK_SAMPLES // sound.channels))
        block = sound.read(count, dtype="float32", always_2d=True)
        if not len(block):
            break
        read += len(block)
        yield np.nan_to_num(block.mean(axis=1, dtype=np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
    if read * 1000 < sound.samplerate * FRAME_MS:
        raise SoundError(f"{name} holds less than {FRAME_MS} ms of audio")


def _file(source: bytes | Path) -> _InMemory | _OnDisk:
    if isinstance(source, bytes):
        return _InMemory(source)
    file = _OnDisk(source.open("rb", buffering=0))
    if file.seekable():
        return file
    with file:
        return _InMemory(file.read())


def _mended(file: _InMemory | _OnDisk) -> _InMemory | _OnDisk:
    """Return a file as libsndfile reads it: a WAV file may lack the pad byte of an odd chunk, or the size of its data.

    A program that writes into a pipe can't go back to fill the size in.
    """
    head, form, is_wrong = file.read(12), b"", False
    while head[:4] == b"RIFF" and head[8:] == b"WAVE" and len(chunk := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            if is_wrong or not size:
                data = file.read(size or -1)
                return _InMemory(head + form + struct.pack("<4sI", name, len(data)) + data)
            break
        if name == b"fmt ":
            form = chunk + file.read(size)
        else:
            file.seek(size, io.SEEK_CUR)
        if size % 2 and file.read(1) not in (b"\0", b""):
            file.seek(-1, io.SEEK_CUR)
            is_wrong = True
    file.seek(0)
    return file
