"""Readers of the command line's words; on a bad word each raises typer.BadParameter, and typer names the option."""

from __future__ import annotations

import importlib.util
import math
import os
import re
from collections.abc import Sequence
from pathlib import Path

import typer

from ..report.files import PICTURE_ENDINGS, SOUND_ENDINGS

NUMBER = r"([0-9]+(?:\.[0-9]+)?)"


def read_rate(text: str) -> float:
    """Return a number a second, from 0."""
    try:
        rate = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None
    if not 0 <= rate < math.inf:
        raise typer.BadParameter(f"{text} is not 0 or more")
    return rate


def read_keys(text: str) -> list[tuple[str, float]]:
    """Return the keys in text like "1@2.0,5@3.5", each with its time."""
    return [(key, float(at)) for key, at in _pairs(text, "([0-9*#])", "a key with its time, as in 1@2.0,5@3.5")]


def read_stalls(text: str) -> list[tuple[float, float]]:
    """Return the stalls in text like "3@5,1@9": 3 s at 5 s, and 1 s at 9 s."""
    return [(float(seconds), float(at)) for seconds, at in _pairs(text, NUMBER, "a stall with its time, as in 3@5")]


def _pairs(text: str, what: str, meaning: str) -> list[tuple[str, str]]:
    pairs = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(rf"\s*{what}@{NUMBER}\s*", part)
        if match is None:
            raise typer.BadParameter(f"{part!r} is not {meaning}")
        pairs.append((match[1], match[2]))
    return pairs


def read_names(text: str) -> list[str]:
    return [name for name in (part.strip() for part in text.split(",")) if name]


def read_sound_file(text: str) -> Path:
    """Return the path of a sound file that can be written."""
    return read_output_file(text, SOUND_ENDINGS)


def read_picture_file(text: str) -> Path:
    """Return the path of a picture that can be written; matplotlib draws it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise typer.BadParameter("a picture needs matplotlib: pip install 'voice-simulator[plot]'")
    return read_output_file(text, PICTURE_ENDINGS)


def read_output_file(text: str, endings: Sequence[str] = ()) -> Path:
    """Return the path of a file that can be written, with one of some endings."""
    path = Path(text)
    if endings and path.suffix.lower() not in endings:
        raise typer.BadParameter(f"{path} can't be written: it must end in {' or '.join(endings)}")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"the folder {path.parent} does not exist")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise typer.BadParameter(f"{path} can't be written")
    return path
